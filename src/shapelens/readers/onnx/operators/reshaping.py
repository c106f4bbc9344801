"""Reshaping, transposing and repeating.

What was an attribute became an input: the axes of `Squeeze` and `Unsqueeze` in version 13. The operators take
both.
"""

from __future__ import annotations

from shapelens.operators import Expand, Flatten, Reshape, Squeeze, Tile, Transpose, Unsqueeze
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates


@translates("Reshape")
def reshape(call: Call) -> Translation:
    operator = Reshape(zero_copies=not call.attribute("allowzero", 0))
    return Translation(operator, (call.given(0), call.input(1)))


@translates("Flatten")
def flatten(call: Call) -> Translation:
    return Translation(Flatten(call.attribute("axis", 1), to_matrix=True), (call.given(0),))


@translates("Squeeze")
def squeeze(call: Call) -> Translation:
    return Translation(Squeeze(call.integers("axes")), (call.given(0), call.input(1)))


@translates("Unsqueeze")
def unsqueeze(call: Call) -> Translation:
    return Translation(Unsqueeze(call.integers("axes")), (call.given(0), call.input(1)))


@translates("Expand")
def expand(call: Call) -> Translation:
    return Translation(Expand(both_ways=True), (call.given(0), call.input(1)))


@translates("Tile")
def tile(call: Call) -> Translation:
    """Before version 6 it repeated along one axis, which was its third input; no runtime runs that any more."""
    if 0 < call.version < 6:
        raise TranslationError("before operator set 6 it repeats along one axis, and that has no rule")
    return Translation(Tile(), (call.given(0), call.input(1)))


@translates("Transpose")
def transpose(call: Call) -> Translation:
    return Translation(Transpose(call.integers("perm")), (call.given(0),))
