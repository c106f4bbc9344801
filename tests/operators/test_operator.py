from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, dataclass
from fractions import Fraction

import pytest

import shapelens.operators
from shapelens.dims import UndecidedError, Unknown, at_least, symbol
from shapelens.operators import Operator, Outcome, Requirement, Tensor, apply
from shapelens.operators.operator import plain
from shapelens.operators.reach import Link

N, H = symbol("N"), symbol("H")

OPERATORS = [
    found
    for found in (getattr(shapelens.operators, name) for name in shapelens.operators.__all__)
    if isinstance(found, type) and issubclass(found, Operator) and found is not Operator
]


# tensors ------------------------------------------------------------------------------------------------


def test_a_tensor_knows_its_dims() -> None:
    tensor = Tensor((N, 3, H), "float16", is_held=True)
    assert (tensor.dims, tensor.rank, tensor.elements) == ((N, 3, H), 3, 3 * N * H)
    assert Tensor(()).elements == 1


def test_a_tensor_of_unknown_rank_has_no_dims() -> None:
    tensor = Tensor(Unknown("the data decide it"))
    assert tensor.elements == Unknown("the data decide it")
    with pytest.raises(UndecidedError, match="the data decide it"):
        _ = tensor.dims
    with pytest.raises(UndecidedError, match="the data decide it"):
        _ = tensor.rank


def test_another_shape_keeps_the_type_and_nothing_else() -> None:
    tensor = Tensor((2,), "int64", (3, 4), is_held=True)
    assert tensor.shaped((5,)) == Tensor((5,), "int64")
    assert tensor.shaped((5,), "bool") == Tensor((5,), "bool")


# what a rule says ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said(Operator):
    """A rule that says what it is told to say."""

    outcome: Outcome

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return self.outcome


@dataclass(frozen=True)
class Undecided(Operator):
    """A rule that needs to know what is not known."""

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        assert inputs[0] is not None
        return Outcome((inputs[0].shaped(inputs[0].dims[:1]),))


def test_only_what_is_known_not_to_hold_is_broken() -> None:
    truths = (True, False, at_least(H, 7), Unknown("x"))
    requirements = tuple([Requirement(str(place), truth) for place, truth in enumerate(truths)])
    assert [requirement.kind for requirement in Outcome((), requirements).broken] == ["1"]


def test_what_comes_out_of_a_rule_that_says_all_is_left_alone() -> None:
    outcome = Outcome((Tensor((2, H)), Tensor((), "int64")), (Requirement("some", True),))
    assert apply(Said(outcome), [], 2) is outcome


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_rule_that_cannot_decide_leaves_every_output_unknown(count) -> None:
    outcome = apply(Undecided(), [Tensor(Unknown("the data decide it"), "int8")], count)
    assert outcome == Outcome((Tensor(Unknown("the data decide it"), "unknown"),) * max(count, 1))


def test_an_output_that_the_rule_does_not_tell_is_unknown() -> None:
    outcome = apply(Said(Outcome((Tensor((2,)),))), [], 3)
    nothing = Tensor(Unknown("Said says nothing of this output"), "unknown")
    assert outcome.outputs == (Tensor((2,)), nothing, nothing)


def test_an_output_that_the_rule_does_not_tell_is_unknown_for_the_reason_of_the_last() -> None:
    last = Tensor(Unknown("the data decide it"), "int64")
    assert apply(Said(Outcome((last,))), [], 2).outputs == (last, last)


BECAUSE = Unknown("because of conv1")


@pytest.mark.parametrize(
    ("spoils", "shapes"),
    [
        ((), ((2, 3, H), (5,))),
        ((0,), ((BECAUSE, 3, H), (BECAUSE,))),
        ((1, 2), ((2, BECAUSE, BECAUSE), (BECAUSE,))),
        ((-1,), ((2, 3, BECAUSE), (BECAUSE,))),
        (None, (BECAUSE, BECAUSE)),
    ],
)
def test_what_a_broken_requirement_spoils(spoils, shapes) -> None:
    told = Outcome(
        (Tensor((2, 3, H), "float16", (1,)), Tensor((5,), "int64")),
        (Requirement("fine", True, spoils=None), Requirement("misfit", False, spoils=spoils)),
    )
    outcome = apply(Said(told), [], 2, "conv1")
    assert tuple(tensor.shape for tensor in outcome.outputs) == shapes
    assert [tensor.dtype for tensor in outcome.outputs] == ["float16", "int64"]
    assert (outcome.outputs[0].contents is None) == (spoils != ())
    assert outcome.requirements == told.requirements


def test_what_is_unknown_already_keeps_its_reason() -> None:
    told = Outcome((Tensor(Unknown("x")), Tensor(())), (Requirement("misfit", False, spoils=(0,)),))
    assert [tensor.shape for tensor in apply(Said(told), [], 2).outputs] == [Unknown("x"), ()]


def test_without_a_name_the_operator_is_to_blame() -> None:
    told = Outcome((Tensor((2,)),), (Requirement("misfit", False, spoils=None),))
    assert apply(Said(told), []).outputs[0].shape == Unknown("because of Said")


def test_a_condition_spoils_nothing_before_it_is_known_not_to_hold() -> None:
    told = Outcome((Tensor((H,)),), (Requirement("misfit", Unknown("x"), spoils=None),))
    assert apply(Said(told), []).outputs[0].shape == (H,)


# what every operator has --------------------------------------------------------------------------------


def test_an_operator_that_says_no_more_sees_every_cell_at_its_own_place() -> None:
    operator, tensors = Said(Outcome(())), [Tensor((2, H)), None, Tensor((1,)), Tensor(Unknown("x"))]
    outputs = [Tensor((2, H))]
    assert operator.links(tensors, outputs) == (Link(0, 0, 0), Link(0, 1, 1), Link(2, 0, 1, advance=0))
    assert (operator.name, operator.words(tensors, outputs)) == ("Said", "said")
    assert (operator.macs(tensors, outputs), operator.filters(tensors)) == (0, None)
    assert operator.follow(tensors, tensors).operator is operator
    assert operator.follow(tensors, tensors).shapes == {}


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_an_operator_is_plain_data(kind) -> None:
    operator = kind()
    assert operator == kind() == operator.with_settings(**operator.settings())
    assert hash(operator) == hash(kind())
    assert operator.learned <= set(operator.roles)
    assert operator.name == kind.__name__
    json.dumps(Operator.attributes(operator, []), allow_nan=False)
    for setting in operator.settings():
        with pytest.raises(FrozenInstanceError):
            setattr(operator, setting, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2.5, None), [True, "same"]), [1, [2.5, None], [True, "same"]]),
        ((H, H // 2, 3), ["H", "floor(H/2)", 3]),
        (Unknown("x"), None),
        (float("inf"), "inf"),
        (Fraction(1, 3), "1/3"),
        ({"sizes": (N, 7)}, {"sizes": ["N", 7]}),
    ],
)
def test_settings_for_json(value, expected) -> None:
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)
