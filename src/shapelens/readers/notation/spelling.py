"""Names that no framework has: which is meant, and what the text would read like."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shapelens.errors import LayerTextError
from shapelens.readers.notation.binding import unknown_keywords
from shapelens.readers.notation.layers import KERAS, PYTORCH, Layer, layers_of
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.syntax import Call
from shapelens.records import dataclass

__all__ = ["MisspeltError", "Tried", "Try", "misspelt_arguments", "other_words", "unknown_layer"]

SHOWN_TEXT = 100
"""A corrected text is shown whole up to this length, else only its corrected layer."""

FIX_WIDTH = 56
"""Where the mark of a fix that was tried stands."""

MOST_TRIED = 4
"""So many names are tried in place of one that is not known."""

MOST_WRONG = 8
"""More names than this in one layer are not corrected."""

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
_LISTS = frozenset({"ModuleDict", "ModuleList", "ParameterDict", "ParameterList"})
_NOT_READ = frozenset(
    (
        *("AdaptiveLogSoftmaxWithLoss", "CosineSimilarity", "Module", "PairwiseDistance", "Transformer"),
        *("TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder"),
    )
)
"""PyTorch's, and not read from text."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A corrected text that was read.

    Args:
        text: with everything corrected.
        shapes: what comes in and what comes out: `3×224×224 → 64×222×222`; empty if it does not fit, or was not tried.
        sample: the sample as it is typed: `3x224x224`; empty where none was given.
    """

    text: str
    shapes: str = ""
    sample: str = ""


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
    if call.name in _NOT_READ:
        return _is_not_read(source, call)
    if call.name.endswith("Loss"):
        return _is_loss(source, call)
    name = source.shown(call.name_span, _LONGEST_NAME)
    summary = f"no layer is called {name}"
    rule = "a layer in PyTorch's words (Conv2d) or Keras' (Conv2D)"
    near = _nearest(call.name, tuple(frameworks))
    renamed = (call.name_span[1] - len(call.name), call.name_span[1])
    options = [(layer, _corrections(call, layer, [(renamed, layer.name)])) for layer in near]
    found = _best(source, options, attempt)
    if found is None:
        fix = f"{near[0].name}(…), if that is meant" if near else ""
        rule += f"; {near[0].takes_words}" if near else "; it is read, never run"
        return LayerTextError(summary, at=source.excerpt(call.name_span), have=name, rule=rule, fix=fix)
    wrong = [argument.keyword for argument in unknown_keywords(call, found.layer)]
    have = call.name + (f", and in it {', '.join(wrong)}" if wrong else "")
    return _misspelt(source, call, summary, have, f"{rule}; {found.layer.takes_words}", found)


@dataclass(frozen=True, slots=True)
class _Correction:
    """What may be meant: the layer, what to change in the text, and the text as it was then read."""

    layer: Layer
    changes: list[tuple[Span, str]]
    tried: Tried


def _best(
    source: Source, options: Iterable[tuple[Layer, list[tuple[Span, str]] | None]], attempt: Try
) -> _Correction | None:
    """The first correction with which everything fits, else the first that can be read."""
    readable: _Correction | None = None
    for layer, changes in options:
        tried = None if changes is None else attempt(source.replaced(changes))
        if changes is None or tried is None:
            continue
        correction = _Correction(layer, changes, tried)
        if tried.shapes:
            return correction
        readable = readable or correction
    return readable


def other_words(source: Source, call: Call, framework: str) -> LayerTextError:
    """That a layer's name is the other framework's word, in a text of this one's."""
    name = source.shown(call.name_span, _LONGEST_NAME)
    return LayerTextError(
        f"{name} is {_owner(KERAS if framework == PYTORCH else PYTORCH)} word, "
        f"and the rest of this text is {_owner(framework)}",
        at=source.excerpt(call.name_span),
        have=source.shown(call.span),
        rule="one text is in the words of one framework",
        fix=_in_words_of(call.name, framework),
    )


def _owner(framework: str) -> str:
    return f"{framework}'" if framework.endswith("s") else f"{framework}'s"


def _in_words_of(name: str, framework: str) -> str:
    return f"{_twin(name)}(…) in its place" if _twin(name) in layers_of(framework) else ""


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
    """That a layer has no argument of this name, and which one may be meant; or which framework's layer."""
    wrong = unknown_keywords(call, layer)
    names = [source.shown(argument.keyword_span, _LONGEST_NAME) for argument in wrong[:MOST_WRONG]]
    summary = f"{layer.name} has no {' and no '.join(names)}"
    options = [(layer, _corrections(call, layer))]
    twin = layers_of(KERAS if layer.framework == PYTORCH else PYTORCH).get(_twin(layer.name))
    if twin is not None and not unknown_keywords(call, twin):
        renamed = (call.name_span[1] - len(call.name), call.name_span[1])
        options.append((twin, [(renamed, twin.name)]))
    found = _best(source, options, attempt)
    if found is None:
        spans = [argument.keyword_span for argument in wrong]
        have = ", ".join(names)
        return LayerTextError(summary, at=source.excerpt(*spans), have=have, rule=layer.takes_words)
    return _misspelt(source, call, summary, ", ".join(names), layer.takes_words, found)


def _twin(name: str) -> str:
    """What the other framework calls a layer."""
    return _SAME_LAYERS.get(name) or next((p for p, keras in _SAME_LAYERS.items() if keras == name), name)


def _misspelt(
    source: Source, call: Call, summary: str, have: str, rule: str, found: _Correction
) -> MisspeltError:
    changes, tried = found.changes, found.tried
    in_one_line = len(tried.text) <= SHOWN_TEXT and "\n" not in tried.text
    shown = tried.text if in_one_line else _corrected_call(source, call, changes)
    following = ""
    if tried.shapes:
        shown = f"{shown:<{FIX_WIDTH}}  ✓ verified   {tried.shapes}"
        given = f" --input {tried.sample}" if tried.sample else ""
        following = f'shapelens explain "{tried.text}"{given}' if in_one_line else ""
    at = source.excerpt(*[span for span, _ in sorted(changes)])
    error = MisspeltError(summary, at=at, have=have, rule=rule, fix=shown, following=following)
    error.tried = tried
    return error


def _corrected_call(source: Source, call: Call, changes: list[tuple[Span, str]]) -> str:
    """The layer alone as it was meant, as much of it as a message can show."""
    start, end = call.span
    text = source.text[start:end]
    for (first, last), change in sorted(changes, reverse=True):
        text = text[: first - start] + change + text[last - start :]
    shown = " ".join(text[: 8 * SHOWN_TEXT].split())
    return shown if len(shown) <= SHOWN_TEXT else f"{shown[: SHOWN_TEXT - 1]}…"


def _corrections(
    call: Call, layer: Layer, changes: Iterable[tuple[Span, str]] = ()
) -> list[tuple[Span, str]] | None:
    """What to change in the arguments' names; None where one is like none that the layer has.

    Args:
        call: the layer in the text.
        layer: the one that is meant.
        changes: what is to change besides.
    """
    found = list(changes)
    wrong = unknown_keywords(call, layer)
    if len(wrong) > MOST_WRONG:
        return None
    taken = {a.keyword for a in call.arguments}
    for argument in wrong:
        meant = _nearest_argument(argument.keyword, layer, taken)
        if meant is None:
            return None
        taken.add(meant)
        found.append((argument.keyword_span, meant))
    return found


def _nearest_argument(name: str, layer: Layer, taken: set[str]) -> str | None:
    from difflib import get_close_matches

    free = [known for known in layer.signature.names if known not in taken]
    for other in _OTHER_WORDS.get(name, ()):
        if other in free:
            return other
    near = get_close_matches(name[:64].lower(), free, n=1, cutoff=0.55)
    return near[0] if near else None


def _nearest(name: str, frameworks: tuple[str, ...]) -> list[Layer]:
    """The layers whose names are most like this one; capitals count less than letters, and two axes are likelier."""
    from difflib import SequenceMatcher, get_close_matches

    order = [*frameworks, *[f for f in (PYTORCH, KERAS) if f not in frameworks]]
    known = [(framework, own) for framework in order for own in layers_of(framework)]
    folded = name[:64].lower()
    near = get_close_matches(folded, {own.lower() for _, own in known}, n=6, cutoff=0.7)

    def unlikeness(entry: tuple[str, str]) -> tuple[float, bool, float]:
        _, own = entry
        letters, all_of_it = [
            SequenceMatcher(None, one, other).ratio()
            for one, other in ((folded, own.lower()), (name[:64], own))
        ]
        return -round(letters, 3), "2" not in own, -round(all_of_it, 3)

    likely = sorted([entry for entry in known if entry[1].lower() in near], key=unlikeness)
    return [layers_of(framework)[own] for framework, own in likely[:MOST_TRIED]]


# names that are known, and no layers of a chain ---------------------------------------------------------

_EXPORT = "export the whole network: torch.onnx.export(model, example_input, 'model.onnx')"


def _joins(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"{call.name} {_NO_LAYERS[call.name]}, and layer text is a chain of layers",
        at=source.excerpt(call.name_span),
        have=source.shown(call.name_span),
        rule="in a chain each layer takes what the one before it gives, and nothing else",
        fix=_EXPORT,
    )


def _is_list(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"a {call.name} only holds layers: it has no forward of its own",
        at=source.excerpt(call.name_span),
        have=source.shown(call.name_span),
        rule="the layers of Sequential(…) are called one after another; those of a list are called by other code",
        fix="Sequential(…) in its place, if they are called in this order",
    )


def _is_loss(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"{source.shown(call.name_span, _LONGEST_NAME)} is a loss, and no layer of a network",
        at=source.excerpt(call.name_span),
        have=source.shown(call.name_span),
        rule="a loss takes what the network gives and what is true, and gives one number",
    )


def _is_not_read(source: Source, call: Call) -> LayerTextError:
    return LayerTextError(
        f"{call.name} is PyTorch's, and is not read from text",
        at=source.excerpt(call.name_span),
        have=source.shown(call.span),
        rule="layer text is a chain of layers that take one tensor and whose sizes follow from their settings",
        fix=_EXPORT,
    )
