"""What PyTorch's modules tell before they call an operator, where that ends the trace: known by their words.

That is so where an author's class has a forward of its own around such a check. Elsewhere it is put off until the
operator is called, and told in full.
"""

from __future__ import annotations

import re

from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.telling import sample_text
from shapelens.dims import shape_text
from shapelens.network import Evaluation, ModuleCall

__all__ = ["tell_worded"]

_FEATURES = re.compile(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)")
_RANK = re.compile(r"expected (\dD(?: or \dD)?) input \(got (\d)D input\)")
_RECURRENT_RANK = re.compile(r"(?:LSTM|GRU|RNN): Expected input to be (.+), got (\d)D")


_TRANSFORMER = re.compile(r"the (feature|batch) number of src and tgt must be equal")
_OUTPUT_SIZE = re.compile(
    r"requested an output size of (.+?), but valid sizes range from (\[.+?\]) to (\[.+?\])"
)
_NORMS = {"2": "1d", "3": "1d", "4": "2d", "5": "3d"}
"""The ending of the norm that takes a batch of so many axes."""


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
        kind = next((kind for kind in ("BatchNorm", "InstanceNorm") if kind in call.module), "")
        fix = f"nn.{kind}{_NORMS[gets]}, which takes {gets}D" if kind and gets in _NORMS else ""
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
    transformer, asked = _TRANSFORMER.search(words), _OUTPUT_SIZE.search(words)
    if transformer is not None:
        width = _width(evaluation, call)
        same = (
            "one batch"
            if transformer.group(1) == "batch"
            else f"{width} features"
            if width
            else "d_model features"
        )
        return _found(
            "SL119",
            evaluation,
            call,
            where,
            said,
            have=", ".join(
                [
                    f"{name} {_shape(evaluation, value)}"
                    for name, value in zip(_ROLES, call.inputs, strict=False)
                ]
            ),
            rule=f"{call.module} takes src and tgt of {same}",
            fix="",
        )
    if asked is not None:
        size, least, most = asked.groups()
        return _found(
            "SL116",
            evaluation,
            call,
            where,
            said,
            have=f"output_size {size}, of {_fed(evaluation, call)}",
            rule=f"{call.module} makes {least} to {most} of it: output padding is smaller than the stride",
            fix=f"output_size={most}",
        )
    return None


def _width(evaluation: Evaluation, call: ModuleCall) -> int | None:
    """The features that a transformer is made for, as a weight of it tells."""
    ending = "self_attn.out_proj.weight"
    weights = [w for name, w in evaluation.network.weights.items() if name.endswith(ending)]
    own = [w.shape[0] for w in weights if w.name.startswith(f"{call.path}." if call.path else "")]
    return own[0] if own and isinstance(own[0], int) else None


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


_ROLES = ("src", "tgt")


def _shape(evaluation: Evaluation, value: str) -> str:
    tensor = evaluation.values.get(value)
    return "?" if tensor is None else shape_text(tensor.shape)


def _fed(evaluation: Evaluation, call: ModuleCall) -> str:
    """The shapes that a module was called with."""
    tensors = [evaluation.values.get(value) for value in call.inputs[:1]]
    shapes = [sample_text(tensor.shape, evaluation) for tensor in tensors if tensor is not None]
    return " and ".join(shapes) or "what goes in"
