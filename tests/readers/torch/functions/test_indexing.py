"""What `x[…]` takes out and writes over, and its many relations, traced once and compared at other sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from shapelens.dims import Unknown, symbol  # noqa: E402
from shapelens.network import evaluate_network  # noqa: E402
from tests.readers.torch.agreement import Function, agrees, traced  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:Using a non-tuple sequence", "ignore:index_reduce"),
]

IMAGE = (2, 3, 16, 20)
OTHERS = [[(2, 3, 17, 23)], [(5, 3, 9, 40)]]

PLACES = torch.tensor([2, 0, 1, 1])
GRID = torch.tensor([[0, 2], [1, -1]])
COLUMN = torch.tensor([[1], [2]])
MASK = torch.tensor([True, False, True])


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


@pytest.mark.parametrize(
    "function",
    cases(
        one=lambda x: x[0],
        last=lambda x: x[-1],
        several=lambda x: x[0, 1, 2],
        from_the_end=lambda x: x[..., -1],
        middle=lambda x: x[:, :, x.shape[2] // 2],
        half=lambda x: x[:, :, : x.shape[2] // 2],
        second_half=lambda x: x[:, :, x.shape[2] // 2 :],
        traced_from_the_end=lambda x: x[:, :, -(x.shape[2] // 2) :],
        traced_place_from_the_end=lambda x: x[:, :, -(x.shape[2] // 3)],
        interleaved=lambda x: x[..., ::2, 1::2],
        quarters=lambda x: torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2][..., : x.shape[2] // 2, :]], 2),
        traced_step=lambda x: x[:, :, :: x.shape[3] // 8],
        beyond=lambda x: x[:, 5:, 3:1000, -1000:],
        nothing=lambda x: x[:],
        ellipsis=lambda x: x[...] * 2,
        new_axes=lambda x: x[None, ..., None],
        new_axis_inside=lambda x: x[:, None, :, 0],
        mixed=lambda x: x[:, None, 1:, ..., -1, None],
        wide=lambda x: x[(slice(None), slice(None), slice(0, 8))],
        numpy_place=lambda x: x[np.int64(1), :, np.int32(-1)],
        cut_of_a_constant=lambda x: torch.zeros(1, 500, 4)[:, : x.shape[2]] + x[:1, :1, :, :4].mean(1),
        positions=lambda x: torch.zeros(1000, 3)[: x.shape[2] * x.shape[3]],
        a_place_that_was_tested=lambda x: x[:, :, 0] if x.shape[2] > 4 else x[:, :, 1],
        split_by_hand=lambda x: (x[:, :1], x[:, 1:]),
        unpacked=lambda x: tuple(x[0]),
    ),
)
def test_places_and_slices(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        one=lambda x: x[:, PLACES],
        first=lambda x: x[PLACES % 2],
        several_axes=lambda x: x[:, GRID],
        neighbours=lambda x: x[:, PLACES, PLACES],
        apart=lambda x: x[:, PLACES, :, PLACES],
        apart_with_two_axes=lambda x: x[:, GRID, :, GRID],
        stretched=lambda x: x[:, COLUMN, PLACES[:2]],
        all_axes=lambda x: x[PLACES % 2, PLACES, PLACES, PLACES],
        after_a_place=lambda x: x[0, :, PLACES],
        before_a_place=lambda x: x[:, PLACES, 0],
        apart_by_a_place=lambda x: x[:, PLACES, 0, PLACES],
        apart_by_a_new_axis=lambda x: x[:, PLACES, None, PLACES],
        behind_an_ellipsis=lambda x: x[..., PLACES],
        a_list=lambda x: x[:, [0, 2]],
        a_list_in_front=lambda x: x[[0, 1]],
        lists_apart=lambda x: x[:, [0, 2], :, [1, 3]],
        nested=lambda x: x[:, [[0, 1], [2, 2]]],
        nested_in_front=lambda x: x[[[0, 1], [1, 0]]],
        traced_list=lambda x: x[:, :, [0, x.shape[2] - 1, -x.shape[2]]],
        empty_list=lambda x: x[:, []],
        a_range=lambda x: x[:, range(2)],
        numpy_array=lambda x: x[:, np.array([2, 0])],
        numpy_matrix=lambda x: x[:, np.array([[2, 0]])],
        scalar_tensor=lambda x: x[:, torch.tensor(1)],
        traced=lambda x: x[:, :, torch.arange(x.shape[2]) // 2],
        traced_twice=lambda x: x[:, :, torch.arange(x.shape[2])[:, None], torch.arange(x.shape[3])],
        sliced_too=lambda x: x[1:, PLACES, ::2],
        truths=lambda x: x[:, [True, False, True]],
        constant_mask=lambda x: x[:, MASK],
        numpy_mask=lambda x: x[:, np.array([True, True, False])],
        mask_and_places=lambda x: x[:, MASK, torch.tensor([3, 4])],
        mask_apart=lambda x: x[:, MASK, :, torch.tensor([3, 4])],
        true=lambda x: x[True],
        true_inside=lambda x: x[:, True, 1:],
        false=lambda x: x[False],
        a_list_of_tensors=lambda x: x[(PLACES % 2, PLACES)],
    ),
)
def test_tensors_and_lists(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        gathered=lambda x, i: x[i],
        inside=lambda x, i: x[:, i % 3],
        apart=lambda x, i: x[:, i, :, i],
        select=lambda x, i: torch.index_select(x, 1, i),
        select_method=lambda x, i: x.index_select(-1, i),
        table=lambda x, i: torch.zeros(10, 6)[i],
        take=torch.take,
        isin=lambda x, i: torch.isin(i, torch.tensor([1, 2])),
    ),
)
def test_places_that_data_decide(function) -> None:
    agrees(
        function, IMAGE, (7,), others=[[(5, 3, 9, 40), (7,)]], dtypes=[torch.float32, torch.int64], real=True
    )


@pytest.mark.parametrize(
    "function",
    cases(
        select=lambda x: x.select(2, 3),
        select_last=lambda x: torch.select(x, -1, -1),
        select_traced=lambda x: x.select(2, x.shape[2] - 1),
        narrow=lambda x: x.narrow(2, 1, 5),
        narrow_from_the_end=lambda x: torch.narrow(x, -1, -4, 3),
        narrow_traced=lambda x: x.narrow(2, x.shape[2] // 4, x.shape[2] // 2),
        narrow_copy=lambda x: x.narrow_copy(1, 0, 2),
        index_select=lambda x: x.index_select(1, PLACES),
        index_select_scalar=lambda x: x.index_select(1, torch.tensor(0)),
        gather=lambda x: x.gather(3, torch.zeros(2, 3, 4, 7, dtype=torch.int64)),
        gather_keywords=lambda x: torch.gather(x, dim=1, index=torch.zeros_like(x, dtype=torch.int64)[:, :1]),
        take_along=lambda x: torch.take_along_dim(x, x.argsort(dim=-1), dim=-1),
        take_along_one=lambda x: torch.take_along_dim(x, x.argmax(1, keepdim=True), 1),
        take_along_stretched=lambda x: torch.take_along_dim(x, torch.zeros(1, 1, 5, 1, dtype=torch.int64), 2),
        take_along_flat=lambda x: torch.take_along_dim(x, torch.zeros(9, dtype=torch.int64)),
        take_matrix=lambda x: x.take(GRID),
        unravel=lambda x: torch.unravel_index(x.argmax(1), (4, 4)),
    ),
)
def test_functions_that_take_out(function) -> None:
    agrees(function, IMAGE, others=[[(2, 3, 17, 23)], [(4, 3, 9, 40)]], real=True)


def written(x, index, value):
    y = x.clone()
    y[index] = value
    return y + 0


def written_rows(x, index, value):
    y = torch.zeros_like(x)
    y[index] = value
    return y


@pytest.mark.parametrize(
    "function",
    cases(
        number=lambda x: written(x, 0, 1.0),
        slices=lambda x: written(x, (slice(None), slice(1, None)), x[:, 1:]),
        interleaved=lambda x: written(x, (..., slice(None, None, 2)), x[..., ::2] * 2),
        stretched=lambda x: written(x, (slice(None), 0), x[0, 0]),
        everything=lambda x: written_rows(x, slice(None), x),
        ellipsis=lambda x: written_rows(x, ..., 3),
        places=lambda x: written(x, (slice(None), PLACES), x[:, :1]),
        mask=lambda x: written(x, x > 0, 0.0),
        rows_of_a_mask=lambda x: written(x, (x > 0)[:, 0, 0, 0], 0.0),
        constant_mask=lambda x: written(x, (slice(None), MASK), x[:, :2]),
        tensor=lambda x: written(x, (slice(None), 0), torch.tensor(2.0)),
        vector=lambda x: written(x, (..., slice(0, 2)), torch.tensor([1.0, 2.0])),
        one_axis_more=lambda x: written(x, (0, 0), x[:1, 0]),
        windows=lambda x: written(
            torch.zeros(1, x.shape[2], x.shape[3], 1), (0, slice(0, -4), slice(-4, -2)), 1
        ),
        added=lambda x: x.clone().__setitem__(0, 1) or x,
    ),
)
def test_what_is_written_over_keeps_its_shape(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        index_put=lambda x: x.index_put((PLACES % 2,), x[:1]),
        index_put_in_place=lambda x: x.clone().index_put_(
            (PLACES % 2, PLACES), torch.tensor(1.0), accumulate=True
        ),
        index_add=lambda x: x.index_add(1, PLACES, x[:, PLACES]),
        index_add_in_place=lambda x: x.clone().index_add_(-3, PLACES, x[:, PLACES], alpha=2),
        index_copy=lambda x: torch.index_copy(x, 1, PLACES[:2], x[:, 1:]),
        index_fill=lambda x: x.index_fill(1, PLACES, 0.5),
        index_fill_tensor=lambda x: x.index_fill(1, PLACES, torch.tensor(0.5)),
        index_reduce=lambda x: x.index_reduce(1, PLACES, x[:, PLACES], "mean"),
        scatter=lambda x: torch.zeros_like(x).scatter_(1, x.argmax(1, keepdim=True), 1.0),
        scatter_tensor=lambda x: x.scatter(1, x.argmax(1, keepdim=True), x),
        scatter_add=lambda x: x.scatter_add(1, x.argsort(1), x),
        scatter_reduce=lambda x: x.scatter_reduce(1, x.argsort(1), x, reduce="amax"),
        select_scatter=lambda x: torch.select_scatter(x, x[:, 0], 1, 2),
        slice_scatter=lambda x: torch.slice_scatter(x, x[:, 1:], 1, start=1),
        diagonal_scatter=lambda x: torch.diagonal_scatter(
            x[:, :, :8, :8], torch.zeros(2, 3, 8), dim1=2, dim2=3
        ),
        masked_scatter=lambda x: x.masked_scatter(x > 0, x),
        masked_scatter_stretched=lambda x: x[:, :1].masked_scatter(x > 0, x),
        masked_scatter_in_place=lambda x: x.clone().masked_scatter_(x[:, :1] > 0, x),
        strided_scatter=lambda x: torch.as_strided_scatter(x, torch.zeros(2, 3), (2, 3), (1, 2)),
        put=lambda x: x.put(PLACES, torch.zeros(2, 2)),
        fill_diagonal=lambda x: x[0, 0].clone().fill_diagonal_(1.0),
        copy=lambda x: torch.empty_like(x).copy_(x[:, :1]),
        fill=lambda x: x.clone().fill_(2.0),
        zero=lambda x: x.clone().zero_(),
    ),
)
def test_functions_that_write(function) -> None:
    agrees(function, IMAGE, others=[[(2, 3, 17, 23)], [(2, 3, 9, 40)]], real=True)


def outputs_of(function, *shapes, dtypes=()):
    """The shapes that come out of a function where only data tell how many there are."""
    kinds = [*dtypes, *[torch.float32] * (len(shapes) - len(dtypes))]
    inputs = [
        torch.zeros(shape, dtype=kind, device="meta") for shape, kind in zip(shapes, kinds, strict=True)
    ]
    network = traced(Function(function), inputs)
    evaluation = evaluate_network(network, {i.name: s for i, s in zip(network.inputs, shapes, strict=True)})
    return [evaluation.values[name].shape for name in network.outputs]


def k(number=1, least=0, most=None):
    return symbol("k" if number == 1 else f"k{number}", least, most)


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (lambda x: x[x > 0], [(k(),)]),
        (lambda x: x[(x > 0)[:, 0, 0, 0]], [(k(), 3, 16, 20)]),
        (lambda x: x[:, :, x[0, 0] > 0], [(2, 3, k())]),
        (lambda x: x[:, x[0, :, 0, 0] > 0, 1:], [(2, k(most=3), 15, 20)]),
        (lambda x: x[..., x[0, 0, 0] > 0], [(2, 3, 16, k())]),
        (lambda x: x.permute(0, 2, 3, 1)[x[:, 0] > 0], [(k(), 3)]),
        (torch.nonzero, [(k(), 4)]),
        (lambda x: x.nonzero(as_tuple=True), [(k(),)] * 4),
        (lambda x: torch.where(x > 0), [(k(),)] * 4),
        (lambda x: torch.where(x[0, 0, 0] > 0), [(k(),)]),
        (lambda x: torch.where(x[0, 0, 0] > 0)[0], [(k(),)]),
        (lambda x: torch.argwhere(x[0, 0]), [(k(), 2)]),
        (lambda x: x.masked_select(x > 0), [(k(),)]),
        (lambda x: torch.masked_select(x, x[:, :1] > 0), [(k(),)]),
        (lambda x: (x[x > 0], x[x < 0]), [(k(),), (k(2),)]),
        (lambda x: x[x > 0].reshape(-1, 3)[:, :2], [(k() // 3, 2)]),
        (lambda x: torch.nonzero(x)[:, 1], [(k(),)]),
        (lambda x: torch.zeros(x[x > 0].shape[0], 7), [(k(), 7)]),
    ],
)
def test_counts_that_only_data_decide(function, shapes) -> None:
    assert outputs_of(function, IMAGE) == shapes


def test_a_count_is_as_large_as_may_be_while_the_model_is_traced() -> None:
    def function(x):
        found = x[x > 0]
        assert found.shape[0] == 2 * 3 * 16 * 20
        return found[:100] if found.shape[0] > 100 else found

    network = traced(Function(function), [torch.zeros(IMAGE, device="meta")])
    assert [str(guard.condition) for guard in network.guards] == ["k = 1920", "k > 100"]


def test_a_count_with_a_bound() -> None:
    (shape,) = outputs_of(lambda x: x[0, :, 0, 0][x[0, :, 0, 0] > 0], IMAGE)
    assert shape == (k(most=3),)


def test_a_part_that_must_be_there_is_a_condition() -> None:
    network = traced(Function(lambda x: x[:, :, 7]), [torch.zeros(IMAGE, device="meta")])
    evaluation = evaluate_network(
        network, {"input": (2, 3, 7, 20)} | {i.name: (2, 3, 7, 20) for i in network.inputs}
    )
    assert [requirement.kind for _, requirement in evaluation.broken] == ["index"]


def test_what_is_written_must_fit_at_other_sizes_too() -> None:
    def function(x):
        y = torch.zeros(2, 3, 20, 20)
        y[:, :, :16] = x
        return y

    network = traced(Function(function), [torch.zeros(IMAGE, device="meta")])
    (name,) = [i.name for i in network.inputs]
    for shape, is_fit in (((2, 3, 16, 20), True), ((2, 3, 17, 20), False), ((2, 3, 1, 20), True)):
        assert (evaluate_network(network, {name: shape}).broken == ()) is is_fit, shape


def test_a_place_that_is_not_known_is_one_place() -> None:
    shapes = outputs_of(lambda x, i: x[:, i[0]], IMAGE, (4,), dtypes=[torch.float32, torch.int64])
    assert shapes == [(2, 16, 20)]
    (shape,) = outputs_of(lambda x, i: x.narrow(1, i[0], 2), IMAGE, (4,), dtypes=[torch.float32, torch.int64])
    assert shape == (2, 2, 16, 20)


def test_a_constant_that_is_written_into_is_none_any_more() -> None:
    def function(x):
        mask = torch.zeros(8, 8)
        row = mask[0]
        row[: x.shape[2] // 4] = 1
        return mask.nonzero(), mask.sum().item()

    network = traced(Function(lambda x: function(x)[0]), [torch.zeros(IMAGE, device="meta")])
    assert evaluate_network(network, {}).values[network.outputs[0]].shape == (k(most=64), 2)
    assert len(network.assumptions) == 1


def test_what_a_rule_decided_on_the_way_to_a_size_is_held() -> None:
    def function(x):
        return torch.zeros(x[:, :, : x.shape[2] - 10].shape[2], 1)

    network = agrees(function, IMAGE, others=[[(2, 3, 17, 20)], [(2, 3, 9, 20)]], real=True)
    assert [str(guard.condition) for guard in network.guards] == ["H - 10 ≥ 0"]
    (name,) = [declared.name for declared in network.inputs]
    left = evaluate_network(network, {name: (2, 3, 9, 20)}).values[network.outputs[0]].shape
    assert isinstance(left, Unknown)
    assert "H - 10 ≥ 0" in left.reason


def test_a_rule_decides_anew_where_no_size_was_read() -> None:
    network = agrees(lambda x: x[:, :, : x.shape[2] - 10] * 2, IMAGE, others=[[(2, 3, 9, 20)]], real=True)
    assert network.guards == ()


def test_a_count_that_was_asked_for_is_what_the_trace_took_it_to_be() -> None:
    import shapelens

    found = shapelens.inspect(Function(lambda x: x[x > 0] if x[x > 0].shape[0] > 9 else x), (3, 16, 20))
    assert found.evaluation.outputs[0][1].shape == (k(2),)


bounds = st.one_of(st.none(), st.integers(-9, 9))
slices = st.builds(slice, bounds, bounds, st.one_of(st.none(), st.integers(1, 3)))
traced_slices = st.tuples(st.integers(-3, 3), st.sampled_from([1, 2, 3, -1, -2])).map(
    lambda both: lambda x: slice(None, x.shape[2] // both[1] + both[0])
)
tensors = st.sampled_from([(2,), (1,), (2, 1), (2, 2), ()]).flatmap(
    lambda size: st.lists(st.integers(-3, 2), min_size=4, max_size=4).map(
        lambda numbers: torch.tensor(numbers[: int(np.prod(size))]).reshape(size)
    )
)
parts = st.one_of(
    slices, traced_slices, st.integers(-3, 2), st.none(), st.just(...), tensors, st.just([0, -1])
)


@given(st.lists(parts, min_size=1, max_size=5).filter(lambda drawn: sum(part is ... for part in drawn) < 2))
@settings(max_examples=200, deadline=None)
def test_any_index_takes_out_what_pytorch_takes_out(drawn) -> None:
    def indexed(x):
        return x[tuple([part(x) if callable(part) else part for part in drawn])]

    try:
        [indexed(torch.zeros(size)) for size in ((3, 4, 5, 6), (4, 4, 7, 3))]
    except IndexError:
        return  # more parts than axes
    agrees(indexed, (3, 4, 5, 6), others=[[(4, 4, 7, 3)], [(3, 4, 12, 11)]], real=True)


@given(st.lists(parts, min_size=1, max_size=4).filter(lambda drawn: sum(part is ... for part in drawn) < 2))
@settings(max_examples=60, deadline=None)
def test_any_index_writes_where_pytorch_writes(drawn) -> None:
    def function(x):
        index = tuple([part(x) if callable(part) else part for part in drawn])
        y = torch.zeros_like(x)
        y[index] = x[index]
        return y

    try:
        [function(torch.zeros(size)) for size in ((3, 4, 5, 6), (4, 4, 7, 3))]
    except IndexError:
        return
    agrees(function, (3, 4, 5, 6), others=[[(4, 4, 7, 3)], [(3, 4, 12, 11)]], real=True)
