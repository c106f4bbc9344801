"""The user's own code: named, imported, called, and asked for a model."""
