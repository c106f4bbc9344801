"""SL110: a reshape that asks for more or fewer elements than there are."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.mending import with_operator
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Expression, evaluate, product, shape_text
from shapelens.operators import Reshape, Shape

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
        f"{shape_text(asked)} asks for {wants}, which {verb}",
        proposals=[*_proposals(case, gets, asked), *sizes_that_fit(case)],
        framework=("torch", _words(case, gets, asked)),
    )


def _factored(shape: Shape) -> str:
    """A product and its prime factors: `400·N = 2^4 · 5^2 · N`."""
    whole = product(shape)
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
    """The same reshape with a -1 in the place of one size, wherever that works."""
    operator, step = case.step.node.operator, case.step
    if not isinstance(operator, Reshape) or operator.shape is None:
        return []
    found: list[Proposal] = []
    batch = batch_of(case.evaluation)
    for axis, dim in reversed(list(enumerate(asked))):
        if axis == 0 and dim == batch:
            continue
        others = [size for place, size in enumerate(asked) if place != axis and size != -1]
        tried = tuple([-1 if place == axis else size for place, size in enumerate(asked)])
        if sum(1 for size in tried if type(size) is int and size == -1) != 1 or not others:
            continue
        change = with_operator(step.node.name, operator.with_settings(shape=tried))
        word = step.node.source_operator or "reshape"
        found.append(Proposal(f"{word}({', '.join(map(number, tried))})", change, must_work=True))
    return found


def _words(case: Case, gets: Shape, asked: Shape) -> str:
    batch = batch_of(case.evaluation)
    names = {s.name: 1 for s in batch.symbols()} if isinstance(batch, Expression) else {}
    sizes = [evaluate(dim, names) for dim in asked]
    elements: Dim = evaluate(product(gets), names)
    if not isinstance(elements, int) or not all(isinstance(size, int) for size in sizes):
        return ""
    return f"shape '[{', '.join(map(str, sizes))}]' is invalid for input of size {elements}"
