"""Whose words a text is in, and which layer each of its names is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.binding import bind, binds, unknown_keywords
from shapelens.readers.notation.chains import is_chain, items_of, prefix_framework
from shapelens.readers.notation.layers import KERAS, PYTORCH, Layer, layers_of
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.spelling import (
    Try,
    misspelt_arguments,
    other_words,
    strange_prefix,
    unknown_layer,
)
from shapelens.readers.notation.syntax import Call

__all__ = ["SHARED", "Vocabulary", "frameworks_of"]

SHARED = frozenset(
    (
        *("AlphaDropout", "Dropout", "ELU", "Embedding", "Flatten", "GRU", "GRUCell", "Identity", "LSTM"),
        *("LSTMCell", "LeakyReLU", "PReLU", "RNN", "ReLU", "Softmax"),
    )
)
"""Names that both frameworks have."""

_KERAS_LOOKS = re.compile(
    r"\dD|Normalization$|Global|Zoo|^(?:Activation|Dense|Input|InputLayer|Rescaling|Reshape)$"
)
"""What names look like that are Keras' and not PyTorch's; where this misses one, both tables are looked up."""


def frameworks_of(source: Source, call: Call) -> tuple[str, ...]:
    """The frameworks whose words a text may be in, the likelier first; a print is always PyTorch's.

    A name that both have counts for the one that takes its arguments. The other framework's table is not even
    imported where all names are the one's.

    Raises:
        LayerTextError: what stands before a name is neither framework's.
    """
    if call.is_printed:
        return (PYTORCH,)
    parts = list(_calls(source, call))
    for part in parts:
        if part.prefix and prefix_framework(part.prefix) is None:
            raise strange_prefix(source, part)
    likely = KERAS if any(_KERAS_LOOKS.search(part.name) for part in parts) else PYTORCH
    other = PYTORCH if likely == KERAS else KERAS
    if any(_is_surely(part, likely) for part in parts) and all(
        _is_of(source, part, likely) for part in parts
    ):
        return likely, other
    votes = {PYTORCH: 0, KERAS: 0}
    for part in parts:
        prefixed = prefix_framework(part.prefix) if part.prefix else None
        known = [f for f in votes if part.name in layers_of(f)]
        if len(known) > 1:
            known = [f for f in known if binds(source, part, layers_of(f)[part.name])]
        for framework in [prefixed] if prefixed else known if len(known) == 1 else []:
            votes[framework] += 1
    return tuple(sorted(votes, key=lambda framework: -votes[framework]))


def _is_surely(part: Call, framework: str) -> bool:
    """Whether a name is this framework's alone."""
    return part.name not in SHARED and part.name in layers_of(framework)


def _is_of(source: Source, part: Call, framework: str) -> bool:
    """Whether a layer can be this framework's."""
    if part.prefix and prefix_framework(part.prefix) not in {framework, None}:
        return False
    layer = layers_of(framework).get(part.name)
    if part.name in SHARED:
        return layer is not None and binds(source, part, layer)
    return layer is not None or is_chain(part)


def _calls(source: Source, call: Call) -> Iterator[Call]:
    """Every layer in a text, its containers opened."""
    if not is_chain(call):
        yield call
        return
    if call.prefix:
        yield call
    for item in items_of(source, call):
        if isinstance(item.item, Call):
            yield from _calls(source, item.item)


class Vocabulary:
    """The layers that a text may name.

    Args:
        source: the text.
        frameworks: whose words it is in, the likelier first.
        attempt: reads a corrected text.
    """

    def __init__(self, source: Source, frameworks: tuple[str, ...], attempt: Try) -> None:
        self.source = source
        self.frameworks = frameworks
        self.attempt = attempt
        self._layers: dict[Span, Layer | None] = {}
        self._arguments: dict[Span, Arguments] = {}

    @property
    def framework(self) -> str:
        """Whose words the text is in."""
        return self.frameworks[0]

    def layer(self, call: Call) -> Layer | None:
        """The layer that a name is; None where a print names somebody's own class.

        Raises:
            LayerTextError: typed text names a layer or an argument that there is not.
        """
        if call.span not in self._layers:
            self._layers[call.span] = self._printed(call) if call.is_printed else self._typed(call)
        return self._layers[call.span]

    def _typed(self, call: Call) -> Layer:
        layer = layers_of(self.framework).get(call.name)
        if layer is not None and call.prefix and prefix_framework(call.prefix) != self.framework:
            raise other_words(self.source, call, self.framework)
        if layer is None:
            other = next((layers_of(f).get(call.name) for f in self.frameworks[1:]), None)
            if other is not None:
                raise other_words(self.source, call, self.framework)
            raise unknown_layer(self.source, call, self.frameworks, self.attempt)
        if unknown_keywords(call, layer):
            raise misspelt_arguments(self.source, call, layer, self.attempt)
        return layer

    def _printed(self, call: Call) -> Layer | None:
        """The layer of a print, unless what it shows is another class of the same name."""
        layer = layers_of(self.framework).get(call.name)
        if layer is None or not call.is_readable or call.children or not binds(self.source, call, layer):
            return None
        try:
            arguments = self.arguments(call, layer)
            layer.takes(arguments)
        except LayerTextError:
            return None
        return layer if all(name in arguments.given for name in layer.tells) else None

    def arguments(self, call: Call, layer: Layer) -> Arguments:
        """What is given to a layer.

        Raises:
            LayerTextError: too much, too little, or code.
        """
        if call.span not in self._arguments:
            self._arguments[call.span] = bind(self.source, call, layer)
        return self._arguments[call.span]

    def takes(self, call: Call) -> Sample | None:
        """What a layer says of its input; nothing where that is no layer."""
        layer = self.layer(call)
        return None if layer is None else layer.takes(self.arguments(call, layer))

    def disown(self, call: Call) -> None:
        """Take back that a printed name is a layer: it cannot have been given what the print shows."""
        self._layers[call.span] = None
