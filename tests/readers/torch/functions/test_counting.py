"""Functions of which only data tell how long their results are, and those that look elements up."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.dims import symbol  # noqa: E402
from shapelens.network import evaluate_network  # noqa: E402
from tests.readers.torch.agreement import Function, agrees, traced  # noqa: E402

pytestmark = pytest.mark.torch

F = torch.nn.functional
IMAGE = (2, 3, 16, 20)


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


def outputs_of(function, *shapes, dtypes=()):
    """The shapes that come out where the inputs have these shapes, and their types."""
    kinds = [*dtypes, *[torch.float32] * (len(shapes) - len(dtypes))]
    inputs = [
        torch.zeros(shape, dtype=kind, device="meta") for shape, kind in zip(shapes, kinds, strict=True)
    ]
    network = traced(Function(function), inputs)
    evaluation = evaluate_network(network, {i.name: s for i, s in zip(network.inputs, shapes, strict=True)})
    return [(evaluation.values[name].shape, evaluation.values[name].dtype) for name in network.outputs]


K, K2 = symbol("k", 0), symbol("k2", 0)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (torch.unique, [((K,), "float32")]),
        (lambda x: x.unique(), [((K,), "float32")]),
        (lambda x: torch.unique(x, return_counts=True), [((K,), "float32"), ((K,), "int64")]),
        (
            lambda x: torch.unique(x, return_inverse=True, return_counts=True),
            [((K,), "float32"), (IMAGE, "int64"), ((K,), "int64")],
        ),
        (
            lambda x: torch.unique(x, dim=2, return_inverse=True),
            [((2, 3, K, 20), "float32"), ((16,), "int64")],
        ),
        (lambda x: torch.unique_consecutive(x[0, 0, 0]), [((K,), "float32")]),
        (
            lambda x: torch.unique_consecutive(x, True, True),
            [((K,), "float32"), (IMAGE, "int64"), ((K,), "int64")],
        ),
        (lambda x: torch.bincount(x.long().flatten()), [((K,), "int64")]),
        (lambda x: torch.bincount(x.long().flatten(), minlength=5), [((symbol("k", 5),), "int64")]),
        (lambda x: torch.bincount(x.long().flatten(), x.flatten()), [((K,), "float32")]),
        (lambda x: torch.bincount(x.long().flatten(), x.double().flatten()), [((K,), "float64")]),
        (lambda x: F.one_hot(x.long()), [((*IMAGE, symbol("k", 1)), "int64")]),
        (lambda x: x.repeat_interleave(x[0, 0, :, 0].long(), 2), [((2, 3, K, 20), "float32")]),
        (lambda x: torch.repeat_interleave(x[0, 0, 0].long()), [((K,), "int64")]),
        (lambda x: x.nonzero_static(size=7), [((7, 4), "int64")]),
        (lambda x: (torch.unique(x), torch.unique(x)), [((K,), "float32"), ((K2,), "float32")]),
        (lambda x: torch.unique(torch.tensor([3, 1, 3])), [((2,), "int64")]),
    ],
)
def test_how_many_there_are_is_a_symbol(function, expected) -> None:
    assert outputs_of(function, IMAGE) == expected


@pytest.mark.parametrize(
    "function",
    cases(
        one_hot=lambda x: F.one_hot(x.long(), 7),
        one_hot_keyword=lambda x: F.one_hot(x.long(), num_classes=7),
        one_hot_traced=lambda x: F.one_hot(x.long()[:, :, 0], x.shape[2]),
        repeat_with_a_size=lambda x: x.repeat_interleave(
            torch.ones_like(x[0, 0, :, 0]).long(), 2, output_size=16
        ),
        bucketize=lambda x: torch.bucketize(x, torch.tensor([0.0, 1.0])),
        bucketize_short=lambda x: torch.bucketize(x, x[0, 0, 0], out_int32=True, right=True),
        bucketize_number=lambda x: torch.bucketize(0.5, x[0, 0, 0]),
        searchsorted=lambda x: torch.searchsorted(x[0, 0, 0], x),
        searchsorted_rows=lambda x: torch.searchsorted(x, x[..., :5].contiguous(), side="right"),
        searchsorted_number=lambda x: torch.searchsorted(x[0, 0, 0], 0.5),
        isin=lambda x: torch.isin(x, x[0, 0]),
        isin_number=lambda x: torch.isin(x, 0.5),
        number_isin=lambda x: torch.isin(0.5, x),
        count_nonzero_of_a_constant=lambda x: torch.tensor([0, 1, 2]).nonzero(),
    ),
)
def test_elements_that_are_looked_up(function) -> None:
    others = [[(2, 3, 16, 23)], [(5, 3, 16, 9)]]
    agrees(function, IMAGE, others=others, real=True)
