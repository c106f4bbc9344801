"""SL302: modules with weights that are called with inputs of several sizes."""

from __future__ import annotations

from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Unknown, shape_text
from shapelens.network import Evaluation

__all__ = ["tell_shared"]

_MOST_SHOWN = 4


def tell_shared(evaluation: Evaluation) -> list[Finding]:
    """Each module with weights of its own that takes several sizes, once."""
    network = evaluation.network
    owners = {name.rpartition(".")[0] for name, weight in network.weights.items() if weight.is_parameter}
    taken: dict[str, list[str]] = {}
    batch = batch_of(evaluation)
    for call in network.calls:
        tensor = evaluation.values.get(call.inputs[0]) if call.inputs else None
        if call.path in owners and tensor is not None and not isinstance(tensor.shape, Unknown):
            taken.setdefault(call.path, []).append(shape_text(sample_of(tensor, batch)))
    found: list[Finding] = []
    kind = CODES["SL302"]
    for path, shapes in taken.items():
        sizes = list(dict.fromkeys(shapes))
        if len(sizes) < 2:
            continue
        more = ", …" if len(sizes) > _MOST_SHOWN else ""
        found.append(
            Finding(
                kind.code,
                f"{path} is shared by inputs of {len(sizes)} sizes",
                path if path in network.by_name else "",
                f"{path} ({network.modules.get(path, '')}), called {len(shapes)} times",
                f"{', '.join(sizes[:_MOST_SHOWN])}{more}",
                "one set of weights learns from all of them",
                severity=kind.severity,
            )
        )
    return found
