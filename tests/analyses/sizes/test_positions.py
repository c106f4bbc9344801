"""Places that are counted from a size, looked up in tables of so many rows: `Embedding(10)(arange(H))`."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch.nn import functional as F  # noqa: E402 - after the check for PyTorch

from tests.analyses.sizes.forwards import Of, compared  # noqa: E402

POINTS = tuple((h, w) for h in range(1, 26) for w in (h, 4))
"""Beyond twice the rows of the tables."""


def count(x, axis=2, start=0):
    return torch.arange(start, x.shape[axis], device=x.device)


def pairs(x):
    return torch.meshgrid(count(x), count(x, 3), indexing="ij")


KNOWN = {
    "one after another": lambda m, x: m.rows(count(x)),
    "added to what goes in": lambda m, x: x + m.rows(count(x)).t()[None, :, :, None],
    "of a batch": lambda m, x: m.rows(count(x).unsqueeze(0).expand(x.shape[0], -1)),
    "from the third on": lambda m, x: m.rows(count(x) + 3),
    "every other one": lambda m, x: m.rows(2 * count(x)),
    "two to a place": lambda m, x: m.rows(count(x) // 2),
    "over and over": lambda m, x: m.rows(count(x) % 10),
    "by steps": lambda m, x: m.rows(torch.arange(0, x.shape[2], 3, device=x.device)),
    "backwards": lambda m, x: m.rows(torch.arange(x.shape[2] - 1, -1, -1, device=x.device)),
    "from the end": lambda m, x: m.rows(9 - count(x)),
    "negative": lambda m, x: m.rows(-count(x) + 9),
    "from five on": lambda m, x: m.rows(torch.arange(5, max(x.shape[2], 5), device=x.device)),
    "rows and columns": lambda m, x: m.rows(count(x)[:, None] * 2 + count(x, 3)),
    "distances": lambda m, x: m.rows(count(x)[:, None] - count(x, 3) + 4),
    "distances, held": lambda m, x: m.rows((count(x)[:, None] - count(x)).clamp(-4, 4) + 4),
    "held at the last": lambda m, x: m.rows(count(x).clamp(max=9)),
    "the smaller": lambda m, x: m.rows(torch.minimum(count(x), torch.full_like(count(x), 9))),
    "of a grid": lambda m, x: m.rows(pairs(x)[0]),
    "in one row": lambda m, x: m.rows(torch.cat([count(x), count(x, 3)])),
    "in place": lambda m, x: m.rows(count(x).add_(1)),
    "one row alone": lambda m, x: m.rows(torch.full((x.shape[2],), 12, device=x.device)),
    "by brackets": lambda m, x: m.table[count(x)],
    "from the end by brackets": lambda m, x: m.table[-torch.arange(1, x.shape[2] + 1, device=x.device)],
    "selected": lambda m, x: m.table.index_select(0, count(x)),
    "gathered": lambda m, x: m.table.gather(0, count(x)[:, None].expand(-1, 3)),
    "a part": lambda m, x: m.table[: x.shape[2]] + x.mean((0, 3)).t(),
    "written": lambda m, x: m.table.clone().index_put((count(x),), x.mean()),
    "scattered": lambda m, x: x.new_zeros(10).scatter(0, count(x), x[0, 0, :, 0]),
    "classes": lambda _, x: F.one_hot(count(x), 10),
    "in a bag": lambda m, x: F.embedding_bag(count(x)[None], m.table),
    "of what goes in": lambda _, x: x[:, :, torch.arange(12, device=x.device)],
    "evenly": lambda _, x: x[:, :, torch.linspace(0, x.shape[2] - 1, 8, device=x.device).long()],
    "evenly, one too far": lambda _, x: x[:, :, torch.linspace(0, x.shape[2], 8, device=x.device).long()],
    "in any order": lambda m, x: m.rows(torch.randperm(x.shape[2], device=x.device)),
    "words": lambda m, x: m.rows(x.flatten(2).argmax(1)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_rows_that_are_not_there_are_refused(name):
    _, wrong, unknown = compared(Of(KNOWN[name]), POINTS, base=4)
    assert wrong == []
    assert unknown == 0


SOME_KNOWN = {
    "to a power": lambda m, x: m.rows(count(x) ** 2 // 3),
    "over eleven rows": lambda m, x: m.rows(count(x) % 11),
    "rows and columns of a grid": lambda m, x: m.rows(sum(pairs(x))),
    "in floating point": lambda m, x: m.rows((count(x) / 2).long()),
    "added up": lambda m, x: m.rows(torch.ones_like(count(x)).cumsum(0)),
    "the last three": lambda m, x: m.rows(count(x)[-3:]),
    "below a diagonal": lambda m, x: m.table[torch.tril_indices(x.shape[2], x.shape[2], device=x.device)[0]],
    "one or another": lambda m, x: m.rows(torch.where(count(x) < 10, count(x), 0 * count(x))),
}


@pytest.mark.parametrize("name", SOME_KNOWN)
def test_places_that_are_not_followed_are_not_told(name):
    sizes, wrong, unknown = compared(Of(SOME_KNOWN[name]), POINTS, base=4)
    assert wrong == []
    assert unknown > 0
    assert sizes.why_unknown in {
        "places are computed from sizes in a way that is not followed",
        "whether all places stand inside of an axis is not known",
    }
