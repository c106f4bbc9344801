"""Numbers that remember their formula: at any size they are what Python computes with plain numbers there."""

from __future__ import annotations

import math
import operator
from functools import lru_cache

import pytest

pytest.importorskip("torch")

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Condition, Unknown, condition_text, evaluate, symbol
from shapelens.dims.evaluation import evaluate_condition
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.sizes import TracedInt, traced

pytestmark = pytest.mark.torch


class Asked:
    """A witness that keeps what it is asked."""

    def __init__(self):
        self.conditions = []
        self.pinned = []

    def ask(self, truth, answer):
        if isinstance(truth, Condition):
            self.conditions.append(truth if answer else truth.negated())

    def pin(self, dim, value):
        self.pinned.append((dim, value))

    def admits(self, sizes):
        """Whether what was asked and held is the same at other sizes."""
        return all(evaluate_condition(condition, sizes) is True for condition in self.conditions) and all(
            evaluate(dim, sizes) == value for dim, value in self.pinned
        )


def size(value, name="H"):
    witness = Asked()
    return TracedInt(value, symbol(name), witness), witness


BINARY = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
    min,
    max,
    operator.truediv,
]
UNARY = [
    lambda x: x,
    abs,
    operator.neg,
    math.ceil,
    math.floor,
    int,
    lambda x: x * 0.5,
    lambda x: x * 2.0,
    lambda x: x / 3,
    lambda x: math.ceil(x / 2),
    lambda x: math.floor(x / 32),
    lambda x: round(x / 4),
    lambda x: x**2,
    lambda x: x**0.5,
    lambda x: x + 1 if x > 7 else x - 1,
    lambda x: x // 2 if x % 2 == 0 else (x + 1) // 2,
    lambda x: x if x > 3.5 else 3,
    lambda x: divmod(x, 5)[1],
    lambda x: sum([x, 2]),
    lambda x: x if x else 1,
]

programs = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(UNARY)),
        st.tuples(st.sampled_from(BINARY), st.sampled_from(["H", "W", 1, 2, 3, 7, 32])),
    ),
    min_size=1,
    max_size=6,
)


def run(program, height, width):
    sizes = {"H": height, "W": width}
    result = height
    for step in program:
        if len(step) == 1:
            result = step[0](result)
        else:
            function, other = step
            if type(result) is float and other in sizes:
                # A plain float on the left does not ask an integer on its right what it is; nobody can see that,
                # and only a second trace at another size finds it.
                raise TypeError
            result = function(result, sizes.get(other, other))
    return result


@given(programs, st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=400)
def test_a_program_gives_at_other_sizes_what_its_formula_says(
    program, height, width, other_height, other_width
):
    witness = Asked()
    traced_sizes = TracedInt(height, symbol("H"), witness), TracedInt(width, symbol("W"), witness)
    try:
        plain = run(program, height, width)
        found = run(program, *traced_sizes)
    except (ZeroDivisionError, OverflowError, TypeError, ValueError):
        assume(False)
    assume(not isinstance(plain, complex))
    assert found == plain
    assert type(found) in {int, float, TracedInt, TracedFloat}
    if isinstance(found, TracedFloat):
        found = math.floor(found)  # becomes an integer, as every size does in the end
        program = [*program, (math.floor,)]
    there = {"H": other_height, "W": other_width}
    if not witness.admits(there):
        return  # the code goes another way there, or a size is held
    dim = found.dim if isinstance(found, TracedInt) else found
    assert not isinstance(dim, Unknown)
    try:
        expected = run(program, other_height, other_width)
    except (ZeroDivisionError, OverflowError):
        return
    assert evaluate(dim, there) == expected


@pytest.mark.parametrize(
    "use",
    [
        int,
        float,
        math.sqrt,
        lambda x: [0] * x,
        lambda x: x & 1,
        lambda x: x << 1,
        lambda x: 2**x,
        lambda x: x**7,
        lambda x: int(x**0.5),
        lambda x: round(x / 2),
        lambda x: bool(x * 0.5),
        lambda x: divmod(x / 2, 3),
        lambda x: x * 0.5 > 3,
        lambda x: x > (x * 0.5),
        lambda x: x in {8, 12, 16},
        lambda x: (x, 3) in {(8, 3)},
        lambda x: x not in {8: 1},
        lambda x: {12: 1}[x],
        lambda x: {8: 1}.get(x, 4),
    ],
)
def test_what_leaves_the_arithmetic_holds_the_size(use):
    number, witness = size(12)
    use(number)
    assert any(evaluate(dim, {"H": 13}) != value for dim, value in witness.pinned)


@pytest.mark.parametrize(
    ("use", "conditions"),
    [
        (lambda x: int(x / 5), ["floor(H/5) = 2"]),
        (lambda x: int(x * 0.25), ["floor(H/4) = 3"]),
        (lambda x: int(x / 2 / 3), ["H - 6·floor(H/6) = 0", "floor(H/6) = 2"]),
        (lambda x: int((x * x) / (x / 3)), ["H - 3·floor(H/3) = 0", "3·H = 36"]),
    ],
)
def test_an_integer_of_a_quotient_holds_all_sizes_that_give_the_same(use, conditions):
    number, witness = size(12)
    assert type(use(number)) is int
    assert [condition_text(condition, "·") for condition in witness.conditions] == conditions
    assert witness.pinned == []


QUOTIENTS = [
    lambda x: int(x / 3),
    lambda x: int(x / 3 / 2),
    lambda x: int(x * 0.3),
    lambda x: int(x * 0.5 * 0.5),
    lambda x: int((6 * x) / (x / 2)),
    lambda x: int((x * x // 4) / (x * x / 2 / 2)),
    lambda x: int((x - 20) / 3),
    lambda x: math.floor(x / 3 / 4),
    lambda x: math.ceil(x / 6 / 2),
    lambda x: math.ceil((x / 3) / (x / 6)),
    lambda x: math.floor(x / (2 * x / 7)),
    lambda x: int(x / 3 / 2 == 2),
    lambda x: int(x / 4 / 2 > 3),
    lambda x: int(x / 7 / 3 * 3),
]


@pytest.mark.parametrize("use", QUOTIENTS)
def test_a_quotient_is_rounded_at_other_sizes_as_python_does(use):
    """Every size against every other that is admitted."""
    for height in range(1, 50):
        number, witness = size(height)
        found = use(number)
        assert found == use(height)
        dim = found.dim if isinstance(found, TracedInt) else found
        for other in range(1, 50):
            if witness.admits({"H": other}):
                assert evaluate(dim, {"H": other}) == use(other)


@lru_cache
def kept(number):
    return number + 1


@pytest.mark.parametrize(
    "use",
    [
        str,
        repr,
        lambda x: f"{x}{x:d}",
        hash,
        lambda x: {x: 1},
        kept,
        lambda x: x.__reduce__(),
        lambda x: -x,
        abs,
    ],
)
def test_what_is_only_looked_at_holds_nothing(use):
    number, witness = size(12)
    use(number)
    assert witness.pinned == []


def test_a_question_is_kept_with_its_answer():
    number, witness = size(12)
    assert number > 7
    assert number != 5
    assert not number >= 12.5
    assert [str(condition) for condition in witness.conditions] == ["H > 7", "H ≠ 5", "H < 13"]


def test_a_number_without_symbols_is_plain():
    number, witness = size(12)
    assert type(number - number) is int
    assert type(traced(3, 3, witness)) is int


def test_an_unknown_taints():
    number = TracedInt(5, Unknown("data decide it"), Asked())
    assert isinstance((number + 1).dim, Unknown)
    assert number + 1 == 6
