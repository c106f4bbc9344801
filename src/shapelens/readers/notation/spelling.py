"""Names that no framework has: which is meant, and what the text would read like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shapelens.errors import LayerTextError
from shapelens.readers.notation.binding import unknown_keywords
from shapelens.readers.notation.layers import KERAS, PYTORCH, Layer, layers_of
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.syntax import Call

__all__ = ["MisspeltError", "Tried", "Try", "misspelt_arguments", "other_words", "unknown_layer"]

SHOWN_TEXT = 100
"""A corrected text is shown whole up to this length, else only its corrected layer."""

FIX_WIDTH = 58
"""Where the mark of a fix that was tried stands."""

_LONGEST_NAME = 48
"""A name is quoted up to this length."""

_OTHER_WORDS = {
    "filters": ("out_channels", "out_features"),
    "units": ("out_features", "hidden_size"),
    "out_channels": ("filters",),
    "out_features": ("units",),
    "strides": ("stride",),
    "stride": ("strides",),
    "dilation_rate": ("dilation",),
    "dilation": ("dilation_rate",),
    "pool_size": ("kernel_size",),
    "kernel_size": ("pool_size",),
    "use_bias": ("bias",),
    "bias": ("use_bias",),
    "rate": ("p",),
    "p": ("rate",),
    "epsilon": ("eps",),
    "eps": ("epsilon",),
    "keepdim": ("keepdims",),
    "cropping": ("padding",),
}
"""What the other framework calls the same argument."""

_SAME_LAYERS = {
    "Conv1d": "Conv1D",
    "Conv2d": "Conv2D",
    "Conv3d": "Conv3D",
    "ConvTranspose1d": "Conv1DTranspose",
    "ConvTranspose2d": "Conv2DTranspose",
    "ConvTranspose3d": "Conv3DTranspose",
    "MaxPool1d": "MaxPooling1D",
    "MaxPool2d": "MaxPooling2D",
    "MaxPool3d": "MaxPooling3D",
    "AvgPool1d": "AveragePooling1D",
    "AvgPool2d": "AveragePooling2D",
    "AvgPool3d": "AveragePooling3D",
    "AdaptiveAvgPool2d": "GlobalAveragePooling2D",
    "AdaptiveMaxPool2d": "GlobalMaxPooling2D",
    "BatchNorm2d": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "Linear": "Dense",
    "Upsample": "UpSampling2D",
    "ZeroPad2d": "ZeroPadding2D",
    "Unflatten": "Reshape",
}
"""What the frameworks call the same layer: PyTorch, then Keras."""

_NO_LAYERS = {
    "Add": "adds several tensors",
    "Average": "averages several tensors",
    "Concatenate": "joins several tensors",
    "Dot": "multiplies two tensors",
    "Maximum": "compares several tensors",
    "Minimum": "compares several tensors",
    "Multiply": "multiplies several tensors",
    "Subtract": "subtracts one tensor from another",
}
_LISTS = {"ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A corrected text that was read.

    Args:
        text: with everything corrected.
        shapes: what comes in and what comes out: `3×224×224 → 64×222×222`; empty if it does not fit.
        sample: the sample as it is typed: `3x224x224`; empty where none was given.
    """

    text: str
    shapes: str
    sample: str


class MisspeltError(LayerTextError):
    """A misspelt name, with the text as it was meant, where that could be read."""

    tried: Tried | None = None


Try = Callable[[str], "Tried | None"]
"""Reads a corrected text; None if it still cannot be read."""


def unknown_layer(source: Source, call: Call, frameworks: Iterable[str], attempt: Try) -> LayerTextError:
    """That no layer has this name, and which one may be meant.

    Args:
        source: the text.
        call: the layer with the unknown name.
        frameworks: whose words the text is in, the likelier first.
        attempt: reads a corrected text.
    """
    if call.name in _NO_LAYERS:
        return _joins(source, call)
    if call.name in _LISTS:
        return _is_list(source, call)
    if call.name.endswith("Loss"):
        return _is_loss(source, call)
    found: list[tuple[Layer, list[tuple[Span, str]], Tried | None]] = []
    for layer in _nearest(call.name, tuple(frameworks)):
        changes = _corrections(call, layer)
        if changes is None:
            continue
        renamed = [((call.name_span[1] - len(call.name), call.name_span[1]), layer.name), *changes]
        found.append((layer, renamed, attempt(source.replaced(renamed))))
        if (tried := found[-1][2]) is not None and tried.shapes:
            break
    if not found:
        return LayerTextError(
            f"no layer is called {_short(call.name)}",
            at=source.excerpt(call.name_span),
            have=_short(source.slice(call.name_span)),
            rule="a layer in PyTorch's words (Conv2d) or Keras' (Conv2D); it is read, never run",
        )
    layer, changes, tried = next((f for f in found if f[2] and f[2].shapes), found[0])
    wrong = [a.keyword for a in unknown_keywords(call, layer)]
    have = call.name + (f", and in it {', '.join(wrong)}" if wrong else "")
    rule = f"a layer in PyTorch's words (Conv2d) or Keras' (Conv2D); {_takes(layer)}"
    return _misspelt(source, call, f"no layer is called {call.name}", have, rule, (layer, changes, tried))


def other_words(source: Source, call: Call, framework: str) -> LayerTextError:
    """That a layer's name is the other framework's word, in a text of this one's."""
    name = source.shown(call.name_span, _LONGEST_NAME)
    return LayerTextError(
        f"{name} is {KERAS if framework == PYTORCH else PYTORCH}'s word, and the rest of this text is {framework}'s",
        at=source.excerpt(call.name_span),
        have=source.shown(call.span),
        rule="one text is in the words of one framework",
        fix=_in_words_of(call.name, framework),
    )


def _in_words_of(name: str, framework: str) -> str:
    same = _SAME_LAYERS.get(name) or next((p for p, keras in _SAME_LAYERS.items() if keras == name), name)
    return f"{same}(…) in its place" if same in layers_of(framework) else ""


def strange_prefix(source: Source, call: Call) -> LayerTextError:
    """That what stands before a layer's name is neither framework's: another library's layer may be another one."""
    return LayerTextError(
        f"{source.shown((call.span[0], call.span[0] + len(call.prefix)), _LONGEST_NAME)} is not known to have layers",
        at=source.excerpt(call.name_span),
        have=source.shown(call.name_span),
        rule="before a name may stand nn, torch.nn, layers, keras.layers, tf.keras.layers, or nothing",
        fix=f"{call.name}(…), if it is PyTorch's or Keras'" if len(call.name) <= _LONGEST_NAME else "",
    )


def misspelt_arguments(source: Source, call: Call, layer: Layer, attempt: Try) -> LayerTextError:
    """That a layer has no argument of this name, and which one may be meant."""
    wrong = unknown_keywords(call, layer)
    names = [argument.keyword for argument in wrong]
    summary = f"{layer.name} has no {names[0] if len(names) == 1 else ' and no '.join(names)}"
    changes = _corrections(call, layer)
    if changes is None:
        return LayerTextError(
            summary,
            at=source.excerpt(*[argument.keyword_span for argument in wrong]),
            have=", ".join(_short(name) for name in names),
            rule=_takes(layer),
        )
    tried = attempt(source.replaced(changes))
    return _misspelt(source, call, summary, ", ".join(names), _takes(layer), (layer, changes, tried))


def _misspelt(
    source: Source,
    call: Call,
    summary: str,
    have: str,
    rule: str,
    found: tuple[Layer, list[tuple[Span, str]], Tried | None],
) -> MisspeltError:
    _, changes, tried = found
    text = tried.text if tried else source.replaced(changes)
    in_one_line = len(text) <= SHOWN_TEXT and "\n" not in text
    shown = text if in_one_line else _corrected_call(source, call, changes)
    mark = f"{shown:<{FIX_WIDTH}}  ✓ verified   {tried.shapes}" if tried and tried.shapes else shown
    following = ""
    if tried and tried.shapes and len(text) <= SHOWN_TEXT and "\n" not in text:
        given = f" --input {tried.sample}" if tried.sample else ""
        following = f'shapelens explain "{text}"{given}'
    spans = [span for span, _ in sorted(changes)]
    error = MisspeltError(
        summary, at=source.excerpt(*spans), have=have, rule=rule, fix=mark, following=following
    )
    error.tried = tried
    return error


def _corrected_call(source: Source, call: Call, changes: list[tuple[Span, str]]) -> str:
    start, end = call.span
    inside = [((first - start, last - start), text) for (first, last), text in changes]
    text = source.text[start:end]
    for (first, last), change in sorted(inside, reverse=True):
        text = text[:first] + change + text[last:]
    return " ".join(text.split())


def _corrections(call: Call, layer: Layer) -> list[tuple[Span, str]] | None:
    """What to change in the arguments' names; None where one is like none that the layer has."""
    changes: list[tuple[Span, str]] = []
    taken = {a.keyword for a in call.arguments}
    for argument in unknown_keywords(call, layer):
        meant = _nearest_argument(argument.keyword, layer, taken)
        if meant is None:
            return None
        taken.add(meant)
        changes.append((argument.keyword_span, meant))
    return changes


def _nearest_argument(name: str, layer: Layer, taken: set[str]) -> str | None:
    from difflib import get_close_matches

    free = [known for known in layer.signature.names if known not in taken]
    for other in _OTHER_WORDS.get(name, ()):
        if other in free:
            return other
    near = get_close_matches(name[:64].lower(), free, n=1, cutoff=0.6)
    return near[0] if near else None


def _nearest(name: str, frameworks: tuple[str, ...]) -> list[Layer]:
    """The layers whose names are most like this one; capitals count less than letters."""
    from difflib import SequenceMatcher, get_close_matches

    order = [*frameworks, *[f for f in (PYTORCH, KERAS) if f not in frameworks]]
    layers = [layer for framework in order for layer in layers_of(framework).values()]
    folded = name[:64].lower()
    near = get_close_matches(folded, {layer.name.lower() for layer in layers}, n=4, cutoff=0.7)
    likely = [layer for layer in layers if layer.name.lower() in near]

    def unlikeness(layer: Layer) -> tuple[int, float]:
        return near.index(layer.name.lower()), -round(SequenceMatcher(None, name[:64], layer.name).ratio(), 3)

    return sorted(likely, key=unlikeness)


def _takes(layer: Layer) -> str:
    names = layer.signature.shown
    return f"{layer.name} takes {', '.join(names) if names else 'no arguments'}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


# names that are known, and no layers of a chain ---------------------------------------------------------


def _joins(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"{call.name} {_NO_LAYERS[call.name]}, and layer text is a chain of layers",
        at=source.excerpt(call.name_span),
        have=source.slice(call.name_span),
        rule="in a chain each layer takes what the one before it gives, and nothing else",
        fix="give the model itself: package.module:name, file.py:name, or an .onnx file",
    )


def _is_list(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"a {call.name} only holds layers: it has no forward of its own",
        at=source.excerpt(call.name_span),
        have=source.slice(call.name_span),
        rule="the layers of Sequential(…) are called one after another; those of a list are called by other code",
        fix="Sequential(…) in its place, if they are called in this order",
    )


def _is_loss(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"{_short(call.name)} is a loss, and no layer of a network",
        at=source.excerpt(call.name_span),
        have=_short(source.slice(call.name_span)),
        rule="a loss takes what the network gives and what is true, and gives one number",
    )
