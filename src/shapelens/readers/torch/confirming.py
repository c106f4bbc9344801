"""Whether formulas that were traced at one size are what the model's code does at others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Condition, Unknown, equal, evaluate, symbol
from shapelens.dims.evaluation import evaluate_condition
from shapelens.network import Guard, Network, Step, evaluate_network
from shapelens.operators import Shape, Tensor
from shapelens.readers.torch.recording import Recording

__all__ = ["confirmed", "first_difference", "foretells", "held"]

_STEPS = (
    1,
    32,
    3,
    64,
    -1,
    2,
    5,
    96,
    -2,
    7,
    128,
    11,
    -3,
    13,
    224,
    17,
    -8,
    31,
    160,
    -16,
    100,
    -32,
    256,
    14,
    4,
    8,
    16,
)
"""How far other sizes lie, in the order in which they are tried: odd and even, near and far, smaller and larger."""

_PLACES = (7, 1009, 40, 500)
"""Sizes that are tried first, one each time: what hangs on how many digits a size has differs among them."""


def confirmed(
    network: Network,
    example: Mapping[str, int],
    traced: Callable[[Mapping[str, Shape]], Network],
    is_foretold: Callable[[Mapping[str, Shape]], bool],
) -> Network:
    """A network with every size held from the first node on whose formula is not what another trace gives.

    Args:
        network: a network with formulas.
        example: the sizes that it was traced at, by symbol.
        traced: traces it at other shapes of its inputs.
        is_foretold: whether PyTorch alone gives there what the formulas say, which is quicker to see; where in doubt,
            not.
    """
    varied: set[str] = set()
    for trial in range(len(_PLACES)):
        sizes = _other_sizes(network, example, trial)
        changed = {name for name, size in sizes.items() if size != example[name]}
        if not changed:
            break
        varied |= changed
        shapes = {i.name: tuple([evaluate(dim, sizes) for dim in i.shape or ()]) for i in network.inputs}
        place = None if is_foretold(shapes) else first_difference(network, traced(shapes), shapes)
        if place is not None:
            return held(network, place, {name: example[name] for name in example})
    return held(network, 0, {name: size for name, size in example.items() if name not in varied})


def first_difference(network: Network, again: Network, shapes: Mapping[str, Shape]) -> int | None:
    """The first node of a network that gives something else, at some shapes, than a trace at these gives.

    Args:
        network: the network with formulas.
        again: what was traced at the shapes.
        shapes: the shape of each input, by name.
    """
    said, seen = evaluate_network(network, shapes), evaluate_network(again, shapes)
    for place, (mine, theirs) in enumerate(zip(said.steps, seen.steps, strict=False)):
        is_same = mine.node.source_operator == theirs.node.source_operator
        fits_alike = _is_refused(network, mine) == _is_refused(again, theirs)
        if not is_same or not fits_alike or not _agree(mine.outputs, theirs.outputs):
            return place
    if len(said.steps) != len(seen.steps):
        return min(len(said.steps), len(seen.steps))
    is_same = [name for name, _ in said.outputs] == [name for name, _ in seen.outputs]
    if not is_same or not _agree([t for _, t in said.outputs], [t for _, t in seen.outputs]):
        return len(said.steps)
    return None


def _is_refused(network: Network, step: Step) -> bool:
    """Whether a node is refused, by a requirement of ours or by PyTorch for what no shape shows: how it lies."""
    return bool(step.broken) or any(name in network.refusals for name in step.node.outputs)


def foretells(recording: Recording, seen: Recording, sizes: Mapping[str, int]) -> bool:
    """Whether the formulas of a trace say, at some sizes, what every function of PyTorch and every module gave there.

    Args:
        recording: a trace with formulas.
        seen: what PyTorch gave at the sizes.
        sizes: the size of each symbol that is another one there.
    """
    said, given = _gave(recording), _gave(seen)
    if [(name, len(tensors)) for name, tensors in said] != [(name, len(tensors)) for name, tensors in given]:
        return False
    sizes = {**recording.path.example, **sizes}
    for made in recording.made:
        truths = [r.truth for r in made.outcome.requirements] if made.outcome is not None else []
        if any(isinstance(t, Condition) and evaluate_condition(t, sizes) is False for t in truths):
            return False
    known: dict[Shape, Shape] = {}
    return all(
        _agree([_at_sizes(tensor, sizes, known) for tensor in mine], theirs)
        for (_, mine), (_, theirs) in zip(said, given, strict=True)
    )


def _gave(recording: Recording) -> list[tuple[str, tuple[Tensor, ...]]]:
    """What every function gave, and every module: what the trace does not see may lie between the two."""
    calls = [(call.path, tuple([value.tensor for _, value in call.outputs])) for call in recording.calls]
    return [*recording.given, *calls]


def _at_sizes(tensor: Tensor, sizes: Mapping[str, int], known: dict[Shape, Shape]) -> Tensor:
    """A tensor with sizes in the place of symbols; shapes that come again are kept."""
    shape = tensor.shape
    if isinstance(shape, Unknown):
        return tensor
    if shape not in known:
        known[shape] = tuple([evaluate(dim, sizes) for dim in shape])
    return Tensor(known[shape], tensor.dtype)


def _agree(mine: Sequence[Tensor], theirs: Sequence[Tensor]) -> bool:
    """Whether no dim that both know differs."""
    for one, other in zip(mine, theirs, strict=False):
        if isinstance(one.shape, Unknown) or isinstance(other.shape, Unknown):
            continue
        if len(one.shape) != len(other.shape):
            return False
        for a, b in zip(one.shape, other.shape, strict=True):
            if isinstance(a, int) and isinstance(b, int) and a != b:
                return False
    return True


def _other_sizes(network: Network, example: Mapping[str, int], trial: int) -> dict[str, int]:
    """Another size for every symbol that has one, so that all conditions of the trace still hold."""
    start = trial * 7 % len(_STEPS)
    steps = _STEPS[start:] + _STEPS[:start]
    sizes = dict(example)
    for place, name in enumerate(example):
        near = [example[name] + step for step in steps[place:] + steps[:place]]
        for size in (_PLACES[trial] + place, *near):
            if size >= 1 and size != example[name] and _admits(network, {**sizes, name: size}):
                sizes[name] = size
                break
    if sizes != dict(example):
        return sizes
    for step in steps:
        tried = {name: size + step for name, size in example.items()}  # sizes that hang together
        if min(tried.values(), default=0) >= 1 and _admits(network, tried):
            return tried
    return sizes


def _admits(network: Network, sizes: Mapping[str, int]) -> bool:
    return all(evaluate_condition(guard.condition, sizes) is True for guard in network.guards)


def held(network: Network, place: int, sizes: Mapping[str, int]) -> Network:
    """The network with sizes held, from one node on, to what they were traced at."""
    if not sizes:
        return network
    where = network.nodes[place].where if place < len(network.nodes) else ""
    holding = [Guard(equal(symbol(name), size), place, where) for name, size in sizes.items()]
    guards = sorted([*network.guards, *holding], key=lambda guard: guard.before)
    return replace(network, guards=tuple(guards))
