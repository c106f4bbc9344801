"""Elements in another order, on diagonals, repeated and combined, traced once and compared at other sizes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.readers.torch.agreement import agrees  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE = (2, 3, 16, 20)
OTHERS = [[(2, 3, 17, 23)], [(5, 3, 40, 9)]]


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


def lines(x):
    return torch.arange(x.shape[2]), torch.arange(x.shape[3])


@pytest.mark.parametrize(
    "function",
    cases(
        flip=lambda x: torch.flip(x, [2, -1]),
        flip_method=lambda x: x.flip(1),
        flip_several=lambda x: x.flip(1, 2),
        flip_keyword=lambda x: x.flip(dims=(0,)),
        fliplr=torch.fliplr,
        flipud=lambda x: x.flipud(),
        roll=lambda x: torch.roll(x, 3, 2),
        roll_several=lambda x: torch.roll(x, shifts=(-2, -2), dims=(2, 3)),
        roll_traced=lambda x: torch.roll(x, (-(x.shape[2] // 2), 1), (2, 3)),
        roll_all=lambda x: x.roll(5),
        rot90=lambda x: torch.rot90(x, 1, (2, 3)),
        rot90_thrice=lambda x: torch.rot90(x, -1, [2, 3]),
        rot90_twice=lambda x: x.rot90(2, (-1, -2)),
        rot90_round=lambda x: x.rot90(4),
        tril=torch.tril,
        triu=lambda x: x.triu(diagonal=1),
        triu_in_place=lambda x: x.clone().triu_(1),
        diagonal=lambda x: torch.diagonal(x, 0, 2, 3),
        diagonal_above=lambda x: x.diagonal(3, dim1=-2, dim2=-1),
        diagonal_below=lambda x: x.diagonal(-5, 2, 3),
        diagonal_crossed=lambda x: x.diagonal(2, 3, 1),
        diagonal_of_matrices=torch.linalg.diagonal,
        diag_of_a_matrix=lambda x: torch.diag(x[0, 0], 2),
        diag_of_a_vector=lambda x: torch.diag(x[0, 0, 0], -2),
        diag_embed=lambda x: torch.diag_embed(x[:, 0]),
        diag_embed_elsewhere=lambda x: torch.diag_embed(x[:, 0], offset=1, dim1=0, dim2=2),
        diagflat=lambda x: torch.diagflat(x[0, 0, :2], 1),
        repeat_interleave=lambda x: torch.repeat_interleave(x, 2, dim=2),
        repeat_interleave_method=lambda x: x.repeat_interleave(3, -1),
        repeat_interleave_flat=lambda x: x.repeat_interleave(2),
        repeat_interleave_traced=lambda x: x.repeat_interleave(x.shape[3] // 4, 1),
        repeat_interleave_told=lambda x: x.repeat_interleave(torch.tensor([1, 0, 2]), 1),
        repeat_interleave_one=lambda x: x.repeat_interleave(torch.tensor([4]), 2),
        repeat_interleave_places=lambda x: torch.repeat_interleave(torch.tensor([1, 2])),
        meshgrid=lambda x: torch.meshgrid(*lines(x), indexing="ij"),
        meshgrid_rows=lambda x: torch.meshgrid(*lines(x), indexing="xy"),
        meshgrid_list=lambda x: torch.meshgrid([*lines(x), torch.arange(3)], indexing="xy"),
        meshgrid_of_one=lambda x: torch.meshgrid(torch.arange(x.shape[2]), indexing="ij"),
        stacked=lambda x: torch.stack(torch.meshgrid(*lines(x), indexing="ij"), -1).view(1, -1, 2),
        broadcast=lambda x: torch.broadcast_tensors(x, x[:1, :, :, :1], torch.zeros(3, 1, 1)),
        block_diag=lambda x: torch.block_diag(x[0, 0], x[0, 0, 0], torch.tensor(1.0)),
        cartesian=lambda x: torch.cartesian_prod(*lines(x)),
        cartesian_of_one=lambda x: torch.cartesian_prod(torch.arange(x.shape[2])),
        combinations=lambda x: torch.combinations(torch.arange(x.shape[2])),
        combinations_of_three=lambda x: torch.combinations(torch.arange(x.shape[3]), r=3),
        combinations_repeated=lambda x: torch.combinations(
            torch.arange(x.shape[2]), 2, with_replacement=True
        ),
    ),
)
def test_arrangements(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


def test_a_roll_over_two_axes_is_one_layer() -> None:
    network = agrees(lambda x: torch.roll(x, (-3, -3), (1, 2)), (2, 14, 14, 96), others=[[(2, 7, 21, 96)]])
    assert [node.name for node in network.nodes] == ["roll"]
