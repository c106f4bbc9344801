"""The schema `shapelens/1`: everything that is known of a network, as plain data.

A dim is an integer, null (unknown), or a text in the grammar of `dims.text`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from shapelens.analyses.costs import Costs
from shapelens.analyses.findings import Finding
from shapelens.analyses.memory import Memory, memory_of
from shapelens.analyses.receptive_field import Everything, Field, FieldOf
from shapelens.dims import Dim, Expression, Unknown, condition_text, dim_text, total
from shapelens.dims.atoms import Atom, Named, Rounded, Symbol
from shapelens.dims.layout import AXIS_WORDS
from shapelens.explanation.document import Block, Document, Entry, plain_text
from shapelens.explanation.laying import lines_of
from shapelens.network import Evaluation, Network, Step
from shapelens.operators import Tensor

__all__ = ["SCHEMA", "document_data", "inspection_data"]

SCHEMA = "shapelens/1"


def dim_data(dim: Dim) -> int | str | None:
    """A dim as JSON knows it."""
    if isinstance(dim, Unknown):
        return None
    return dim_text(dim, exact=True) if isinstance(dim, Expression) else int(dim)


def _shape_data(tensor: Tensor) -> list[int | str | None] | None:
    return None if isinstance(tensor.shape, Unknown) else [dim_data(dim) for dim in tensor.shape]


def _tensor_data(name: str, tensor: Tensor) -> dict[str, Any]:
    data: dict[str, Any] = {"name": name, "shape": _shape_data(tensor), "dtype": tensor.dtype}
    reason = _unknown_reason(tensor)
    return {**data, "unknown": reason} if reason else data


def _unknown_reason(tensor: Tensor) -> str:
    parts: Sequence[Dim] = (tensor.shape,) if isinstance(tensor.shape, Unknown) else tensor.shape
    return next((part.reason for part in parts if isinstance(part, Unknown)), "")


def inspection_data(
    evaluation: Evaluation, costs: Costs, fields: Mapping[str, FieldOf], findings: Sequence[Finding]
) -> dict[str, Any]:
    """An inspected network as plain data."""
    network = evaluation.network
    untold = network.facts.get("parameters", "")
    aliases = _aliases(network)
    return {
        "schema": SCHEMA,
        "source": {"kind": network.origin.kind, "name": network.origin.name}
        | ({"variant": network.origin.variant} if network.origin.variant else {}),
        "layout": str(network.layout) if network.layout is not None else None,
        "symbols": _symbols_data(evaluation),
        "conditions": [condition_text(condition) for condition in evaluation.conditions],
        "assumptions": [
            *([f"no more parameters than are told: {untold}"] if untold else []),
            *network.assumptions,
        ],
        "inputs": [
            _tensor_data(declared.name, evaluation.values[declared.name]) for declared in network.inputs
        ],
        "outputs": [_tensor_data(name, tensor) for name, tensor in evaluation.outputs],
        "layers": [
            _layer_data(place, step, evaluation, costs, fields, aliases)
            for place, step in enumerate(evaluation.steps, 1)
        ],
        "totals": {"parameters": dim_data(costs.total_parameters), "macs": dim_data(costs.total_macs)}
        | ({"unused_parameters": dim_data(total(costs.unused.values()))} if costs.unused else {}),
        "memory": _memory_data(memory_of(evaluation)),
        "findings": [finding.to_dict() for finding in findings],
    }


def _memory_data(memory: Memory) -> dict[str, Any]:
    """Bytes, for the batch that the shapes are shown with."""
    return {
        "weight_bytes": dim_data(memory.weight_bytes),
        "input_bytes": dim_data(memory.input_bytes),
        "peak_bytes": dim_data(memory.peak_bytes),
        "peak_at": memory.peak_at,
        "backward_bytes": dim_data(memory.backward_bytes),
    }


def _aliases(network: Network) -> dict[str, list[str]]:
    """The modules whose calls gave a value, where they are not what it is called by: innermost first."""
    aliases: dict[str, list[str]] = {}
    for call in sorted(network.calls, key=lambda call: -call.path.count(".")):
        for label, value in call.outputs if call.path else ():
            name = f"{call.path}.{label}" if label else call.path
            if name != value:
                aliases.setdefault(value, []).append(name)
    return aliases


def _layer_data(
    place: int,
    step: Step,
    evaluation: Evaluation,
    costs: Costs,
    fields: Mapping[str, FieldOf],
    aliases: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    node, weights = step.node, evaluation.network.weights
    taken = [(v, t) for v, t in zip(node.inputs, step.inputs, strict=True) if v is not None and t is not None]
    return {
        "index": place,
        "name": node.name,
        "operator": node.operator.name,
        "source_operator": node.source_operator,
        "module": node.module or None,
        "where": node.where or None,
        "inputs": [_tensor_data(v, t) for v, t in taken if v not in weights],
        "outputs": [
            _tensor_data(name, t)
            for v, t in zip(node.outputs, step.outputs, strict=False)
            if v
            for name in (v, *aliases.get(v, ()))
        ],
        "weights": [{"name": v, "shape": _shape_data(t)} for v, t in taken if v in weights],
        "attributes": node.operator.attributes(step.inputs) if _is_known(step) else {},
        "parameters": dim_data(costs.parameters[node.name]),
        "macs": dim_data(costs.macs[node.name]),
        "receptive_field": field_data(fields.get(node.outputs[0], {})) if node.outputs else None,
    }


def _is_known(step: Step) -> bool:
    return not any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs)


def field_data(field: FieldOf) -> dict[str, Any] | None:
    """A receptive field: size, stride and start for each axis; `"all"` where everything is seen."""
    if not field:
        return None
    return {
        "size": [_field_part(f, "size") for f in field.values()],
        "stride": [_field_part(f, "stride") for f in field.values()],
        "start": [_field_part(f, "start") for f in field.values()],
    }


def _field_part(field: Field | Everything | Unknown, part: str) -> int | str | None:
    if isinstance(field, Everything):
        return "all" if part == "size" else None
    if isinstance(field, Unknown):
        return None
    value = getattr(field, part)
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value


def _symbols_data(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """What each symbol in any shape is."""
    found: dict[str, dict[str, Any]] = {}
    letters = {
        symbol.name: AXIS_WORDS[declared.layout.axes[axis]]
        for declared in evaluation.network.inputs
        if declared.layout is not None
        for axis, dim in enumerate(evaluation.shapes.get(declared.name, ()))
        if isinstance(dim, Expression) and axis < len(declared.layout.axes)
        for symbol in dim.symbols()
    }
    letters |= {
        size.symbols()[0].name: f"what is fed for {declared.name} at {place}"
        for declared in evaluation.network.inputs
        for place, size in enumerate(declared.elements or ())
        if isinstance(size, Expression)
    }
    for tensor in evaluation.values.values():
        for dim in () if isinstance(tensor.shape, Unknown) else tensor.shape:
            for atom in sorted(dim.atoms(), key=_key) if isinstance(dim, Expression) else ():
                if isinstance(atom, (Symbol, Named, Rounded)) and atom.name not in found:
                    found[atom.name] = _meaning(atom, letters)
    return found


def _key(atom: Atom) -> str:
    return atom.key


def _meaning(atom: Symbol | Named | Rounded, letters: Mapping[str, str]) -> dict[str, Any]:
    """What stands behind a name in a formula."""
    if isinstance(atom, Named):
        return {"means": "a long formula", "definition": dim_text(atom.definition, exact=True)}
    if isinstance(atom, Rounded):
        operand, rounding = (
            dim_text(atom.operand, exact=True),
            f"{atom.rounding}, in {atom.precision} precision",
        )
        return {
            "means": f"{operand} * {atom.factor!r}: {rounding}",
            "operand": operand,
            "factor": atom.factor,
        }
    means = letters.get(atom.name) or ("batch" if atom.name == "N" else "a free size")
    bounds = {"minimum": atom.minimum} | ({} if atom.maximum is None else {"maximum": atom.maximum})
    return {"means": means, **bounds}


def document_data(document: Document) -> dict[str, Any]:
    """An explanation as plain data: its facts, and its text by labels."""
    return {
        "schema": SCHEMA,
        "title": plain_text(document.title),
        "facts": dict(document.facts),
        "groups": [[_block_data(block) for block in group] for group in document.groups],
        "next": document.following or None,
    }


def _block_data(block: Block) -> dict[str, Any]:
    lines = [plain_text(line) for line in lines_of(block)]
    return {"label": block.label, "lines": lines} if isinstance(block, Entry) else {"lines": lines}
