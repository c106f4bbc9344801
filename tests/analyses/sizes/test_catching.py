"""Models that catch what PyTorch raises and go another way."""

from __future__ import annotations

from contextlib import suppress

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch.nn import functional as F  # noqa: E402 - after the check for PyTorch

from tests.analyses.sizes.forwards import Of, compared  # noqa: E402


def resized(m, x):
    try:
        return m.convolution(x)
    except RuntimeError:
        return m.convolution(F.interpolate(x, size=(8, 8)))


def raised_again(m, x):
    try:
        return m.convolution(x)
    except RuntimeError:
        if x.shape[2] < 3:
            raise
        return x


def in_other_words(m, x):
    try:
        return m.convolution(x)
    except RuntimeError as refused:
        raise ValueError("the image is too small") from refused


def left_out(m, x):
    with suppress(RuntimeError):
        x = m.convolution(x)
    return m.strided(x)


def suppressed(m, x):
    with suppress(RuntimeError):
        return m.convolution(x)
    return x


def not_caught(m, x):
    try:
        return m.convolution(x)
    except KeyError:
        return x


def cleaned_up(m, x):
    try:
        return m.convolution(x)
    finally:
        m.calls = 1


def joined(_, x):
    half = F.max_pool2d(x, 2)
    try:
        return torch.cat([x, F.interpolate(half, scale_factor=2)], 1)
    except RuntimeError:
        return torch.cat([x, F.interpolate(half, size=x.shape[-2:])], 1)


def tried_one_after_another(_, x):
    for kernel in (7, 5, 3, 1):
        with suppress(RuntimeError):
            return F.avg_pool2d(x, kernel)
    return x


def parted(_, x):
    try:
        upper, lower = x.split(x.shape[2] // 2, 2)
    except (RuntimeError, ValueError):
        return x
    return upper + lower


def asserted(m, x):
    try:
        assert x.shape[2] % 4 == 0
        return m.convolution(x)
    except AssertionError:
        return x[:, :, ::2]


KNOWN = [
    resized, raised_again, in_other_words, left_out, suppressed, not_caught, cleaned_up, joined,
    tried_one_after_another, parted, asserted,
]  # fmt: skip


@pytest.mark.parametrize("function", KNOWN)
def test_what_is_caught_is_no_refusal(function):
    _, wrong, unknown = compared(Of(function))
    assert wrong == []
    assert unknown == 0


def refused_on_the_cpu_alone(m, x):
    try:
        return m.rows(torch.arange(x.shape[2], device=x.device))
    except IndexError:
        return x


def without_data(_, x):
    try:
        return x[:, :, : len(x.flatten().tolist()) // 3]
    except RuntimeError:
        return x.mean()


@pytest.mark.parametrize("function", [refused_on_the_cpu_alone, without_data])
def test_what_only_a_run_raises_is_not_known(function):
    sizes, wrong, unknown = compared(Of(function))
    assert wrong == []
    assert unknown > 0
    assert sizes.why_unknown
