"""One layer of which some arguments are left out, and its text once they are known.

>>> layer = read_unfinished("Conv2d(3, 64)")
>>> layer.text({"kernel_size": 3, "stride": 2, "padding": (1, 0)})
'Conv2d(3, 64, 3, stride=2, padding=(1, 0))'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.binding import bind
from shapelens.readers.notation.chains import is_chain
from shapelens.readers.notation.layers import Layer
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.signatures import REQUIRED
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import Call
from shapelens.readers.notation.vocabulary import Vocabulary, frameworks_of
from shapelens.records import dataclass

__all__ = ["Unfinished", "read_unfinished"]

_FIRST = frozenset({"pool_size"})
"""What stands by its place although it has a default: a pool is told by its window."""


@dataclass(frozen=True)
class Unfinished:
    """A layer, and those of its arguments that are given.

    Args:
        source: the text.
        call: the layer in the text.
        layer: what it is.
        arguments: what is given.
    """

    source: Source
    call: Call
    layer: Layer
    arguments: Arguments

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of all that it takes."""
        return frozenset(self.arguments.signature.names)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What it cannot do without, and is not given."""
        return tuple(
            [
                p.name
                for p in self.arguments.signature.parameters
                if p.default is REQUIRED and not self.is_given(p.name)
            ]
        )

    @property
    def shown(self) -> str:
        """The text as a message quotes it."""
        return self.source.shown(self.call.span)

    @cached_property
    def sample(self) -> Sample | None:
        """What it says of its input."""
        return self.layer.takes(self.arguments)

    def is_given(self, name: str) -> bool:
        """Whether an argument stands in the text."""
        return name in self.arguments.given

    def text(self, values: Mapping[str, Any]) -> str:
        """The layer as one would type it.

        What was given stays as it was typed. What is added stands by its place where a layer cannot do without it, or
        by its name, and not at all where it is what the layer takes anyway.

        Args:
            values: arguments by their names; they go before what was given.
        """
        given = self.arguments.given
        written: list[str] = []
        is_positional = True
        typed = {a.keyword for a in self.call.arguments}
        for parameter in self.arguments.signature.parameters:
            name = parameter.name
            if name in values:
                shown = repr(values[name])
                is_needed = parameter.default is REQUIRED or values[name] != parameter.default
            elif name in given:
                shown, is_needed = self.source.slice(given[name].span), True
            else:
                shown, is_needed = "", False
            stands_alone = bool(shown) and (name in given or name in _FIRST or parameter.default is REQUIRED)
            is_positional = is_positional and stands_alone and name not in typed and not parameter.by_keyword
            if is_needed or is_positional:
                written.append(shown if is_positional else f"{name}={shown}")
        written += [
            f"{name}={self.source.slice(value.span)}"
            for name, value in given.items()
            if name not in self.parameters
        ]
        return f"{self.source.slice(self.call.name_span)}({', '.join(written)})"


def read_unfinished(text: str) -> Unfinished:
    """Read one layer whose arguments need not all be there.

    Raises:
        LayerTextError: `no layer is called Conv2s`, `more than one layer stands here`, …
    """
    source = Source(text)
    call = parse_layer_text(source)
    if is_chain(call) or call.children:
        raise _several(source, call)
    from shapelens.readers.notation.spelling import Tried

    # A corrected text may lack arguments too, so it is shown without being read as a whole.
    vocabulary = Vocabulary(source, frameworks_of(source, call), Tried)
    layer = vocabulary.layer(call)
    if layer is None:
        raise _unknown(source, call)
    return Unfinished(source, call, layer, bind(source, call, layer, is_open=True))


def _several(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        "one layer is asked for, and here are several",
        at=source.excerpt(call.name_span),
        have=source.shown(call.span),
        rule="one layer, such as Conv2d(3, 64), of which some settings are left out",
    )


def _unknown(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"no layer is called {source.shown(call.name_span)}, or it takes other arguments",
        at=source.excerpt(call.name_span),
        have=source.shown(call.span),
        rule="a layer in PyTorch's words (Conv2d) or Keras' (Conv2D)",
    )
