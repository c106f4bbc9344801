"""Whose words a text is in, and which layer each of its names is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.binding import bind, binds, unknown_keywords
from shapelens.readers.notation.chains import is_chain, items_of, prefix_framework
from shapelens.readers.notation.layers import KERAS, PYTORCH, Layer, layers_of
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.syntax import Call

if TYPE_CHECKING:
    from shapelens.readers.notation.spelling import Try

__all__ = ["Vocabulary", "frameworks_of"]


def frameworks_of(source: Source, call: Call) -> tuple[str, ...]:
    """The frameworks whose words a text may be in, the likelier first; a print is always PyTorch's.

    A name that both have counts for the one that takes its arguments. Where all names can be the one's, the other's
    layers are not even imported.

    Raises:
        LayerTextError: what stands before a name is neither framework's.
    """
    if call.is_printed:
        return (PYTORCH,)
    parts = list(_calls(source, call))
    owners = [_owners(source, part) for part in parts]
    votes = {f: sum(known == (f,) for known in owners) for f in (PYTORCH, KERAS)}
    likely = KERAS if votes[KERAS] > votes[PYTORCH] else PYTORCH
    shared = [part for part, known in zip(parts, owners, strict=True) if len(known) > 1]
    if min(votes.values()) > 0 or not all(
        binds(source, part, layers_of(likely)[part.name]) for part in shared
    ):
        for part in shared:
            taking = [f for f in votes if binds(source, part, layers_of(f)[part.name])]
            for framework in taking if len(taking) == 1 else []:
                votes[framework] += 1
    return tuple(sorted(votes, key=lambda framework: -votes[framework]))


def _owners(source: Source, part: Call) -> tuple[str, ...]:
    """The frameworks that have a layer of this name, or the one that stands before it."""
    if part.prefix:
        framework = prefix_framework(part.prefix)
        if framework is None:
            from shapelens.readers.notation.spelling import strange_prefix

            raise strange_prefix(source, part)
        return (framework,)
    return tuple([framework for framework in (PYTORCH, KERAS) if part.name in layers_of(framework)])


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
        is_other = call.prefix and prefix_framework(call.prefix) != self.framework
        if layer is not None and not is_other and not unknown_keywords(call, layer):
            return layer
        from shapelens.readers.notation.spelling import misspelt_arguments, other_words, unknown_layer

        if layer is None and not any(call.name in layers_of(other) for other in self.frameworks[1:]):
            raise unknown_layer(self.source, call, self.frameworks, self.attempt)
        if layer is None or is_other:
            raise other_words(self.source, call, self.framework)
        raise misspelt_arguments(self.source, call, layer, self.attempt)

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
