"""Code that was once told wrongly: what each size does is asked of a forward on the CPU."""

from __future__ import annotations

from math import ceil

import pytest

import shapelens

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch.nn import functional as F  # noqa: E402 - after the check for PyTorch

from tests.analyses.sizes.forwards import Of, compared  # noqa: E402


def refuse(x):
    raise ValueError("this size is not taken")


def pyramid(_, x):
    parts = []
    for bins in (1, 2, 4):
        kernel = [ceil(size / bins) for size in x.shape[2:]]
        sides = [(k * bins - size + 1) // 2 for k, size in zip(kernel, x.shape[2:], strict=True)]
        parts.append(F.max_pool2d(x, kernel, kernel, sides).flatten(1))
    return torch.cat(parts, 1)


def halves(_, x):
    upper, lower = x.split(x.shape[2] // 2, 2)
    return upper + lower


def unpooled(_, x):
    return F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=x.shape[2:])


KNOWN = {
    "nothing has no largest": lambda _, x: x[:, :, 5:-5].amax(2),
    "nor a place of it": lambda _, x: x[:, :, :, 9:].max(3)[0],
    "nor a median": lambda _, x: x[:, :, 6:].median(2)[0],
    "nor a quantile": lambda _, x: torch.quantile(x[:, :, 6:], 0.5, dim=3),
    "nor a largest magnitude": lambda _, x: x[:, :, 6:].norm(float("inf"), dim=2),
    "the ninth smallest": lambda _, x: x.flatten(2).kthvalue(9, 2)[0],
    "a kernel of nothing": lambda _, x: F.avg_pool2d(x, (x.shape[2] // 3, 1)),
    "a stride of nothing": lambda _, x: F.max_pool2d(x, 2, stride=(x.shape[2] // 4, 2)),
    "a kernel of a size": lambda _, x: F.avg_pool2d(x, x.shape[2] - 7, stride=2),
    "a padding of a size": lambda _, x: F.conv2d(x, x.new_ones(3, 3, 5, 5), padding=(x.shape[2] - 9, 1)),
    "a dilation of a size": lambda _, x: F.conv2d(x, x.new_ones(3, 3, 3, 2), dilation=(x.shape[2] // 4, 1)),
    "a pyramid": pyramid,
    "halves": halves,
    "halves, as many as there are": lambda _, x: sum(p.mean() for p in x.split(x.shape[2] // 2, 2)),
    "what is left": lambda _, x: x.split([4, x.shape[2] - 4], 2)[1],
    "chunks of nothing": lambda _, x: torch.stack(x[:, :, 4:].chunk(2, 2)),
    "steps of nothing": lambda m, x: m.sequence(x.mean(2).transpose(1, 2)[:, 2:])[0],
    "distances": lambda _, x: torch.cdist(x, x.transpose(2, 3)),
    "one row has one variance": lambda _, x: torch.cov(x[0, 0]),
    "unpooled": unpooled,
    "held between bounds": lambda _, x: x[:, :, torch.arange(10, device=x.device).clamp(max=x.shape[2] - 1)],
}


@pytest.mark.parametrize("name", KNOWN)
def test_every_size_is_told_as_it_is(name):
    _, wrong, unknown = compared(Of(KNOWN[name]))
    assert wrong == []
    assert unknown == 0


SOME_KNOWN = {
    "looked up in a set": lambda _, x: x if x.shape[2] in {8, 12, 16} else refuse(x),
    "not in a set": lambda _, x: refuse(x) if x.shape[2] in {8, 16, 20} else x,
    "looked up together": lambda _, x: x if tuple(x.shape[2:]) in {(8, 8), (12, 12)} else x.mean(2),
    "the key of a dictionary": lambda _, x: x * {8: 1, 12: 2, 16: 3}[x.shape[2]],
    "with another answer": lambda _, x: F.avg_pool2d(x, {8: 1, 12: 2, 16: 3}.get(x.shape[2], 4)),
    "as a text": lambda _, x: x if str(x.shape[2])[-1] in "26" else refuse(x),
    "a place in a list": lambda _, x: F.max_pool2d(x, [1, 2, 3, 5, 7][x.shape[2] // 8]),
    "how it lies in memory": lambda _, x: x.as_strided((2, 3, 4, 4), (*x.stride()[:3], 2)),
    "how a part lies in memory": lambda _, x: x[:, :, :12].view(-1, 36 * x.shape[3]),
    "never in the right order": lambda _, x: x.transpose(2, 3).view(x.shape[0], -1),
    "places outside of what comes out": lambda _, x: F.max_unpool2d(
        *F.max_pool2d(x, 2, return_indices=True), 2
    ),
}


@pytest.mark.parametrize("name", SOME_KNOWN)
def test_what_is_told_is_right(name):
    sizes, wrong, unknown = compared(Of(SOME_KNOWN[name]))
    assert wrong == []
    assert 0 < unknown
    assert sizes.contains(12, 12) is not None
    assert sizes.why_unknown


LOOPS = {
    "rows by four": lambda _, x: torch.stack(
        [x[:, :, 4 * i : 4 * i + 4].sum(2) for i in range(x.shape[2] // 4)]
    ),
    "a root": lambda _, x: x.flatten(2).view(x.shape[0], 3, int((x.shape[2] * x.shape[3]) ** 0.5), -1),
    "three quarters": lambda _, x: F.interpolate(x, size=(int(x.shape[2] * 0.75), 5)),
}


@pytest.mark.parametrize("name", LOOPS)
def test_what_each_size_does_by_itself_is_not_looked_for_long(name):
    sizes, wrong, _ = compared(Of(LOOPS[name]))
    assert wrong == []
    assert sizes.contains(12, 12) is True
    assert sizes.exploration.traces <= 12
    assert sizes.share_unknown > 0.9
    assert sizes.why_unknown == "each of the last 4 traces told a few sizes alone"


def test_a_loop_over_a_size_is_never_called_invalid_where_it_runs():
    model = Of(lambda _, x: torch.stack([x[:, :, row] for row in range(0, x.shape[2], 4)], 1))
    sizes, wrong, _ = compared(model, maximum=48, budget=4)
    assert wrong == []
    assert sizes.why_unknown == "after 4 traces the budget is spent"


def test_a_loop_is_known_where_few_sizes_are_asked_for():
    model = Of(lambda _, x: torch.stack([x[:, :, row].sum(1) for row in range(x.shape[2] // 3)]))
    sizes, wrong, unknown = compared(model, [(h, 5) for h in range(1, 13)], maximum=12)
    assert (wrong, unknown, sizes.why_unknown) == ([], 0, "")


def test_what_is_not_known_is_not_called_none():
    model = Of(lambda _, x: F.pdist(x[0, 0]))
    sizes = shapelens.inspect(model, (3, 24, 24)).sizes()
    assert sizes.contains(24, 24) is None
    assert "no size" not in str(sizes)
    assert sizes.why_unknown == "there is no rule for pdist"
