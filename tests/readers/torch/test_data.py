"""What is read of the values of tensors: constants and sizes as they are, all else assumed, and said."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - after the check for PyTorch

from shapelens.dims import condition_text  # noqa: E402
from tests.readers.torch.agreement import Function  # noqa: E402


def outputs(inspection):
    return [str(tensor.shape) for _, tensor in inspection.evaluation.outputs]


def inspected(function):
    return shapelens.inspect(Function(function), (3, 8, 9))


def test_data_that_is_read_is_assumed_and_said():
    class Reads(nn.Module):
        def forward(self, x):
            if x.mean() > 0:
                return x
            return x.flatten(1)

    inspection = shapelens.inspect(Reads(), (3, 8, 8))
    (sentence,) = inspection.network.assumptions
    assert sentence.startswith("test_data.py:")
    assert sentence.endswith("taken to be False: if x.mean() > 0")
    assert inspection.to_dict()["assumptions"] == [sentence]
    assert outputs(inspection) == ["(N, 192)"]


def test_what_is_asserted_is_taken_for_granted():
    def asserts(x):
        assert x.sum() > 0
        return x.flatten(1)

    inspection = inspected(asserts)
    (sentence,) = inspection.network.assumptions
    assert sentence.endswith("taken to be True: assert x.sum() > 0")
    assert outputs(inspection) == ["(N, 216)"]


def test_a_size_that_data_decide_is_not_known():
    ((_, tensor),) = inspected(lambda x: x.new_zeros(x.sum().int().item(), 5)).evaluation.outputs
    assert str(tensor.shape) == "(Unknown('the data decide it'), 5)"


CONSTANTS = {
    "item": lambda x: x.new_zeros(torch.tensor(4).item()),
    "tolist": lambda x: x.new_zeros(torch.tensor([[4, 5], [6, 7]]).tolist()[1]),
    "numpy": lambda x: x.new_zeros(int(torch.tensor([2, 6]).numpy().sum())),
    "truth": lambda x: x.new_zeros(3) if torch.tensor([1]) == 1 else x,
    "equal": lambda x: x.new_zeros(3) if torch.equal(torch.ones(2), torch.ones(2)) else x,
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_of_a_constant_the_real_value_is_read(name):
    inspection = inspected(CONSTANTS[name])
    assert outputs(inspection) == [str(tuple(CONSTANTS[name](torch.zeros(1, 3, 8, 9)).shape))]
    assert inspection.network.assumptions == ()


def test_an_array_made_of_a_constant_of_the_models_has_memory_of_its_own():
    class Writes(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("steps", torch.tensor([1, 2]))

        def forward(self, x):
            self.steps.numpy()[0] = 9
            return x

    model = Writes()
    shapelens.inspect(model, (3, 8, 9))
    assert model.steps.tolist() == [1, 2]


SIZES = {
    "item": (lambda x: x.new_zeros(torch.tensor(x.shape).prod().item()), "(3*N*H*W,)", set()),
    "tolist": (lambda x: x.new_zeros(torch.tensor(x.shape[1:]).tolist()), "(3, H, W)", set()),
    "nested": (lambda x: x.new_zeros(torch.tensor(x.shape).view(2, 2).tolist()[1]), "(H, W)", set()),
    "int": (lambda x: x.new_zeros(int(torch.tensor(x.shape[2]))), "(8,)", {"H = 8"}),
    "index": (lambda x: x.new_zeros(range(9)[torch.tensor(x.shape[2])]), "(8,)", {"H = 8"}),
}


@pytest.mark.parametrize("name", SIZES)
def test_of_a_tensor_that_holds_sizes_they_are_read(name):
    function, shape, conditions = SIZES[name]
    inspection = inspected(function).symbolic()
    assert outputs(inspection) == [shape]
    assert {condition_text(guard.condition) for guard in inspection.network.guards} == conditions
    assert inspection.network.assumptions == ()


def test_where_no_answer_would_do_the_trace_ends_and_says_why():
    network = inspected(lambda x: x.tolist()).network
    words = "tolist() reads the values of a tensor, and there are none without running the model"
    assert (network.facts["stopped"], network.facts["stopped_for"]) == (words, "data")
    assert network.facts["stopped_at"].startswith("test_data.py:")
