"""What a body that runs again and again does to the shapes of what it carries on.

A body is evaluated as if it ran once more. What comes out as it went in has its shape whatever the number of rounds;
what grew by the same size is followed as `first + growth * round`, which is checked for every round at once; anything
else is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import replace

from shapelens.dims import (
    All,
    Comparison,
    Condition,
    Dim,
    Either,
    Expression,
    Path,
    UndecidedError,
    Unknown,
    decide,
    equal,
    following,
    symbol,
)
from shapelens.operators import Tensor, TensorSequence, what_both_are
from shapelens.records import dataclass

__all__ = ["CHANGES", "Round", "Rounds", "settled", "spending"]

CHANGES = Unknown("it changes from round to round of a loop")
"""Why a size that a body carries on is not known."""

_MOST_RUNS = 512

_ROUND = "round "
"""How the symbol that counts rounds begins; the space keeps it apart from the names of a file."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one run of a body gives.

    Args:
        states: what it carries on to the next run.
        scans: what is collected, one from each run.
        goes_on: whether there is another run.
        macs: the multiply-accumulates of this run.
    """

    states: tuple[Tensor, ...]
    scans: tuple[Tensor, ...]
    goes_on: Tensor | None
    macs: Dim


Run = Callable[[Sequence[Tensor]], Round]


@dataclass(frozen=True, slots=True)
class Rounds:
    """What any number of runs gives.

    Args:
        last: one run, with what is known of all.
        states: what is carried on to a run, and comes out of the last.
    """

    last: Round
    states: Callable[[Dim], tuple[Tensor, ...]]


# how much work ------------------------------------------------------------------------------------------

_left: ContextVar[list[int] | None] = ContextVar("shapelens_steps_left", default=None)


@contextmanager
def spending(steps: int) -> Iterator[Callable[[int], None]]:
    """Allow so many steps to the outermost loop and all within it together.

    Args:
        steps: evaluations of single nodes.

    Raises:
        UndecidedError: they are used up, from the function that is given.
    """
    left = _left.get()
    token = None
    if left is None:
        left = [steps]
        token = _left.set(left)

    def spend(count: int) -> None:
        left[0] -= count
        if left[0] < 0:
            raise UndecidedError("a loop would have to be followed for too long")

    try:
        yield spend
    finally:
        if token is not None:
            _left.reset(token)


# what stays and what grows ------------------------------------------------------------------------------


def settled(run: Run, first: Sequence[Tensor], level: int, *, surely_once: bool = False) -> Rounds:
    """What is true of every run of a body, however many there are.

    Args:
        run: evaluates the body.
        first: what it is given the first time.
        level: how many loops are around this one.
        surely_once: whether it runs at least once.
    """
    states = tuple([_without_contents(state, state) for state in first])
    once = run(states)
    if surely_once and not _same_all(once.states, states):
        # What a loop begins with may be a placeholder: an empty tensor that is replaced at once.
        again = run(once.states)
        if _same_all(again.states, once.states):
            return Rounds(_joined_runs(once, again), _always(once.states))
    grown = _grown(run, states, once.states, level)
    if grown is not None:
        return grown
    # A size that changed stays unknown, so that this ends after as many runs as there are sizes.
    for _ in range(_MOST_RUNS):
        joined = tuple([what_both_are(a, b, CHANGES) for a, b in zip(states, once.states, strict=True)])
        if _same_all(joined, states):
            return Rounds(once, _always(joined))
        states = joined
        once = run(states)
    raise UndecidedError("what a loop carries on does not settle")


def _always(states: tuple[Tensor, ...]) -> Callable[[Dim], tuple[Tensor, ...]]:
    return lambda count: states


def _joined_runs(one: Round, other: Round) -> Round:
    scans = tuple([what_both_are(a, b, CHANGES) for a, b in zip(one.scans, other.scans, strict=True)])
    same = isinstance(one.macs, Unknown) or equal(one.macs, other.macs) is not True
    return replace(other, scans=scans, macs=CHANGES if same else one.macs)


def _without_contents(state: Tensor, other: Tensor) -> Tensor:
    return (
        state
        if state.contents is not None and state.contents == other.contents
        else replace(state, contents=None)
    )


def _same_all(some: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    return len(some) == len(others) and all(map(_is_same, some, others))


def _is_same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are known to be alike in all that is known of the first."""
    own, its = _dims_of(one), _dims_of(other)
    if own is None or its is None:
        return own is its and one.dtype == other.dtype
    fits = len(own) == len(its) and all(map(_is_same_dim, own, its))
    return fits and one.dtype == other.dtype and one.contents in {None, other.contents}


def _is_same_dim(one: Dim, other: Dim) -> bool:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return isinstance(one, Unknown)
    return equal(one, other) is True


def _dims_of(tensor: Tensor) -> tuple[Dim, ...] | None:
    """The sizes that may grow: those of a tensor, or of a sequence its length and what its tensors are like."""
    if isinstance(tensor, TensorSequence):
        each = tensor.each
        shape = () if each is None or isinstance(each.shape, Unknown) else each.shape
        return (tensor.length, *shape)
    return None if isinstance(tensor.shape, Unknown) else tensor.shape


def _with_dims(tensor: Tensor, dims: Sequence[Dim]) -> Tensor:
    if isinstance(tensor, TensorSequence):
        each = tensor.each
        if each is not None and not isinstance(each.shape, Unknown):
            each = each.shaped(tuple(dims[1:]))
        return replace(tensor, items=None, each=each, length=dims[0])
    return tensor.shaped(tuple(dims))


def _grown(run: Run, before: Sequence[Tensor], after: Sequence[Tensor], level: int) -> Rounds | None:
    """The states as formulas of the round, where every size that changes grows by the same each time."""
    name = f"{_ROUND}{level}"
    place = symbol(name, minimum=0)
    pairs = list(zip(before, after, strict=True))
    kept = [_growing(old, new) for old, new in pairs]
    if None in kept or all(growth is None for growths in kept if growths for growth in growths):
        return None

    def at(when: Dim) -> tuple[Tensor, ...]:
        found = []
        for (old, new), growths in zip(pairs, kept, strict=True):
            shown = new if isinstance(old, TensorSequence) and old.each is None else old
            own = _dims_of(old)
            if own is None or growths is None:
                found.append(what_both_are(old, new, CHANGES))
                continue
            base = (*own, *(_dims_of(shown) or ())[len(own) :])
            sizes = [
                dim if growth is None else dim + growth * when
                for dim, growth in zip(base, growths, strict=True)
            ]
            same = old.contents is not None and old.contents == new.contents
            found.append(old if same else _with_dims(shown, sizes))
        return tuple(found)

    try:
        with following(_Watching(name)):
            once = run(at(place))
    except UndecidedError:
        return None
    if not _same_all(at(place + 1), once.states):
        return None
    return Rounds(_for_all_rounds(once, name), at)


def _growing(old: Tensor, new: Tensor) -> tuple[Dim | None, ...] | None:
    """By how much each size grew, None for one that stayed; None as a whole where that is not to be said."""
    own, its = _dims_of(old), _dims_of(new)
    if own is None or its is None:
        return () if own is its else None
    if isinstance(old, TensorSequence) and old.each is None and len(its) > len(own):
        own = (*own, *its[len(own) :])
    if len(own) != len(its) or type(old) is not type(new):
        return None
    growths = tuple([None if _is_same_dim(a, b) else b - a for a, b in zip(own, its, strict=True)])
    is_told = all(growth is None or isinstance(growth, (int, Expression)) for growth in growths)
    return growths if is_told else None


def _for_all_rounds(once: Round, name: str) -> Round:
    """One run, of which nothing is left that is another in each."""
    scans = tuple([_free_of(scan, name) for scan in once.scans])
    macs = CHANGES if _mentions(once.macs, name) else once.macs
    return replace(once, scans=scans, macs=macs)


def _free_of(tensor: Tensor, name: str) -> Tensor:
    dims = _dims_of(tensor)
    if dims is None or not any(_mentions(dim, name) for dim in dims):
        return tensor
    return _with_dims(tensor, [CHANGES if _mentions(dim, name) else dim for dim in dims])


def _mentions(dim: Dim, name: str) -> bool:
    return isinstance(dim, Expression) and any(symbol.name == name for symbol in dim.symbols())


class _Watching(Path):
    """Decides as the path around it does, and nothing that hangs on the round."""

    __slots__ = ("_around", "_name")

    def __init__(self, name: str) -> None:
        super().__init__()
        self._around = copy_context()
        self._name = name

    def choose(self, condition: Condition) -> bool:
        """The answer of the path around.

        Raises:
            UndecidedError: it is another in each round.
        """
        if self._name in _names_in(condition):
            raise UndecidedError("what a loop does depends on the round")
        return self._around.copy().run(decide, condition)


def _names_in(condition: Condition) -> set[str]:
    """The names of the symbols in a condition."""
    if isinstance(condition, Comparison):
        return {each.name for each in condition.difference.symbols()}
    if isinstance(condition, (All, Either)):
        return {name for member in condition.members for name in _names_in(member)}
    return set()
