"""Channels made into space and back."""

from __future__ import annotations

from shapelens.operators import DepthToSpace, SpaceToDepth
from shapelens.readers.onnx.translation import Call, Translation, translates

_RANKS = (4,)
_MODES = frozenset({"CRD", "DCR"})


@translates("DepthToSpace")
def depth_to_space(call: Call) -> Translation:
    operator = DepthToSpace(call.attribute("blocksize", 0), call.word("mode", "DCR", _MODES), ranks=_RANKS)
    return Translation(operator, (call.given(0),))


@translates("SpaceToDepth")
def space_to_depth(call: Call) -> Translation:
    operator = SpaceToDepth(call.attribute("blocksize", 0), call.word("mode", "DCR", _MODES), ranks=_RANKS)
    return Translation(operator, (call.given(0),))
