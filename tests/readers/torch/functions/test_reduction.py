"""Functions that look along axes, in every form in which they are called."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402

from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE, IMAGES = (2, 3, 8, 6), [[(4, 3, 10, 9)], [(1, 3, 8, 8)]]
MATRIX, MATRICES = (4, 5), [[(7, 5)]]

ALONG = "mean sum prod amax amin nanmean nansum logsumexp argmax argmin all any count_nonzero std var median max min"
SEVERAL = "mean sum amax amin nanmean nansum logsumexp all any count_nonzero std var"
WHOLE = "mean sum prod amax amin nansum argmax argmin all any count_nonzero std var median max min norm"


@pytest.mark.parametrize("name", ALONG.split())
@pytest.mark.parametrize("axis", [1, -1])
def test_one_axis(name, axis) -> None:
    holds_everywhere(lambda x: getattr(torch, name)(x, dim=axis), IMAGE, others=IMAGES)


@pytest.mark.parametrize("name", [name for name in ALONG.split() if name != "count_nonzero"])
def test_an_axis_that_stays(name) -> None:
    holds_everywhere(lambda x: getattr(x, name)(dim=1, keepdim=True), IMAGE, others=IMAGES)


@pytest.mark.parametrize("name", SEVERAL.split())
def test_several_axes(name) -> None:
    network = holds_everywhere(lambda x: getattr(torch, name)(x, dim=(2, -1)), IMAGE, others=IMAGES)
    assert operators_of(network) == ["Reduce"]


@pytest.mark.parametrize("name", WHOLE.split())
def test_everything(name) -> None:
    holds_everywhere(lambda x: getattr(x, name)(), IMAGE, others=IMAGES)


@pytest.mark.parametrize(
    "function",
    cases(
        a_list=lambda x: x.mean([2, 3]),
        in_double=lambda x: torch.mean(x, dim=(2, -1), keepdim=True, dtype=torch.float64),
        aliases=lambda x: x.sum(axis=1, keepdims=True),
        no_axes=lambda x: x.sum(dim=()),
        by_position=lambda x: x.sum((2, 3), True),
        of_integers=lambda x: x.int().sum(1),
        of_bools=lambda x: (x > 0).sum(1),
        max_of_two=lambda x: torch.max(x, x.mean(1, True)),
        max_of_two_by_name=lambda x: torch.max(x, other=x.mean(1, True)),
        max_values_and_places=lambda x: torch.max(x, 1),
        places_alone=lambda x: x.min(-1, keepdim=True)[1],
        minimum_by_name=lambda x: x.min(dim=1).values,
        aminmax=lambda x: torch.aminmax(x, dim=1),
        aminmax_of_everything=torch.aminmax,
        std_unbiased=lambda x: x.std([1, 2], unbiased=False),
        std_of_a_truth=lambda x: x.std(False),
        std_by_position=lambda x: x.std(1, False, True),
        var_by_position=lambda x: torch.var(x, 1, False, True),
        var_corrected=lambda x: torch.var(x, dim=1, correction=0),
        std_mean=lambda x: torch.std_mean(x, dim=[1, 2, 3], keepdim=True),
        var_mean=lambda x: torch.var_mean(x, 1),
        var_mean_of_everything=lambda x: torch.var_mean(x, unbiased=False),
        norm=lambda x: x.norm(2, 1, True),
        norm_by_name=lambda x: torch.norm(x, dim=1, p="fro"),
        norm_of_two_axes=lambda x: torch.norm(x, p=1, dim=(1, 2)),
        linalg_norm=lambda x: torch.linalg.norm(x, dim=(1, 2)),
        linalg_norm_of_everything=torch.linalg.norm,
        vector_norm=lambda x: torch.linalg.vector_norm(x, 2, (2, 3), True),
        matrix_norm=torch.linalg.matrix_norm,
        matrix_norm_of_axes=lambda x: torch.linalg.matrix_norm(x, 1, (0, 1), True),
        nuclear=lambda x: torch.norm(x, p="nuc", dim=(2, 3)),
        nanmedian=lambda x: x.nanmedian(-1, True),
        mode=lambda x: x.mode(),
        mode_along=lambda x: torch.mode(x, 1, True),
        kth_value=lambda x: x.kthvalue(2),
        kth_value_along=lambda x: x.kthvalue(2, 1, True),
        topk=lambda x: x.topk(2, 1),
        topk_by_name=lambda x: torch.topk(x, k=3, largest=False),
        topk_of_a_share=lambda x: x.topk(x.shape[-1] // 2),
        sort=lambda x: x.sort(1, descending=True),
        sort_stable=lambda x: torch.sort(x, stable=True, dim=1),
        sort_last=lambda x: x.sort()[1],
        argsort=lambda x: x.argsort(),
        argsort_by_name=lambda x: torch.argsort(x, dim=0, stable=True),
        msort=torch.msort,
        cumsum=lambda x: x.cumsum(1),
        cumsum_in_double=lambda x: x.cumsum(1, dtype=torch.float64),
        cumsum_of_bools=lambda x: (x > 0).cumsum(1),
        cumprod=lambda x: x.cumprod(-1),
        cummax=lambda x: x.cummax(1),
        cummin=lambda x: torch.cummin(x, 0),
        logcumsumexp=lambda x: x.logcumsumexp(1),
        diff=lambda x: torch.diff(x, n=2, dim=2),
        diff_with_more=lambda x: torch.diff(x, prepend=x, append=x),
        gradient=lambda x: torch.gradient(x, dim=(2, 3)),
        trapezoid=torch.trapezoid,
        trapezoid_of_places=lambda x: torch.trapezoid(x, x, dim=1),
        cumulative_trapezoid=lambda x: torch.cumulative_trapezoid(x, dim=2),
        renorm=lambda x: torch.renorm(x, 2, 0, 5),
        cosine_similarity=lambda x: F.cosine_similarity(x, x),
        cosine_similarity_broadcasts=lambda x: F.cosine_similarity(x, x.mean(0), dim=-1),
        pairwise_distance=lambda x: F.pairwise_distance(x, x, keepdim=True),
        dist=lambda x: torch.dist(x, x),
        cdist=lambda x: torch.cdist(x, x[:, :, :1]),
        cdist_broadcasts=lambda x: torch.cdist(x, x.mean(1, True), p=1),
        trace=lambda x: torch.trace(x.mean((0, 1))),
    ),
)
def test_forms(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES)


@pytest.mark.parametrize(
    "function",
    cases(
        quantile=lambda x: torch.quantile(x, 0.5, dim=1),
        quantile_of_everything=lambda x: x.quantile(0.5),
        several_quantiles=lambda x: torch.quantile(x, torch.tensor([0.2, 0.5]), 1, True),
        several_of_everything=lambda x: x.nanquantile(torch.tensor([0.2, 0.5, 0.9])),
        histogram=lambda x: torch.histc(x, 10),
        covariance_of_a_vector=lambda x: torch.cov(x.mean(1)),
    ),
)
def test_statistics(function) -> None:
    holds_everywhere(function, MATRIX, others=MATRICES, real=True)


@pytest.mark.parametrize("function", [torch.cov, torch.corrcoef])
def test_one_row_has_one_variance(function) -> None:
    holds_everywhere(function, MATRIX, others=[*MATRICES, [(1, 5)]], conditions=["N ≠ 1"], real=True)
    holds_everywhere(lambda x: function(x[:1]), MATRIX, others=MATRICES, conditions=[], real=True)


def test_places_are_a_second_output() -> None:
    network = holds_everywhere(lambda x: x.max(1), IMAGE)
    assert network.outputs == ("max", "max.1")
