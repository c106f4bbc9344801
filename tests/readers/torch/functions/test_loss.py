"""Losses in every reduction, and in the older words for them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.readers.torch.functions.tables import cases, holds_everywhere  # noqa: E402

pytestmark = pytest.mark.torch

SCORES, OTHERS = (4, 5), [[(7, 5)], [(1, 5)]]
REDUCTIONS = ("none", "mean", "sum")
OF_ELEMENTS = (
    "mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss binary_cross_entropy hinge_embedding_loss "
    "binary_cross_entropy_with_logits soft_margin_loss"
)


def labels(x):
    return x.argmax(1)


@pytest.mark.parametrize("name", OF_ELEMENTS.split())
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides the total loss")
def test_of_elements(name, reduction) -> None:
    holds_everywhere(lambda x: getattr(F, name)(x, x, reduction=reduction), SCORES, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "loss",
    cases(
        cross_entropy=lambda x, how: F.cross_entropy(x, labels(x), reduction=how),
        cross_entropy_weighted=lambda x, how: F.cross_entropy(x, labels(x), x.new_ones(5), reduction=how),
        cross_entropy_of_shares=lambda x, how: F.cross_entropy(
            x, x.softmax(1), reduction=how, label_smoothing=0.1
        ),
        cross_entropy_of_one=lambda x, how: F.cross_entropy(x.mean(0), x.mean(0).argmax(), reduction=how),
        nll=lambda x, how: F.nll_loss(x, labels(x), reduction=how),
        multi_margin=lambda x, how: F.multi_margin_loss(x, labels(x), reduction=how),
        multilabel_margin=lambda x, how: F.multilabel_margin_loss(x, x.long(), reduction=how),
        multilabel_soft_margin=lambda x, how: F.multilabel_soft_margin_loss(x, x, reduction=how),
        cosine_embedding=lambda x, how: F.cosine_embedding_loss(x, x, x.sum(1), reduction=how),
        margin_ranking=lambda x, how: F.margin_ranking_loss(x, x, x, reduction=how),
        triplet=lambda x, how: F.triplet_margin_loss(x, x, x, reduction=how),
        gaussian_nll=lambda x, how: F.gaussian_nll_loss(x, x, x.square() + 1, reduction=how),
        weighted=lambda x, how: F.binary_cross_entropy(x, x, weight=x, reduction=how),
        positive_weights=lambda x, how: F.binary_cross_entropy_with_logits(
            x, x, pos_weight=x.mean(0), reduction=how
        ),
    ),
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_of_samples(loss, reduction) -> None:
    holds_everywhere(lambda x: loss(x, reduction), SCORES, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        batchmean=lambda x: F.kl_div(x, x, reduction="batchmean"),
        not_averaged=lambda x: F.mse_loss(x, x, size_average=False),
        not_reduced=lambda x: F.mse_loss(x, x, reduce=False),
        not_reduced_by_position=lambda x: F.l1_loss(x, x, None, False),
        broadcast=lambda x: F.mse_loss(x, x.mean(0, True), reduction="none"),
        module=lambda x: nn.CrossEntropyLoss(reduction="sum")(x, labels(x)),
        a_triplet_swapped=lambda x: nn.TripletMarginLoss(swap=True)(x, x, x),
    ),
)
@pytest.mark.filterwarnings("ignore:size_average and reduce args", "ignore:Using a target size")
def test_other_words(function) -> None:
    holds_everywhere(function, SCORES, others=OTHERS, real=True)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_of_places_in_an_image(reduction) -> None:
    holds_everywhere(
        lambda x: F.cross_entropy(x, x.argmax(1), reduction=reduction),
        (2, 5, 6, 7),
        others=[[(3, 5, 4, 9)]],
    )


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_of_sequences(reduction) -> None:
    def loss(x):
        lengths = torch.full((2,), 5), torch.full((2,), 2)
        return F.ctc_loss(x, torch.ones(2, 2, dtype=torch.long), *lengths, reduction=reduction)

    holds_everywhere(loss, (5, 2, 4), real=True)
