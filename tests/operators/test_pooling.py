from __future__ import annotations

from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Pool, Tensor, apply
from shapelens.operators.windows import SAME, SAME_LOWER, VALID
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def pads(*sides):
    return tuple([(side, side) for side in sides])


# sliding windows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (Pool("max", (3, 3), 1), (1, 1, 5, 5), (1, 1, 3, 3)),  # relationship 7
        (Pool("max", (3, 3), 2, ceil_mode=True), (1, 64, 112, 112), (1, 64, 56, 56)),
        (Pool("max", (3, 3), 2), (1, 64, 112, 112), (1, 64, 55, 55)),
        (Pool("max", (3, 3), 2, pads(1, 1)), (1, 64, 112, 112), (1, 64, 56, 56)),
        (Pool("max", (1, 1), 2, ceil_mode=True), (1, 8, 32, 32), (1, 8, 16, 16)),
        (Pool("average", (4, 4), 4, pads(2, 2), ceil_mode=True), (1, 8, 9, 9), (1, 8, 3, 3)),
        (Pool("max", (2, 2)), (N, C, H, W), (N, C, H // 2, W // 2)),
        (Pool("max", (2, 3)), (N, C, H, W), (N, C, H // 2, W // 3)),
        (Pool("max", (2, 2), ceil_mode=True), (N, C, H, W), (N, C, (H + 1) // 2, (W + 1) // 2)),
        (Pool("max", (3, 3), (2, 1), SAME, channels_last=True), (N, H, W, C), (N, (H + 1) // 2, W, C)),
        (Pool("max", (2, 2), padding=VALID, channels_last=True), (H, W, 8), (H // 2, W // 2, 8)),
        (Pool("average", (4,)), (N, 8, H), (N, 8, H // 4)),
        (Pool("lp", (2, 2, 2)), (8, 8, 8, 8), (8, 4, 4, 4)),
        (Pool("max", (5, 5), 1, SAME, ceil_mode=True), (N, C, H, W), (N, C, H, W)),
    ],
)
def test_shapes_that_people_ask_about(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after
    assert operator.macs([Tensor(before)], [Tensor(after)]) == 0


@pytest.mark.parametrize(
    ("operator", "image", "broken"),
    [
        (Pool("max", (3, 3)), (1, 8, 2, 8), "window"),
        (Pool("max", (3, 3), ceil_mode=True, stride=1), (1, 8, 2, 8), "window"),
        (Pool("max", (3, 3)), (1, 0, 8, 8), "no_channels"),
        (Pool("max", (3, 3)), (8, 8), "rank"),
        (Pool("max", (3, 3), batched=True), (8, 8, 8), "rank"),
        (Pool("max", (3, 3), pads(0, 0)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 0)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 3), (1,)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 3), 0), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 3), padding=pads(1)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 3), padding=pads(1, -1)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 3), dilation=(1, 1, 1)), (1, 8, 8, 8), "settings"),
        (Pool("max", (3, 4), padding=pads(2, 2), half_padding=True), (1, 8, 8, 8), "pool_padding"),
        (Pool("max", (3, 4), padding=pads(3, 3)), (1, 8, 8, 8), "pool_padding"),
        (Pool("max", (3, 4), padding=pads(2, 3)), (1, 8, 8, 8), None),
        (Pool("max", (3, 4), padding=pads(1, 2), half_padding=True), (1, 8, 8, 8), None),
    ],
)
def test_what_does_not_fit(operator, image, broken) -> None:
    for one in (operator, operator.with_settings(with_indices=True)):
        outcome = apply(one, [Tensor(image)])
        assert [requirement.kind for requirement in outcome.broken] == ([broken] if broken else [])
        assert len(outcome.outputs) == 1 + one.with_indices
        assert one.words([Tensor(image)], outcome.outputs)
        assert one.attributes([Tensor(image)])["kernel"] == list(one.kernel)


def test_indices_are_integers_of_the_same_shape() -> None:
    outcome = apply(Pool("max", (2, 2), with_indices=True), [Tensor((1, 3, 8, 8), "float16")])
    assert [(tensor.shape, tensor.dtype) for tensor in outcome.outputs] == [
        ((1, 3, 4, 4), "float16"),
        ((1, 3, 4, 4), "int64"),
    ]


def test_what_is_not_known_stays_unknown() -> None:
    unknown = Unknown("x")
    assert shape_of(Pool("max", (2, 2)), Tensor((N, C, unknown, W))) == (N, C, unknown, W // 2)
    assert [t.shape for t in apply(Pool(with_indices=True), [Tensor(unknown)], 2).outputs] == [unknown] * 2
    assert Pool(padding=SAME).attributes([Tensor(unknown)])["padding"] == SAME


@pytest.mark.onnx
def test_same_with_a_dilation_is_not_agreed_on() -> None:
    """ONNX pads for the dilated window, onnxruntime for the one without gaps."""
    onnx = pytest.importorskip("onnx")
    helper, float32 = onnx.helper, onnx.TensorProto.FLOAT
    attributes = {"kernel_shape": [3], "dilations": [2], "auto_pad": "SAME_UPPER"}
    node = helper.make_node("MaxPool", ["x"], ["y"], **attributes)
    ends = [
        helper.make_tensor_value_info(name, float32, shape) for name, shape in (("x", (1, 2, 9)), ("y", None))
    ]
    graph = helper.make_graph([node], "one", ends[:1], ends[1:])
    inferred = onnx.shape_inference.infer_shapes(helper.make_model(graph)).graph.output[0].type.tensor_type
    assert [dim.dim_value for dim in inferred.shape.dim] == [1, 2, 9]
    assert shapes_of("MaxPool", zeros(1, 2, 9), **attributes) == [(1, 2, 7)]
    out = shape_of(Pool("max", (3,), 1, SAME, 2), Tensor((1, 2, 9)))
    assert out[:2] == (1, 2)
    assert isinstance(out[2], Unknown)
    assert shape_of(Pool("max", (1,), 2, SAME, 2), Tensor((1, 2, 9))) == (1, 2, 5)


@st.composite
def pools(draw, ranks=(1, 2, 3), words=(), kinds=("max", "average", "lp"), most=3):
    """A pool with its image; most of them fit."""
    rank = draw(st.sampled_from(ranks))

    def each(low, high):
        one = st.integers(low, high)
        return draw(st.one_of(one, st.tuples(*[one] * rank)))

    sides = st.integers(0, draw(st.sampled_from([0, 1, most])))
    even = pads(*draw(st.tuples(*[sides] * rank)))
    padding = draw(st.sampled_from([(), even, even, *words]))
    kind = draw(st.sampled_from(kinds))
    kernel = tuple(draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    stride = draw(st.sampled_from([None, each(1, 4)]))
    operator = Pool(kind, kernel, stride, padding, each(1, 3) if kind == "max" else 1, draw(st.booleans()))
    sizes = draw(st.lists(st.integers(1, 9), min_size=rank, max_size=rank))
    batch = draw(st.sampled_from([(1,), (2,), ()]))
    return operator, Tensor((*batch, draw(st.integers(1, 2)), *sizes))


def torch_pool(torch, operator, with_indices=False):
    rank = len(operator.kernel)
    arguments = {"kernel_size": operator.kernel, "stride": operator.strides, "ceil_mode": operator.ceil_mode}
    if operator.kind == "lp":
        if rank == 1:
            arguments |= {"kernel_size": operator.kernel[0], "stride": operator.strides[0]}
        function = getattr(torch.nn.functional, f"lp_pool{rank}d")
        return lambda x: function(x, 2.0, **arguments)
    arguments["padding"] = tuple([before for before, _ in operator.padding]) or 0
    if operator.kind == "max":
        arguments |= {"dilation": operator.dilation, "return_indices": with_indices}
    name = {"max": "max", "average": "avg"}[operator.kind]
    function = getattr(torch.nn.functional, f"{name}_pool{rank}d")
    return lambda x: function(x, **arguments)


def assert_pytorch_agrees(pool, changed, with_indices) -> None:
    torch = pytest.importorskip("torch")
    operator, image = pool
    rank = len(operator.kernel)
    if operator.kind == "lp":
        operator = operator.with_settings(padding=())
    with_indices = with_indices and operator.kind == "max"
    operator = operator.with_settings(half_padding=True, with_indices=with_indices)
    shape = list(image.dims)
    if changed == "axis":
        shape = [1, *shape] if image.rank == rank + 2 else shape[1:]
    elif changed:
        at = {"batch": 0, "channels": -rank - 1, "size": -1}[changed]
        shape[at] = 0
    outcome = apply(operator, [Tensor(tuple(shape))])
    try:
        true = torch_pool(torch, operator, with_indices)(torch.zeros(shape))
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    found = [tuple(tensor.shape) for tensor in (true if with_indices else (true,))]
    assert (outcome.broken, [tensor.shape for tensor in outcome.outputs]) == ((), found)


pools_and_changes = given(
    pools(), st.sampled_from(["", "", "", "batch", "channels", "size", "axis"]), st.booleans()
)


@pytest.mark.torch
@pools_and_changes
@settings(max_examples=120)
def test_shapes_and_what_is_refused_are_pytorchs(pool, changed, with_indices) -> None:
    assert_pytorch_agrees(pool, changed, with_indices)


@pytest.mark.conformance
@pytest.mark.torch
@pools_and_changes
@settings(max_examples=4000)
def test_shapes_and_what_is_refused_are_pytorchs_at_length(pool, changed, with_indices) -> None:
    assert_pytorch_agrees(pool, changed, with_indices)


ONNX_NAMES = {"max": "MaxPool", "average": "AveragePool", "lp": "LpPool"}


def onnx_attributes(operator):
    rank = len(operator.kernel)
    attributes = {
        "kernel_shape": list(operator.kernel),
        "strides": list(operator.strides),
        "dilations": list(operator.dilation)
        if isinstance(operator.dilation, tuple)
        else [operator.dilation] * rank,
        "ceil_mode": int(operator.ceil_mode),
    }
    if isinstance(operator.padding, str):
        attributes["auto_pad"] = {SAME: "SAME_UPPER", SAME_LOWER: "SAME_LOWER", VALID: "VALID"}[
            operator.padding
        ]
    elif operator.padding:
        attributes["pads"] = [pair[side] for side in (0, 1) for pair in operator.padding]
    return attributes


@pytest.mark.onnx
@given(
    pools(words=(SAME, SAME_LOWER, VALID), most=4), st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=3),
)  # fmt: skip
@settings(max_examples=250)
def test_shapes_and_what_is_refused_are_onnxruntimes(pool, dilation, uneven) -> None:
    operator, image = pool
    if operator.padding and not isinstance(operator.padding, str):
        operator = operator.with_settings(padding=tuple(uneven[: len(operator.kernel)]))
    operator = operator.with_settings(batched=True, dilation=dilation)
    outcome = apply(operator, [image])
    found = shapes_of(ONNX_NAMES[operator.kind], zeros(*image.dims), **onnx_attributes(operator))
    if found is None:
        # A stride larger than the kernel is refused with SAME for some sizes, where ONNX has no padding.
        longer = any(s > k for s, k in zip(operator.strides, operator.kernel, strict=True))
        assert outcome.broken or (operator.padding in {SAME, SAME_LOWER} and (longer or dilation > 1))
        return
    if outcome.broken:
        # Of an image smaller than the window the runtime makes an empty one, or one whose size it has rounded
        # towards zero: a window that reaches out of the image.
        assert {requirement.kind for requirement in outcome.broken} == {"window"}
        for facts in [requirement.facts for requirement in outcome.broken]:
            assert facts["size"] + facts["before"] + facts["after"] < facts["extent"]
        return
    told = [
        (a, b) for a, b in zip(outcome.outputs[0].dims, found[0], strict=True) if not isinstance(a, Unknown)
    ]
    assert all(ours == theirs for ours, theirs in told)
    assert len(told) == image.rank or (dilation > 1 and operator.padding in {SAME, SAME_LOWER})


@pytest.mark.torch
@given(pools(kinds=("max", "average")))
@settings(max_examples=80)
def test_links_say_what_is_seen(pool) -> None:
    torch = pytest.importorskip("torch")
    operator, image = pool
    operator = operator.with_settings(half_padding=True)
    assume(not apply(operator, [image]).broken and prod(image.dims) < 150)
    function = torch_pool(torch, operator)
    links = assert_links_see(operator, [image], lambda x: function(torch.from_numpy(x)).numpy())
    assert len(links) == image.rank


@pytest.mark.onnx
@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 9),
    st.sampled_from([SAME, SAME_LOWER]),
    st.booleans(),
)
@settings(max_examples=60)
def test_links_say_what_is_seen_where_the_padding_follows_from_the_size(
    k, s, size, padding, ceil_mode
) -> None:
    assume(s <= k)
    operator = Pool("average", (k,), s, padding, ceil_mode=ceil_mode)
    attributes = onnx_attributes(operator)
    assert_links_see(operator, [Tensor((1, 1, size))], lambda x: run("AveragePool", x, **attributes)[0])


@given(
    pools(words=(SAME, SAME_LOWER, VALID)),
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=80)
def test_four_readings(pool, heights, widths, channels_last, with_indices, half_padding) -> None:
    operator, image = pool
    rank = len(operator.kernel)
    batch, spatial = (N,) if image.rank == rank + 2 else (), (H, W, H)[:rank]
    shape = (*batch, *spatial, C) if channels_last else (*batch, C, *spatial)
    operator = operator.with_settings(
        channels_last=channels_last, with_indices=with_indices, half_padding=half_padding
    )
    symbols = {"N": (1, 2, 3, 4), "C": (1, 2, 8, 3), "H": heights, "W": widths}
    assert_readings_agree(operator, [Tensor(shape)], symbols, 1 + with_indices)


@given(pools(words=(SAME, SAME_LOWER, VALID)))
@settings(max_examples=60)
def test_the_order_changes_nothing_else(pool) -> None:
    operator, image = pool
    rank = len(operator.kernel)
    batch, (channels, *sizes) = image.dims[: image.rank - rank - 1], image.dims[image.rank - rank - 1 :]
    turned = Tensor((*batch, *sizes, channels))
    last = operator.with_settings(channels_last=True)
    here, there = apply(operator, [image]), apply(last, [turned])
    assert [r.kind for r in here.broken] == [r.kind for r in there.broken]
    assume(not here.broken)
    out, at = here.outputs[0].dims, len(batch)
    assert there.outputs[0].dims == (*batch, *out[at + 1 :], out[at])
    spans = [
        {link.spans for link in op.links([tensor], outcome.outputs)}
        for op, tensor, outcome in ((operator, image, here), (last, turned, there))
    ]
    assert spans[0] == spans[1]
    assert operator.attributes([image]) == last.attributes([turned])


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (Pool("max", (2, 2)), "max pool 2×2"),
        (Pool("max", (2, 2), 2), "max pool 2×2"),
        (Pool("max", (3, 3), 2, pads(1, 1)), "max pool 3×3, stride 2, pad 1"),
        (Pool("max", (3, 3), 1), "max pool 3×3, stride 1"),
        (Pool("average", (3,), 2, ceil_mode=True), "avg pool 3, stride 2, ceil"),
        (Pool("lp", (2, 1), (2, 2), SAME), "lp pool 2×1, stride 2, same"),
        (Pool("max", (3, 3), dilation=2), "max pool 3×3, dilation 2"),
    ],
)
def test_words(operator, words) -> None:
    assert operator.words([Tensor((1, 3, 8, 8))], []) == words


def test_attributes() -> None:
    assert Pool("max", (3, 3), 2, pads(1, 1)).attributes([Tensor((N, C, H, W))]) == {
        "kind": "max", "kernel": [3, 3], "stride": [2, 2], "padding": [[1, 1], [1, 1]], "dilation": [1, 1],
        "ceil_mode": False,
    }  # fmt: skip
    assert Pool("max", (3, 3), 2, SAME).attributes([Tensor((N, C, 8, 9))])["padding"] == [[0, 1], [1, 1]]
    assert Pool("max", (3, 3), 2, SAME).attributes([Tensor((N, C, H, 9))])["padding"] == SAME
    assert Pool("max", (3, 3)).attributes([None])["stride"] == [3, 3]
    average = Pool("average", (3, 3), 2, count_include_pad=False).attributes([None])
    assert (average["count_include_pad"], "divisor_override" in average) == (False, False)
    assert Pool("average", (3, 3), divisor=2).attributes([None])["divisor_override"] == 2
    assert Pool("lp", (3,), norm=3).attributes([None])["norm"] == 3
