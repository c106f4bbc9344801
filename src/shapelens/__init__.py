"""Every shape in a convolutional network, before you run it."""

__version__ = "0.1.0"
