"""Layer text: one layer, a `Sequential`, or a pasted `print(model)`, in PyTorch's or Keras' words.

    >>> read_notation("Conv2d(3, 64, 7, stride=2, padding=3)").weights["conv2d.weight"].shape
    (64, 3, 7, 7)

It is read, never run.
"""

from __future__ import annotations

from shapelens.readers.notation.reading import is_notation, read_notation

__all__ = ["is_notation", "read_notation"]
