"""What a source says of itself and is not so: shapes that it declares, files that it names, outputs of nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shapelens.analyses.findings.finding import WARNING, Finding, Fix
from shapelens.dims import Dim, Expression, Unknown, dim_text, equal, shape_text
from shapelens.network import Evaluation, Node, Step
from shapelens.readers.onnx.visible import visible

__all__ = ["contradicted", "missing", "outside"]

_SHOWN = 4
"""How many of several alike are shown."""

Claimed = tuple[int | str | None, ...]


def contradicted(evaluation: Evaluation) -> Iterator[Finding]:
    """Declared shapes that are not what is computed, told once, at the first layer where that shows.

    Nothing is said at a size that the source does not declare, nor behind what does not fit: there the declared
    shapes are those of another network.
    """
    claims = evaluation.network.claims.shapes
    if not claims or evaluation.broken or not _is_as_declared(evaluation, claims):
        return
    names = _names(evaluation, claims)
    fed = _sizes_fed(evaluation)
    found: list[tuple[Step, str, Claimed]] = []
    for step in evaluation.steps:
        for value in step.node.outputs:
            claimed = claims.get(value)
            if claimed is None:
                continue
            shape = evaluation.values[value].shape
            if not _hangs_on(shape, fed) and _differs(claimed, shape, names):
                found.append((step, value, claimed))
    if not found:
        return
    lines = [
        f"{visible(value)}  declared {_claimed_text(claimed)}, computed {shape_text(evaluation.values[value].shape)}"
        for _, value, claimed in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN:,} more")
    node = found[0][0].node
    yield Finding(
        "SL601",
        "the file declares a shape that is not so"
        if len(found) == 1
        else "the file declares shapes that are not so",
        node.name,
        _place(node),
        "\n".join(lines),
        "a declared shape is what the operators give; runtimes that believe it fail, or allocate too little",
        (Fix("take the declared shapes out and infer them anew: del model.graph.value_info[:]"),),
        severity=WARNING,
        where=node.where,
    )


def _place(node: Node) -> str:
    """A layer and what it is; names are data from a file, and may hold anything."""
    return visible(f"{node.name} ({node.module or node.source_operator})")


def _is_as_declared(evaluation: Evaluation, claims: Mapping[str, Claimed]) -> bool:
    """Whether every input has the sizes that the source declares of it."""
    for declared in evaluation.network.inputs:
        claimed, tensor = claims.get(declared.name), evaluation.values[declared.name]
        if claimed is None or isinstance(tensor.shape, Unknown):
            continue
        if len(claimed) != len(tensor.shape):
            return False
        for dim, size in zip(claimed, tensor.shape, strict=True):
            if isinstance(dim, int) and equal(size, dim) is not True:
                return False
    return True


def _names(evaluation: Evaluation, claims: Mapping[str, Claimed]) -> dict[str, Dim]:
    """What the names in the declared shapes of inputs stand for."""
    names: dict[str, Dim] = {}
    for declared in evaluation.network.inputs:
        claimed, shape = claims.get(declared.name, ()), evaluation.values[declared.name].shape
        if not isinstance(shape, Unknown):
            names |= {n: size for n, size in zip(claimed, shape, strict=False) if isinstance(n, str)}
    return names


def _sizes_fed(evaluation: Evaluation) -> set[str]:
    """The symbols of sizes that come in as elements: a declared shape is that of some of them, and of any path."""
    dims = [dim for declared in evaluation.network.inputs for dim in declared.elements or ()]
    return {symbol.name for dim in dims if isinstance(dim, Expression) for symbol in dim.symbols()}


def _hangs_on(shape: tuple[Dim, ...] | Unknown, names: set[str]) -> bool:
    """Whether a shape is a formula of some symbols."""
    if not names or isinstance(shape, Unknown):
        return False
    return any(isinstance(dim, Expression) and any(s.name in names for s in dim.symbols()) for dim in shape)


def _differs(claimed: Claimed, shape: tuple[Dim, ...] | Unknown, names: Mapping[str, Dim]) -> bool:
    """Whether it can never be so; a name that no input has may stand for anything."""
    if isinstance(shape, Unknown):
        return False
    if len(claimed) != len(shape):
        return True
    wanted = [names.get(dim) if isinstance(dim, str) else dim for dim in claimed]
    return any(
        equal(size, dim) is False
        for size, dim in zip(shape, wanted, strict=True)
        if isinstance(size, (int, Expression)) and isinstance(dim, (int, Expression))
    )


def _claimed_text(claimed: Claimed) -> str:
    return (
        "×".join(
            [
                "?" if dim is None else dim_text(dim) if isinstance(dim, int) else visible(dim)
                for dim in claimed
            ]
        )
        or "a scalar"
    )


def missing(evaluation: Evaluation) -> Iterator[Finding]:
    """Values that are taken or given back, and that nothing makes."""
    network = evaluation.network
    known = evaluation.values
    cut = Fix("write the file anew from its source: a part of it was cut away")
    for step in evaluation.steps:
        lost = next((value for value in step.node.inputs if value is not None and value not in known), None)
        if lost is not None:
            node = step.node
            yield Finding(
                "SL602",
                f"nothing gives {visible(lost)}",
                node.name,
                _place(node),
                f"an input {visible(lost)} that is no input of the network, no weight, and no other layer's output",
                "a layer takes what the network is given, what it holds, or what another layer gives",
                (cut,),
                where=node.where,
            )
            return
    for name in network.outputs:
        if name not in known:
            yield Finding(
                "SL602",
                f"nothing gives {visible(name)}",
                "",
                f"the output {visible(name)}",
                f"an output {visible(name)} that no layer gives",
                "an output of a network is what one of its layers gives",
                (cut,),
            )
            return


def outside(evaluation: Evaluation) -> Iterator[Finding]:
    """Weights that are said to be in files outside of the folder of the file."""
    files = evaluation.network.claims.files
    found = [(weight, file) for weight, file in files.items() if _leads_out(file)]
    if not found:
        return
    lines = [f"{visible(weight)} in {visible(file)}" for weight, file in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN:,} more")
    yield Finding(
        "SL603",
        "weights are said to be outside of the file's folder",
        "",
        f"{len(found):,} of {len(files):,} weights in other files",
        "\n".join(lines),
        "a file names its weights relative to its own folder; a runtime opens what it names (this was not opened)",
        (Fix("do not run a file that you do not trust; one of yours, save anew: onnx.save(model, path)"),),
        severity=WARNING,
    )


def _leads_out(file: str) -> bool:
    """Whether a name leads out of its folder, by any system's rules."""
    parts = file.replace("\\", "/").split("/")
    return ".." in parts or file[:1] in {"/", "\\"} or file[1:2] == ":"
