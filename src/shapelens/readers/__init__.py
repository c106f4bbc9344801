"""Readers: one folder for each source; each only translates into operators."""
