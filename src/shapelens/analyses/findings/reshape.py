"""SL110: a reshape that asks for more or fewer elements than there are."""

from __future__ import annotations

from itertools import pairwise

from shapelens.analyses.findings.features import square_side
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.following import fitted_behind
from shapelens.analyses.findings.mending import all_of_them, put_in, with_operator
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Expression, evaluate, product, shape_text
from shapelens.operators import AdaptivePool, Reshape, Shape, Tensor

__all__ = ["tell_reshape"]


@tells("reshape")
def tell_reshape(case: Case) -> Told:
    """A reshape that cannot hold the elements."""
    gets, asked = case.facts.get("gets"), case.facts.get("asked")
    if gets is None or asked is None:
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    fixed = tuple([dim for dim in asked if not (type(dim) is int and dim == -1)])
    is_open = len(fixed) < len(asked)
    have, wants = _factored(gets), _factored(fixed)
    verb = "must divide them: the -1 is what remains" if is_open else "must come to as many"
    return case.told(
        "SL110",
        f"{shape_text(gets)}: {have} elements",
        f"{shape_text(asked)} asks for {wants}, which {verb}{_parts_line(gets, asked)}",
        proposals=[
            *_proposals(case, gets, asked),
            *sizes_that_fit(case),
            *_pooled(case, gets, asked),
            *_dividing(gets, asked),
        ],
        framework=("torch", _words(case, gets, asked)),
    )


def _factored(shape: Shape) -> str:
    """A product and its prime factors: `400·N = 2^4 · 5^2 · N`."""
    whole = product(shape)
    if whole == 0:
        return "0"
    rest = 1
    for dim in shape:
        rest *= dim if isinstance(dim, int) else 1
    symbols = [number(dim) for dim in shape if isinstance(dim, Expression)]
    factors = " · ".join([*_primes(rest), *symbols])
    said = number(whole)
    return f"{said} = {factors}" if factors and factors != said else said


def _primes(count: int) -> list[str]:
    found: list[str] = []
    prime = 2
    while prime * prime <= count:
        power = 0
        while count % prime == 0:
            count //= prime
            power += 1
        if power:
            found.append(f"{prime}^{power}" if power > 1 else str(prime))
        prime += 1
    return found + ([str(count)] if count > 1 else [])


def _proposals(case: Case, gets: Shape, asked: Shape) -> list[Proposal]:
    """The same reshape with a -1 in the place of one size, wherever that works; or what it asks for made to come."""
    operator, step = case.step.node.operator, case.step
    if not isinstance(operator, Reshape) or operator.shape is None:
        return []
    found: list[Proposal] = []
    batch = batch_of(case.evaluation)
    word = step.node.source_operator or "reshape"
    for axis, dim in reversed(list(enumerate(asked))):
        if axis == 0 and dim == batch:
            continue
        others = [size for place, size in enumerate(asked) if place != axis and size != -1]
        tried = tuple([-1 if place == axis else size for place, size in enumerate(asked)])
        if sum(1 for size in tried if type(size) is int and size == -1) != 1 or not others:
            continue
        change = with_operator(step.node.name, operator.with_settings(shape=tried))
        text = f"{word}({', '.join(map(number, tried))})"
        found.append(Proposal(text, change, must_work=True))
        fitted = fitted_behind(case, product(gets[1:])) if len(asked) == _ROWS and axis == 1 else None
        if fitted is not None:
            words, behind = fitted
            found.append(Proposal(f"{text}, and {words}", all_of_them(change, behind), must_work=True))
    return found


def _pooled(case: Case, gets: Shape, asked: Shape) -> list[Proposal]:
    """A pooling to the size of map that the reshape asks for."""
    value, wants = case.step.node.inputs[0], product(asked[1:])
    side = square_side(Tensor(gets), wants) if len(asked) == _ROWS else None
    if side is None or value is None or case.is_file:
        return []
    pool = put_in(case.step.node.name, value, AdaptivePool(output_size=(side, side)))
    return [Proposal(f"nn.AdaptiveAvgPool2d({side}) before it", pool, must_work=True)]


_ROWS = 2
"""The axes of rows of features, one for each sample."""


def _parts(gets: Shape, asked: Shape) -> tuple[int, int, int] | None:
    """A size that was divided with a rest: the size, into how many parts, and how large each is."""
    own, wanted = product(gets[1:]), product(asked[1:])
    if not isinstance(own, int) or not isinstance(wanted, int) or wanted < 1 or own <= wanted:
        return None
    for parts, each in reversed(list(pairwise(asked[1:]))):
        if isinstance(parts, int) and isinstance(each, int) and parts * each * own % wanted == 0:
            size = parts * each * own // wanted
            if parts > 1 and size // parts == each and size % parts:
                return size, parts, each
    return None


def _parts_line(gets: Shape, asked: Shape) -> str:
    """How a size was divided: `100 in 8 parts of 12 leaves 4`."""
    parted = _parts(gets, asked)
    if parted is None:
        return ""
    size, parts, each = parted
    return f"\n{size} in {parts} parts of {each} leaves {size - parts * each}"


def _dividing(gets: Shape, asked: Shape) -> list[Proposal]:
    """Numbers of parts that leave nothing: they stand in the author's own arithmetic."""
    parted = _parts(gets, asked)
    if parted is None:
        return []
    size, parts, _ = parted
    legal = sorted([n for n in range(2, size) if size % n == 0], key=lambda n: (abs(n - parts), n))[:2]
    return [Proposal(f"{' or '.join(map(str, sorted(legal)))} parts, which divide {size}")] if legal else []


def _words(case: Case, gets: Shape, asked: Shape) -> str:
    batch = batch_of(case.evaluation)
    names = {s.name: 1 for s in batch.symbols()} if isinstance(batch, Expression) else {}
    sizes = [evaluate(dim, names) for dim in asked]
    elements: Dim = evaluate(product(gets), names)
    if not isinstance(elements, int) or not all(isinstance(size, int) for size in sizes):
        return ""
    return f"shape '[{', '.join(map(str, sizes))}]' is invalid for input of size {elements}"
