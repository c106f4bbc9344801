"""Shapes in ONNX files, found by us and by others: onnx' own operator cases, and whole networks."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.peers import Found, Peer, peers
from benchmarks.tables import print_table
from shapelens.dims import Expression, evaluate
from tests.readers.onnx.data_decided import decided_by_data
from tests.readers.onnx.judging import freed
from tests.readers.onnx.real_networks import RealNetwork, real_networks
from tests.readers.onnx.suite import Case, cases, symbols_of

KINDS = ("all", "convnet", "core")

Truth = tuple[Mapping[str, int], Mapping[str, tuple[int, ...]] | None]
"""A height and width, and the shape of every tensor at it, or None where the network does not run."""


@dataclass
class Count:
    """How a tool fares: of so many cases, or of so many tensors."""

    whole: int = 0
    full: int = 0
    wrong: int = 0
    error: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> str:
        """How many are known, all of each, and right."""
        return f"{100 * self.full / self.whole:.1f} %" if self.whole else ""

    @property
    def timed_cells(self) -> list[str]:
        """The same with the time; empty where nothing was asked."""
        return [*self.cells, f"{self.seconds:.1f} s"] if self.whole else [""] * 4

    @property
    def cells(self) -> list[str]:
        """The share, the wrong ones and the errors."""
        return [self.share, str(self.wrong), str(self.error)]


def main() -> None:
    installed, missing = peers()
    notes = [f"not installed: {name}" for name in missing]
    suite = cases()
    images = [case for case in suite if case.image is not None and case.is_convnet]
    _suite_table("fixed sizes", suite, KINDS, installed, [_decided_by_the_file(suite), *notes])
    symbolic = [peer for peer in installed if peer.is_symbolic]
    _suite_table("N, H, W symbolic, evaluated at the true size", images, KINDS[1:], symbolic, notes)
    _network_table(installed, notes)


def _decided_by_the_file(suite: Sequence[Case]) -> str:
    """How many cases a tool can answer at all: of the others executions with other data show other sizes."""
    counts = []
    for kind in KINDS:
        own = [case for case in suite if kind == "all" or getattr(case, f"is_{kind}")]
        told = sum(case.name not in decided_by_data() for case in own)
        counts.append(f"{told} of {len(own)} ({kind})")
    return f"sizes that are not shown to hang on the data: {', '.join(counts)}; formulas of the data count as known"


# onnx' suite --------------------------------------------------------------------------------------------


def _suite_table(
    title: str, chosen: Sequence[Case], kinds: Sequence[str], installed: list[Peer], notes: list[str]
) -> None:
    is_symbolic = "symbolic" in title
    rows = []
    head = ["tool"]
    for peer in installed:
        counts = {kind: Count() for kind in kinds}
        start = perf_counter()
        for case in chosen:
            names = symbols_of(case.image[1]) if is_symbolic and case.image else ()
            outcome = _asked(peer, case, names)
            for kind in kinds:
                if kind == "all" or getattr(case, f"is_{kind}"):
                    _add(counts[kind], outcome)
        seconds = perf_counter() - start
        rows.append([peer.name, *[cell for kind in kinds for cell in counts[kind].cells], f"{seconds:.1f} s"])
        head = [
            "tool",
            *[h for kind in kinds for h in (f"{kind} {counts[kind].whole}", "wrong", "error")],
            "took",
        ]
    print_table(f"ONNX cases, {title}: full and right", head, rows, notes)


def _add(count: Count, outcome: str) -> None:
    count.whole += 1
    count.full += outcome == "full"
    count.wrong += outcome == "wrong"
    count.error += outcome == "error"


def _asked(peer: Peer, case: Case, names: Sequence[int | str]) -> str:
    """`full`, `wrong`, `error`, or `partly`."""
    point = dict(case.elements)
    model = type(case.model).FromString(case.model.SerializeToString())
    if names and case.image:
        name, shape = case.image
        model = freed(model, name, names)
        point |= {n: size for n, size in zip(names, shape, strict=True) if isinstance(n, str)}
    # Whatever a tool raises is an error of it.
    try:
        with _silence():
            found = peer.infer(model, case.fed)
    except Exception:
        return "error"
    return _judged(found, case.expected, point)


def _judged(found: Found, expected: Mapping[str, tuple[int, ...]], point: Mapping[str, int]) -> str:
    outcomes = {_of_tensor(found.get(name), shape, point) for name, shape in expected.items()}
    return "wrong" if "wrong" in outcomes else "partly" if "partly" in outcomes else "full"


def _of_tensor(found: Sequence[Any] | None, true: Sequence[int], point: Mapping[str, int]) -> str:
    if found is None:
        return "partly"
    if len(found) != len(true):
        return "wrong"
    sizes = [_number(dim, point) for dim in found]
    if any(size is not None and size != wanted for size, wanted in zip(sizes, true, strict=True)):
        return "wrong"
    return "partly" if None in sizes else "full"


def _number(dim: int | str | Expression | None, point: Mapping[str, int]) -> int | None:
    """A dim at a size; None where something in it has none."""
    if isinstance(dim, Expression):
        value = evaluate(dim, point)
        return value if isinstance(value, int) else None
    if not isinstance(dim, str):
        return dim
    if dim in point:
        return point[dim]
    import sympy

    names = {name: sympy.Symbol(name, integer=True, positive=True) for name in point}
    try:
        formula = sympy.sympify(
            dim, locals={**names, "ceil": sympy.ceiling, "max": sympy.Max, "min": sympy.Min}
        )
        value = formula.subs({names[name]: size for name, size in point.items()})
        return int(value) if value.is_integer and value.is_number else None
    except (AttributeError, SyntaxError, TypeError, ValueError):
        return None


# whole networks -----------------------------------------------------------------------------------------


def _network_table(installed: list[Peer], notes: list[str]) -> None:
    """Every tensor that flows, beside executions; a formula is wrong if it is so at any of the sizes."""
    counts = {peer.name: (Count(), Count()) for peer in installed if peer.keeps_names}
    asked = [peer for peer in installed if peer.keeps_names]
    for network in real_networks().values():
        sizes = [network.size, *network.others]
        truths = [(dict(zip("HW", size, strict=True)), network.shapes(*size)) for size in sizes]
        for peer in asked:
            fixed, free = counts[peer.name]
            _ask_network(fixed, peer, network, network.size, truths[:1])
            if peer.is_symbolic:
                _ask_network(free, peer, network, ("H", "W"), truths)
    rows = [[name, *fixed.timed_cells, *free.timed_cells] for name, (fixed, free) in counts.items()]
    tensors = next(iter(counts.values()))[0].whole
    head = ["tool", "fixed size", "wrong", "error", "took", "H, W symbolic", "wrong", "error", "took"]
    print_table(f"{len(real_networks())} networks, {tensors} tensors: known and right", head, rows, notes)


def _ask_network(
    count: Count, peer: Peer, network: RealNetwork, size: Sequence[int | str], truths: Sequence[Truth]
) -> None:
    fed = {network.input: np.zeros((1, 3, *network.size), np.float32)}
    start = perf_counter()
    # Whatever a tool raises is an error of it.
    try:
        with _silence():
            found = peer.infer(network.sized(*size), fed)
    except Exception:
        found = {}
        count.error += 1
    count.seconds += perf_counter() - start
    for name in network.flowing():
        outcomes = [
            _of_tensor(found.get(name), shapes[name], point)
            for point, shapes in truths
            if shapes is not None and name in shapes
        ]
        count.whole += 1
        count.full += set(outcomes) == {"full"}
        count.wrong += "wrong" in outcomes


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing of what a tool prints, warns or logs, from C++ either."""
    sys.stdout.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    logging.disable(logging.CRITICAL)
    try:
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        logging.disable(logging.NOTSET)
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)


if __name__ == "__main__":
    main()
