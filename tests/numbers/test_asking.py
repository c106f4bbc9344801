"""Numbers against PyTorch's and onnxruntime's, for every setting; and one cell against the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.errors import ShapelensError, UsageError
from shapelens.numbers import Seeded, cell, maps, numbered, output, partial_outputs
from shapelens.operators import Convolution, Pool, TransposedConvolution
from shapelens.operators.windows import SAME, SAME_LOWER, VALID
from tests.numbers.drawn import convolutions, pools, transposed
from tests.operators.runtime import run

MODES = ("zeros", "reflect", "replicate", "circular")
WORDS = (SAME, SAME_LOWER, VALID)


def output_or_none(layer):
    """The output; None where a window holds nothing that counts."""
    try:
        return output(layer)
    except UsageError as error:
        if "nothing but padding" not in error.summary:
            raise
        return None


# PyTorch ------------------------------------------------------------------------------------------------


def tensor(torch, values):
    return None if values is None else torch.tensor(values.array, dtype=torch.float64)


def torch_convolution(torch, layer):
    """The convolution by PyTorch, its padding put around by PyTorch's own padding."""
    functional = torch.nn.functional
    operator, image = layer.operator, tensor(torch, layer.input)[None]
    sides = [side for axis in reversed(layer.axes) for side in axis.sides]
    mode = "constant" if operator.padding_mode == "zeros" else operator.padding_mode
    padded = functional.pad(image, sides, mode=mode)
    convolve = getattr(functional, f"conv{layer.rank}d")
    weight, bias = tensor(torch, layer.weight), tensor(torch, layer.bias)
    return convolve(padded, weight, bias, operator.stride, 0, operator.dilation, operator.groups)[0].numpy()


def assert_pytorch_convolves_alike(layer):
    torch = pytest.importorskip("torch")
    np.testing.assert_allclose(output(layer), torch_convolution(torch, layer), rtol=1e-9, atol=1e-9)


torch_convolutions = given(convolutions(modes=MODES))


@pytest.mark.torch
@torch_convolutions
@settings(max_examples=60)
def test_convolutions_are_pytorchs(layer):
    assert_pytorch_convolves_alike(layer)


@pytest.mark.conformance
@pytest.mark.torch
@torch_convolutions
@settings(max_examples=1500)
def test_convolutions_are_pytorchs_at_length(layer):
    assert_pytorch_convolves_alike(layer)


@pytest.mark.torch
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("padding", ["same", 2, (1, 2)])
@pytest.mark.parametrize("kernel", [3, (2, 4)])
def test_padding_of_a_module(mode, padding, kernel):
    """PyTorch's own module pads as its padding and mode say."""
    torch = pytest.importorskip("torch")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch makes a padded copy, and says so
        module = torch.nn.Conv2d(2, 3, kernel, padding=padding, padding_mode=mode, dtype=torch.float64)
        image = torch.arange(60, dtype=torch.float64).reshape(2, 5, 6)
        true = module(image[None])[0].detach().numpy()
    pairs = (
        padding if isinstance(padding, str) else ((padding,) * 2,) * 2 if padding == 2 else ((1, 1), (2, 2))
    )
    arrays = [values.detach().numpy() for values in (image, module.weight, module.bias)]
    found = output(numbered(Convolution(padding=pairs, padding_mode=mode), *arrays))
    np.testing.assert_allclose(found, true)


def torch_transposed(torch, layer):
    operator, image = layer.operator, tensor(torch, layer.input)[None]
    convolve = getattr(torch.nn.functional, f"conv_transpose{layer.rank}d")
    weight, bias = tensor(torch, layer.weight), tensor(torch, layer.bias)
    padding = [before for before, _ in operator.padding]
    settings = operator.stride, padding, operator.output_padding, operator.groups, operator.dilation
    return convolve(image, weight, bias, *settings)[0].numpy()


def assert_pytorch_transposes_alike(layer):
    torch = pytest.importorskip("torch")
    np.testing.assert_allclose(output(layer), torch_transposed(torch, layer), rtol=1e-9, atol=1e-9)


@pytest.mark.torch
@given(transposed())
@settings(max_examples=60)
def test_transposed_convolutions_are_pytorchs(layer):
    assert_pytorch_transposes_alike(layer)


@pytest.mark.conformance
@pytest.mark.torch
@given(transposed())
@settings(max_examples=1500)
def test_transposed_convolutions_are_pytorchs_at_length(layer):
    assert_pytorch_transposes_alike(layer)


def torch_pool(torch, layer):
    operator, image = layer.operator, tensor(torch, layer.input)[None]
    settings = {"kernel_size": operator.kernel, "stride": operator.strides, "ceil_mode": operator.ceil_mode}
    if operator.kind == "lp":
        if layer.rank == 1:
            settings |= {"kernel_size": operator.kernel[0], "stride": operator.strides[0]}
        pool = getattr(torch.nn.functional, f"lp_pool{layer.rank}d")
        return pool(image, operator.norm, **settings)[0].numpy()
    settings["padding"] = tuple([before for before, _ in operator.padding])
    if operator.kind == "max":
        settings["dilation"] = operator.dilation
    else:
        settings["count_include_pad"] = operator.count_include_pad
        if layer.rank > 1:
            settings["divisor_override"] = operator.divisor
    name = {"max": "max", "average": "avg"}[operator.kind]
    return getattr(torch.nn.functional, f"{name}_pool{layer.rank}d")(image, **settings)[0].numpy()


def assert_pytorch_pools_alike(layer):
    torch = pytest.importorskip("torch")
    found, true = output_or_none(layer), torch_pool(torch, layer)
    if found is None:
        assert not np.isfinite(true).all()
        return
    np.testing.assert_allclose(found, true, rtol=1e-9, atol=1e-9)


@pytest.mark.torch
@given(pools(torch=True))
@settings(max_examples=100)
def test_pools_are_pytorchs(layer):
    assert_pytorch_pools_alike(layer)


@pytest.mark.conformance
@pytest.mark.torch
@given(pools(torch=True))
@settings(max_examples=1500)
def test_pools_are_pytorchs_at_length(layer):
    assert_pytorch_pools_alike(layer)


# onnxruntime --------------------------------------------------------------------------------------------


def single(values):
    return None if values is None else values.array.astype(np.float32)


def window_attributes(layer):
    operator = layer.operator
    attributes = {"strides": list(operator.strides if layer.is_pool else operator.stride)}
    dilation = operator.dilation
    attributes["dilations"] = list(dilation) if isinstance(dilation, tuple) else [dilation] * layer.rank
    if isinstance(operator.padding, str):
        automatic = {SAME: "SAME_UPPER", SAME_LOWER: "SAME_LOWER", VALID: "VALID"}
        return attributes | {"auto_pad": automatic[operator.padding]}
    return attributes | {"pads": [pair[side] for side in (0, 1) for pair in operator.padding]}


def is_cut_by_onnxruntime(layer):
    """Whether `same` steps over cells at the end: there the runtime cuts off as many before as after."""
    seen = [(axis.count - 1) * axis.sliding.stride + axis.sliding.extent < axis.size for axis in layer.axes]
    return any(seen) and layer.operator.padding in {SAME, SAME_LOWER} and not layer.is_transposed


def assert_onnxruntime_computes_alike(layer):
    assume(not is_cut_by_onnxruntime(layer))
    operator, attributes = layer.operator, window_attributes(layer)
    if layer.is_pool:
        name = {"max": "MaxPool", "average": "AveragePool", "lp": "LpPool"}[operator.kind]
        attributes |= {"kernel_shape": list(operator.kernel), "ceil_mode": int(operator.ceil_mode)}
        attributes |= {"count_include_pad": int(operator.count_include_pad)} if name == "AveragePool" else {}
        attributes |= {"p": int(operator.norm)} if name == "LpPool" else {}
        arrays = [single(layer.input)[None]]
    else:
        name = "ConvTranspose" if layer.is_transposed else "Conv"
        attributes["group"] = operator.groups
        if layer.is_transposed and operator.output_padding:
            attributes["output_padding"] = list(operator.output_padding)
        arrays = [single(layer.input)[None], single(layer.weight), single(layer.bias)]
    true = run(name, *arrays, **attributes)
    if true is None:  # what the runtime refuses it gives no numbers for
        return
    found = output_or_none(layer)
    if found is not None:
        np.testing.assert_allclose(found, true[0][0], rtol=1e-4, atol=1e-4)


onnx_layers = given(
    st.one_of(convolutions(words=WORDS), transposed(words=(SAME, SAME_LOWER), even=False), pools(words=WORDS))
)


@pytest.mark.onnx
@onnx_layers
@settings(max_examples=150)
def test_numbers_are_onnxruntimes(layer):
    assert_onnxruntime_computes_alike(layer)


@pytest.mark.conformance
@pytest.mark.onnx
@onnx_layers
@settings(max_examples=2500)
def test_numbers_are_onnxruntimes_at_length(layer):
    assert_onnxruntime_computes_alike(layer)


# one cell and the whole -----------------------------------------------------------------------------------

EVERY = st.one_of(
    convolutions(modes=MODES, last=True), convolutions(words=WORDS, last=True), transposed(words=(SAME,), last=True),
    pools(words=WORDS, last=True), pools(torch=True, last=True),
)  # fmt: skip


def places(layer, draw):
    return [draw(st.integers(0, count - 1)) for count in layer.counts]


@given(EVERY, st.data())
@settings(max_examples=150)
def test_a_cell_is_the_output_at_its_place(layer, data):
    found = output_or_none(layer)
    assume(found is not None)
    assert found.shape == layer.output_shape
    map, position = data.draw(st.integers(0, layer.maps - 1)), places(layer, data.draw)
    one = cell(layer, map, position)
    where = (*position, map) if layer.operator.channels_last else (map, *position)
    if layer.is_pool and layer.operator.kind == "lp":
        assert one.value == pytest.approx(found[where])  # NumPy's powers differ in the last digit by length
    else:
        assert one.value == found[where]
    assert (one.map, one.position) == (map, tuple(position))


@given(EVERY, st.data())
@settings(max_examples=60)
def test_a_part_of_a_map_is_that_part_of_the_whole(layer, data):
    found = output_or_none(layer)
    assume(found is not None)
    map = data.draw(st.integers(0, layer.maps - 1))
    some = [sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=3))) for n in layer.counts]
    whole = found[..., map] if layer.operator.channels_last else found[map]
    np.testing.assert_allclose(maps(layer, [map], some)[0], whole[np.ix_(*some)], rtol=1e-14)


@given(st.one_of(convolutions(modes=MODES, last=True), transposed(last=True)), st.data())
@settings(max_examples=60)
def test_a_cell_adds_up(layer, data):
    map, position = data.draw(st.integers(0, layer.maps - 1)), places(layer, data.draw)
    one = cell(layer, map, position)
    assert [part.channel for part in one.channels] == list(layer.channels_of(map))
    for part in one.channels:
        np.testing.assert_array_equal(part.products, part.values * part.kernel)
        assert part.sum == pytest.approx(part.products.sum())
    assert one.value == pytest.approx(sum(part.sum for part in one.channels) + (one.bias or 0))
    each = partial_outputs(layer, map)
    assert [part.sum for part in one.channels] == [channel[tuple(position)] for channel in each]
    np.testing.assert_allclose(each.sum(axis=0) + (one.bias or 0), maps(layer, [map])[0])


# facts ----------------------------------------------------------------------------------------------------

TWO_CHANNELS = np.array([[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
TWO_KERNELS = np.array([[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]])


def test_channels_are_summed():
    layer = numbered(Convolution(), TWO_CHANNELS, TWO_KERNELS)
    assert output(layer).tolist() == [[[56, 72], [104, 120]]]
    assert partial_outputs(layer, 0).tolist() == [[[19, 25], [37, 43]], [[37, 47], [67, 77]]]
    one = cell(layer, 0, (0, 0))
    assert ([part.sum for part in one.channels], one.sum, one.bias, one.value) == ([19, 37], 56, None, 56)
    assert one.channels[1].products.tolist() == [[1, 4], [12, 20]]


def test_a_pointwise_convolution_sums_too():
    layer = numbered(
        Convolution(), np.array([[[10]], [[20]], [[30]]]), np.ones((1, 3, 1, 1), dtype=int), np.array([1])
    )
    assert output(layer).tolist() == [[[61]]]


def test_mathematics_turns_the_kernel():
    image, kernel = np.array([[1, 2, 3, 4, 5]]), np.array([[[1, 0, -1]]])
    assert output(numbered(Convolution(), image, kernel)).tolist() == [[-2, -2, -2]]
    flipped = numbered(Convolution(), image, kernel, flipped=True)
    assert (
        output(flipped)[0].tolist() == np.convolve(image[0], kernel[0, 0], mode="valid").tolist() == [2, 2, 2]
    )
    assert cell(flipped, 0, (0,)).channels[0].kernel.tolist() == [-1, 0, 1]


@given(convolutions(), st.data())
@settings(max_examples=20)
def test_a_turned_kernel_is_that_kernel_turned(layer, data):
    spatial = tuple(range(2, layer.rank + 2))
    turned = np.flip(layer.weight.array, spatial)
    bias = None if layer.bias is None else layer.bias.array
    flipped = numbered(layer.operator, layer.input, layer.weight, bias, flipped=True)
    np.testing.assert_array_equal(
        output(flipped), output(numbered(layer.operator, layer.input, turned, bias))
    )


def test_one_cell_of_a_large_layer_reads_its_window_alone():
    image, weight = Seeded((512, 10**6, 10**6), 0, 0, 3), Seeded((4096, 512, 3, 3), 0, -1, 2)
    layer = numbered(Convolution(), image, weight)
    one = cell(layer, 4095, (999_000, 5))
    assert len(one.channels) == 512
    assert one.value == sum(part.sum for part in one.channels)
    with pytest.raises(ShapelensError, match="too many numbers"):
        output(layer)


def test_work_without_end_is_refused():
    image, weight = Seeded((512, 200, 200), 0, 0, 3), Seeded((400, 512, 9, 9), 0, -1, 2)
    with pytest.raises(ShapelensError, match="too much to compute") as error:
        output(numbered(Convolution(), image, weight))
    assert error.value.have == "611,549,184,000 products" or "products" in error.value.have


# how exact ------------------------------------------------------------------------------------------------


def test_whole_numbers_stay_exact_beyond_64_bits():
    large = 2**62 + 1
    layer = numbered(Convolution(), np.array([[large, large]]), np.array([[[large, -3]]]), np.array([7]))
    assert layer.dtype == "object"
    assert cell(layer, 0, (0,)).value == large * large - 3 * large + 7
    assert output(layer)[0, 0] == large * large - 3 * large + 7


def test_unsigned_numbers_beyond_64_bits():
    image = np.array([[2**64 - 1, 5]], dtype=np.uint64)
    layer = numbered(Convolution(), image.astype(object), np.array([[[1, -1]]]))
    assert output(layer)[0, 0] == 2**64 - 6


@pytest.mark.parametrize(
    ("image", "weight", "dtype"),
    [
        (np.array([[1, 2]]), np.array([[[1]]]), "int64"),
        (np.array([[1, 2]]), np.array([[[0.5]]]), "float64"),
        (np.array([[1.5, 2]], dtype=np.float32), np.array([[[1]]]), "float64"),
        (np.array([[2**40, 2]]), np.array([[[2**30]]]), "object"),
        (np.array([[2**31, 2]]), np.array([[[2**30]]]), "int64"),
    ],
)
def test_what_sums_are_made_of(image, weight, dtype):
    layer = numbered(Convolution(), image, weight)
    assert layer.dtype == dtype
    value = cell(layer, 0, (0,)).value
    assert type(value) is (float if dtype == "float64" else int)
    assert value == image[0, 0].item() * weight[0, 0, 0].item()


def test_floats_that_would_overflow_are_refused():
    with pytest.raises(UsageError, match="too large"):
        numbered(Convolution(), np.array([[1e200]]), np.array([[[1e200]]]))


# what is refused --------------------------------------------------------------------------------------------

SMALL = numbered(Convolution(), np.ones((1, 5, 6), dtype=int), np.ones((2, 1, 3, 3), dtype=int))


@pytest.mark.parametrize(
    ("map", "position", "summary", "fix"),
    [
        (0, (3, 0), "cell 3,0 is outside the output", "cell 2,3, the last one"),
        (0, (0, -1), "cell 0,-1 is outside the output", "cell 2,3, the last one"),
        (0, (0,), "a cell of this output has 2 numbers", "cell 2,3"),
        (0, (0, 0, 0), "a cell of this output has 2 numbers", "cell 2,3"),
        (2, (0, 0), "there is no filter 2", "filter 1"),
        (-1, (0, 0), "there is no filter -1", "filter 1"),
    ],
)
def test_a_cell_that_there_is_not(map, position, summary, fix):
    with pytest.raises(UsageError) as error:
        cell(SMALL, map, position)
    assert (error.value.summary, error.value.fix) == (summary, fix)
    assert "rows 0 to 2, columns 0 to 3" in str(error.value) or map != 0


def test_a_channel_of_a_pool_that_there_is_not():
    with pytest.raises(UsageError, match="there is no channel 3"):
        cell(numbered(Pool("max", (2,)), np.ones((3, 4))), 3, (0,))


@pytest.mark.parametrize("kind", ["max", "average"])
def test_a_window_of_nothing_but_padding_has_no_value(kind):
    operator = Pool(kind, (2,), 1, ((1, 1),), 3, count_include_pad=False)
    layer = numbered(operator, np.array([[1, 2]]))
    for ask in (lambda: output(layer), lambda: cell(layer, 0, (0,))):
        with pytest.raises(UsageError, match="nothing but padding"):
            ask()


def test_a_norm_of_pytorchs_that_is_no_number():
    for norm, image in ((3.0, [[-1, -2]]), (2.5, [[-1, 2]])):
        layer = numbered(Pool("lp", (2,), norm=norm, norm_of_mean=True), np.array(image))
        for ask in (lambda layer=layer: output(layer), lambda layer=layer: cell(layer, 0, (0,))):
            with pytest.raises(UsageError, match="its numbers cannot be shown"):
                ask()


def test_a_transposed_convolution_of_a_stride_beyond_its_kernel_has_cells_that_nothing_reaches():
    layer = numbered(TransposedConvolution(stride=3), np.array([[5, 7]]), np.array([[[2]]]), np.array([1]))
    assert output(layer).tolist() == [[11, 1, 1, 15]]
