"""From layer text to a network: whose words it is in, what goes in, and the layers one after another."""

from __future__ import annotations

import re

from shapelens.dims import Unknown, shape_text
from shapelens.errors import LayerTextError
from shapelens.network import Network, Origin, evaluate_network
from shapelens.operators import Shape
from shapelens.readers.building import Builder
from shapelens.readers.notation.assembling import Assembler
from shapelens.readers.notation.chains import check_count, is_chain
from shapelens.readers.notation.layers import KERAS
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.spelling import MisspeltError, Tried
from shapelens.readers.notation.syntax import Call
from shapelens.readers.notation.vocabulary import Vocabulary, frameworks_of

__all__ = ["is_notation", "read_notation"]

_CALL = re.compile(r"[^\W\d][\w.]*\s*\(|^\s*\([^()\n]+\):", re.MULTILINE)

MAXIMUM_CORRECTIONS = 4
"""So many names are corrected one after another before a text is given up."""

LONGEST_NAME = 80
"""A text of one line up to this length is the network's name; else its outermost class is."""


def is_notation(text: str) -> bool:
    """Whether a text is meant as layer text: something with brackets after a name, or a labelled line of a print.

    >>> [
    ...     is_notation(text)
    ...     for text in ("ReLU()", "(0): Conv2d(3, 64, kernel_size=3)", "resnet50", "a b.onnx")
    ... ]
    [True, True, False, False]
    """
    return bool(_CALL.search(text))


def read_notation(text: str, sample: Shape | None = None) -> Network:
    """Read layer text.

        >>> network = read_notation("Sequential(Conv2d(1, 6, 5), ReLU(), MaxPool2d(2))", (1, 28, 28))
        >>> [node.name for node in network.nodes]
        ['0', '1', '2']

    Args:
        text: one layer, a `Sequential`, or a print.
        sample: the shape of one sample; what the layers say of it if not given.

    Raises:
        LayerTextError: `no layer is called Conv2s`, `this is code, and layer text is read, never run`, …
    """
    return _read(Source(text), sample, MAXIMUM_CORRECTIONS)


def _read(source: Source, sample: Shape | None, corrections: int) -> Network:
    call = parse_layer_text(source)
    check_count(source, call)

    def attempt(corrected: str) -> Tried | None:
        return _tried(corrected, sample, corrections - 1) if corrections else None

    vocabulary = Vocabulary(source, frameworks_of(source, call), attempt)
    builder = Builder(
        Origin("notation", _name(source, call)),
        channels_last=vocabulary.framework == KERAS,
        module=call.name if call.children or is_chain(call) else "",
    )
    assembler = Assembler(source, vocabulary, builder)
    return assembler.network(call, sample)


def _name(source: Source, call: Call) -> str:
    text = source.text.strip()
    shown = source.slice(call.span)
    return shown if len(shown) <= LONGEST_NAME and "\n" not in text else call.name or "the layers"


def _tried(text: str, sample: Shape | None, corrections: int) -> Tried | None:
    """A corrected text, read and evaluated."""
    try:
        network = _read(Source(text), sample, corrections)
    except MisspeltError as again:
        return again.tried
    except LayerTextError:
        return None
    declared = {i.name: i.shape for i in network.inputs if i.shape is not None}
    evaluation = evaluate_network(network, declared)
    typed = "" if sample is None else shape_text(sample, "*").replace("×", "x")
    outputs = [tensor.shape for _, tensor in evaluation.outputs]
    if sample is None or evaluation.broken or len(outputs) != 1 or isinstance(outputs[0], Unknown):
        return Tried(text, "", typed)
    return Tried(text, f"{shape_text(sample)} → {shape_text(outputs[0][1:])}", typed)
