"""Joining and parting."""

from __future__ import annotations

from shapelens.operators import Concatenate, Split
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("Concat")
def concatenate(call: Call) -> Translation:
    return Translation(Concatenate(call.attribute("axis", 1)), call.inputs)


@translates("Split")
def split(call: Call) -> Translation:
    """The sizes were an attribute before version 13; from 18 on a part may be smaller than the others."""
    parts = call.attribute("num_outputs", kind=int)
    operator = Split(
        axis=call.attribute("axis", 0),
        sizes=call.integers("split"),
        parts=parts if parts is not None else len(call.node.outputs),
        sharing="equal" if parts is None else "ceil",
    )
    return Translation(operator, (call.input(0), call.input(1)))
