"""Linear layers, products of matrices, embeddings, and sums in Einstein's notation."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.readers.torch.functions.tables import cases, holds_everywhere, macs_of  # noqa: E402

pytestmark = pytest.mark.torch

TOKENS, OTHERS = (2, 5, 3), [[(4, 5, 3)], [(1, 5, 3)]]
IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 11)], [(1, 4, 3, 7)]]


def ones(*shape):
    return torch.ones(*shape)


def words(x):
    return x.long().abs()


@pytest.mark.parametrize(
    "function",
    cases(
        matmul=lambda x: x @ x.mT,
        matmul_broadcasts=lambda x: torch.matmul(x.mean(0), x.transpose(-1, -2)),
        weight_on_the_left=lambda x: ones(3, 4) @ x.flatten(2),
        bmm=lambda x: torch.bmm(x.flatten(2), x.flatten(2).transpose(1, 2)),
        mm=lambda x: torch.mm(x.mean((0, 1)), x.mean((0, 1)).T),
        mv=lambda x: torch.mv(x.mean((0, 1)), x.mean((0, 1, 2))),
        dot=lambda x: torch.dot(x.mean((0, 1, 2)), x.mean((0, 1, 2))),
        addmm=lambda x: torch.addmm(
            x.mean((0, 1)) @ x.mean((0, 1)).T, x.mean((0, 1)), x.mean((0, 1)).T, beta=2
        ),
        addmv=lambda x: torch.addmv(x.mean((0, 1, 3)), x.mean((0, 1)), x.mean((0, 1, 2))),
        baddbmm=lambda x: torch.baddbmm(ones(1), x.flatten(2), x.flatten(2).mT),
        a_vector_on_the_right=lambda x: x @ x.mean((0, 1, 2)),
        linalg_matmul=lambda x: torch.linalg.matmul(x, x.mT),
    ),
)
def test_products(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        linear=lambda x: F.linear(x, ones(4, 3), ones(4)),
        of_one_weight_row=lambda x: F.linear(x, weight=ones(4, 3)),
        bilinear=lambda x: F.bilinear(x, x, ones(4, 3, 3)),
        added_bias=lambda x: torch.addmm(ones(4), x.flatten(0, 1), ones(3, 4)),
        embedding=lambda x: F.embedding(words(x), ones(10, 6)),
        embedding_of_torch=lambda x: torch.embedding(ones(10, 6), words(x)),
        bags_of_rows=lambda x: F.embedding_bag(words(x)[:, :, 0], ones(10, 6), mode="sum"),
        bags_at_offsets=lambda x: F.embedding_bag(words(x)[:, 0, 0], ones(10, 6), torch.tensor([0, 1])),
        loss_of_a_linear_layer=lambda x: F.linear_cross_entropy(x[:, 0], ones(10, 3), words(x)[:, 0, 0]),
        pairs=lambda x: torch.einsum("bij,bkj->bik", x, x),
        operands_in_a_list=lambda x: torch.einsum("...ij,...kj->...ik", [x, x]),
        axes_by_number=lambda x: torch.einsum(x, [0, 1, 2], x, [0, 3, 2], [0, 1, 3]),
        axes_by_number_without_output=lambda x: torch.einsum(x, [5, 27, 2], x, [5, 3, 2]),
        dots_by_number=lambda x: torch.einsum(x, [..., 1], x, [..., 1], [...]),
        diagonal=lambda x: torch.einsum("bii", x @ x.mT),
        dots_at_the_end=lambda x: torch.einsum("b...->...b", x),
        spaces=lambda x: torch.einsum("i j k -> i k", x),
        upper_case_comes_first=lambda x: torch.einsum("bTc,bTd", x, x),
        three_operands=lambda x: torch.einsum("btc,cd,de->bte", x, ones(3, 4), ones(4, 2)),
    ),
)
@pytest.mark.filterwarnings("ignore:.*linear_cross_entropy.*")
def test_features_and_sums(function) -> None:
    holds_everywhere(function, TOKENS, others=OTHERS, real=True)


def test_a_linear_layer_costs_a_product() -> None:
    network = holds_everywhere(nn.Linear(16, 32), (10, 16), real=True)
    assert macs_of(network, (10, 16)) == 5_120


def test_a_tied_weight_counts_once() -> None:
    tied = nn.Linear(16, 16, bias=False)
    network = holds_everywhere(nn.Sequential(tied, tied), (10, 16), real=True)
    assert [weight.shape for weight in network.weights.values()] == [(16, 16)]
    assert macs_of(network, (10, 16)) == 2 * 10 * 16 * 16
