"""From layer text to a network: whose words it is in, what goes in, and the layers one after another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
from shapelens.readers.notation.syntax import Call
from shapelens.readers.notation.vocabulary import Vocabulary, frameworks_of

if TYPE_CHECKING:
    from shapelens.readers.notation.spelling import Tried

__all__ = ["is_notation", "read_notation"]

_CALL = re.compile(r"(?<![\w.])[^\W\d][\w.]*+[ \t]*+\(|^[ \t]*+\([^()\n]{1,200}+\):", re.MULTILINE)

MAXIMUM_READINGS = 12
"""So many corrected texts are read in search of the one that was meant."""

LONGEST_CORRECTED = 20_000
"""The corrections of a text longer than this are shown without being tried."""

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
    return _read(Source(text), _Corrections(sample))


class _Corrections:
    """Corrected texts, read to see whether they are what was meant.

    Args:
        sample: the shape of one sample, if it is given.
    """

    def __init__(self, sample: Shape | None) -> None:
        self.sample = sample
        self.left = MAXIMUM_READINGS

    def tried(self, text: str) -> Tried | None:
        """A corrected text, read and evaluated; None if it still cannot be read."""
        from shapelens.readers.notation.spelling import MisspeltError, Tried

        if len(text) > LONGEST_CORRECTED or not self.left:
            return Tried(text)
        self.left -= 1
        try:
            network = _read(Source(text), self)
        except MisspeltError as again:
            return again.tried
        except LayerTextError:
            return None
        return Tried(text, self._shapes(network), _typed(self.sample))

    def _shapes(self, network: Network) -> str:
        """What goes in and what comes out, where it all fits and is known."""
        declared = {i.name: i.shape for i in network.inputs if i.shape is not None}
        evaluation = evaluate_network(network, declared)
        outputs = [tensor.shape for _, tensor in evaluation.outputs]
        if evaluation.broken or len(network.inputs) != 1 or len(outputs) != 1:
            return ""
        given, out, axis = network.inputs[0].shape, outputs[0], network.inputs[0].batch_axis
        if given is None or isinstance(out, Unknown) or any(isinstance(dim, Unknown) for dim in out):
            return ""
        return f"{shape_text(_sample(given, axis))} → {shape_text(_sample(out, axis))}"


def _sample(shape: Shape, batch_axis: int | None) -> Shape:
    """A shape without its batch, where that stands in front."""
    return shape[1:] if batch_axis == 0 else shape


def _typed(sample: Shape | None) -> str:
    """A sample as it is typed: `3x224x224`."""
    return "" if sample is None else shape_text(sample, "*").replace("×", "x")


def _read(source: Source, corrections: _Corrections) -> Network:
    call = parse_layer_text(source)
    check_count(source, call)
    vocabulary = Vocabulary(source, frameworks_of(source, call), corrections.tried)
    builder = Builder(
        Origin("notation", _name(source, call)),
        channels_last=vocabulary.framework == KERAS,
        module=call.name if call.children or is_chain(call) else "",
    )
    return Assembler(source, vocabulary, builder).network(call, corrections.sample)


def _name(source: Source, call: Call) -> str:
    """The network's name: a short text itself, else the outermost class."""
    shown = source.shown(call.span, LONGEST_NAME)
    is_short = source.is_one_line and not shown.endswith("…")
    return shown if is_short else call.name or "the layers"
