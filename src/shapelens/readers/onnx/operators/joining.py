"""Joining and parting."""

from __future__ import annotations

from shapelens.operators import Concatenate, Split
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates


@translates("Concat")
def concatenate(call: Call) -> Translation:
    return Translation(Concatenate(call.attribute("axis", 1)), call.all_given())


@translates("Split")
def split(call: Call) -> Translation:
    """The sizes were an attribute before version 13; from 18 on a part may be smaller than the others."""
    parts, outputs = call.attribute("num_outputs", kind=int), len(call.node.outputs)
    if not outputs or parts not in {None, outputs}:
        raise TranslationError(f"it has {outputs} outputs, and num_outputs is {parts}")
    operator = Split(
        axis=call.attribute("axis", 0),
        sizes=call.integers("split"),
        parts=outputs,
        sharing="equal" if parts is None else "ceil",
    )
    return Translation(operator, (call.given(0), call.input(1)))
