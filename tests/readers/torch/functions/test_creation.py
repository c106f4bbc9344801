"""Tensors made to measure: sizes and numbers that are computed from sizes, traced once and compared elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from shapelens.dims import Unknown, evaluate  # noqa: E402
from shapelens.network import evaluate_network  # noqa: E402
from tests.readers.torch.agreement import Function, agrees, traced  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE = (2, 3, 16, 20)
OTHERS = [[(2, 3, 17, 23)], [(5, 3, 40, 9)]]


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


@pytest.mark.parametrize(
    "function",
    cases(
        zeros=lambda x: torch.zeros(x.shape[0], 1, *x.shape[2:]),
        zeros_of_a_shape=lambda x: torch.zeros(x.shape),
        zeros_of_a_list=lambda x: torch.zeros([x.shape[0], 4], dtype=torch.float64),
        zeros_keyword=lambda x: torch.zeros(size=(x.shape[2], 4), dtype=torch.bool),
        ones=lambda x: torch.ones(x.shape[2] * x.shape[3], x.shape[2] * 2),
        full=lambda x: torch.full((x.shape[0], 2), 7),
        full_number=lambda x: torch.full((x.shape[0],), fill_value=0.5, dtype=torch.float16),
        full_of_a_size=lambda x: torch.full((2,), x.shape[2]),
        empty=lambda x: torch.empty(x.shape[2], 3),
        empty_strided=lambda x: torch.empty_strided((x.shape[2], 3), (1, 4)),
        empty_permuted=lambda x: torch.empty_permuted((x.shape[2], 3), (1, 0)),
        rand=lambda x: torch.rand(x.shape[0], 1, 1, 1) < 0.5,
        randn=lambda x: torch.randn(*x.shape[1:]),
        randn_constant=lambda x: torch.randn(2, 3) + x[0, 0, 0, 0],
        randint=lambda x: torch.randint(10, (x.shape[2],)),
        randint_between=lambda x: torch.randint(2, 10, (x.shape[2], 2), dtype=torch.int32),
        randint_keyword=lambda x: torch.randint(low=0, high=x.shape[2], size=(x.shape[3],)),
        randperm=lambda x: torch.randperm(x.shape[2]),
        shuffled=lambda x: x[:, :, torch.randperm(x.shape[2])[: x.shape[2] // 2]],
        eye=lambda x: torch.eye(x.shape[2]),
        eye_wide=lambda x: torch.eye(x.shape[2], x.shape[3], dtype=torch.bool),
        normal=lambda x: torch.normal(0.0, 1.0, (x.shape[2], 2)),
        normal_keyword=lambda x: torch.normal(mean=0.0, std=1.0, size=(x.shape[2],)),
        normal_of_tensors=lambda x: torch.normal(x, x[:, :1] + 1),
        normal_of_a_tensor=lambda x: torch.normal(0.0, x + 1),
        bernoulli=torch.bernoulli,
        bernoulli_method=lambda x: x.new_empty((x.shape[0], 1, 1, 1)).bernoulli_(0.5).div_(0.5),
        poisson=torch.poisson,
        binomial=lambda x: torch.binomial(x + 3, x),
        multinomial=lambda x: torch.multinomial(x[:, 0, 0] + 1, 3),
        multinomial_again=lambda x: torch.multinomial(x[0, 0, 0] + 1, x.shape[2] // 4, replacement=True),
        hann=lambda x: torch.hann_window(x.shape[2]),
        hamming=lambda x: torch.hamming_window(x.shape[2], periodic=False),
        linspace=lambda x: torch.linspace(0, x.shape[2] - 1, x.shape[2]),
        linspace_keyword=lambda x: torch.linspace(start=-1, end=1, steps=x.shape[3] // 2),
        logspace=lambda x: torch.logspace(0, 1, x.shape[2]),
        tril_indices=lambda x: torch.tril_indices(x.shape[2], x.shape[3]),
        tril_indices_above=lambda x: torch.tril_indices(x.shape[2], x.shape[3], offset=3),
        triu_indices=lambda x: torch.triu_indices(x.shape[2], x.shape[3], 1),
        triu_indices_below=lambda x: torch.triu_indices(x.shape[3], x.shape[2], offset=-2),
    ),
)
def test_made_to_measure(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        new_zeros=lambda x: x.new_zeros(x.shape[0], 2),
        new_zeros_list=lambda x: x.new_zeros((x.shape[2], x.shape[3])),
        new_ones=lambda x: x.new_ones(x.shape[0], 2, dtype=torch.int64),
        new_full=lambda x: x.new_full((x.shape[0], 2), 0.5),
        new_empty=lambda x: x.new_empty(x.shape[:2]),
        new_empty_strided=lambda x: x.new_empty_strided((x.shape[0], 2), (2, 1)),
        new_tensor=lambda x: x.new_tensor([x.shape[2], x.shape[3]]),
        new=lambda x: x.new(x.shape[0], 4).fill_(0.0),
        zeros_like=torch.zeros_like,
        ones_like=lambda x: torch.ones_like(x, dtype=torch.bool),
        empty_like=lambda x: torch.empty_like(x[:, :1]),
        full_like=lambda x: torch.full_like(x, 3),
        full_like_keyword=lambda x: torch.full_like(x, fill_value=math.pi, dtype=torch.float64),
        rand_like=torch.rand_like,
        randn_like=lambda x: x + torch.randn_like(x) * 0.1,
        randint_like=lambda x: torch.randint_like(x, 5),
        uniform=lambda x: torch.empty_like(x).uniform_(-1, 1),
        normal=lambda x: torch.empty_like(x).normal_(0, 1),
        trunc_normal=lambda x: torch.nn.init.trunc_normal_(torch.empty(x.shape[2], 4)),
        exponential=lambda x: torch.empty_like(x).exponential_(),
        random=lambda x: torch.empty_like(x).random_(0, 2),
        filled=lambda x: torch.fill(x, 2.0),
        complex=lambda x: torch.complex(x, x),
        polar=lambda x: torch.polar(torch.ones_like(x[:, :1]), x[:, :1]),
        as_real=lambda x: torch.view_as_real(torch.complex(x, x)),
        as_complex=lambda x: torch.view_as_complex(x.reshape(*x.shape[:-2], -1, 2).contiguous()),
        rotary=lambda x: torch.view_as_real(
            torch.view_as_complex(x.float().reshape(*x.shape[:-2], -1, 2))
            * torch.polar(torch.ones(x.shape[2] * x.shape[3] // 2), torch.ones(x.shape[2] * x.shape[3] // 2))
        ).flatten(3),
    ),
)
def test_in_the_type_or_shape_of_another(function) -> None:
    agrees(function, IMAGE, others=[[(2, 3, 18, 23)], [(5, 3, 40, 10)]], real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        end=lambda x: torch.arange(x.shape[2]),
        keyword=lambda x: torch.arange(end=x.shape[2]),
        between=lambda x: torch.arange(1, x.shape[2] + 1),
        by_two=lambda x: torch.arange(0, x.shape[2], 2),
        step_keyword=lambda x: torch.arange(2, x.shape[2], step=3),
        all_keywords=lambda x: torch.arange(start=1, end=x.shape[2], step=3),
        backwards=lambda x: torch.arange(x.shape[2] - 1, -1, -1),
        negative=lambda x: torch.arange(-x.shape[2], x.shape[3]),
        floats=lambda x: torch.arange(x.shape[2], dtype=torch.float32),
        float_step=lambda x: torch.arange(0, x.shape[2], 0.5),
        half_a_cell=lambda x: torch.arange(0.5, x.shape[2]),
        half_of_it=lambda x: torch.arange(0, x.shape[2] / 2),
        a_third=lambda x: torch.arange(0, x.shape[2] / 3),
        floats_of_a_third=lambda x: torch.arange(0.0, x.shape[3] / 3, 2.0),
        whole_float=lambda x: torch.arange(0.0, float(8), 2.0) + x[0, 0, 0, 0],
        whole_numbers=lambda x: torch.arange(0, x.shape[2] / 2, dtype=torch.int64),
        large=lambda x: torch.arange(5000) + x.shape[2],
    ),
)
def test_ranges(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize("step", [0.1, 0.3, 1 / 3])
def test_a_range_whose_rounding_decides_holds_its_size(step) -> None:
    network = agrees(lambda x: torch.arange(0, x.shape[2], step), IMAGE, others=OTHERS, real=True)
    assert [str(guard.condition) for guard in network.guards] == ["H = 16"]


def test_a_range_by_a_share_of_its_size_holds_its_size() -> None:
    network = agrees(lambda x: torch.arange(0, 1, 1 / x.shape[2]), IMAGE, others=OTHERS, real=True)
    assert [str(guard.condition) for guard in network.guards] == ["H = 16"]


numbers = st.one_of(
    st.integers(-20, 20), st.integers(-80, 80).map(lambda n: n / 4), st.floats(-20, 20, allow_nan=False)
)


@given(numbers, numbers, numbers.filter(lambda n: abs(n) > 0.01), st.integers(1, 50))
@settings(max_examples=40, deadline=None)
def test_ranges_count_as_pytorch_does(start, end, step, size) -> None:
    def function(x):
        end_of_it = x.shape[2] + end
        return torch.arange(start, end_of_it, step) if step > 0 else torch.arange(end_of_it, start, step)

    try:
        expected = [tuple(function(torch.zeros(1, 1, height, 1)).shape) for height in (16, size)]
    except RuntimeError:
        return  # the numbers run the other way
    network = traced(Function(function), [torch.zeros(1, 1, 16, 1, device="meta")])
    evaluation = evaluate_network(network, {network.inputs[0].name: (1, 1, size, 1)})
    shape = evaluation.values[network.outputs[0]].shape
    assert shape == expected[1] or (isinstance(shape, Unknown) and size != 16)


@pytest.mark.parametrize(
    ("function", "shape", "contents"),
    [
        (lambda x: torch.tensor([x.shape[2], x.shape[3]]), (2,), (17, 23)),
        (lambda x: torch.tensor(x.shape[2]), (), (17,)),
        (lambda x: torch.tensor([[x.shape[2], 1], [2, 3]]), (2, 2), (17, 1, 2, 3)),
        (lambda x: torch.as_tensor(x.shape[2:]) // 2, (2,), (8, 11)),
        (lambda x: torch.tensor(x.shape)[2:], (2,), (17, 23)),
        (lambda x: torch.tensor(x.shape).flip(0)[:2], (2,), (23, 17)),
        (lambda x: torch.scalar_tensor(x.shape[2], dtype=torch.int64), (), (17,)),
        (lambda x: torch.tensor([x.shape[2], 0.5]), (2,), (17, 0.5)),
        (lambda x: torch.full((2,), x.shape[2]), (2,), (17, 17)),
        (lambda x: torch.stack([torch.tensor(x.shape[2]), torch.tensor(3)]), (2,), (17, 3)),
        (lambda x: torch.tensor([x.shape[2] > 3]), (1,), (True,)),
        (lambda x: torch.tensor(np.array([1, 2])) + x.shape[2], (2,), (18, 19)),
        (lambda x: torch.arange(x.shape[2], x.shape[2] + 3), (3,), (17, 18, 19)),
    ],
)
def test_a_tensor_of_sizes_carries_them(function, shape, contents) -> None:
    network = traced(Function(function), [torch.zeros(IMAGE, device="meta")])
    evaluation = evaluate_network(network, {network.inputs[0].name: (2, 3, 17, 23)})
    tensor = evaluation.values[network.outputs[0]]
    assert (tensor.shape, tuple([evaluate(c, {}) for c in tensor.contents])) == (shape, contents)


@pytest.mark.parametrize(
    "function",
    cases(
        read=lambda x: x.new_zeros(torch.tensor(x.shape)[2].item(), 3),
        listed=lambda x: x.new_zeros((torch.tensor(x.shape[2:]) // 2).tolist()),
        computed=lambda x: torch.zeros((torch.tensor(x.shape[2]) * 2 + 1).item(), 1),
        product=lambda x: torch.zeros(torch.tensor(x.shape[2:]).prod().item()),
        held=lambda x: x.new_zeros(int(torch.tensor(x.shape[2])), 1),
        indexed=lambda x: x[:, :, : torch.tensor(x.shape)[2] // 2],
        placed=lambda x: x[:, :, torch.tensor(x.shape[2]) - 1],
    ),
)
def test_what_a_tensor_of_sizes_is_read_as(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


def test_numbers_that_are_computed_in_floating_point_are_not_followed() -> None:
    network = agrees(lambda x: torch.tensor([1 / x.shape[2], 2.0]), IMAGE, others=OTHERS, real=True)
    (node,) = network.nodes
    assert [str(element) for element in node.operator.contents] == ["?", "2.0"]
    assert network.guards == ()
