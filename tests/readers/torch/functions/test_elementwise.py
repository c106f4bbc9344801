"""Functions of several tensors: every function, with tensors and numbers, both ways round and in place."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.readers.torch.agreement import agrees  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE = (2, 4, 9, 7)
OTHERS = [[(5, 4, 12, 11)], [(3, 4, 16, 2)]]

OF_TWO = (
    "add sub mul div pow subtract multiply divide true_divide floor_divide remainder fmod maximum minimum fmax fmin "
    "eq ne lt le gt ge greater greater_equal less less_equal not_equal logical_and logical_or logical_xor atan2 "
    "arctan2 hypot xlogy logaddexp logaddexp2 copysign nextafter heaviside float_power igamma igammac isclose rsub"
)
WITH_NUMBER = (
    "add sub mul div pow remainder fmod floor_divide true_divide multiply eq ne lt le gt ge float_power"
)
IN_PLACE = "add_ sub_ mul_ div_ pow_ remainder_ fmod_ floor_divide_ eq_ lt_ ge_ logical_and_ copysign_ atan2_"
OF_BITS = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm"


@pytest.mark.parametrize("name", OF_TWO.split())
def test_two_tensors_broadcast(name) -> None:
    network = holds_everywhere(
        lambda x: getattr(torch, name)(x, x.mean(1, keepdim=True)), IMAGE, others=OTHERS
    )
    assert operators_of(network) == ["Reduce", "Elementwise"]


@pytest.mark.parametrize("name", WITH_NUMBER.split())
@pytest.mark.parametrize("number", [2, 0.5])
def test_a_number_has_no_shape(name, number) -> None:
    holds_everywhere(
        lambda x: (getattr(torch, name)(x, number), getattr(x, name)(number)), IMAGE, others=OTHERS
    )


@pytest.mark.parametrize("name", IN_PLACE.split())
def test_in_place_it_is_the_same(name) -> None:
    def changed(x):
        y = x.clone()
        returned = getattr(y, name)(x[:1].mean(0))
        return y, returned

    network = holds_everywhere(changed, IMAGE, others=OTHERS)
    assert network.outputs[0] == network.outputs[1]


@pytest.mark.parametrize("name", OF_BITS.split())
def test_integers(name) -> None:
    holds_everywhere(lambda x: getattr(torch, name)(x.int(), x.int() + 1), IMAGE, others=OTHERS)


@pytest.mark.parametrize(
    "function",
    cases(
        operators=lambda x: (2 - x) * (3 / (x + 1)) ** 2 // 1 % 5 - 1,
        number_on_the_left=lambda x: (2**x, 7 // (x + 1), 7 % (x + 1), 2 / (x + 1), 1 - x),
        comparisons=lambda x: (x > 0) & (x <= 1) | (x == 2) ^ (x != 3),
        bits=lambda x: (x.int() & 3) | (x.int() << 1) ^ (x.int() >> 1),
        bits_on_the_left=lambda x: (3 & x.int(), 1 << x.int(), 64 >> x.int()),
        in_place_operators=lambda x: x.clone().__iadd__(1).__imul__(x[:, :1]).__isub__(2).__itruediv__(3),
        alpha=lambda x: torch.add(x, x.mean(1, True), alpha=2),
        alpha_of_sub=lambda x: x.sub(x.mean(1, True), alpha=2),
        rounding=lambda x: (torch.div(x, 2, rounding_mode="floor"), x.div(3, rounding_mode="trunc")),
        where=lambda x: torch.where(x > 0, x, 0.0),
        where_broadcasts=lambda x: torch.where(x > 0, x, x.mean((2, 3), True)),
        where_method=lambda x: x.where(x > 0, x.mean(0)),
        where_of_numbers=lambda x: torch.where(x > 0, 1, 0),
        masked_fill=lambda x: x.masked_fill(x > 0, float("-inf")),
        masked_fill_broadcasts=lambda x: x.masked_fill((x > 0)[:, :1], x.mean()),
        masked_fill_in_place=lambda x: x.clone().masked_fill_(x.mean(0) > 0, 0),
        lerp=lambda x: torch.lerp(x, x.mean(0), 0.5),
        lerp_by_a_tensor=lambda x: torch.lerp(x, x, x.mean(1, True)),
        addcmul=lambda x: torch.addcmul(x, x.mean(0), x[:, :1], value=2),
        addcdiv=lambda x: x.addcdiv(x + 1, x + 1),
        ldexp=lambda x: torch.ldexp(x, x.int()),
        xlog1py=lambda x: torch.special.xlog1py(x, x),
        zeta=lambda x: torch.special.zeta(x + 2, x + 1),
        polynomial=lambda x: torch.special.hermite_polynomial_h(x, 2),
        bools_add_up=lambda x: (x > 0) + (x < 0),
        integers_divide=lambda x: x.long() / 2,
        integer_and_float=lambda x: x.long() + 1.5,
        half_and_single=lambda x: x.half() + x.bfloat16(),
        to=lambda x: x.to(torch.float16).double().long().to(x),
        type=lambda x: x.type(torch.int32).float(),
        type_as=lambda x: x.int().type_as(x),
        nothing_happens=lambda x: (
            x.contiguous().clone().detach().data.to(torch.float32).requires_grad_(False)
        ),
    ),
)
def test_forms(function) -> None:
    holds_everywhere(function, IMAGE, others=OTHERS)


def test_what_does_nothing_is_no_operator() -> None:
    network = holds_everywhere(lambda x: x.contiguous().detach().float().to(x), IMAGE)
    assert operators_of(network) == []


SIZES = cases(
    true_division_is_of_floats=lambda h, w: (h / 2 * 4).long(),
    a_remainder_is_never_negative=lambda h, w: (-h) % w,
    fmod_has_the_sign_of_the_left=lambda h, w: torch.fmod(-h, w) + h,
    a_quotient_is_floored=lambda h, w: -h // w + h,
    or_cut_off=lambda h, w: torch.div(-h, w, rounding_mode="trunc") + h,
    shifts=lambda h, w: (h << 2) >> 1,
    alpha_counts=lambda h, w: torch.add(h, w, alpha=3),
    number_on_the_left=lambda h, w: 100 - h,
    a_float_beside_integers=lambda h, w: (h * 1.5).long() + w,
    extremes=lambda h, w: torch.maximum(h, torch.minimum(w, torch.tensor(5))),
    powers=lambda h, w: h**2 - w,
)


@pytest.mark.parametrize("function", SIZES)
def test_sizes_that_are_computed_as_tensors(function) -> None:
    """What is read of them makes a shape, so that a wrong number is seen."""

    def sized(x):
        h, w = torch.tensor(x.shape[2]), torch.tensor(x.shape[3])
        return x.new_zeros(function(h, w).item(), 3)

    holds_everywhere(sized, IMAGE, others=OTHERS)


@pytest.mark.parametrize(
    ("function", "condition"),
    [
        (lambda h, w: torch.where(h > w, h, 3), "H > W"),
        (lambda h, w: torch.where(h > 2, 7, w), "H > 2"),
        (lambda h, w: (h >= 2) + h, "H ≥ 2"),
    ],
)
def test_a_choice_between_sizes_is_a_condition(function, condition) -> None:
    def sized(x):
        return x.new_zeros(function(torch.tensor(x.shape[2]), torch.tensor(x.shape[3])).item(), 3)

    network = agrees(sized, IMAGE, others=OTHERS)
    assert [str(guard.condition) for guard in network.guards] == [condition]


def test_bits_of_numbers_are_no_truths() -> None:
    """Numbers that stand in the model itself are computed."""
    holds_everywhere(
        lambda x: x.new_zeros(((torch.tensor(6) & 3) | 5 ^ 1).item(), x.shape[2]), IMAGE, others=OTHERS
    )
