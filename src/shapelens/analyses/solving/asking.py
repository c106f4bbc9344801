"""From what somebody typed to what is asked: which layer, which of its settings are given, and which shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shapelens.analyses.solving.arithmetic import CONVOLUTION, POOL, TRANSPOSED, Rules
from shapelens.analyses.solving.bounds import MOST_COUNTED, Bounds
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import ROLES, Choices
from shapelens.dims import Dim, Expression, dim_text, shape_text
from shapelens.dims.layout import Layout, layout_of
from shapelens.errors import UsageError
from shapelens.operators import Shape
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import KERAS
from shapelens.readers.notation.unfinished import Unfinished, read_unfinished

__all__ = ["ask"]

_WINDOWS = (
    (TRANSPOSED, re.compile(r"(Lazy)?ConvTranspose[123]d|Conv(olution)?[123]DTranspose")),
    (CONVOLUTION, re.compile(r"(Lazy)?Conv[123]d|(Depthwise|Separable)?Conv(olution)?[123]D")),
    (POOL, re.compile(r"(Max|Avg|LP)Pool[123]d|(Max|Avg)Pool[123]D|(Max|Average)Pooling[123]D")),
)
"""The layers with a window, in PyTorch's words and in Keras'."""


def ask(layer: str, source: Shape | None, target: Shape | None, bounds: Bounds | None = None) -> Question:
    """What is asked, checked.

    Args:
        layer: a layer with some of its settings.
        source: the sample that goes in, if it is given.
        target: the sample that is to come out.
        bounds: how far settings are looked for.

    Raises:
        LayerTextError: the layer cannot be read.
        UsageError: it has no window, the shapes are none of its shapes, or too little is given.
    """
    bounds = (bounds or Bounds()).checked()
    unfinished = read_unfinished(layer)
    arguments = unfinished.arguments
    family = next((family for family, names in _WINDOWS if names.fullmatch(arguments.name)), None)
    if family is None:
        raise _no_window(unfinished)
    layout = _layout(arguments)
    if target is None:
        raise _nothing_wanted(unfinished, source)
    _check_rank(unfinished, layout, source, "--input")
    _check_rank(unfinished, layout, target, "--output")
    wanted = tuple([_number(dim, target) for dim in target])
    ceil_mode = "ceil_mode" in unfinished.parameters and arguments.flag("ceil_mode")
    rules = Rules(family, is_keras=unfinished.layer.framework == KERAS, ceil_mode=ceil_mode)
    question = Question(
        unfinished,
        rules,
        layout,
        source,
        wanted,
        bounds,
        _choices(unfinished, rules, bounds, has_input=_is_known(layout, source)),
        _channels(unfinished, layout, source, wanted),
    )
    if question.asks_for_inputs:
        _check_whole(question)
    _check_others(question)
    most = max(choices.count for choices in question.choices)
    if most > MOST_COUNTED:
        raise _too_many(question, most)
    return question


# shapes -------------------------------------------------------------------------------------------------


def _layout(arguments: Arguments) -> Layout:
    """The order of a sample's axes."""
    is_last = "data_format" in arguments.signature.by_name and (
        not arguments.has("data_format")
        or arguments.choice("data_format", ("channels_last", "channels_first")) == "channels_last"
    )
    return layout_of(arguments.rank, channels_last=is_last, batched=False)


def _is_known(layout: Layout, source: Shape | None) -> bool:
    return source is not None and all(isinstance(source[axis], int) for axis in layout.spatial)


def _check_rank(unfinished: Unfinished, layout: Layout, shape: Shape | None, option: str) -> None:
    if shape is None or len(shape) == len(layout.axes):
        return
    name = unfinished.layer.name
    has_batch = len(shape) == len(layout.axes) + 1
    raise UsageError(
        f"{name} takes and gives {layout.spaced}, and this has {_sizes_words(len(shape))}",
        at=f"{option} {_typed(shape)}",
        have=shape_text(shape),
        rule=f"one sample, without a batch: {_sizes_words(len(layout.axes))}, {layout.words}",
        fix=f"{option} {_typed(shape[1:])}, if the first is a batch" if has_batch else "",
    )


def _sizes_words(count: int) -> str:
    return f"{count} size{'s' if count != 1 else ''}"


def _number(dim: Dim, target: Shape) -> int:
    if isinstance(dim, int):
        return dim
    raise UsageError(
        "what is to come out has a size that is no number",
        at=f"--output {_typed(target)}",
        have=dim_text(dim),
        rule="a size that is to come out is a whole number",
        fix="--output 64x112x112",
    )


def _typed(shape: Shape) -> str:
    return "x".join([dim_text(dim) for dim in shape])


# what is given, and what is to be found -----------------------------------------------------------------


def _choices(unfinished: Unfinished, rules: Rules, bounds: Bounds, *, has_input: bool) -> tuple[Choices, ...]:
    """What there is to choose from, for each axis: of what is given, that alone."""
    rank = unfinished.arguments.rank
    usual: dict[str, Sequence[int | str | None]] = {
        "kernel": range(1, bounds.kernel + 1),
        "stride": range(1, bounds.stride + 1),
        "padding": ("valid", "same") if rules.is_keras else range(bounds.padding + 1),
        "dilation": range(1, bounds.dilation + 1),
    }
    each: list[dict[str, Any]] = [{} for _ in range(rank)]
    free: set[str] = set()
    for role, names in ROLES.items():
        name = next((name for name in names if name in unfinished.parameters), None)
        if name is None:
            found: Sequence[Any] = [_ABSENT[role]] * rank
        elif unfinished.is_given(name) or not has_input:
            found = _given(unfinished, rules, name, role)
        else:
            free.add(role)
            found = [tuple(usual[role]) if role in usual else None] * rank
        for choices, values in zip(each, found, strict=True):
            choices[role] = values
    return tuple([Choices(c["kernel"], c["stride"], c["padding"], c["dilation"], c["output_padding"], frozenset(free))
                  for c in each])  # fmt: skip


_CAUSAL = frozenset({"Conv1D", "Convolution1D"})
"""The layers that may pad before alone, so that no step sees a later one."""

_ABSENT: dict[str, tuple[int, ...]] = {
    "kernel": (1,),
    "stride": (1,),
    "padding": (0,),
    "dilation": (1,),
    "output_padding": (0,),
}
"""What a setting is that a layer does not have."""


def _given(unfinished: Unfinished, rules: Rules, name: str, role: str) -> list[Any]:
    """The values of a setting that is given, one for each axis; of one that is not, what the layer takes then."""
    arguments, rank = unfinished.arguments, unfinished.arguments.rank
    value = arguments.value(name)
    if role == "kernel" and value is None:
        return [()] * rank
    if role == "stride" and value is None:
        return [None] * rank
    if role == "output_padding" and value is None:
        return [(None,)] * rank
    is_word = isinstance(value, str) and role == "padding"
    if (rules.is_keras and role == "padding") or (is_word and rules.family == CONVOLUTION):
        words = ("valid", "same", "causal") if arguments.name in _CAUSAL else ("valid", "same")
        return [(arguments.choice(name, words),)] * rank
    least = 0 if role in {"padding", "output_padding"} else 1
    return [(number,) for number in arguments.integers(name, rank, least)]


def _channels(
    unfinished: Unfinished, layout: Layout, source: Shape | None, target: tuple[int, ...]
) -> dict[str, int]:
    """The arguments that the channels of the two shapes give, where the text does not."""
    found: dict[str, int] = {}
    known, out = unfinished.parameters, target[layout.channel]
    taken = None if source is None else source[layout.channel]
    if "in_channels" in known and isinstance(taken, int):
        found["in_channels"] = taken
    for name in ("out_channels", "filters"):
        if name in known:
            found[name] = out
    if "depth_multiplier" in known and "filters" not in known and isinstance(taken, int) and out % taken == 0:
        found["depth_multiplier"] = out // taken
    return {name: count for name, count in found.items() if not unfinished.is_given(name)}


# what cannot be asked -----------------------------------------------------------------------------------


def _no_window(unfinished: Unfinished) -> UsageError:
    name = unfinished.layer.name
    adaptive = "Adaptive" in name or "Global" in name
    remark = "; an adaptive pool takes any size, so there is nothing to solve" if adaptive else ""
    return UsageError(
        f"{name} has no window whose settings could be solved for",
        at=unfinished.shown,
        have=name,
        rule=f"a convolution, a transposed convolution or a pool{remark}",
        fix='shapelens solve "Conv2d(3, 64)" --input 3x224x224 --output 64x112x112',
    )


def _nothing_wanted(unfinished: Unfinished, source: Shape | None) -> UsageError:
    given = "" if source is None else f" --input {_typed(source)}"
    return UsageError(
        "it is not said what is to come out",
        at=unfinished.shown,
        have="no --output",
        rule="--output is one sample, in the layer's own order",
        fix=f'shapelens solve "{unfinished.shown}"{given} --output …',
    )


def _check_whole(question: Question) -> None:
    """That the layer is whole, where the sizes that go in are asked for."""
    layer = question.layer
    missing = [name for name in layer.missing if name not in question.channels]
    if not missing:
        return
    listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
    symbols = [dim_text(size) for size in question.source or () if isinstance(size, Expression)]
    have = f"{', '.join(symbols)}, and no {listed}" if symbols else f"no --input, and no {listed}"
    raise UsageError(
        f"either the sizes that go in are given, or the whole {layer.layer.name}",
        at=layer.shown,
        have=have,
        rule="settings follow from two shapes in numbers; sizes that go in, from a layer with all its settings",
        fix="--input 3x224x224",
    )


def _check_others(question: Question) -> None:
    """That nothing is left out that is neither a setting of the window nor told by the channels."""
    layer, found = question.layer, {*question.channels, *question.names.values()}
    missing = [name for name in layer.missing if name not in found]
    if missing:
        raise UsageError(
            f"this {layer.layer.name} has no {missing[0]}",
            at=layer.shown,
            have=layer.shown,
            rule="kernel, stride, padding, dilation, output padding and channels may be left out, and nothing else",
            fix=f"{missing[0]}=… in its brackets",
        )


def _too_many(question: Question, count: int) -> UsageError:
    return UsageError(
        "these bounds leave too many settings to choose from",
        at=question.layer.shown,
        have=f"{count:,} along one axis",
        rule=f"at most {MOST_COUNTED:,} are counted through",
        fix="smaller bounds, or more of the settings given",
    )
