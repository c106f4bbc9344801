from __future__ import annotations

import json

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Gather, Index, MaskedScatter, Overwrite, Slice, Tensor, Unsqueeze, apply
from shapelens.operators.reach import Link, identity
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
CUT = Slice((1,), (4,), (1,))
TAKE = Gather(0, 1)


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Overwrite(), [(N, 8, 5)]),
        (Overwrite(), [(N, 8, 5), (N, 8, 5)]),
        (Overwrite(), [(N, 8, 5), ()]),
        (Overwrite((CUT,)), [(N, 8, 5), (N, 3, 5)]),
        (Overwrite((CUT,)), [(N, 8, 5), (3, 1)]),
        (Overwrite((CUT,)), [(N, 8, 5), (1, 1, 1, 3, 5)]),
        (Overwrite((CUT,)), [(N, 8, 5), Unknown("x")]),
        (Overwrite((CUT, TAKE)), [(4, 8, 5), (3, 5)]),
        (Overwrite((TAKE, Unsqueeze((0,)))), [(4, 8, 5), (1, 8, 5)]),
        (Overwrite((CUT,), exact=True), [(N, 8, 5), (N, 3, 5)]),
    ],
)
def test_the_tensor_keeps_its_shape(operator, inputs) -> None:
    outcome = apply(operator, [Tensor(shape) for shape in inputs])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), inputs[0])


@pytest.mark.parametrize(
    ("operator", "before", "values", "kind"),
    [
        (Overwrite((CUT,)), (2, 8, 5), (4, 5), "overwrite"),
        (Overwrite((CUT,)), (2, 8, 5), (2, 2, 3, 5), "overwrite"),
        (Overwrite((CUT,), exact=True), (2, 8, 5), (1, 3, 5), "overwrite"),
        (Overwrite((CUT,), exact=True), (2, 8, 5), (3, 5), "overwrite"),
        (Overwrite((Gather(0, 2),)), (2, 8, 5), (8, 5), "index"),
        (Overwrite((Gather(3, 2),)), (2, 8, 5), (8, 5), "axis"),
    ],
)
def test_what_does_not_fit_leaves_the_shape(operator, before, values, kind) -> None:
    outcome = apply(operator, [Tensor(before), Tensor(values)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == before


def test_indices_are_taken_in_their_order() -> None:
    operator = Overwrite((Gather(1), Index((0, 2))))
    indices = [Tensor((7,), "int64"), Tensor((3,), "int64"), Tensor((3,), "int64")]
    assert apply(operator, [Tensor((2, 8, 5)), Tensor((3, 7)), *indices]).broken == ()
    wrong = apply(operator, [Tensor((2, 8, 5)), Tensor((3, 6)), *indices])
    assert [requirement.kind for requirement in wrong.broken] == ["overwrite"]
    assert apply(operator, [Tensor((2, 8, 5)), None, *indices]).broken == ()


def test_what_is_written_is_seen_at_its_place_where_the_part_begins_there() -> None:
    tensor = Tensor((2, 8, 5))
    own = identity(0, [(0, 0), (1, 1), (2, 2)])
    values = Tensor((2, 3, 5))
    assert Overwrite((CUT,)).links([tensor, values], [tensor]) == own + identity(1, [(0, 0), (2, 2)])
    begins = Slice((0,), (3,), (1,))
    assert Overwrite((begins,)).links([tensor, values], [tensor]) == own + identity(
        1, [(0, 0), (1, 1), (2, 2)]
    )
    row = Tensor((1, 5))
    taken = Overwrite((Gather(0, 1),)).links([tensor, row], [tensor])
    assert taken == (*own, Link(1, 0, 1, advance=0), Link(1, 1, 2))
    assert Overwrite((CUT,)).links([tensor, None], [tensor]) == own
    nowhere = Overwrite((Gather(7, 0), CUT))
    assert nowhere.links([tensor, values], [tensor]) == own


def test_attributes_tell_the_part() -> None:
    operator = Overwrite((CUT, Gather(0, H)), called="index add")
    told = operator.attributes([Tensor((2, 8, 5))])
    assert json.loads(json.dumps(told))["selection"][1] == {"operator": "Gather", "axis": 0, "indices": "H"}
    assert operator.words([], []) == "index add"


def test_masked_scatter() -> None:
    inputs = [Tensor((N, 1, H)), Tensor((3, H), "bool"), Tensor((9,))]
    outcome = apply(MaskedScatter(), inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), (N, 3, H))
    links = MaskedScatter().links(inputs, outcome.outputs)
    assert {link.input for link in links} == {0, 1}
    wrong = apply(MaskedScatter(), [Tensor((2, 4)), Tensor((3,), "bool"), Tensor((9,))])
    assert [requirement.kind for requirement in wrong.broken] == ["broadcast"]


def test_every_reading_agrees() -> None:
    sizes = {"N": (1, 2, 3), "H": (3, 4, 9)}
    assert_readings_agree(Overwrite((CUT,)), [Tensor((N, H, 5)), Tensor((N, 3, 1))], sizes)
    assert_readings_agree(Overwrite((CUT,), exact=True), [Tensor((N, H, 5)), Tensor((2, 3, 5))], sizes)
    assert_readings_agree(MaskedScatter(), [Tensor((N, H)), Tensor((1, H), "bool"), Tensor((4,))], sizes)
