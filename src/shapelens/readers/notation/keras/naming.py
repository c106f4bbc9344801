"""What Keras calls a layer that is given no name."""

from __future__ import annotations

import re

__all__ = ["given_name"]


def given_name(layer: str) -> str:
    """The name that Keras makes of a class; further layers of the class get a number behind it.

    >>> (
    ...     given_name("MaxPooling2D"),
    ...     given_name("Conv2DTranspose"),
    ...     given_name("ReLU"),
    ...     given_name("ConvLSTM2D"),
    ... )
    ('max_pooling2d', 'conv2d_transpose', 're_lu', 'conv_lstm2d')
    """
    spaced = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer)
    return re.sub("([a-z])([A-Z])", r"\1_\2", spaced).lower()
