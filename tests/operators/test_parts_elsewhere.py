"""Operators that take parts, turn, repeat and write, against PyTorch: what is kept for the backward pass."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.operators import (  # noqa: E402
    BlockDiagonal,
    BroadcastTogether,
    Diagonal,
    DiagonalMatrix,
    Flip,
    Gather,
    GatherElements,
    Index,
    MeshGrid,
    Narrow,
    Overwrite,
    PairsToComplex,
    RepeatElements,
    Roll,
    Slice,
    Tensor,
)
from tests.operators.keeping import assert_keeps_as_pytorch  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE, OTHER, VECTOR = Tensor((2, 4, 6, 6)), Tensor((2, 1, 6, 6)), Tensor((4,))
TWO = Tensor((2, 2, 6, 6))
PLACES = Tensor((2,), "int64")


def written(x, y, index):
    out = x.clone()
    out[index] = y
    return out


@pytest.mark.parametrize(
    ("operator", "function", "inputs"),
    [
        (Flip((2, 3)), lambda x: x.flip(2, 3), [IMAGE]),
        (Roll((1, -1), (2, 3)), lambda x: x.roll((1, -1), (2, 3)), [IMAGE]),
        (Roll((1,)), lambda x: x.roll(1), [IMAGE]),
        (Diagonal(1, (2, 3)), lambda x: x.diagonal(1, 2, 3), [IMAGE]),
        (DiagonalMatrix(1), lambda x: torch.diag_embed(x, 1), [IMAGE]),
        (BlockDiagonal(), torch.block_diag, [VECTOR, Tensor((2, 3))]),
        (RepeatElements(2, 1), lambda x: x.repeat_interleave(2, 1), [IMAGE]),
        (RepeatElements(3), lambda x: x.repeat_interleave(3), [IMAGE]),
        (Narrow(1, 1, 2), lambda x: x.narrow(1, 1, 2), [IMAGE]),
        (BroadcastTogether(), torch.broadcast_tensors, [IMAGE, OTHER]),
        (MeshGrid(), lambda x, y: torch.meshgrid(x, y, indexing="ij"), [VECTOR, Tensor((3,))]),
        (MeshGrid("xy"), lambda x, y: torch.meshgrid(x, y, indexing="xy"), [VECTOR, Tensor((3,))]),
        (PairsToComplex(), torch.view_as_complex, [Tensor((2, 4, 2))]),
        (Index((1, 2)), lambda x, i, j: x[:, i, j], [IMAGE, PLACES, PLACES]),
        (Index((0, 2)), lambda x, i, j: x[i, :, j], [IMAGE, PLACES, PLACES]),
        (
            GatherElements(1, broadcasts=True),
            lambda x, i: torch.take_along_dim(x, i, 1),
            [IMAGE, Tensor((2, 2, 6, 6), "int64")],
        ),
        (
            Overwrite((Slice((1,), (2,), (1,)),)),
            lambda x, y: written(x, y, (slice(None), slice(1, 2))),
            [IMAGE, OTHER],
        ),
        (Overwrite((Gather(1, 0),)), lambda x, y: written(x, y[:, 0], (slice(None), 0)), [IMAGE, OTHER]),
        (Overwrite((Gather(1),)), lambda x, y, i: written(x, y, (slice(None), i)), [IMAGE, OTHER, PLACES]),
        (
            Overwrite((Gather(1),), True, "index copy"),
            lambda x, y, i: x.index_copy(1, i, y),
            [IMAGE, TWO, PLACES],
        ),
        (
            Overwrite((Gather(1),), True, "index add"),
            lambda x, y, i: x.index_add(1, i, y),
            [IMAGE, TWO, PLACES],
        ),
        (Overwrite((Gather(1, 0),), True), lambda x, y: x.select_scatter(y[:, 0], 1, 0), [IMAGE, OTHER]),
    ],
)
def test_what_is_kept(operator, function, inputs) -> None:
    assert_keeps_as_pytorch(operator, function, *inputs)
