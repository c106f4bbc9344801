"""Which reader reads what somebody named: a file, a classic, or layer text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from shapelens.errors import NoSuchModelError
from shapelens.network import Network
from shapelens.operators import Shape

if TYPE_CHECKING:
    from shapelens.readers.torch.code.naming import PythonSource

__all__ = ["python_source", "read_source"]

_FILE_ENDINGS = (".onnx",)
_LONGEST_NAME = 60


def python_source(source: str) -> PythonSource | None:
    """Python code that names a model: `package.module:name`, `file.py:name`; None where it is something else.

    Raises:
        SourceError: it names Python code, and no model in it.
    """
    from shapelens.readers.torch.code.naming import parse_source

    return parse_source(source.strip())


def read_source(source: str, sample: Shape | None = None) -> Network:
    """Read a network.

    Args:
        source: the path of a file, the name of a classic, or layer text.
        sample: the shape of one sample, where it was given; layers that are built to fit take their depth from it.

    Raises:
        NoSuchModelError: nothing of that name.
        LayerTextError: layer text that cannot be read.
        UnreadableError: a file that holds no network.
    """
    from shapelens.readers.classics import CLASSICS, nearest_classics, read_classic

    stripped = source.strip()
    if stripped in CLASSICS:
        return read_classic(stripped, sample)
    if stripped.lower().endswith(_FILE_ENDINGS) or _is_file(stripped):
        from shapelens.readers.onnx.reader import read_onnx

        return read_onnx(stripped)
    from shapelens.readers.notation.reading import is_notation, read_notation

    if is_notation(stripped) or _is_layer(stripped):
        return read_notation(stripped, sample)
    raise _no_such_model(stripped, nearest_classics(stripped[:_LONGEST_NAME]))


def _is_file(source: str) -> bool:
    """Whether a file, or what is like one, stands under this name; a text of several lines is no name."""
    try:
        return "\n" not in source and os.path.lexists(source)
    except (OSError, ValueError):
        return False


def _is_layer(source: str) -> bool:
    """Whether it is a layer's name alone: what it lacks is said better than that there is no such model."""
    from shapelens.readers.notation.layers import KERAS, PYTORCH, layers_of

    return source.isidentifier() and any(source in layers_of(framework) for framework in (PYTORCH, KERAS))


def _no_such_model(source: str, near: list[str]) -> NoSuchModelError:
    shown = source if len(source) <= _LONGEST_NAME else source[:_LONGEST_NAME] + "…"
    return NoSuchModelError(
        f"there is no model {shown!r}" if source else "no model is named",
        at="MODEL",
        have=f"{shown!r}: no file of that name is here, and no classic is called so",
        rule='a file (model.onnx), a classic (vgg16; shapelens classics lists them) or layer text ("Conv2d(3, 64, 3)")',
        fix=f"did you mean {' or '.join(near)}?" if near else "",
        following="shapelens classics",
    )
