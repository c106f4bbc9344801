"""The rows of the table: which steps stand in one row, and what they are called together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from shapelens.analyses.blocks import (
    Block,
    block_tree,
    class_words,
    grouped,
    is_bookkeeping,
    is_folded,
    signature,
)
from shapelens.analyses.costs import Costs
from shapelens.analyses.receptive_field import FieldOf
from shapelens.dims import Dim, Unknown, total
from shapelens.network import Answers, Applied, Evaluation, Step
from shapelens.operators import Activation, Cast, Convolution, Filters, Pool, Tensor
from shapelens.operators.windows import setting_words
from shapelens.records import dataclass

__all__ = ["ALL", "Row", "Rows", "rows_of"]

ALL = 10**6
"""The depth at which nothing is folded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a layer with what was folded into it, or a block, perhaps several times.

    Args:
        name: as one would copy it: `features.0`, `layer1.1-2`.
        words: the operator in words.
        steps: every step that it stands for.
        main: the step that gives it its filters; None for a block.
        folded: the words of the steps that were folded into the layer: `relu`.
        times: how many identical blocks it stands for.
        indent: how deep it stands inside an open block.
        is_last: whether it is the last inside its block.
        takes: names of values that it takes which are not the row's above.
        parameters: of all its steps.
        macs: of all its steps, per sample.
        field: the receptive field of its output.
        broken: whether something in it does not hold.
        module: the class of its module.
        inside: the path of the open block that it stands in.
        detail: more words, where there is room: the kernels in a block.
    """

    name: str
    words: str
    steps: tuple[Step, ...]
    main: Step | None
    folded: tuple[str, ...] = ()
    times: int = 1
    indent: int = 0
    is_last: bool = False
    takes: tuple[str, ...] = ()
    parameters: Dim = 0
    macs: Dim = 0
    field: FieldOf = field(default_factory=dict)
    broken: bool = False
    module: str = ""
    inside: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """Its name, without the path of the open block around it."""
        return self.name.removeprefix(self.inside + ".") if self.inside else self.name

    @property
    def output(self) -> Tensor:
        """What comes out."""
        return self.steps[-1].output

    @property
    def first(self) -> Applied:
        """What its first layer computes."""
        return (self.main or self.steps[0]).applied

    @property
    def last(self) -> Applied:
        """What its last layer computes."""
        return self.steps[-1].applied

    @property
    def input(self) -> Tensor | None:
        """What goes in: the first tensor that is no weight."""
        return next(iter(self.inputs), None)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors that go in, weights left out."""
        return self.first.flowing

    @property
    def filters(self) -> Filters | None:
        """The filters of its layer."""
        return None if self.main is None else self.main.applied.filters


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows, and what they leave unsaid.

    Args:
        rows: in the order of the network.
        folded: how many steps of which words were folded into the rows before them.
        hidden: how many steps that only prepare weights or compute sizes have no row.
    """

    rows: tuple[Row, ...]
    folded: Mapping[str, int]
    hidden: int = 0

    @property
    def outer(self) -> tuple[Row, ...]:
        """The rows that add up to the totals: those that stand inside no other."""
        return tuple([row for row in self.rows if not row.indent])


@dataclass(frozen=True, slots=True)
class _Context:
    evaluation: Evaluation
    costs: Costs
    fields: Mapping[str, FieldOf]
    depth: int
    words: Answers[str]
    detail: Answers[str]


def rows_of(evaluation: Evaluation, costs: Costs, fields: Mapping[str, FieldOf], depth: int = 1) -> Rows:
    """The rows of a network's table.

    Args:
        evaluation: the network at its shape.
        costs: its costs.
        fields: its receptive fields.
        depth: 1 folds blocks to single rows, 2 shows their inside, … ; `ALL` folds nothing at all.
    """
    words = Answers[str](lambda applied: applied.words)
    context = _Context(evaluation, costs, fields, depth, words, Answers(_window_words))
    if depth >= ALL:
        rows = [_layer_row(context, [step]) for step in evaluation.steps]
    else:
        shown = grouped([step for step in evaluation.steps if not is_bookkeeping(step)])
        rows = list(_rows_within(context, block_tree(shown, evaluation.network.modules), 0))
    rows = _with_takes(rows, evaluation)
    folded = Counter(words for row in rows if not row.indent for words in _unshown(row))
    return Rows(
        tuple(rows), dict(folded), hidden=sum(map(is_bookkeeping, evaluation.steps)) if depth < ALL else 0
    )


def _unshown(row: Row) -> list[str]:
    """The words of the steps that a row stands for without a word of them: they keep the shape."""
    if row.main is not None:
        return list(row.folded)
    return [_short_words(step) for step in row.steps if is_folded(step)]


# which steps stand together ---------------------------------------------------------------------------


def _rows_within(context: _Context, block: Block, indent: int) -> Iterator[Row]:
    """The rows of what stands in a block, at one indent."""
    pending: list[Step] = []
    items = list(_flattened(block))
    place = 0
    while place < len(items):
        item = items[place]
        if isinstance(item, Step):
            if pending and _joins(item, pending):
                pending.append(item)
            else:
                yield from _layer_rows(context, pending, indent)
                pending = [item]
            place += 1
            continue
        yield from _layer_rows(context, pending, indent)
        pending = []
        times = _run_length(items, place)
        yield from _block_rows(
            context, [b for b in items[place : place + times] if isinstance(b, Block)], indent
        )
        place += times
    yield from _layer_rows(context, pending, indent)


def _flattened(block: Block) -> Iterator[Block | Step]:
    """Children, those of containers instead of the containers, and of blocks that are one layer only."""
    for child in block.children:
        if isinstance(child, Block) and (child.is_container or _is_one_layer(child)):
            yield from _flattened(child)
        else:
            yield child


def _is_one_layer(block: Block) -> bool:
    """Whether a block is a single layer with its norm and activation."""
    return sum(not is_folded(step) for step in block.steps) <= 1


def _joins(step: Step, pending: Sequence[Step]) -> bool:
    """Whether a step folds into the row before it, whose output it takes."""
    return is_folded(step) and step.node.inputs[0] in pending[-1].node.outputs


def _run_length(items: Sequence[Block | Step], start: int) -> int:
    """How many blocks from here on are the same."""
    first = items[start]
    assert isinstance(first, Block)
    wanted = signature(first.steps)
    end = start + 1
    while end < len(items):
        item = items[end]
        if not isinstance(item, Block) or item.module != first.module or not _is_next(items[end - 1], item):
            break
        if signature(item.steps) != wanted:
            break
        end += 1
    return end - start


def _is_next(before: Block | Step, block: Block) -> bool:
    """Whether a block takes what the block before gives, so that they follow one another."""
    given = before.steps[-1].node.outputs if isinstance(before, Block) else before.node.outputs
    return any(value in given for step in block.steps for value in step.node.inputs)


# rows -------------------------------------------------------------------------------------------------


def _layer_rows(context: _Context, steps: Sequence[Step], indent: int) -> Iterator[Row]:
    if steps:
        yield _layer_row(context, steps, indent)


def _layer_row(context: _Context, steps: Sequence[Step], indent: int = 0) -> Row:
    main = steps[0]
    return Row(
        name=main.node.name,
        words=context.words(main.applied),
        steps=tuple(steps),
        main=main,
        folded=tuple([_short_words(step) for step in steps[1:]]),
        indent=indent,
        parameters=total(context.costs.parameters[s.node.name] for s in steps),
        macs=total(context.costs.macs[s.node.name] for s in steps),
        field=context.fields.get(steps[-1].node.outputs[0], {}),
        broken=any(step.broken for step in steps),
        module=main.node.module,
        detail=context.detail(main.applied),
    )


def _block_rows(context: _Context, blocks: Sequence[Block], indent: int) -> Iterator[Row]:
    steps = [step for block in blocks for step in block.steps]
    first = blocks[0]
    yield Row(
        name=_run_name([block.path for block in blocks]),
        words=class_words(first.module) + _stride_words(first),
        detail=_kernels_words(first),
        steps=tuple(steps),
        main=None,
        times=len(blocks),
        indent=indent,
        parameters=total(context.costs.parameters[s.node.name] for s in steps),
        macs=total(context.costs.macs[s.node.name] for s in steps),
        field=context.fields.get(steps[-1].node.outputs[0], {}),
        broken=any(step.broken for step in steps),
        module=first.module,
    )
    if indent + 1 < context.depth:
        inside = list(_rows_within(context, first, indent + 1))
        for place, row in enumerate(inside):
            is_last = not any(later.indent == indent + 1 for later in inside[place + 1 :])
            summed = replace(row, parameters=row.parameters * len(blocks), macs=row.macs * len(blocks))
            yield replace(summed, is_last=is_last, inside=first.path) if row.indent == indent + 1 else summed


def _run_name(paths: Sequence[str]) -> str:
    """`layer1.1-2` for consecutive numbers of one parent; `first … last` for other names."""
    if len(paths) == 1:
        return paths[0]
    parent, _, first = paths[0].rpartition(".")
    last_parent, _, last = paths[-1].rpartition(".")
    if parent == last_parent and first.isdigit() and last.isdigit():
        return f"{parent}.{first}-{last}" if parent else f"{first}-{last}"
    stem = re.match(r"(.*?)(\d+)$", paths[0])
    end = re.match(r"(.*?)(\d+)$", paths[-1])
    if stem and end and stem[1] == end[1]:
        return f"{paths[0]}-{end[2]}"
    return f"{paths[0]} … {paths[-1]}"


# words ------------------------------------------------------------------------------------------------


def _window_words(applied: Applied) -> str:
    """`, stride 2` for a pool whose stride is its window, which is not said where room is short."""
    operator = applied.operator
    if not isinstance(operator, Pool):
        return ""
    strides = [sliding.stride for sliding in operator.slidings()]
    return setting_words("stride", strides, 1) if strides == list(operator.kernel) else ""


def _short_words(step: Step) -> str:
    """The word under which a folded step is counted."""
    operator = step.node.operator
    is_told_whole = isinstance(operator, (Activation, Cast)) or not operator.word
    return step.applied.words if is_told_whole else operator.word


def _kernels_words(block: Block) -> str:
    """`: 1×1, 3×3, 1×1`: the kernels of a block, if they are few."""
    convolutions = [s for s in block.steps if isinstance(s.node.operator, Convolution)]
    kernels = [k for k in map(_kernel_words, convolutions) if k]
    if len(kernels) > 4:
        return f": {len(kernels)} conv"
    return f": {', '.join(kernels)}" if kernels else ""


def _kernel_words(step: Step) -> str:
    filters = step.applied.filters
    return "×".join(str(extent) for extent in filters.kernel) if filters is not None else ""


def _stride_words(block: Block) -> str:
    steps = block.steps
    before = next((tensor.shape for tensor in steps[0].applied.flowing), ())
    after = steps[-1].output.shape
    if (
        isinstance(before, Unknown)
        or isinstance(after, Unknown)
        or len(before) != len(after)
        or len(after) < 3
    ):
        return ""
    strides = {s for step in steps for s in _strides(step) if s > 1}
    return f", stride {max(strides)}" if strides and before[-2:] != after[-2:] else ""


def _strides(step: Step) -> tuple[int, ...]:
    stride = getattr(step.node.operator, "stride", 1)
    return (stride,) if isinstance(stride, int) else tuple(stride or ())


# what a row takes -------------------------------------------------------------------------------------


def _with_takes(rows: Sequence[Row], evaluation: Evaluation) -> list[Row]:
    """Rows that do not take the row above, or more than it, with the names of what they take."""
    owner = {value: row.name for row in rows for step in row.steps for value in step.node.outputs}
    result: list[Row] = []
    above = {declared.name for declared in evaluation.network.inputs[:1]}
    for row in rows:
        if row.main is None or row.indent:
            result.append(row)
        else:
            held = evaluation.network.constants
            taken = [v for v in row.main.node.inputs if v is not None and v not in held]
            plain = len(taken) == 1 and taken[0] in above
            names = () if plain or not taken else tuple([owner.get(value, value) for value in taken])
            result.append(replace(row, takes=names))
        if not row.indent:
            above = {value for step in row.steps[-1:] for value in step.node.outputs}
    return result
