"""Resizing by sizes and by scales, in every mode, traced once and compared at other sizes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.operators import Resize  # noqa: E402
from tests.readers.torch.agreement import agrees  # noqa: E402

pytestmark = pytest.mark.torch

F = torch.nn.functional
IMAGE = (2, 3, 16, 20)
OTHERS = [[(2, 3, 17, 23)], [(5, 3, 40, 9)], [(1, 3, 100, 100)]]


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


@pytest.mark.parametrize(
    "function",
    cases(
        size=lambda x: F.interpolate(x, size=(7, 9)),
        one_size=lambda x: F.interpolate(x, 7),
        of_another=lambda x: F.interpolate(F.max_pool2d(x, 2), size=x.shape[-2:], mode="bilinear"),
        of_another_by_size=lambda x: F.interpolate(F.max_pool2d(x, 2), size=x.size()[2:], mode="nearest"),
        a_list=lambda x: F.interpolate(
            x, [x.shape[2] * 2, x.shape[3] // 2], mode="bicubic", align_corners=True
        ),
        traced_size=lambda x: F.interpolate(x, size=x.shape[2] // 2 + 1),
        scale=lambda x: F.interpolate(x, scale_factor=2),
        scales=lambda x: F.interpolate(x, scale_factor=(2.0, 0.5), mode="bilinear", align_corners=False),
        odd_scale=lambda x: F.interpolate(x, scale_factor=0.29),
        third=lambda x: F.interpolate(x, scale_factor=1 / 3, mode="bilinear"),
        recomputed=lambda x: F.interpolate(
            x, scale_factor=0.29, mode="bilinear", recompute_scale_factor=True
        ),
        exact=lambda x: F.interpolate(x, scale_factor=1.5, mode="nearest-exact"),
        area=lambda x: F.interpolate(x, scale_factor=0.5, mode="area"),
        area_size=lambda x: F.interpolate(x, size=(5, 5), mode="area"),
        antialias=lambda x: F.interpolate(x, size=(5, 5), mode="bilinear", antialias=True),
        line=lambda x: F.interpolate(x[0], scale_factor=2, mode="linear"),
        volume=lambda x: F.interpolate(x[:, :, None], size=(2, 8, 8), mode="trilinear", align_corners=True),
        traced_scale=lambda x: F.interpolate(x[:, :, :2, :2], scale_factor=x.shape[2] // 8),
        quarter_of_a_size=lambda x: F.interpolate(x[:, :, :4, :4], scale_factor=(x.shape[2] / 4, 1.0)),
        upsample=torch.nn.Upsample(scale_factor=2, mode="bilinear"),
        upsample_nearest=torch.nn.UpsamplingNearest2d(size=(9, 9)),
        inner=lambda x: torch._C._nn.upsample_nearest2d(x, (4, 5)),
        inner_smooth=lambda x: torch._C._nn.upsample_bilinear2d(x, (4, 5), True),
        inner_scales=lambda x: torch._C._nn.upsample_bilinear2d(x, None, False, [2.0, 0.7]),
        inner_antialias=lambda x: torch._C._nn._upsample_bicubic2d_aa(x, (4, 5), False),
    ),
)
def test_resizing(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.filterwarnings("ignore:.*nn.functional.upsample")
@pytest.mark.parametrize(
    "function",
    cases(
        upsample=lambda x: F.upsample(x, scale_factor=2),
        nearest=lambda x: F.upsample_nearest(x, size=(3, 3)),
        bilinear=lambda x: F.upsample_bilinear(x, scale_factor=3),
    ),
)
def test_what_it_was_called_before(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


def test_a_scale_that_may_be_rounded_holds_its_sizes() -> None:
    network = agrees(
        lambda x: F.interpolate(x, scale_factor=(49 / x.shape[2], 1.0)), IMAGE, others=OTHERS, real=True
    )
    assert [str(guard.condition) for guard in network.guards] == ["H = 16"]


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        (lambda x: F.interpolate(x, 7), ("nearest", "asymmetric", "floor", False)),
        (
            lambda x: F.interpolate(x, 7, mode="nearest-exact"),
            ("nearest", "half_pixel", "round_prefer_ceil", False),
        ),
        (lambda x: F.interpolate(x, 7, mode="bilinear"), ("linear", "half_pixel", "floor", False)),
        (
            lambda x: F.interpolate(x, 7, mode="bilinear", align_corners=True),
            ("linear", "align_corners", "floor", False),
        ),
        (
            lambda x: F.interpolate(x, 7, mode="bicubic", antialias=True),
            ("cubic", "half_pixel", "floor", True),
        ),
    ],
)
def test_where_the_cells_lie(function, settings) -> None:
    (node,) = agrees(function, IMAGE).nodes
    operator = node.operator
    assert isinstance(operator, Resize)
    assert (operator.mode, operator.coordinates, operator.nearest, operator.antialias) == settings


@pytest.mark.parametrize(
    "function",
    cases(
        grid=lambda x: F.grid_sample(x, torch.zeros(x.shape[0], 5, x.shape[3], 2), align_corners=False),
        grid_nearest=lambda x: F.grid_sample(
            x, torch.zeros(x.shape[0], 5, 6, 2), "nearest", align_corners=True
        ),
        inner=lambda x: torch.grid_sampler(x, torch.zeros(x.shape[0], 5, 6, 2), 2, 0, False),
        volume=lambda x: F.grid_sample(
            x[:, :, None], torch.zeros(x.shape[0], 1, 5, 6, 3), align_corners=False
        ),
        affine=lambda x: F.affine_grid(torch.zeros(x.shape[0], 2, 3), x.shape, align_corners=False),
        affine_list=lambda x: F.affine_grid(
            torch.zeros(x.shape[0], 2, 3), [x.shape[0], 3, 8, 9], align_corners=True
        ),
        transformer=lambda x: F.grid_sample(
            x,
            F.affine_grid(x[:, :2, :1, :3].squeeze(2), (x.shape[0], 3, 8, 9), align_corners=False),
            align_corners=False,
        ),
    ),
)
def test_sampling_where_a_grid_says(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)
