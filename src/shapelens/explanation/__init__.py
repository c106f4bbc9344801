"""Explanations: from the facts of a shape, a layer or a finding to a small typed document."""
