"""How axes lie in memory, against PyTorch's own strides."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators.strides import expanded, in_order, is_in_order, lying_like, viewed

N, H = symbol("N"), symbol("H")


@st.composite
def lying(draw):
    """A shape and strides: axes transposed, cut and stretched."""
    torch = pytest.importorskip("torch")
    shape = draw(st.lists(st.sampled_from([1, 2, 2, 3, 4, 6]), min_size=1, max_size=5))
    tensor = torch.empty(shape).permute(draw(st.permutations(range(len(shape)))))
    for axis in range(tensor.dim()):
        if draw(st.integers(0, 5)) == 0:
            tensor = tensor.narrow(axis, 0, draw(st.integers(1, tensor.shape[axis])))
    if draw(st.integers(0, 3)) == 0:
        tensor = tensor.unsqueeze(0).expand(draw(st.integers(1, 3)), *tensor.shape)
    return tensor


@st.composite
def regrouping(draw, size):
    """A shape of as many elements."""
    shape = []
    while size > 1 or draw(st.integers(0, 3)) == 0:
        part = draw(st.sampled_from([d for d in range(1, size + 1) if size % d == 0]))
        shape.append(part)
        size //= part
        if len(shape) > 6:
            break
    return (*shape, size) if size > 1 or not shape else tuple(shape)


@pytest.mark.torch
@given(lying(), st.data())
@settings(max_examples=400)
def test_a_reshape_is_a_view_where_pytorch_makes_one(tensor, data):
    target = data.draw(regrouping(tensor.numel()))
    found = viewed(tuple(tensor.shape), tensor.stride(), target)
    try:
        expected = tensor.view(target)
    except RuntimeError:
        assert found is None
        return
    assert found is not None
    wide = [axis for axis, size in enumerate(target) if size != 1]
    assert [found[axis] for axis in wide] == [expected.stride(axis) for axis in wide]


@pytest.mark.torch
@given(lying())
@settings(max_examples=200)
def test_a_function_of_elements_lies_as_its_input_does(tensor):
    # Where the same element comes again and again, PyTorch's order depends on which function it is.
    assume(all(stride for stride, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1))
    shape, expected = tuple(tensor.shape), tensor.relu().stride()
    found = lying_like(shape, tensor.stride())
    wide = [axis for axis, size in enumerate(shape) if size != 1]
    assert [found[axis] for axis in wide] == [expected[axis] for axis in wide]


@pytest.mark.torch
@given(lying())
def test_in_order_is_what_pytorch_calls_contiguous(tensor):
    assert is_in_order(tuple(tensor.shape), tensor.stride()) == tensor.is_contiguous()


@pytest.mark.torch
def test_stretched_axes_do_not_move_on():
    torch = pytest.importorskip("torch")
    tensor = torch.empty(4, 1, 3).transpose(0, 2)
    wanted = tensor.expand(2, 3, 5, 4).stride()
    assert expanded((3, 1, 4), tensor.stride(), (2, 3, 5, 4)) == wanted == (0, 1, 0, 3)


def test_sizes_that_are_symbols():
    image = (N, 8, H, H)
    assert viewed(image, in_order(image), (N, 8 * H * H)) == (8 * H * H, 1)
    last = (8 * H * H, H, 1, H * H)  # N×H×H×8, transposed from N×8×H×H
    assert viewed((N, H, H, 8), last, (N, H * H, 8)) == (8 * H * H, 1, H * H)
    assert viewed((N, H, H, 8), last, (N, 8 * H * H)) is None
    with following(Path({"N": 2, "H": 9})):
        assert lying_like((N, H, H, 8), last) == last


def test_what_is_not_known_is_never_a_view_unless_it_lies_in_order():
    unknown = Unknown("data decide it")
    assert viewed((2, unknown, 3), (1, 2, 4), (2, 6)) is None
