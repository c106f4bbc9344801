"""One sample of a batch."""

from __future__ import annotations

import pytest

from shapelens.analyses.samples import batch_of, per_sample, sample_of
from shapelens.dims import Unknown, symbol
from shapelens.network import evaluate_network
from shapelens.operators import Tensor
from shapelens.readers.notation import read_notation

N = symbol("N")


@pytest.mark.parametrize(
    ("shape", "batch", "sample"),
    [
        ((N, 3, 8, 8), N, (3, 8, 8)),
        ((8, 3, 8, 8), 8, (3, 8, 8)),
        ((64, 3, 3, 3), 8, (64, 3, 3, 3)),
        ((N * 4, 7), N, (N * 4, 7)),
        ((8,), 8, (8,)),
        ((), N, ()),
    ],
)
def test_the_batch_is_taken_off_where_it_leads(shape, batch, sample):
    assert sample_of(Tensor(shape), batch) == sample


def test_an_unknown_rank_stays():
    unknown = Unknown("it is computed from data")
    assert sample_of(Tensor(unknown), N) == unknown


@pytest.mark.parametrize(("count", "batch", "each"), [(24 * N, N, 24), (24, 8, 3), (24, 1, 24), (24, N, 24)])
def test_counts_per_sample(count, batch, each):
    assert per_sample(count, batch) == each


def test_a_count_that_leaves_a_rest_is_not_known():
    assert isinstance(per_sample(25, 8), Unknown)


def test_steps_may_stand_before_the_batch():
    network = read_notation("LSTM(10, 20)", (5, 3, 10))
    evaluation = evaluate_network(network, {i.name: i.shape for i in network.inputs})
    assert batch_of(evaluation) == 3
