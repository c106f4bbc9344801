"""The table of a network: its title, columns and notes, ready to be rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapelens.analyses.costs import Costs, costs_of
from shapelens.analyses.receptive_field import FieldOf
from shapelens.analyses.samples import batch_of, free_sizes, sample_of, typed_sample
from shapelens.analyses.validity import validity_text
from shapelens.dims import Dim, Expression, Path, Unknown, evaluate, evaluate_condition, total
from shapelens.dims.counts import bytes_text, count_text
from shapelens.explanation.document import ANSWER, LABEL, UNKNOWN, Text, join, plain_text, text, text_width
from shapelens.network import Evaluation, Network, evaluate_network
from shapelens.operators import Tensor
from shapelens.records import dataclass
from shapelens.table.cells import has_long_dim, shape_cell, spatial_of
from shapelens.table.columns import View
from shapelens.table.fitting import columns_for
from shapelens.table.layout import Column, lines_of
from shapelens.table.rows import Row, Rows, rows_of

__all__ = ["Table", "table_of"]

_EXAMPLE_SIZES = (32, 100, 224, 512)
_SHOWN_ASSUMPTIONS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """A table, laid out for a width.

    Args:
        title: name, shapes and totals.
        columns: the columns, with a cell for each input and each row.
        rows: what the rows stand for.
        notes: what has to be said beneath.
        following: a command that helps further.
        examples: for a symbolic table, some of its rows at a few sizes.
        width: what it was laid out for.
    """

    title: Text
    columns: tuple[Column, ...]
    rows: Rows
    notes: tuple[str, ...]
    following: str
    examples: tuple[Text, ...] = ()
    width: int = 80

    @property
    def lines(self) -> list[Text]:
        """The header, the rows and the totals."""
        return lines_of(self.columns, with_total=True)


def table_of(
    evaluation: Evaluation,
    costs: Costs,
    fields: Mapping[str, FieldOf],
    *,
    width: int = 80,
    depth: int = 1,
    columns: Sequence[str] | None = None,
    ascii_only: bool = False,
) -> Table:
    """Lay out the table of an evaluated network.

    Args:
        evaluation: the network at its shape.
        costs: its costs.
        fields: its receptive fields.
        width: in characters.
        depth: how far blocks unfold; `ALL` folds nothing.
        columns: the columns to show, instead of those that fit.
        ascii_only: whether only ASCII may be printed.
    """
    rows = rows_of(evaluation, costs, fields, depth)
    view = _view(evaluation, costs, rows, ascii_only=ascii_only)
    built = tuple(columns_for(view, width, columns))
    title = _title(view, evaluation, width)
    return Table(
        title,
        built,
        rows,
        tuple(_notes(view, rows, built, evaluation, title, costs)),
        _following(evaluation, rows),
        tuple(_examples(view, rows, evaluation)),
        width,
    )


def _view(evaluation: Evaluation, costs: Costs, rows: Rows, *, ascii_only: bool) -> View:
    batch = batch_of(evaluation)
    inputs = [
        (declared.name, sample_of(evaluation.values[declared.name], batch))
        for declared in evaluation.network.inputs
    ]
    first = inputs[0][1] if inputs else ()
    return View(
        rows.rows,
        evaluation.network.layout,
        batch,
        first,
        inputs,
        costs.total_parameters,
        costs.total_macs,
        ascii_only,
    )


# the title --------------------------------------------------------------------------------------------


def _title(view: View, evaluation: Evaluation, width: int) -> Text:
    """Name, shapes, totals, and which variant it is where that fits; else the notes say it."""
    network = evaluation.network
    outputs = [shape_cell(sample_of(tensor, view.batch), view.layout) for _, tensor in evaluation.outputs]
    inputs = [shape_cell(shape, view.layout) for _, shape in view.inputs]
    least = "at least " if "parameters" in network.facts else ""
    costs = f"{least}{count_text(view.parameters, 4)} parameters"
    if not view.is_symbolic:
        costs += f", {count_text(view.macs, 4)} MACs"
    parts: list[Text] = [text((network.name, ANSWER)), text(_several(inputs), " → ", _several(outputs))]
    parts.append(_validity(evaluation) if free_sizes(evaluation) else ())
    parts.append(text(costs))
    title = join("     ", [join("   ", parts[:2]), *[part for part in parts[2:] if part]])
    variant = text((network.origin.variant, LABEL))
    whole = join("     ", [part for part in (title, variant) if part])
    return whole if text_width(plain_text(whole)) <= width else title


def _validity(evaluation: Evaluation) -> Text:
    """Which sizes the formulas are for."""
    words = validity_text(evaluation)
    return text((words, UNKNOWN if words.startswith("works:") else ""))


def _several(shapes: list[Text]) -> Text:
    shown = join(", ", shapes[:3])
    return text(shown, f", … {len(shapes)} in all") if len(shapes) > 3 else shown


# notes ------------------------------------------------------------------------------------------------


def _notes(
    view: View, rows: Rows, columns: Sequence[Column], evaluation: Evaluation, title: Text, costs: Costs
) -> list[str]:
    keys = {column.key for column in columns}
    variant = evaluation.network.origin.variant
    sentences = [] if not variant or variant in plain_text(title) else [f"Variant: {variant}."]
    sentences.append("Per sample.")
    if "glimpse" in keys:
        sentences.append(
            "▇▁ left: space, a step lower per halving; right: channels, a step higher per doubling."
        )
    if "volume" in keys:
        sentences.append(
            "volume, from the side: a step lower per halving of H, a step longer per doubling of C."
        )
    if "field" in keys:
        sentences.append(
            "field: input pixels that one cell sees."
            if "step" not in keys
            else "field: input pixels that one cell sees; step: from cell to cell."
        )
    if any(has_long_dim(row.output.shape) for row in view.rows):
        sentences.append("…: a long formula, told by --format json.")
    if view.is_symbolic and "macs" in keys:
        sentences.append("MACs: the number given, times the positions of the row's output.")
    if any(row.times > 1 for row in view.rows):
        sentences.append("×n: n identical blocks, costs summed.")
    if any(row.indent for row in view.rows):
        sentences.append("The rows inside a block add up to its row.")
    unused = "" if "stopped" in evaluation.network.facts else _unused_sentence(costs)
    if unused:
        sentences.append(unused)
    if "parameters" in evaluation.network.facts:
        sentences.append(f"There may be more parameters: {evaluation.network.facts['parameters']}.")
    sentences += [sentence for sentence in (_folded_sentence(rows), _hidden_sentence(rows)) if sentence]
    notes = [" ".join(sentences)]
    notes += [f"? in {name}: {reason}." for name, reason in _unknown_reasons(view.rows)]
    notes += [*_memory_note(view, evaluation), *_assumed(evaluation.network)]
    return notes


def _memory_note(view: View, evaluation: Evaluation) -> list[str]:
    """The memory at the batch that was asked for; nothing where it is free."""
    if not isinstance(view.batch, int) or not evaluation.steps:
        return []
    from shapelens.analyses.memory import memory_of

    memory = memory_of(evaluation)
    parts = [f"{bytes_text(memory.weight_bytes)} of weights", f"{bytes_text(memory.input_bytes)} of inputs"]
    at = f", at {memory.peak_at}" if memory.peak_at else ""
    parts.append(f"{bytes_text(memory.peak_bytes)} of inputs and activations alive at once{at}")
    parts.append(f"{bytes_text(memory.backward_bytes)} kept for the backward pass")
    return [f"Memory at batch {view.batch}: {', '.join(parts[:2])}, {parts[2]}; in training {parts[3]}."]


def _assumed(network: Network) -> list[str]:
    """What was assumed, and which parameters the source has and nothing takes."""
    notes = [f"Assumed: {sentence}." for sentence in network.assumptions[:_SHOWN_ASSUMPTIONS]]
    hidden = len(network.assumptions) - len(notes)
    return [*notes, *([f"{hidden} more were assumed; --format json lists them."] if hidden > 0 else [])]


def _unused_sentence(costs: Costs) -> str:
    """How many of the parameters no layer takes, and whose they are."""
    if not costs.unused:
        return ""
    owners = dict.fromkeys([name.rpartition(".")[0] or name for name in costs.unused])
    tops = list(dict.fromkeys([owner.split(".")[0] for owner in owners]))
    named = ", ".join(tops[:3]) + (", …" if len(tops) > 3 else "")
    return f"The total holds {count_text(total(costs.unused.values()), 4)} parameters that nothing uses: {named}."


def _folded_sentence(rows: Rows) -> str:
    if not rows.folded:
        return ""
    counts = ", ".join(
        f"{count} {words}" for words, count in sorted(rows.folded.items(), key=lambda i: -i[1])[:5]
    )
    more = ", …" if len(rows.folded) > 5 else ""
    return f"Not shown: {counts}{more}; they keep the shape."


def _hidden_sentence(rows: Rows) -> str:
    return f"{rows.hidden} steps that prepare weights or compute sizes have no row." if rows.hidden else ""


def _unknown_reasons(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The first row behind each reason for something unknown."""
    found: dict[str, str] = {}
    for row in rows:
        shape = row.output.shape
        parts: Sequence[Dim] = (shape,) if isinstance(shape, Unknown) else shape
        for part in parts:
            if isinstance(part, Unknown) and not row.broken:
                found.setdefault(part.reason, row.name)
    return [(name, reason) for reason, name in list(found.items())[:4]]


def _following(evaluation: Evaluation, rows: Rows) -> str:
    """A command that works as printed."""
    network = evaluation.network
    is_typed = network.origin.kind != "torch" or bool(network.origin.typed)
    if network.origin.kind == "notation" or not is_typed:
        return ""
    if evaluation.broken:
        step, _ = evaluation.broken[0]
        return f"shapelens explain {network.origin.layer_argument(step.node.name)}{_fed(evaluation)}"
    layer = next((row for row in rows.rows if row.filters is not None), None)
    block = next((row for row in rows.rows if row.main is None), None)
    if layer is None and block is not None:
        return f"shapelens show {network.origin.argument} --depth 2"
    return f"shapelens explain {network.origin.layer_argument(layer.name)}" if layer is not None else ""


def _fed(evaluation: Evaluation) -> str:
    """The sample that went in, as it is typed; nothing where there are several."""
    network = evaluation.network
    if len(network.inputs) != 1:
        return ""
    declared, batch = network.inputs[0], batch_of(evaluation)
    shape = evaluation.shapes.get(declared.name)
    if shape is None:
        return ""
    sample = sample_of(Tensor(shape), batch)
    if isinstance(sample, Unknown) or not all(isinstance(dim, int) for dim in sample):
        return ""
    return f" --input {typed_sample(sample)}"


# examples of a symbolic table -------------------------------------------------------------------------


def _examples(view: View, rows: Rows, evaluation: Evaluation) -> list[Text]:
    """The rows where the spatial size changes, at a few sizes: what the formulas come to."""
    names = free_sizes(evaluation)
    if not view.is_symbolic or not names or len(names) > 3:
        return []
    stages = _stages(view, rows)
    if not stages:
        return []
    columns = [
        Column("size", " = ".join(names), tuple([text(str(size)) for size in _EXAMPLE_SIZES]), "right")
    ]
    others = {size: _elsewhere(evaluation, names, size) for size in _EXAMPLE_SIZES}
    for row in stages:
        cells = tuple([_shape_at(row, at, view, names, size) for size, at in others.items()])
        columns.append(Column("out", row.name, cells, "shape"))
    macs = tuple([_macs_at(at, view, names, size) for size, at in others.items()])
    columns.append(Column("macs", "MACs", macs, "right"))
    return lines_of(columns)


def _stages(view: View, rows: Rows) -> list[Row]:
    """The last rows of the last four spatial formulas."""
    last: dict[str, Row] = {}
    for row in rows.outer:
        spatial = spatial_of(sample_of(row.output, view.batch), view.layout)
        if spatial and any(isinstance(dim, Expression) for dim in spatial):
            last[str(spatial)] = row
    return list(last.values())[-4:]


def _shape_at(row: Row, at: Evaluation | None, view: View, names: Sequence[str], size: int) -> Text:
    """The shape of a row's output at a size; a cross where the network does not take it."""
    if at is None:
        shape = sample_of(row.output, view.batch)
    else:
        shape = sample_of(at.by_node[row.steps[-1].node.name].output, view.batch)
    if isinstance(shape, Unknown) or (at is not None and at.broken):
        return text(("✗", LABEL))
    return shape_cell(tuple([_at(dim, names, size) for dim in shape]), view.layout)


def _macs_at(at: Evaluation | None, view: View, names: Sequence[str], size: int) -> Text:
    if at is None:
        return text(count_text(_at(view.macs, names, size), 4))
    return () if at.broken else text(count_text(costs_of(at).total_macs, 4))


def _elsewhere(evaluation: Evaluation, names: Sequence[str], size: int) -> Evaluation | None:
    """The network at a size that leads along another path than the formulas are for; None where they hold."""
    environment = dict.fromkeys(names, size)
    if all(evaluate_condition(condition, environment) is True for condition in evaluation.conditions):
        return None
    shapes = {
        name: tuple([evaluate(dim, environment) for dim in shape])
        for name, shape in evaluation.shapes.items()
    }
    return evaluate_network(evaluation.network, shapes, Path(evaluation.path.example))


def _at(dim: Dim, names: Sequence[str], size: int) -> Dim:
    return evaluate(dim, dict.fromkeys(names, size))
