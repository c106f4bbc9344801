"""A model traced again at other sizes, and compared with what its code does there."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import shapelens  # noqa: E402 - after the check for PyTorch
from shapelens.dims import evaluate_condition, symbol  # noqa: E402
from shapelens.readers.torch.retracing import Retracing  # noqa: E402


class Model(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def retracing(function):
    inspection = shapelens.inspect(Model(function), (3, 16, 16))
    shapes = {"x": (symbol("N"), 3, symbol("H"), symbol("W"))}
    behind = inspection._model
    assert behind is not None
    return Retracing(behind.model, behind.arguments, inspection.network, shapes)


def at(height, width=16):
    return {"N": 2, "H": height, "W": width}


def test_a_trace_is_what_the_code_does_there():
    tracing = retracing(lambda x: x.mean(3) if x.shape[2] > 20 else x)
    made = {
        height: [node.source_operator for node in tracing.traced(at(height)).nodes] for height in (16, 32)
    }
    assert made == {16: [], 32: ["mean"]}


def test_the_formulas_are_compared_with_the_code():
    tracing = retracing(lambda x: torch.nn.functional.pad(x, (0, -x.shape[3] % 7))[:, :, ::2])
    network = tracing.traced(at(16))
    assert tracing.may_differ(network)
    assert tracing.difference(network, at(9, 23)) is None


def test_what_slips_through_python_is_a_difference():
    slipping = retracing(lambda x: torch.stack([x[:, :, row] for row in range(x.shape[2] // 2)]))
    network = slipping.traced(at(16))
    assert slipping.difference(network, at(20)) is not None
    assert slipping.difference(network, at(16, 40)) is None


def test_what_pytorch_refuses_for_how_it_lies_is_a_difference():
    tracing = retracing(lambda x: x.roll(x.shape[2], 2)[:, :, :16].view(-1, 3 * 16 * x.shape[3]))
    network = tracing.traced(at(16))
    assert tracing.difference(network, at(16, 20)) is None
    assert tracing.difference(network, at(20)) is not None


def test_what_the_code_catches_is_no_refusal():
    def function(x):
        try:
            return torch.nn.functional.avg_pool2d(x, 9)
        except RuntimeError:
            return x

    tracing = retracing(function)
    network = tracing.traced(at(16))
    assert network.caught == {"avg_pool2d"}
    assert tracing.may_differ(network)
    assert [node.source_operator for node in tracing.traced(at(8)).nodes] == []
    assert tracing.may_differ(tracing.traced(at(8)))


def test_what_is_held_is_known_at_its_own_sizes_alone():
    tracing = retracing(lambda x: torch.relu(x) + x.shape[2])
    network = tracing.held(tracing.traced(at(16)), 1, {"H": 16})
    (guard,) = [guard for guard in network.guards if guard.before == 1]
    assert evaluate_condition(guard.condition, {"H": 16}) is True
    assert evaluate_condition(guard.condition, {"H": 17}) is False


def test_what_is_refused():
    def function(x):
        assert x.shape[2] % 4 == 0
        return x.view(2, -1, 6)

    tracing = retracing(function)
    assert not tracing.refuses(at(16, 16))
    assert tracing.refuses(at(18, 16))
    assert tracing.refuses(at(4, 5)) is (2 * 3 * 4 * 5 % 12 != 0)


@pytest.mark.parametrize("size", [7, 9])
def test_where_pytorch_refuses_is_a_question_of_the_way(size):
    """Without a rule for it, an operator is known to be refused at these sizes alone."""
    tracing = retracing(lambda x: torch.pdist(x) if x.shape[2] < 10 else x)
    network = tracing.traced(at(size))
    assert "stopped" in network.facts
    conditions = [guard.condition for guard in network.guards]
    assert all(evaluate_condition(condition, at(size)) is True for condition in conditions)
    assert any(evaluate_condition(condition, at(5)) is False for condition in conditions)
