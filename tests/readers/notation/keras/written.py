"""Layers of Keras as one might write them, with a sample that goes in: strategies, one for each family.

Most of what they give fits; the rest is what Keras refuses, and so must be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Shape = tuple[int, ...]
Written = tuple[str, Shape]
Draw = Callable[[st.SearchStrategy[Any]], Any]

LEFT_OUT = object()
"""An argument that is not written."""


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    """One of some values, or nothing written."""
    return st.sampled_from([LEFT_OUT, *values])


def call(name: str, *positional: Any, **keywords: Any) -> str:
    """A layer with its arguments, those left out that are not written; tuples and numbers as Python writes them."""
    given = [str(value) for value in positional]
    given += [f"{key}={value!r}" for key, value in keywords.items() if value is not LEFT_OUT]
    return f"layers.{name}({', '.join(given)})"


def numbers(rank: int, least: int, most: int) -> st.SearchStrategy[Any]:
    """One number for all axes, or one for each."""
    number = st.integers(least, most)
    return number | st.tuples(*[number] * rank)


@st.composite
def images(draw: Draw, rank: int, least: int = 2, most: int = 9) -> tuple[Any, Shape]:
    """Where the channels stand, and an image with them there."""
    spatial = tuple([draw(st.integers(least, most)) for _ in range(rank)])
    channels = draw(st.sampled_from([1, 2, 3, 4, 6]))
    if draw(st.booleans()):
        return LEFT_OUT, (*spatial, channels)
    return "channels_first", (channels, *spatial)


shapes = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


@st.composite
def convolutions(draw: Draw) -> Written:
    rank = draw(st.integers(1, 3))
    where, sample = draw(images(rank, most=9 if rank < 3 else 6))
    padding = draw(maybe("valid", "same", "SAME", *(["causal"] if rank == 1 else [])))
    text = call(
        draw(st.sampled_from([f"Conv{rank}D", f"Convolution{rank}D"])),
        draw(st.sampled_from([1, 2, 4, 6])),
        draw(numbers(rank, 1, 4)),
        strides=draw(maybe(1, 2, 3) | numbers(rank, 1, 3)),
        padding=padding,
        data_format=where,
        dilation_rate=draw(maybe(1, 2) | maybe()),
        groups=draw(maybe(1, 2, 3)),
        activation=draw(maybe(None, "relu", "softmax")),
        use_bias=draw(maybe(True, False)),
    )
    return text, sample


@st.composite
def transposed(draw: Draw) -> Written:
    rank = draw(st.integers(1, 3))
    where, sample = draw(images(rank, most=7 if rank < 3 else 4))
    text = call(
        f"Conv{rank}DTranspose",
        draw(st.integers(1, 4)),
        draw(numbers(rank, 1, 5)),
        strides=draw(maybe(1, 2, 3) | numbers(rank, 1, 4)),
        padding=draw(maybe("valid", "same", "Same")),
        output_padding=draw(maybe() | maybe(0, 1, 2)),
        data_format=where,
        dilation_rate=draw(maybe() | maybe(1, 2)),
        use_bias=draw(maybe(False)),
    )
    return text, sample


@st.composite
def separable(draw: Draw) -> Written:
    rank, pointwise = draw(st.integers(1, 2)), draw(st.booleans())
    where, sample = draw(images(rank))
    text = call(
        f"{'Separable' if pointwise else 'Depthwise'}Conv{rank}D",
        *([draw(st.integers(1, 4))] if pointwise else []),
        draw(numbers(rank, 1, 4)),
        strides=draw(maybe(1, 2, 3)),
        padding=draw(maybe("valid", "same")),
        depth_multiplier=draw(maybe(1, 2, 3)),
        data_format=where,
        dilation_rate=draw(maybe(1, 2)),
        activation=draw(maybe("gelu")),
        use_bias=draw(maybe(False)),
    )
    return text, sample


@st.composite
def pools(draw: Draw) -> Written:
    rank = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["MaxPooling", "AveragePooling", "MaxPool", "AvgPool"]))
    # Over three axes PyTorch takes no mean of an image smaller than the window, whatever its padding.
    where, sample = draw(images(rank, least=4 if rank == 3 and kind.startswith("Av") else 1))
    how = draw(st.sampled_from(["", "Global", "Adaptive"]))
    if how == "Global":
        return call(f"Global{kind}{rank}D", data_format=where, keepdims=draw(maybe(True, False))), sample
    if how == "Adaptive":
        kind = "MaxPooling" if "Max" in kind else "AveragePooling"
        return call(f"Adaptive{kind}{rank}D", draw(numbers(rank, 1, 5)), data_format=where), sample
    text = call(
        f"{kind}{rank}D",
        draw(numbers(rank, 1, 4)),
        strides=draw(maybe(None) | numbers(rank, 1, 3)),
        padding=draw(maybe("valid", "same")),
        data_format=where,
    )
    return text, sample


@st.composite
def regrouped(draw: Draw) -> Written:
    sample = draw(shapes)
    kind = draw(st.sampled_from(["Flatten", "Permute", "RepeatVector", "Reshape"]))
    if kind == "Flatten":
        return call(kind), sample
    if kind == "RepeatVector":
        return call(kind, draw(st.integers(1, 4))), sample
    if kind == "Permute":
        return call(kind, draw(st.permutations(range(1, len(sample) + 1)).map(tuple))), sample
    target = list(draw(st.permutations(sample)) if draw(st.booleans()) else draw(shapes))
    if draw(st.booleans()):
        target[draw(st.integers(0, len(target) - 1))] = -1
    return call(kind, tuple(target)), sample


@st.composite
def resized(draw: Draw) -> Written:
    rank = draw(st.integers(1, 3))
    where, sample = draw(images(rank))
    kind = draw(
        st.sampled_from(["CenterCrop", "Cropping", "RandomCrop", "Resizing", "UpSampling", "ZeroPadding"])
    )
    if kind in {"CenterCrop", "RandomCrop", "Resizing"}:
        where, sample = draw(images(2))
        size = (draw(st.integers(1, 9)), draw(st.integers(1, 9)))
        return call(kind, *size, data_format=where), sample
    if rank == 1 and kind != "ZeroPadding":
        where, sample = LEFT_OUT, (draw(st.integers(1, 9)), 2)
    if kind == "UpSampling":
        factors = st.integers(1, 3) if rank == 1 else numbers(rank, 1, 3)
        how = draw(maybe("nearest", "bilinear", "bicubic")) if rank == 2 else LEFT_OUT
        return call(f"UpSampling{rank}D", draw(factors), data_format=where, interpolation=how), sample
    pair = st.tuples(st.integers(0, 3), st.integers(0, 3))
    sides = st.integers(0, 3) | (pair if rank == 1 else numbers(rank, 0, 3) | st.tuples(*[pair] * rank))
    return call(f"{kind}{rank}D", draw(sides), data_format=where), sample


@st.composite
def linear(draw: Draw) -> Written:
    sample = draw(shapes)
    if draw(st.booleans()):
        return call("Embedding", draw(st.integers(2, 9)), draw(st.integers(1, 5))), sample[:2]
    activation = draw(maybe(None, "relu", "softmax", "linear"))
    return call("Dense", draw(st.integers(1, 9)), activation=activation, use_bias=draw(maybe(False))), sample


@st.composite
def norms(draw: Draw) -> Written:
    sample = draw(shapes)
    # Of the axes in the middle a layer norm is computed otherwise with PyTorch, and fails.
    axis = draw(maybe(-1, len(sample)))
    kind = draw(st.sampled_from(["Batch", "Group", "Layer", "RMS", "Unit", ""]))
    flags = {"center": draw(maybe(True, False)), "scale": draw(maybe(True, False))}
    if kind in {"RMS", "Unit", ""}:
        flags = {}
    if kind in {"Batch", "Group", "Unit", ""}:
        axis = draw(maybe(*range(1, len(sample) + 2)))
    groups = {"groups": draw(st.sampled_from([1, 2, 3, -1]))} if kind == "Group" else {}
    return call(f"{kind}Normalization", **groups, axis=axis, **flags), sample


@st.composite
def recurrent(draw: Draw) -> Written:
    kind = draw(st.sampled_from(["GRU", "LSTM", "SimpleRNN"]))
    options = {"use_bias": draw(maybe(True, False)), "return_sequences": draw(maybe(True, False))}
    if kind == "GRU":
        options["reset_after"] = draw(maybe(True, False))
    options["return_state"] = draw(maybe(True, False))
    layer = call(kind, draw(st.integers(1, 5)), **options)
    sample = draw(st.sampled_from([(4, 3), (5, 2), (3,), (2, 4, 3)]))
    # The order of what two directions give that are not made one is another; it is among the facts.
    merge = draw(maybe("concat", "sum", "mul", "ave"))
    if len(sample) == 2 and draw(st.booleans()):
        return call("Bidirectional", layer, merge_mode=merge), sample
    return layer, sample


@st.composite
def stepwise(draw: Draw) -> Written:
    inner = st.one_of(convolutions(), linear(), pools(), regrouped())
    # TimeDistributed does not ask a RepeatVector which ranks it takes, and it computes something for sizes of 1.
    text, sample = draw(
        inner.filter(lambda written: "RepeatVector" not in written[0] or len(written[1]) == 1)
    )
    return call("TimeDistributed", text), (draw(st.integers(1, 4)), *sample)


@st.composite
def convolutional_memories(draw: Draw) -> Written:
    rank = draw(st.integers(1, 3))
    where, sample = draw(images(rank, least=1, most=5))
    text = call(
        f"ConvLSTM{rank}D",
        draw(st.integers(1, 3)),
        draw(numbers(rank, 1, 3)),
        strides=draw(maybe(1, 2)),
        padding=draw(maybe("valid", "same")),
        data_format=where,
        dilation_rate=draw(maybe() | maybe(2)),
        use_bias=draw(maybe(False)),
        return_sequences=draw(maybe(True)),
        return_state=draw(maybe(True)),
    )
    return text, (3, *sample)


@st.composite
def attentions(draw: Draw) -> Written:
    heads, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    kind = draw(
        st.sampled_from(["AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"])
    )
    if kind == "AdditiveAttention":
        return call(kind, use_scale=draw(maybe(True, False))), (4, 6)
    if kind == "Attention":
        return call(kind, use_scale=draw(maybe(True)), score_mode=draw(maybe("dot", "concat"))), (4, 6)
    options = {"use_bias": draw(maybe(False)), "use_gate": draw(maybe(True))}
    if kind == "GroupQueryAttention":
        return call(kind, width, heads, draw(st.integers(1, 4)), **options), (4, 6)
    options |= {"value_dim": draw(maybe(5)), "output_shape": draw(maybe(7))}
    sample = draw(st.sampled_from([(4, 6), (4, 3, 6)]))
    axes = draw(maybe((1,), 2, (1, 2))) if len(sample) == 3 else LEFT_OUT
    return call(kind, heads, width, attention_axes=axes, **options), sample
