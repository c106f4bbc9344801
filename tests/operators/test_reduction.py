from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import AlongAxis, Reduce, Tensor, TopK, apply
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
AXES = Unknown("which axes are reduced is computed from data")


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (Reduce("mean", (2, 3)), (Tensor((N, 512, H, W)),), (N, 512, 1, 1)),
        (Reduce("mean", (-1, -2), keeps_axes=False), (Tensor((N, 512, H, W)),), (N, 512)),
        (Reduce("sum"), (Tensor((2, 3)),), (1, 1)),
        (Reduce("sum", keeps_axes=False), (Tensor((2, 3)),), ()),
        (Reduce("sum", keeps_axes=False), (Tensor(Unknown("x")),), ()),
        (Reduce("sum", (0,), keeps_axes=False), (Tensor(Unknown("x")),), Unknown("x")),
        (Reduce("sum", ()), (Tensor((2, 3)),), (1, 1)),
        (Reduce("sum", (), empty_keeps_all=True), (Tensor((2, 3)),), (2, 3)),
        (Reduce("sum", empty_keeps_all=True), (Tensor((2, 3)),), (2, 3)),
        (Reduce("sum", (0,)), (Tensor(()),), ()),
        (Reduce("sum", (0, -2), keeps_axes=False), (Tensor((2, 3)),), (3,)),
        (Reduce("argmax", (0,)), (Tensor((0, 0)),), (1, 0)),
        (Reduce("sum"), (Tensor((2, N)), Tensor((1,), "int64", (1,))), (2, 1)),
        (Reduce("sum"), (Tensor((2, 3)), Tensor((0,), "int64", ())), (1, 1)),
        (Reduce("sum"), (Tensor((2, 3)), Tensor((1,), "int64")), (AXES, AXES)),
        (Reduce("sum", keeps_axes=False), (Tensor((2, 3)), Tensor((1,), "int64")), (AXES,)),
        (Reduce("sum", keeps_axes=False), (Tensor((2, 3)), Tensor((H,), "int64")), AXES),
        # The two may be one.
        (Reduce("sum", keeps_axes=False), (Tensor((2, 3)), Tensor((2,), "int64")), AXES),
        (TopK(5), (Tensor((N, 1000)),), (N, 5)),
        (TopK(axis=0), (Tensor((7, N)), Tensor((1,), "int64", (3,))), (3, N)),
        (
            TopK(),
            (Tensor((2, 7)), Tensor((1,), "int64")),
            (2, Unknown("how many are kept is computed from data")),
        ),
        (AlongAxis("softmax", 1), (Tensor((N, 10)),), (N, 10)),
        (AlongAxis("cumsum", None), (Tensor((N, 10)), Tensor((), "int64")), (N, 10)),
        (AlongAxis(), (Tensor(Unknown("x")),), Unknown("x")),
        (AlongAxis("softmax", 0), (Tensor(()),), ()),
    ],
)
def test_the_shape_that_comes_out(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


def test_what_looks_along_an_axis_may_tell_places_too() -> None:
    values, places = apply(AlongAxis("sort", 1, with_indices=True), [Tensor((2, H))]).outputs
    assert (values.shape, places.shape, places.dtype) == ((2, H), (2, H), "int64")
    assert apply(AlongAxis("argsort", 1, dtype="int64"), [Tensor((2, H))]).outputs[0].dtype == "int64"


def test_places_are_integers() -> None:
    outcome = apply(Reduce("max", (1,), with_indices=True), [Tensor((2, 3), "float16")], 2)
    assert outcome.outputs == (Tensor((2, 1), "float16"), Tensor((2, 1), "int64"))
    assert [t.dtype for t in apply(TopK(1), [Tensor((2, 3), "float16")], 2).outputs] == ["float16", "int64"]


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (Reduce("sum", (2,)), (2, 3), "axis"),
        (Reduce("argmax", (0,)), (0, 3), "reduction"),
        (Reduce("argmax", (0,), least=1), (0, 0), "reduction"),
        (Reduce("kthvalue", (1,), least=4), (2, 3), "reduction"),
        (Reduce("quantile", (1,), least=1, of_all=True), (0, 3), "reduction"),
        (TopK(4), (2, 3), "top_k"),
        (TopK(-1), (2, 3), "top_k"),
        (TopK(1, 2), (2, 3), "axis"),
        (AlongAxis("softmax", 2), (2, 3), "axis"),
    ],
)
def test_what_does_not_fit(operator, shape, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(shape)]).broken] == [kind]


def test_of_nothing_comes_nothing() -> None:
    for operator in (Reduce("argmax", (0,)), Reduce("max", (1,), least=1), Reduce("quantile", (1,), least=1)):
        assert apply(operator, [Tensor((0, 3 if operator.least else 0))]).broken == ()


def test_sizes_are_reduced() -> None:
    sizes = Tensor((2, 2), "int64", (N, 3, H, 4))
    assert apply(Reduce("product"), [sizes]).outputs[0].contents == (12 * N * H,)
    assert apply(Reduce("sum", (0,)), [sizes]).outputs[0].contents == (N + H, 7)
    assert str(apply(Reduce("max", (1,)), [sizes]).outputs[0].contents) == "(max(N, 3), max(H, 4))"
    assert apply(Reduce("mean"), [sizes]).outputs[0].contents is None
    assert apply(Reduce("sum"), [Tensor((2,), "float32", (0.5, 1.5))]).outputs[0].contents is None


@pytest.mark.parametrize(
    ("operator", "links"),
    [
        (Reduce("mean", (2,)), [(0, 0), (1, 1)]),
        (Reduce("mean", (0,), keeps_axes=False), [(1, 0), (2, 1)]),
        (Reduce("mean"), []),
        (TopK(2, 1), [(0, 0), (2, 2)]),
        (AlongAxis("softmax", -1), [(0, 0), (1, 1)]),
        (AlongAxis("softmax", 1, to_end=True), [(0, 0)]),
        (AlongAxis("cumsum", None), []),
    ],
)
def test_what_is_taken_together_is_seen_whole(operator, links) -> None:
    tensors = [Tensor((4, 5, 6))]
    found = operator.links(tensors, apply(operator, tensors).outputs)
    assert [(link.input_axis, link.output_axis) for link in found] == links


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (Reduce("mean", (2, 3)), "mean over axes 2, 3"),
        (Reduce("log_sum", (1,)), "log sum over axis 1"),
        (Reduce("max"), "max over all axes"),
        (TopK(5), "top 5 along axis -1"),
        (AlongAxis("log_softmax", 1), "log softmax along axis 1"),
        (AlongAxis("softmax"), "softmax"),
    ],
)
def test_words(operator, words) -> None:
    tensors = [Tensor((4, 5, 6))]
    assert operator.words(tensors, apply(operator, tensors).outputs) == words


KINDS = {"sum": np.sum, "product": np.prod, "max": np.max, "min": np.min}


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
    st.data(),
)
@settings(max_examples=80)
def test_contents_are_what_numpy_computes(shape, kind, keeps_axes, data) -> None:
    axes = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1)))
    numbers = np.arange(1, 1 + int(np.prod(shape))).reshape(shape) % 7 - 2
    true = KINDS[kind](numbers, axis=axes, keepdims=keeps_axes)
    tensor = Tensor(tuple(shape), "int64", tuple(numbers.reshape(-1).tolist()))
    output = apply(Reduce(kind, axes, keeps_axes), [tensor]).outputs[0]
    assert (output.shape, output.contents) == (true.shape, tuple(true.reshape(-1).tolist()))


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Reduce("mean", (1, 2)), (Tensor((N, H, W)),)),
        (Reduce("argmax", (1,), keeps_axes=False), (Tensor((N, H, W)),)),
        (Reduce("product"), (Tensor((3,), "int64", (N, H, W)),)),
        (Reduce("max"), (Tensor((3,), "int64", (N, H, W)),)),
        (TopK(4), (Tensor((N, H)),)),
        (TopK(), (Tensor((N, H)), Tensor((1,), "int64", (W,)))),
        (AlongAxis("softmax", 1), (Tensor((N, H)),)),
        (AlongAxis("cummax", 1, with_indices=True), (Tensor((N, H)),)),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3, 4), "H": (3, 4, 5, 9), "W": (5, 4, 1, 2)})


@pytest.mark.torch
@given(
    st.lists(st.integers(0, 3), max_size=3),
    st.lists(st.integers(-4, 3), min_size=1, max_size=2),
    st.booleans(),
)
@settings(max_examples=100)
def test_reductions_as_pytorch_does(shape, axes, keeps_axes) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.empty(shape, device="meta")
    axis = axes[0]
    pairs = [
        (Reduce("mean", tuple(axes), keeps_axes), lambda: tensor.mean(axes, keeps_axes)),
        (Reduce("argmax", (axis,), keeps_axes), lambda: tensor.argmax(axis, keeps_axes)),
        # The meta device takes any axis.
        (AlongAxis("softmax", axis), lambda: torch.zeros(shape).softmax(axis)),
    ]
    for operator, function in pairs:
        outcome = apply(operator, [Tensor(tuple(shape))])
        try:
            true = tuple(function().shape)
        except (IndexError, RuntimeError):
            # PyTorch refuses, and onnxruntime takes, an axis that comes twice and the places in nothing.
            assert outcome.broken or len(axes) == 2 or 0 in shape, operator
        else:
            assert (outcome.broken, outcome.outputs[0].shape) == ((), true), operator
