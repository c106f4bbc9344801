from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, evaluate, symbol
from shapelens.operators import Resize, Tensor, apply
from shapelens.operators.contents import Real
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.resizing_samples import SAMPLED_AS, SCALES
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W, S = symbol("N"), symbol("C"), symbol("H"), symbol("W"), symbol("S")
IMAGE = (2, 3)
"""The spatial axes of a batch of images."""


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def numbers(*values, dtype="float32"):
    return Tensor((len(values),), dtype, values)


# shapes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (Resize(sizes=(224, 224), axes=(-2, -1)), (1, 3, 100, 100), (1, 3, 224, 224)),
        (Resize(sizes=(224, H), axes=IMAGE), (N, 3, H, W), (N, 3, 224, H)),
        (Resize(scales=(2.0, 2.0), axes=IMAGE), (N, C, H, W), (N, C, 2 * H, 2 * W)),
        (Resize(scales=(2, 3), axes=(1, 2)), (N, H, W, C), (N, 2 * H, 3 * W, C)),
        (Resize(scales=(0.5, 1.5), axes=IMAGE), (N, C, H, W), (N, C, H // 2, 3 * W // 2)),
        (Resize(scales=(1.0, 1.0, 0.25, 4.0)), (0, 3, 9, 7), (0, 3, 2, 28)),
        (Resize(scales=(2.0,), axes=(-1,)), (N, C, 7), (N, C, 14)),
        (Resize(scales=(2.0, 2.0, 2.0), axes=(2, 3, 4)), (N, C, 7, 8, 9), (N, C, 14, 16, 18)),
        (Resize(scales=(2.0,), axes=(2,)), (1, 3, Unknown("x")), (1, 3, Unknown("x"))),
        (Resize(scales=(0.1, 2.0), axes=IMAGE, mode="area"), (1, 3, 4, 4), (1, 3, 0, 8)),
        (Resize(sizes=(7,), axes=(2,)), Unknown("x"), Unknown("x")),
        (Resize(sizes=(), axes=(), policy="not_larger"), (1, 3), (1, 3)),
    ],
)
def test_shapes(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after


@pytest.mark.torch
def test_a_hundred_times_0_29_is_28_for_pytorch() -> None:
    torch = pytest.importorskip("torch")
    operator = Resize(scales=(0.29, 0.29), axes=IMAGE)
    for mode in ("nearest", "area", "bicubic"):
        true = torch.nn.functional.interpolate(torch.zeros(1, 1, 100, 100), scale_factor=0.29, mode=mode)
        assert tuple(true.shape) == shape_of(operator, Tensor((1, 1, 100, 100))) == (1, 1, 28, 28)
    formula = shape_of(operator, Tensor((1, 1, H, H)))[2]
    assert [evaluate(formula, {"H": size}) for size in (99, 100, 101)] == [28, 28, 29]


@pytest.mark.onnx
def test_a_hundred_times_0_29_is_29_for_onnxruntime() -> None:
    operator = Resize(precision="single")
    for opset in (10, 11, 13, 18, 19):
        scales = np.array([1, 1, 0.29, 0.29], np.float32)
        told = (scales,) if opset == 10 else (zeros(0), scales)
        true = shapes_of("Resize", zeros(1, 1, 100, 100), *told, opset=opset)
        told_here = numbers(*[float(scale) for scale in scales])
        assert true == [shape_of(operator, Tensor((1, 1, 100, 100)), None, told_here)] == [(1, 1, 29, 29)]
    formula = shape_of(operator, Tensor((1, 1, 1, H)), None, numbers(1.0, 1.0, 1.0, 0.29))[3]
    assert [evaluate(formula, {"H": size}) for size in (99, 100, 101)] == [28, 29, 29]


def test_a_size_or_a_scale_may_come_as_a_tensor() -> None:
    image, whole = Tensor((N, 3, H, W)), Resize(precision="single")
    assert shape_of(whole, image, None, None, numbers(N, 3, 2 * H, 7, dtype="int64")) == (N, 3, 2 * H, 7)
    assert shape_of(whole, image, None, numbers(1.0, 1.0, 2.0, 0.5)) == (N, 3, 2 * H, W // 2)
    empty = Tensor((0,), "float32", ())
    assert shape_of(whole, image, empty, empty, numbers(1, 2, 3, 4, dtype="int64")) == (1, 2, 3, 4)
    assert shape_of(whole, image, Tensor((0,)), numbers(1.0, 1.0, 2.0, 2.0), Tensor((0,))) == (
        N,
        3,
        2 * H,
        2 * W,
    )
    assert shape_of(Resize(axes=(3,)), image, None, numbers(S)) == (N, 3, H, S * W)


def test_what_is_computed_from_data_is_unknown() -> None:
    image = Tensor((N, 3, H, W))
    shape = shape_of(Resize(axes=IMAGE), image, None, None, Tensor((2,), "int64"))
    assert shape == (N, 3, *[Unknown("the size to resize to is computed from data")] * 2)
    shape = shape_of(Resize(axes=IMAGE), image, None, Tensor((N,)))
    assert [isinstance(dim, Unknown) for dim in shape] == [False, False, True, True]
    quotient = numbers(Real(H, divisor=3), 2.0)
    assert shape_of(Resize(axes=IMAGE), image, None, quotient)[2] == Unknown(
        "the scale is a quotient of sizes that is rounded"
    )
    assert isinstance(shape_of(Resize(axes=(3,)), image)[3], Unknown)
    assert isinstance(shape_of(Resize(scales=(1e12,), axes=(3,)), image)[3], Unknown)


def test_a_region_is_where_onnx_and_its_runtimes_disagree() -> None:
    image, scales = Tensor((1, 1, 8, 8)), numbers(1.0, 1.0, 2.0, 2.0)
    operator = Resize(coordinates="tf_crop_and_resize", precision="single")
    assert shape_of(operator, image, numbers(*[0.0] * 4, *[1.0] * 4), scales) == (1, 1, 16, 16)
    assert shape_of(operator, image, None, scales) == (1, 1, 16, 16)
    for region in (numbers(0.0, 0.0, 0.25, 0.0, 1.0, 1.0, 0.75, 1.0), Tensor((8,)), numbers(*[S] * 8)):
        assert {type(dim) for dim in shape_of(operator, image, region, scales)} == {Unknown}
    sizes = numbers(1, 1, 5, 6, dtype="int64")
    assert shape_of(operator, image, numbers(*[0.25] * 4, *[0.5] * 4), None, sizes) == (1, 1, 5, 6)


NOTHING, SETTINGS = Unknown("because of Resize"), Unknown("its settings do not fit")


@pytest.mark.parametrize(
    ("operator", "before", "kind", "after"),
    [
        (Resize(scales=(0.1, 2.0), axes=IMAGE), (1, 3, 4, 4), "resize", (1, 3, NOTHING, 8)),
        (Resize(sizes=(0, 7), axes=IMAGE), (1, 3, 4, 4), "resize", (1, 3, NOTHING, 7)),
        (Resize(sizes=(7, 7), axes=IMAGE), (1, 3, 0, 4), "resize", (1, 3, NOTHING, 7)),
        (Resize(sizes=(7, -1), axes=IMAGE, mode="area"), (1, 3, 4, 4), "resize", (1, 3, 7, NOTHING)),
        (Resize(scales=(0.0,), axes=(2,)), (1, 3, 4), "resize", (1, 3, NOTHING)),
        (Resize(scales=(float("nan"),), axes=(2,)), (1, 3, 4), "resize", (1, 3, NOTHING)),
        (Resize(scales=(float("inf"),), axes=(2,)), (1, 3, 4), "resize", (1, 3, NOTHING)),
        (Resize(scales=(-2.0,), axes=(2,)), (1, 3, 4), "settings", SETTINGS),
        (Resize(scales=(0.5,), axes=(2,), least_scale=1.0), (1, 3, 4), "settings", SETTINGS),
        (Resize(sizes=(7,), axes=IMAGE), (1, 3, 4, 4), "count", Unknown("the count does not fit")),
        (Resize(scales=(2.0, 2.0)), (1, 3, 4, 4), "count", Unknown("the count does not fit")),
        (Resize(sizes=(7,), axes=(4,)), (1, 3, 4, 4), "axis", Unknown("the axis does not fit")),
        (Resize(sizes=(7, 7), axes=(3, -1)), (1, 3, 4, 4), "axis", Unknown("the axis does not fit")),
        (Resize(sizes=(7,), axes=(2,), ranks=(4,)), (1, 3, 4), "rank", Unknown("the rank does not fit")),
        (Resize(sizes=(7,), scales=(2.0,), axes=(2,)), (1, 3, 4), "target", Unknown("the target does not fit")),
    ],
)  # fmt: skip
def test_what_does_not_fit(operator, before, kind, after) -> None:
    outcome = apply(operator, [Tensor(before)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == after


def test_it_is_told_a_size_or_a_scale_and_not_both() -> None:
    image, scales, sizes = Tensor((1, 1, 8)), numbers(1.0, 1.0, 2.0), numbers(1, 1, 9, dtype="int64")
    assert apply(Resize(), [image, None, scales, sizes]).broken[0].kind == "target"
    # Of a tensor whose shape is not known it cannot be told whether it is empty, and so left out.
    assert apply(Resize(), [image, None, Tensor(Unknown("x")), sizes]).broken == ()


def test_conditions_on_the_size() -> None:
    outcome = apply(Resize(scales=(0.25, 2.0), axes=IMAGE), [Tensor((N, 3, H, W))])
    assert [str(requirement.truth) for requirement in outcome.requirements] == ["floor(H/4) ≥ 1", "True"]


# the readings -------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    scales=st.tuples(SCALES, SCALES),
    precision=st.sampled_from(["single", "double"]),
    mode=st.sampled_from(["nearest", "linear", "cubic", "area", "lanczos"]),
    coordinates=st.sampled_from(["half_pixel", "asymmetric", "align_corners", "half_pixel_symmetric"]),
    sizes=st.lists(st.integers(1, 300), min_size=8, max_size=8),
)
def test_four_readings_of_a_scale(scales, precision, mode, coordinates, sizes) -> None:
    operator = Resize(scales=scales, axes=IMAGE, mode=mode, coordinates=coordinates, precision=precision)
    symbols = {"N": (1, 2, 3, 4), "H": sizes[:4], "W": sizes[4:]}
    assert_readings_agree(operator, [Tensor((N, 3, H, W))], symbols)
    told = [Tensor((N, 3, H, W)), None, numbers(1.0, 1.0, *scales)]
    assert_readings_agree(operator.with_settings(scales=None, axes=None), told, symbols)


@settings(max_examples=60)
@given(
    policy=st.sampled_from(["stretch", "not_larger", "not_smaller"]),
    asked=st.tuples(st.sampled_from([7, 32, S, 2 * S, H]), st.sampled_from([9, 32, S, W])),
    sizes=st.lists(st.integers(1, 50), min_size=12, max_size=12),
)
def test_four_readings_of_a_size(policy, asked, sizes) -> None:
    symbols = {"H": sizes[:4], "W": sizes[4:8], "S": sizes[8:]}
    told = [Tensor((1, 3, H, W)), None, None, numbers(*asked, dtype="int64")]
    assert_readings_agree(Resize(axes=(-2, -1), policy=policy), told, symbols)


# which cells --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 3, 2, 2), (1, 2, 3, 2)])
def test_repeating_is_keras_upsampling(shape) -> None:
    operator = Resize(scales=(2, 3), axes=(1, 2), coordinates="asymmetric")

    def repeated(values):
        return values.repeat(2, axis=1).repeat(3, axis=2)

    links = assert_links_see(operator, [Tensor(shape)], repeated)
    assert [(link.output_axis, link.period, link.advance) for link in links] == [
        (0, 1, 1),
        (3, 1, 1),
        (1, 2, 1),
        (2, 3, 1),
    ]


@pytest.mark.torch
@pytest.mark.parametrize("mode", [*SAMPLED_AS])
@pytest.mark.parametrize(
    "told", [{"size": (5, 3)}, {"size": (2, 7)}, {"scale_factor": (2.0, 0.5)}, {"scale_factor": (1.5, 1.0)}]
)
def test_every_cell_sees_what_pytorch_lets_it_see(mode, told) -> None:
    torch = pytest.importorskip("torch")
    rank = {"linear": 3, "trilinear": 5}.get(mode, 4)
    shape = (1, 1, 4, 6, 3)[:rank]
    told = {name: (*values, values[0])[: rank - 2] for name, values in told.items()}
    sampled, coordinates, nearest = SAMPLED_AS[mode]
    antialias = mode == "lanczos"
    operator = Resize(
        told.get("scale_factor"),
        told.get("size"),
        tuple(range(2, rank)),
        sampled,
        coordinates,
        nearest,
        antialias,
    )

    def interpolated(values):
        held = torch.from_numpy(values)
        return torch.nn.functional.interpolate(held, **told, mode=mode, antialias=antialias).numpy()

    assert_links_see(operator, [Tensor(shape)], interpolated)


@pytest.mark.onnx
@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("told", [((0.5, 2.0), None), ((1.5, 1.0), None), (None, (5, 3)), (None, (8, 12))])
@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
def test_every_cell_sees_what_onnxruntime_lets_it_see(mode, told, coordinates) -> None:
    scales, sizes = told
    asked = np.array((1, 1, *(scales or sizes)), np.float32 if scales else np.int64)
    operator = Resize(scales, sizes, IMAGE, mode, coordinates, "round_prefer_floor", precision="single")

    def resized(values):
        told = (None, asked) if scales else (None, None, asked)
        made = run("Resize", values, *told, opset=19, mode=mode, coordinate_transformation_mode=coordinates)
        assert made is not None
        return made[0]

    assert_links_see(operator, [Tensor((1, 1, 4, 6))], resized)


def test_a_region_may_lie_anywhere() -> None:
    operator = Resize(sizes=(7, 7), axes=IMAGE, coordinates="tf_crop_and_resize")
    tensors = [Tensor((1, 3, 9, 9))]
    links = operator.links(tensors, apply(operator, tensors).outputs)
    assert [link.output_axis for link in links] == [0, 1]


def test_cells_are_placed_by_the_size_where_the_scale_is_recomputed() -> None:
    # 5 cells by 0.5 are 2; they are 2 cells apart by the scale, and 5/2 by the size.
    tensors = [Tensor((1, 1, 5))]
    for recomputed, distance in ((False, Fraction(2)), (True, Fraction(5, 2))):
        operator = Resize(scales=(0.5,), axes=(2,), mode="linear", recomputed=recomputed)
        (link,) = [x for x in operator.links(tensors, apply(operator, tensors).outputs) if x.output_axis == 2]
        assert Fraction(link.advance, link.period) == distance


@pytest.mark.parametrize(
    ("operator", "inputs", "axis"),
    [
        (Resize(sizes=(7,), axes=(2,)), [Tensor((1, 3, H))], 2),
        (Resize(axes=(2,)), [Tensor((1, 3, 9)), None, Tensor((1,))], 2),
        (Resize(scales=(0.1234567,), axes=(2,)), [Tensor((1, 3, 900))], 2),
        (Resize(scales=(1.5,), axes=(2,), coordinates="half_pixel_symmetric"), [Tensor((1, 3, H))], 2),
        (Resize(scales=(1.5,), axes=(2,), coordinates="align_corners"), [Tensor((1, 3, H))], 2),
    ],
)
def test_cells_whose_places_are_not_known(operator, inputs, axis) -> None:
    (link,) = [x for x in operator.links(inputs, apply(operator, inputs).outputs) if x.output_axis == axis]
    assert link.spans is None


# words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "inputs", "words"),
    [
        (Resize(scales=(2.0, 2.0), axes=IMAGE), [], "resize ×2"),
        (Resize(scales=(1.5, 1.5), axes=IMAGE, mode="linear"), [], "resize ×1.5, linear"),
        (Resize(scales=(2, 1), axes=IMAGE), [], "resize to 2*H×9"),
        (Resize(sizes=(7, H), axes=IMAGE, mode="area"), [], "resize to 7×H, area"),
        (Resize(), [None, numbers(1.0, 1.0, 2.0, 2.0)], "resize ×2"),
        (Resize(), [None, None, numbers(1, 3, 7, 9, dtype="int64")], "resize to 7"),
        (Resize(axes=IMAGE), [None, None, Tensor((2,), "int64")], "resize to ?×?"),
        (Resize(scales=(1.0,) * 4), [], "resize"),
    ],
)
def test_how_it_is_told(operator, inputs, words) -> None:
    tensors = [Tensor((1, 3, H, 9)), *inputs]
    assert operator.words(tensors, apply(operator, tensors).outputs) == words


def test_of_an_unknown_image_it_is_told_too() -> None:
    tensors = [Tensor(Unknown("x"))]
    assert (
        Resize(mode="cubic").words(tensors, apply(Resize(mode="cubic"), tensors).outputs) == "resize, cubic"
    )


def test_settings_for_json() -> None:
    attributes = Resize(sizes=(7, H, Unknown("x"))).attributes([])
    assert (attributes["sizes"], attributes["scales"], attributes["mode"]) == (
        [7, "H", None],
        None,
        "nearest",
    )


def test_a_size_does_not_follow_an_edit() -> None:
    operator = Resize(sizes=(7,), axes=(2,))
    followed = operator.follow([Tensor((1, 3, 9))], [Tensor((1, 3, 18))])
    assert (followed.operator, followed.shapes) == (operator, {})
