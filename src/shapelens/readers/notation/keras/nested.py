"""Layers that stand in other layers' arguments: `Bidirectional(LSTM(64))`."""

from __future__ import annotations

from copy import copy

from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.chains import Item, is_chain, items_of
from shapelens.readers.notation.expecting import expected
from shapelens.readers.notation.keras.naming import given_name
from shapelens.readers.notation.layers import KERAS, PYTORCH
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.spelling import Tried
from shapelens.readers.notation.syntax import Call
from shapelens.readers.notation.vocabulary import Vocabulary

__all__ = ["beneath", "nested_call", "nested_calls", "nested_expected", "nested_vocabulary", "put_nested"]


def nested_vocabulary(arguments: Arguments) -> Vocabulary:
    """What a layer in another's arguments may be called; a correction is shown without being tried."""
    return Vocabulary(arguments.source, (KERAS, PYTORCH), Tried)


def nested_calls(arguments: Arguments, name: str) -> list[Call]:
    """The layer that an argument is, or the layers in its list.

    Raises:
        LayerTextError: `Bidirectional takes a layer`.
    """
    calls = [value.content for value in arguments.calls(name)]
    if calls and all(isinstance(call, Call) for call in calls):
        return calls
    raise arguments.error(
        f"{arguments.name} takes a layer",
        name,
        rule=f"{name} is a layer with its brackets, such as Dense(10); it is read, never run",
    )


def nested_call(arguments: Arguments, name: str) -> Call:
    """The layer that an argument is."""
    calls = nested_calls(arguments, name)
    if len(calls) == 1:
        return calls[0]
    raise arguments.error(
        f"{arguments.name} takes one layer", name, rule=f"{name} is a layer; several stand in Sequential(…)"
    )


def nested_expected(arguments: Arguments, call: Call) -> Sample | None:
    """What a nested layer says of its input."""
    items = list(items_of(arguments.source, call)) if is_chain(call) else [Item("", call)]
    return expected(nested_vocabulary(arguments), items)


def put_nested(arguments: Arguments, call: Call, place: Place) -> None:
    """Put a nested layer, or one after another those of a `Sequential`.

    Args:
        arguments: of the layer around it.
        call: the layer.
        place: where the layer around it stands, and how it puts what is in it.
    """
    if is_chain(call):
        for item in items_of(arguments.source, call):
            if isinstance(item.item, Call):
                put_nested(arguments, item.item, place)
        return
    vocabulary = nested_vocabulary(arguments)
    known = vocabulary.layer(call)
    assert known is not None
    inner = vocabulary.arguments(call, known)
    if known.needs:
        raise arguments.error(
            f"{known.name} takes {known.needs} besides, and a layer around it gives it one tensor",
            rule=f"{arguments.name} takes a layer that takes one tensor",
            have=arguments.source.shown(call.span),
        )
    with place.builder.scope(place.label, place.layer):
        part = beneath(place, _label(inner, known.name, place), known.name)
        known.build(inner, part)
    place.nodes += part.nodes


def beneath(place: Place, label: str, layer: str) -> Place:
    """A place for a part of a layer, which puts what is there as the layer does."""
    part = copy(place)
    part.label, part.layer, part.nodes = label, layer, []
    return part


def _label(arguments: Arguments, layer: str, place: Place) -> str:
    """The name of a nested layer: its own, or as Keras counts."""
    path = f"{place.builder.scope_path}."
    return arguments.text("name") or place.builder.numbered(f"{path}{given_name(layer)}").removeprefix(path)
