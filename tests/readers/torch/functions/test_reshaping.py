"""Other shapes of the same elements, and axes in another order, as functions and as methods."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.readers.torch.agreement import agrees  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 11)], [(1, 4, 16, 2)]]


@pytest.mark.parametrize(
    "function",
    cases(
        view=lambda x: x.view(x.shape[0], -1),
        view_splits=lambda x: x.view(x.shape[0], 2, 2, *x.shape[2:]),
        view_of_a_list=lambda x: x.view([x.size(0), x.size(1), -1]),
        view_of_a_shape=lambda x: x.view(x.shape),
        view_as_type=lambda x: x.view(torch.int32),
        view_as=lambda x: x.view_as(x.clone()),
        reshape=lambda x: x.reshape(x.size(0), x.size(1), -1),
        reshape_keyword=lambda x: x.reshape(shape=(x.shape[0], -1)),
        reshape_of_torch=lambda x: torch.reshape(x, (-1, x.shape[3])),
        reshape_as=lambda x: x.transpose(1, 2).reshape_as(x),
        flatten=lambda x: torch.flatten(x, 1),
        flatten_between=lambda x: x.flatten(-3, -2),
        flatten_keywords=lambda x: x.flatten(start_dim=2, end_dim=3),
        ravel=lambda x: x.ravel(),
        unflatten=lambda x: x.unflatten(1, (2, 2)),
        unflatten_infers=lambda x: torch.unflatten(x, -3, (-1, 2)),
        unflatten_module=torch.nn.Unflatten(1, (2, 2)),
        squeeze=lambda x: x.mean(1, True).squeeze(1),
        squeeze_several=lambda x: x.mean((2, 3), True).squeeze((2, 3)),
        squeeze_keyword=lambda x: torch.squeeze(x.mean(1, True), dim=-3),
        squeeze_of_a_larger_axis=lambda x: x.squeeze(1),
        unsqueeze=lambda x: x.unsqueeze(-1).unsqueeze(1),
        in_place=lambda x: x.clone().unsqueeze_(0).squeeze_(0).transpose_(1, 2),
        permute=lambda x: x.permute(0, 2, 3, 1),
        permute_of_a_list=lambda x: torch.permute(x, (0, -1, 1, 2)),
        permute_keyword=lambda x: x.permute(dims=(1, 0, 2, 3)),
        transpose=lambda x: x.transpose(1, -1),
        swapaxes=lambda x: x.swapaxes(0, 1).swapdims(2, 3),
        turned=lambda x: (x.mean((0, 1)).T, x.mean((0, 1)).t(), torch.t(x.mean((0, 1)))),
        matrices_turned=lambda x: (x.mT, x.mH, x.adjoint(), x.mean((0, 1)).H),
        movedim=lambda x: x.movedim(1, -1),
        moveaxis=lambda x: torch.moveaxis(x, (0, 1), (-1, -2)),
        expand=lambda x: x[:, :, :1].expand(-1, -1, 5, -1),
        expand_in_front=lambda x: x.unsqueeze(0).expand(3, *x.shape),
        expand_as=lambda x: x[:, :1].expand_as(x),
        broadcast_to=lambda x: torch.broadcast_to(x.mean(0), x.shape),
        broadcast_tensors=lambda x: torch.broadcast_tensors(x, x.mean(0), x.mean((1, 2), True)),
        repeat=lambda x: x.repeat(1, 2, 1, 3),
        repeat_in_front=lambda x: x.repeat(2, 1, 1, 1, 1),
        tile=lambda x: torch.tile(x, (2,)),
        tile_in_front=lambda x: x.tile(2, 1, 1, 1, 1),
        at_least_one=lambda x: torch.atleast_1d(x.mean()),
        at_least_two=lambda x: torch.atleast_2d(x.mean((0, 1, 2))),
        at_least_three=lambda x: torch.atleast_3d(x.mean((0, 1))),
        at_least_three_each=lambda x: torch.atleast_3d(x, x.mean((0, 1, 2)), x.mean()),
        sum_to_size=lambda x: (x.sum_to_size(1, 4, 1, 1), x.sum_to_size((4, 1, 1))),
    ),
)
def test_shapes(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES)


def test_a_fixed_number_of_features_folds_the_batch() -> None:
    """`view(-1, 4·9·7)` of another size gives another number of rows, as PyTorch does."""
    network = holds_everywhere(
        lambda x: x.view(-1, 4 * 9 * 7), IMAGE, others=[[(2, 4, 18, 7)], [(6, 4, 9, 14)]]
    )
    assert operators_of(network) == ["Reshape"]


def test_axes_of_size_one_are_found_anew() -> None:
    """Which axes a squeeze without an axis drops hangs on the sizes."""
    agrees(lambda x: x.squeeze(), (2, 4, 1, 7), others=[[(2, 4, 5, 7)], [(1, 4, 1, 1)]])


def test_what_keeps_the_elements_is_not_asked_for_their_number() -> None:
    network = holds_everywhere(lambda x: x.flatten(1).unflatten(1, (4, -1)), IMAGE, others=IMAGES)
    assert operators_of(network) == ["Flatten", "Reshape"]
