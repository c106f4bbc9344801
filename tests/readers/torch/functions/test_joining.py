"""Tensors put together and parted; a number of parts that hangs on a size is a condition."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.dims import Unknown  # noqa: E402
from shapelens.network import evaluate_network  # noqa: E402
from tests.readers.torch.agreement import Function, agrees, traced  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 8)], [(3, 4, 13, 7)]]


@pytest.mark.parametrize(
    "function",
    cases(
        cat=lambda x: torch.cat([x, x], 1),
        concat=lambda x: torch.concat((x, x[:, :1]), dim=-3),
        concatenate=lambda x: torch.concatenate([x, x], axis=0),
        cat_of_nothing=lambda x: torch.cat([torch.zeros(0, device=x.device), x], 1),
        cat_of_types=lambda x: torch.cat([x.half(), x], 0),
        cat_of_a_constant=lambda x: torch.cat([x, x.new_zeros(x.shape[0], 2, *x.shape[2:])], 1),
        stack=lambda x: torch.stack([x, x], -1),
        stack_between=lambda x: torch.stack((x, x), dim=1),
        hstack=lambda x: torch.hstack([x, x]),
        hstack_of_vectors=lambda x: torch.hstack([x.mean((0, 1, 2)), x.mean((0, 1, 2))]),
        hstack_of_numbers=lambda x: torch.hstack([x.mean(), x.sum()]),
        vstack=lambda x: torch.vstack([x, x]),
        vstack_of_vectors=lambda x: torch.row_stack([x.mean((0, 1, 2)), x.mean((0, 1))]),
        dstack=lambda x: torch.dstack([x, x]),
        dstack_of_matrices=lambda x: torch.dstack([x.mean((0, 1)), x.mean((0, 1))]),
        dstack_of_vectors=lambda x: torch.dstack([x.mean((0, 1, 2)), x.mean((0, 1, 2))]),
        column_stack=lambda x: torch.column_stack([x, x]),
        column_stack_of_vectors=lambda x: torch.column_stack([x.mean((0, 1, 2)), x.mean((0, 1)).T]),
        unbind=lambda x: x.unbind(1),
        unbind_from_the_end=lambda x: torch.unbind(x, -3)[0],
        through_a_loop=lambda x: [channel * 2 for channel in x.transpose(0, 1)],
        split=lambda x: x.split(2, 1),
        split_unevenly=lambda x: x.split(3, dim=-3),
        split_in_sizes=lambda x: torch.split(x, [1, 3], dim=1),
        split_in_sizes_of_a_size=lambda x: torch.split(x, [2, x.shape[2] - 2], dim=2),
        split_in_half=lambda x: torch.split(x, x.shape[1] // 2, 1),
        split_with_sizes=lambda x: x.split_with_sizes([1, 3], 1),
        chunk=lambda x: x.chunk(2, 1),
        chunk_unevenly=lambda x: torch.chunk(x, 3, dim=1),
        tensor_split=lambda x: torch.tensor_split(x, 4, dim=2),
        tensor_split_of_channels=lambda x: x.tensor_split(3, 1),
        tensor_split_at=lambda x: x.tensor_split((1, 3), 2),
        tensor_split_at_a_tensor=lambda x: x.tensor_split(torch.tensor([1, 3]), 2),
        hsplit=lambda x: torch.hsplit(x, 2),
        hsplit_of_a_vector=lambda x: x.mean((0, 1, 2)).hsplit([2]),
        vsplit=lambda x: torch.vsplit(x, [1]),
        dsplit=lambda x: torch.dsplit(x, [2, 5]),
        unsafe=lambda x: (torch.unsafe_chunk(x, 2, 1), torch.unsafe_split(x, 2, 1)),
    ),
)
@pytest.mark.filterwarnings("ignore:.*row_stack.*")
def test_parts(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES)


@pytest.mark.parametrize(
    ("function", "conditions", "same", "other"),
    [
        (lambda x: x.split(4, dim=2), ["H > 8", "H ≤ 12"], (2, 4, 12, 7), (2, 4, 13, 7)),
        (
            lambda x: torch.chunk(x, 4, dim=2),
            ["H > 2*ceil(H/4)", "H ≤ 3*ceil(H/4)"],
            (2, 4, 6, 7),
            (2, 4, 12, 7),
        ),
        (lambda x: torch.chunk(x, 2, dim=2), ["H > ceil(H/2)"], (2, 4, 6, 7), (2, 4, 1, 7)),
        (lambda x: x.unbind(3), ["W = 7"], (5, 4, 3, 7), (2, 4, 9, 8)),
        (lambda x: list(x.mean((1, 2)).T), ["W = 7"], (5, 4, 3, 7), (2, 4, 9, 8)),
    ],
)
def test_as_many_parts_as_the_trace_has(function, conditions, same, other) -> None:
    network = agrees(function, IMAGE, others=[[same]])
    assert set(conditions) <= {str(guard.condition) for guard in network.guards}
    values = evaluate_network(network, {network.inputs[0].name: other}).values
    assert all(isinstance(values[name].shape, Unknown) for name in network.outputs)


def test_parts_of_a_batch_hang_on_the_batch() -> None:
    network = traced(Function(lambda x: x[0] + x.unbind(0)[1]), [torch.empty(IMAGE, device="meta")])
    assert [str(guard.condition) for guard in network.guards] == ["N = 2"]
