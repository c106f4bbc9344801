"""SL301: modules that the forward never calls."""

from __future__ import annotations

from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding
from shapelens.dims import product
from shapelens.dims.counts import exact_text
from shapelens.network import Evaluation

__all__ = ["tell_unused"]

_MOST_NAMED = 6


def tell_unused(evaluation: Evaluation) -> Finding | None:
    """The outermost modules with parameters that nothing calls and whose parameters nothing takes."""
    network = evaluation.network
    if not network.calls or "stopped" in network.facts:
        return None
    used = {call.path for call in network.calls} | {node.path for node in network.nodes}
    taken = {value for node in network.nodes for value in node.inputs if value is not None}
    used |= {name.rpartition(".")[0] for name in network.weights if name in taken}
    reached = {path[:place] for path in used for place in _ends(path)} | used
    with_weights = {name.rpartition(".")[0] for name, w in network.weights.items() if w.is_parameter}
    holding = {path[:place] for path in with_weights for place in _ends(path)} | with_weights
    idle = [path for path in network.modules if path and path not in reached and path in holding]
    outermost = [path for path in idle if path.rpartition(".")[0] in reached or "." not in path]
    if not outermost:
        return None
    sizes = {
        path: sum(
            [
                count
                for name, weight in network.weights.items()
                if name.startswith(f"{path}.") and isinstance(count := product(weight.shape), int)
            ]
        )
        for path in outermost
    }
    named = [f"{path} ({network.modules[path]})" for path in outermost[:_MOST_NAMED]]
    more = f", and {len(outermost) - _MOST_NAMED} more" if len(outermost) > _MOST_NAMED else ""
    kind = CODES["SL301"]
    many = "module" if len(outermost) == 1 else "modules"
    return Finding(
        kind.code,
        f"{len(outermost)} {many} with parameters never called",
        "",
        f"{', '.join(named)}{more}",
        f"{exact_text(sum(sizes.values()))} parameters that nothing takes here",
        "a parameter that nothing takes is counted and saved, and never learns",
        severity=kind.severity,
    )


def _ends(path: str) -> list[int]:
    """Where a path may be cut: behind each of its parts."""
    return [place for place, sign in enumerate(path) if sign == "."]
