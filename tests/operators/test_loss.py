from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import ClassLoss, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize(
    ("scores", "labels"),
    [
        ((8, 10), (8,)),
        ((8, 10, 4), (8, 4)),
        ((8, 10, 4, 5), (8, 4, 5)),
        ((8, 10), (7,)),
        ((8, 10, 4), (8, 5)),
    ],
)
@pytest.mark.parametrize("weight", [None, 10, 9])
def test_a_loss_is_pytorchs(reduction, scores, labels, weight) -> None:
    torch = pytest.importorskip("torch")
    inputs = [Tensor(scores), Tensor(labels, "int64"), None if weight is None else Tensor((weight,))]
    outcome = apply(ClassLoss(reduction), inputs)
    try:
        true = torch.nn.functional.nll_loss(
            torch.zeros(scores),
            torch.zeros(labels, dtype=torch.int64),
            None if weight is None else torch.ones(weight),
            reduction=reduction,
        )
    except (RuntimeError, ValueError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_scores_have_an_axis_of_classes(reduction) -> None:
    outcome = apply(ClassLoss(reduction), [Tensor((8,)), Tensor(())])
    assert outcome.broken[0].kind == "rank"
    assert isinstance(outcome.outputs[0].shape, Unknown)


@pytest.mark.parametrize("labels", [(8, 10), (8, 1), ()])
@pytest.mark.parametrize(("reduction", "shape"), [("none", (8,)), ("mean", ()), ("sum", ())])
def test_a_label_has_no_axis_of_classes(reduction, shape, labels) -> None:
    outcome = apply(ClassLoss(reduction), [Tensor((8, 10)), Tensor(labels, "int64")])
    assert [(r.kind, r.facts["gets"], r.facts["wants"]) for r in outcome.broken] == [("labels", labels, (8,))]
    assert outcome.outputs[0].shape == shape


def test_the_logarithms_come_out_too_where_they_are_asked_for() -> None:
    outcome = apply(ClassLoss(with_log_probabilities=True), [Tensor((N, 10)), Tensor((N,))], 2)
    assert [tensor.shape for tensor in outcome.outputs] == [(), (N, 10)]


def test_one_loss_a_label_sees_its_own_place() -> None:
    inputs = [Tensor((N, 10, H)), Tensor((N, H))]
    for reduction, count in (("none", 4), ("mean", 0)):
        loss = ClassLoss(reduction)
        assert len(loss.links(inputs, apply(loss, inputs).outputs)) == count


@given(
    reduction=st.sampled_from(["none", "sum"]), numbers=st.lists(st.integers(1, 4), min_size=4, max_size=4)
)
def test_four_readings(reduction, numbers) -> None:
    inputs = [Tensor((N, 10, H)), Tensor((N, symbol("W"))), Tensor((10,))]
    symbols = {"N": (1, 2, 3, 4), "H": numbers, "W": (1, 2, 3, 4)}
    assert_readings_agree(ClassLoss(reduction, with_log_probabilities=True), inputs, symbols, 2)
