"""Keras' recurrent layers that go through the steps from either end."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.operators import Concatenate, Elementwise
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.nested import beneath, nested_call, nested_vocabulary
from shapelens.readers.notation.keras.recurrent import (
    STEPPED,
    Cell,
    called_of,
    cell_of,
    put_cell,
    steps_taken,
)
from shapelens.readers.notation.placing import Place

_MERGES = {"sum": "add", "mul": "multiply", "ave": "average"}
_SETTINGS = ("return_sequences", "return_state", "stateful")


@layer(
    "Bidirectional",
    signature="layer, merge_mode='concat', weights=None, backward_layer=None",
    takes=steps_taken,
)
def bidirectional(arguments: Arguments, place: Place) -> None:
    """The same layer, or another, from the end to the start; the outputs stand side by side unless told otherwise."""
    named = ("layer", "backward_layer") if arguments.has("backward_layer") else ("layer",)
    layers = [_wrapped(arguments, name) for name in named]
    forward, backward = layers[0], layers[-1]
    _check_directions(arguments, layers)
    cells = (cell_of(forward), cell_of(backward))
    sequences, state = forward.flag("return_sequences"), forward.flag("return_state")
    merge = arguments.choice("merge_mode", ("concat", *_MERGES)) if _merges(arguments) else ""
    if merge == "concat" and not state and len(layers) == 1:
        _put_both(place, cells[0], sequences=sequences)
        return
    _check_units(arguments, cells, merge)
    outputs = _put_apart(place, cells, (forward.name, backward.name), sequences=sequences, state=state)
    if merge == "concat":
        place.then(Concatenate(-1), "concat", inputs=outputs)
    elif merge:
        place.then(Elementwise(_MERGES[merge], same_shape=True), merge, inputs=outputs)
    else:
        place.builder.here = outputs[0]


def _merges(arguments: Arguments) -> bool:
    """Whether the two outputs are made one."""
    return "merge_mode" not in arguments.given or arguments.has("merge_mode")


def _wrapped(arguments: Arguments, name: str) -> Arguments:
    """The arguments of a wrapped layer."""
    call, vocabulary = nested_call(arguments, name), nested_vocabulary(arguments)
    known = vocabulary.layer(call)
    assert known is not None
    if known.name not in STEPPED:
        raise arguments.error(
            f"{known.name} does not go from step to step",
            name,
            rule="Bidirectional takes a SimpleRNN, a GRU or an LSTM",
        )
    return vocabulary.arguments(call, known)


def _check_directions(arguments: Arguments, layers: Sequence[Arguments]) -> None:
    """That the two go opposite ways, and give alike."""
    if len(layers) == 1:
        return
    forward, backward = layers
    if forward.flag("go_backwards") == backward.flag("go_backwards"):
        raise arguments.error(
            "both layers go the same way",
            "layer",
            "backward_layer",
            rule="one of layer and backward_layer has go_backwards=True",
        )
    differing = next((name for name in _SETTINGS if forward.flag(name) != backward.flag(name)), "")
    if differing:
        raise arguments.error(
            f"{differing} is not the same for both layers",
            "layer",
            "backward_layer",
            rule=f"layer and backward_layer have the same {', '.join(_SETTINGS)}",
        )


def _check_units(arguments: Arguments, cells: tuple[Cell, Cell], merge: str) -> None:
    """That outputs that are made one by arithmetic are as wide."""
    if merge in _MERGES and cells[0].units != cells[1].units:
        raise arguments.error(
            f"{cells[0].units} units and {cells[1].units} do not go together by {merge}",
            "layer",
            "backward_layer",
            rule="both layers have as many units, or merge_mode is 'concat'",
        )


def _put_both(place: Place, cell: Cell, *, sequences: bool) -> None:
    """Both directions in one, side by side."""
    features = place.size(-1)
    operator = cell.operator(
        bidirectional=True, batch_first=True, features_last=True, last_only=not sequences
    )
    weights = {**cell.weights(features), **cell.weights(features, "_reverse")}
    place.add(
        operator, weights, called={**called_of(before="forward."), **called_of("_reverse", "backward.")}
    )


def _put_apart(
    place: Place, cells: tuple[Cell, Cell], names: tuple[str, str], *, sequences: bool, state: bool
) -> list[str]:
    """Each direction by itself."""
    here, outputs = place.here, []
    with place.builder.scope(place.label, place.layer):
        for direction, cell, name in zip(("forward", "backward"), cells, names, strict=True):
            place.builder.here = here
            part = beneath(place, direction, name)
            outputs.append(put_cell(part, cell, sequences=sequences, state=state))
            place.nodes += part.nodes
    return outputs
