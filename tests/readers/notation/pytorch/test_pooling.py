"""PyTorch's pools, and what their prints do not tell."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Pool, Tensor
from shapelens.readers.notation.pytorch.pooling import EitherPool
from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, read


@pytest.mark.parametrize(
    ("text", "sample", "shapes"),
    [
        ("MaxPool2d(2)", (8, 9, 9), ["N×8×4×4"]),
        ("MaxPool2d(3, 2, 1)", (8, 112, 112), ["N×8×56×56"]),
        ("MaxPool2d(3, stride=2, ceil_mode=True)", (8, 112, 112), ["N×8×56×56"]),
        ("MaxPool2d(1, stride=2, ceil_mode=True)", (8, 32, 32), ["N×8×16×16"]),
        ("MaxPool2d((2, 3), dilation=2)", (8, 9, 9), ["N×8×4×2"]),
        ("MaxPool1d(2, return_indices=True)", (8, 9), ["N×8×4", "N×8×4"]),
        ("AvgPool2d(4, 4, 2, ceil_mode=True)", (8, 9, 9), ["N×8×3×3"]),
        ("AvgPool3d(2)", (8, 4, 6, 8), ["N×8×2×3×4"]),
        ("LPPool2d(2, 3, stride=2)", (8, 9, 9), ["N×8×4×4"]),
        ("AdaptiveAvgPool2d((7, None))", (8, 9, 10), ["N×8×7×10"]),
        ("AdaptiveAvgPool2d(1)", None, ["N×C×1×1"]),
        ("AdaptiveMaxPool1d(4, return_indices=True)", (8, 9), ["N×8×4", "N×8×4"]),
        ("MaxUnpool2d(2)", (8, 4, 4), ["N×8×8×8"]),
        ("FractionalMaxPool2d(3, output_size=(13, 12))", (8, 50, 32), ["N×8×13×12"]),
        ("FractionalMaxPool2d(3, output_ratio=0.29)", (8, 100, 50), ["N×8×28×14"]),
    ],
)
def test_shapes(text, sample, shapes):
    assert outputs(text, sample) == shapes


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("MaxPool2d(4)", (8, 3, 9), ["window"]),
        ("MaxPool2d(2, padding=2)", (8, 9, 9), ["pool_padding", "pool_padding"]),
        ("AdaptiveAvgPool2d(7)", (9, 9), ["rank"]),
        ("FractionalMaxPool2d(3, output_size=8)", (8, 9, 10), ["pool_size"]),
        ("FractionalMaxPool3d(2, output_size=3)", (1, 4, 5, 5), ["pool_size"]),
    ],
)
def test_what_does_not_fit(text, sample, kinds):
    assert broken(text, sample) == kinds


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("AdaptiveAvgPool2d(None)", "cannot be None"),
        ("AdaptiveAvgPool1d((None,))", "cannot be (None,)"),
        ("LPPool1d(2, (3,))", "cannot be (3,)"),
        ("MaxPool2d(2, stride=0)", "cannot be 0"),
        ("FractionalMaxPool2d(3)", "takes an output_size or an output_ratio"),
        ("FractionalMaxPool2d(3, 2, 0.5)", "takes an output_size or an output_ratio"),
        ("FractionalMaxPool2d(3, output_ratio=1.5)", "output_ratio must be between 0 and 1"),
    ],
)
def test_what_cannot_be(text, summary):
    assert summary in error(text).summary


def test_an_index_stands_beside_each_value_that_is_put_back():
    inputs = read("MaxUnpool2d(2)", (8, 4, 4)).network.inputs
    assert [(i.name, i.dtype, str(i.shape)) for i in inputs] == [
        ("input", "float32", "(N, 8, 4, 4)"),
        ("indices", "int64", "(N, 8, 4, 4)"),
    ]


# what a print does not tell -------------------------------------------------------------------------------

AVERAGE = in_a_print("AvgPool2d(kernel_size=2, stride=2, padding=0)")


@pytest.mark.parametrize(("sample", "known"), [((3, 8, 8), "N×3×4×4"), ((3, 8, 9), None), ((3, 1, 8), None)])
def test_an_average_is_known_where_its_ceil_mode_does_not_matter(sample, known):
    shape = read(AVERAGE, sample).outputs[0][1].shape
    if known is not None:
        assert outputs(AVERAGE, sample) == [known]
        return
    reasons = [dim.reason for dim in shape if isinstance(dim, Unknown)]
    assert reasons == ["a printed AvgPool does not tell its ceil_mode, and here it matters"]


def test_old_prints_tell_it():
    line = "AvgPool2d(kernel_size=2, stride=2, padding=0, ceil_mode=True, count_include_pad=True)"
    assert outputs(in_a_print(line), (3, 9, 9)) == ["N×3×5×5"]


def test_typed_it_is_what_it_says():
    assert outputs("AvgPool2d(kernel_size=2, stride=2, padding=0)", (3, 9, 9)) == ["N×3×4×4"]


@pytest.mark.parametrize("size", range(1, 12))
def test_either_pool_is_both_or_unknown(size):
    image = Tensor((2, 3, size))
    floor, ceil = [Pool("average", (3,), (2,), half_padding=True, ceil_mode=mode) for mode in (False, True)]
    either = EitherPool("average", (3,), (2,), half_padding=True).evaluate(image)
    results = [pool.evaluate(image) for pool in (floor, ceil)]
    dim = either.outputs[0].dims[2]
    if results[0].outputs[0].dims == results[1].outputs[0].dims:
        assert dim == results[0].outputs[0].dims[2]
    else:
        assert isinstance(dim, Unknown)
    assert bool(either.broken) == bool(results[1].broken)


def test_of_a_symbol_it_is_unknown_unless_proved():
    either = EitherPool("average", (2, 1), (2, 1), half_padding=True)
    height, width = either.evaluate(Tensor((1, 3, symbol("H"), symbol("W")))).outputs[0].dims[2:]
    assert isinstance(height, Unknown)
    assert str(width) == "W"
    assert either.name == "Pool"
    assert either.attributes((Tensor((1, 3, 8, 8)),))["ceil_mode"] is None


@pytest.mark.parametrize(
    ("text", "count_include_pad", "divisor"),
    [
        ("AvgPool2d(2)", True, None),
        ("AvgPool2d(2, count_include_pad=False)", False, None),
        ("AvgPool2d(2, divisor_override=3)", True, 3),
        ("AvgPool1d(2)", True, None),
        (AVERAGE, None, None),
        (in_a_print("AvgPool2d(kernel_size=2, stride=2, padding=0, count_include_pad=True)"), True, None),
    ],
)
def test_what_a_mean_divides_by(text, count_include_pad, divisor):
    operator = read(text, (3, 8) if "1d" in text else (3, 8, 8)).steps[0].node.operator
    assert (operator.count_include_pad, operator.divisor) == (count_include_pad, divisor)


def test_the_power_of_a_norm():
    operator = read("LPPool2d(3, 2)", (3, 8, 8)).steps[0].node.operator
    assert (operator.norm, operator.norm_of_mean) == (3, True)


def test_a_divisor_is_a_whole_number():
    assert "divisor_override" in str(error("AvgPool2d(2, divisor_override=0)"))
