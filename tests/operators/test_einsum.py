from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Einsum, Pairwise, Tensor, apply
from shapelens.operators.einsum import dot_product, outer_product, tensor_product
from tests.operators.readings import assert_readings_agree

B, H = symbol("B"), symbol("H")
SIZES = dict(zip("abcdef", (2, 3, 4, 5, 6, 7), strict=True))


@st.composite
def equations(draw, most=3):
    """An equation over at most six letters, and operands that fit it, now and then with a size 1."""
    terms = [draw(st.lists(st.sampled_from("abcdef"), max_size=4)) for _ in range(draw(st.integers(1, most)))]
    dots = draw(st.lists(st.integers(0, 2), min_size=len(terms), max_size=len(terms)))
    shapes = []
    written = []
    for term, count in zip(terms, dots, strict=True):
        place = draw(st.integers(0, len(term)))
        ellipsis = "..." if any(dots) else ""
        written.append("".join(term[:place]) + ellipsis + "".join(term[place:]))
        own = {letter: draw(st.sampled_from([SIZES[letter]] * 4 + [1])) for letter in term}
        sizes = [own[letter] for letter in term]
        shapes.append((*sizes[:place], *(8, 9)[2 - count :], *sizes[place:]))
    equation = ",".join(written)
    if draw(st.booleans()):
        used = sorted({letter for term in terms for letter in term})
        output = draw(st.permutations(used))[: draw(st.integers(0, len(used)))]
        equation += "->" + ("..." if any(dots) else "") + "".join(output)
    return equation, shapes


@given(case=equations())
def test_a_sum_is_numpys(case) -> None:
    equation, shapes = case
    outcome = apply(Einsum(equation), [Tensor(shape) for shape in shapes])
    try:
        true = np.einsum(equation, *[np.zeros(shape) for shape in shapes])
    except ValueError:
        assert outcome.broken, equation
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), true.shape), equation


@pytest.mark.parametrize(
    ("equation", "shapes", "expected"),
    [
        ("ij,jk", [(2, 3), (3, 4)], (2, 4)),
        ("ba", [(2, 3)], (3, 2)),
        ("Bij, Bjk -> Bik", [(8, 2, 3), (8, 3, 4)], (8, 2, 4)),
        ("...ij,...jk", [(5, 8, 2, 3), (8, 3, 4)], (5, 8, 2, 4)),
        ("ii->i", [(3, 3)], (3,)),
        ("i,i->", [(3,), (3,)], ()),
        ("nchw,oc->nohw", [(B, 64, H, 7), (32, 64)], (B, 32, H, 7)),
    ],
)
def test_equations(equation, shapes, expected) -> None:
    outcome = apply(Einsum(equation), [Tensor(shape) for shape in shapes])
    assert (outcome.outputs[0].shape, outcome.broken) == (expected, ())


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3)]),
        ("ij->i", [(2, 3, 4)]),
        ("ij->k", [(2, 3)]),
        ("ij->ii", [(2, 3)]),
        ("i1->i", [(2, 3)]),
        ("", [(2,)]),
    ],
)
def test_an_equation_that_does_not_fit(equation, shapes) -> None:
    outcome = apply(Einsum(equation), [Tensor(shape) for shape in shapes])
    assert outcome.broken[0].kind == "equation"
    assert isinstance(outcome.outputs[0].shape, Unknown)


def test_an_index_with_two_sizes() -> None:
    (broken,) = apply(Einsum("ij,jk->ik"), [Tensor((2, 3)), Tensor((4, 5))]).broken
    assert (broken.kind, broken.facts["index"], broken.facts["left"]) == ("contraction", "j", 3)
    outcome = apply(Einsum("bi,bi->b"), [Tensor((2, 3)), Tensor((5, 3))])
    assert isinstance(outcome.outputs[0].dims[0], Unknown)


@given(
    equation=st.sampled_from(["bhi,bhj->bij", "bij,bjk->bik", "...i,...i->...", "bi->ib", "bi,bj,bk->ijk"]),
    numbers=st.lists(st.sampled_from([1, 2, 4]), min_size=4, max_size=4),
)
def test_four_readings(equation, numbers) -> None:
    terms = equation.partition("->")[0].split(",")
    dims = {"b": B, "h": 3, "i": H, "j": H, "k": symbol("K"), "...": B}
    shapes = [tuple([dims[letter] for letter in term.replace("...", "b")]) for term in terms]
    symbols = {"B": numbers, "H": [1, 2, 4, 4], "K": [4, 4, 4, 1]}
    assert_readings_agree(Einsum(equation), [Tensor(shape) for shape in shapes], symbols)


@pytest.mark.torch
@given(case=equations(most=2))
def test_two_operands_cost_what_pytorch_counts(case) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    equation, shapes = case
    tensors = [Tensor(shape) for shape in shapes]
    outcome = apply(Einsum(equation), tensors)
    if outcome.broken or 1 in {size for shape in shapes for size in shape}:
        return
    try:
        with FlopCounterMode(display=False) as counter:
            torch.einsum(equation, *[torch.empty(shape, device="meta") for shape in shapes])
    except RuntimeError:
        return
    macs = Einsum(equation).macs(tensors, outcome.outputs)
    if macs:  # PyTorch writes products without a sum as sums over one element
        assert macs * 2 == counter.get_total_flops(), equation


def test_operands_meet_from_left_to_right() -> None:
    inputs = [Tensor((2, 3)), Tensor((3, 4)), Tensor((4, 5))]
    outputs = apply(Einsum("ij,jk,kl->il"), inputs).outputs
    assert Einsum("ij,jk,kl->il").macs(inputs, outputs) == 2 * 3 * 4 + 2 * 4 * 5
    # Without a sum nothing is accumulated; an index of one operand is summed before.
    for equation, macs in (
        ("i,j->ij", 0),
        ("ij,ij->ij", 0),
        ("ij,ij->", 6),
        ("ij,k->k", 0),
        ("ijk,k->i", 2 * 4),
    ):
        shapes = [
            tuple([{"i": 2, "j": 3, "k": 4}[letter] for letter in term])
            for term in equation.split("->")[0].split(",")
        ]
        tensors = [Tensor(shape) for shape in shapes]
        assert Einsum(equation).macs(tensors, apply(Einsum(equation), tensors).outputs) == macs, equation


def test_an_index_of_the_output_is_seen_cell_by_cell() -> None:
    inputs = [Tensor((8, 12, 197, 64)), Tensor((8, 12, 50, 64))]
    operator = Einsum("bhqd,bhkd->bhqk")
    links = operator.links(inputs, apply(operator, inputs).outputs)
    assert [(link.input, link.input_axis, link.output_axis) for link in links] == [
        *[(0, 0, 0), (0, 1, 1), (0, 2, 2)],
        *[(1, 0, 0), (1, 1, 1), (1, 2, 3)],
    ]
    assert operator.words(inputs, []) == "einsum bhqd,bhkd->bhqk"


def test_a_weight_follows_the_index_that_it_shares() -> None:
    weight = Tensor((32, 64), is_held=True)
    before, after = Tensor((1, 64, 7, 7)), Tensor((1, 16, 7, 7))
    assert Einsum("nchw,oc->nohw").follow([before, weight], [after, weight]).shapes == {1: (32, 16)}


def test_outer_and_dot_products() -> None:
    pair = [Tensor((3,)), Tensor((4,))]
    assert apply(outer_product(), pair).outputs[0].shape == (3, 4)
    assert apply(dot_product(), [Tensor((3,)), Tensor((3,))]).outputs[0].shape == ()


@given(data=st.data(), left_rank=st.integers(1, 4), right_rank=st.integers(1, 4))
def test_a_tensor_product_is_numpys(data, left_rank, right_rank) -> None:
    count = data.draw(st.integers(0, min(left_rank, right_rank)))
    left_axes = data.draw(st.permutations(range(left_rank)))[:count]
    right_axes = [axis - right_rank for axis in data.draw(st.permutations(range(right_rank)))[:count]]
    left = [2 + axis for axis in range(left_rank)]
    right = [7 + axis for axis in range(right_rank)]
    for own, other in zip(left_axes, right_axes, strict=True):
        right[other] = left[own]
    operator = tensor_product(left_rank, right_rank, left_axes, right_axes)
    true = np.tensordot(np.zeros(left), np.zeros(right), (list(left_axes), list(right_axes)))
    outcome = apply(operator, [Tensor(tuple(left)), Tensor(tuple(right))])
    assert (outcome.outputs[0].shape, outcome.broken) == (true.shape, ())


def test_a_function_of_pairs_is_no_product() -> None:
    operator = Pairwise("...im,...jm->...ij", "cosine_distance")
    inputs = [Tensor((B, 5, 8)), Tensor((7, 8))]
    outcome = apply(operator, inputs)
    assert (outcome.outputs[0].shape, outcome.broken) == ((B, 5, 7), ())
    assert operator.macs(inputs, outcome.outputs) == 0
    assert operator.words(inputs, outcome.outputs) == "cosine distance"
    assert operator.learned == frozenset()
    assert [(link.input, link.output_axis) for link in operator.links(inputs, outcome.outputs)] == [
        *[(0, 0), (0, 1), (1, 2)],
    ]


@pytest.mark.parametrize("cells", [1, 7])
def test_a_pair_has_as_many_cells(cells) -> None:
    outcome = apply(Pairwise("...im,...jm->...ij"), [Tensor((5, 8)), Tensor((6, cells))])
    assert [(r.kind, r.facts["left"], r.facts["right"]) for r in outcome.broken] == [
        ("contraction", 8, cells)
    ]
    assert apply(Pairwise("...im,...jm->...ij"), [Tensor((4, 5, 8)), Tensor((1, 6, 8))]).broken == ()


def test_letters_are_told_apart_by_their_case() -> None:
    letters = string.ascii_letters
    outcome = apply(Einsum(f"{letters}->{letters[::-1]}"), [Tensor(tuple(range(1, 53)))])
    assert outcome.outputs[0].shape == tuple(range(52, 0, -1))
    assert apply(Einsum("aAzZ"), [Tensor((1, 2, 3, 4))]).outputs[0].shape == (2, 4, 1, 3)
