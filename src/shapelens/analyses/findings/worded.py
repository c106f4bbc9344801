"""What PyTorch's own modules tell before they call an operator: known by their words, and where the trace ends.

The same requirements are told in full where an operator has them: in files, in layer text, in a functional call.
"""

from __future__ import annotations

import re

from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.telling import sample_text
from shapelens.network import Evaluation, ModuleCall

__all__ = ["tell_worded"]

_FEATURES = re.compile(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)")
_RANK = re.compile(r"expected (\dD(?: or \dD)?) input \(got (\d)D input\)")
_RECURRENT_RANK = re.compile(r"(?:LSTM|GRU|RNN): Expected input to be (.+), got (\d)D")


def tell_worded(evaluation: Evaluation, words: str, where: str) -> Finding | None:
    """A finding for an exception that a module of PyTorch's own raises; None for any other."""
    calls = evaluation.network.calls
    if not calls:
        return None
    call = calls[-1]
    features, rank = _FEATURES.search(words), _RANK.search(words)
    said = words.partition(": ")[2]
    if features is not None:
        wants, gets = features.groups()
        return _found(
            "SL101",
            evaluation,
            call,
            where,
            said,
            have=f"{gets} features in {_fed(evaluation, call)}",
            rule=f"{call.module} takes {wants} features in each step",
            fix=f"make its input_size {gets}",
        )
    recurrent = _RECURRENT_RANK.search(words)
    if rank is not None or recurrent is not None:
        match = rank or recurrent
        assert match is not None
        wants, gets = match.groups()
        fix = f"nn.BatchNorm1d for {gets}D, nn.BatchNorm2d for 4D" if "BatchNorm" in call.module else ""
        return _found(
            "SL104",
            evaluation,
            call,
            where,
            said,
            have=f"{_fed(evaluation, call)}: {gets} axes with the batch",
            rule=f"{call.module} takes {wants}",
            fix=fix,
        )
    return None


def _found(
    code: str,
    evaluation: Evaluation,
    call: ModuleCall,
    where: str,
    words: str,
    *,
    have: str,
    rule: str,
    fix: str,
) -> Finding:
    kind = CODES[code]
    at = f"{call.path or evaluation.network.name} ({call.module}){f', {where}' if where else ''}"
    return Finding(
        code,
        kind.title,
        call.path,
        at,
        have,
        f"{rule}; the trace ends there",
        (Fix(fix),) if fix else (),
        framework=("torch", words),
        where=where,
    )


def _fed(evaluation: Evaluation, call: ModuleCall) -> str:
    """The shapes that a module was called with."""
    tensors = [evaluation.values.get(value) for value in call.inputs[:1]]
    shapes = [sample_text(tensor.shape, evaluation) for tensor in tensors if tensor is not None]
    return " and ".join(shapes) or "what goes in"
