"""Which argument is which: positional ones by their place, the others by their name, as Python binds them."""

from __future__ import annotations

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import Layer
from shapelens.readers.notation.signatures import REQUIRED, Signature
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import Argument, Call, Value, Word

__all__ = ["bind", "binds", "unknown_keywords"]

_VALUES = {
    "kernel_size": "3",
    "pool_size": "2",
    "padding": "1",
    "normalized_shape": "64",
    "value": "0",
    "p": "2",
    "rate": "0.5",
    "activation": "'relu'",
    "padding_mode": "'zeros'",
    "target_shape": "(-1,)",
    "dims": "(2, 1)",
    "scale": "1/255",
    "scale_factor": "2",
    "upscale_factor": "2",
    "downscale_factor": "2",
    "norm_type": "2",
    "num_groups": "1",
    "dim": "1",
    "groups": "2",
    "units": "10",
    "out_features": "10",
}
"""A value to show for an argument that is missing; 64 where there is none here."""

_PRINTED_WORDS = frozenset(
    {"batch", "circular", "reflect", "relu", "replicate", "row", "same", "tanh", "valid", "zeros"}
)
"""Texts that a layer prints without quotes: `padding=same`."""

_LONGEST_INSIDE = 120
"""What a layer is given is shown in a fix up to this length."""


def unknown_keywords(call: Call, layer: Layer) -> tuple[Argument, ...]:
    """The arguments whose names the layer does not have."""
    signature = _signature(call, layer)
    if signature.takes_all:
        return ()
    known, others = signature.by_name, signature.others
    return tuple(
        [a for a in call.arguments if a.keyword and a.keyword not in known and a.keyword not in others]
    )


def _signature(call: Call, layer: Layer) -> Signature:
    """The parameters of a layer, with those that only its print has where it is one: a lazy layer's 0 in front."""
    first = call.arguments[0] if layer.prints and call.arguments else None
    is_printed = first is not None and (
        call.is_printed or first.keyword == layer.prints or (not first.keyword and first.value.content == 0)
    )
    return layer.signature.with_first(layer.prints) if is_printed else layer.signature


def binds(source: Source, call: Call, layer: Layer) -> bool:
    """Whether the arguments are such as the layer takes."""
    if unknown_keywords(call, layer):
        return False
    try:
        bind(source, call, layer)
    except LayerTextError:
        return False
    return True


def bind(source: Source, call: Call, layer: Layer, *, is_open: bool = False) -> Arguments:
    """The arguments of a call by name; all of their names are the layer's.

    Args:
        source: the text.
        call: the layer in the text.
        layer: the layer that it names.
        is_open: whether arguments that it cannot do without may be missing.

    Raises:
        LayerTextError: too many, too few, one given twice, or code for a value.
    """
    signature = _signature(call, layer)
    given: dict[str, Value] = {}
    extra: list[Value] = []
    places = signature.positional
    has_keyword = False
    for argument in call.arguments:
        if argument.keyword:
            has_keyword = True
            if argument.keyword in given:
                raise _twice(source, layer, argument, argument.keyword)
            given[argument.keyword] = argument.value
            continue
        if has_keyword:
            raise LayerTextError(
                "an argument without a name follows one with a name",
                at=source.excerpt(argument.span),
                have=source.shown(argument.span),
                rule="first those without a name, then those with one",
            )
        place = len(extra) if signature.takes_all else len(given)
        if signature.takes_all:
            extra.append(argument.value)
        elif place < len(places):
            given[places[place].name] = argument.value
        else:
            raise _too_many(source, layer, argument, len(places))
    for name, value in given.items():
        parameter = signature.by_name.get(name)
        if parameter is not None and not parameter.is_free:
            _check_plain(source, layer, name, value, call.is_printed)
    missing = [p.name for p in signature.parameters if p.default is REQUIRED and p.name not in given]
    if missing and not is_open:
        raise _missing(source, call, layer, missing)
    return Arguments(source, call, layer.name, signature, given, tuple(extra))


def _check_plain(source: Source, layer: Layer, name: str, value: Value, is_printed: bool) -> None:
    """Numbers, texts and tuples alone; in a print also words, which it shows without quotes."""
    for part in value.walk():
        is_word = isinstance(part.content, Word)
        if is_word and (is_printed or part.content.text in _PRINTED_WORDS):
            continue
        if isinstance(part.content, Call) or is_word:
            shown = source.shown(part.span)
            what = "call" if isinstance(part.content, Call) else "name"
            raise LayerTextError(
                f"{name} of {layer.name} is a {what}, and layer text is read, never run",
                at=source.excerpt(part.span),
                have=shown,
                rule="an argument is a number, a text, True, False, None, or a tuple of such",
                fix=f"the value itself in place of {shown}" if is_word else "",
            )


def _twice(source: Source, layer: Layer, argument: Argument, name: str) -> LayerTextError:
    return LayerTextError(
        f"{name} of {layer.name} is given twice",
        at=source.excerpt(argument.span),
        have=source.shown(argument.span),
        rule=layer.takes_words,
    )


def _too_many(source: Source, layer: Layer, argument: Argument, most: int) -> LayerTextError:
    many = f"{most} argument{'s' if most != 1 else ''}" if most else "no arguments"
    return LayerTextError(
        f"{layer.name} takes {'at most ' if most else ''}{many} without a name",
        at=source.excerpt(argument.span),
        have=f"{source.shown(argument.span)} besides",
        rule=layer.takes_words,
    )


def _missing(source: Source, call: Call, layer: Layer, missing: list[str]) -> LayerTextError:
    added = ", ".join(f"{name}={_VALUES.get(name, '64')}" for name in missing)
    opening = source.text.index("(", call.name_span[1])
    inside = source.shown((opening + 1, call.span[1] - 1), _LONGEST_INSIDE).rstrip(", ")
    name = source.slice(call.name_span)
    listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
    return LayerTextError(
        f"this {layer.name} has no {listed}",
        at=source.excerpt((call.span[1] - 1, call.span[1])),
        have=source.shown(call.span),
        rule=layer.takes_words,
        fix="" if inside.endswith("…") else f"{name}({inside}{', ' if inside else ''}{added})",
    )
