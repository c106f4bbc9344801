"""Which input sizes a network accepts, exactly, and what comes out of each."""

from __future__ import annotations

from shapelens.analyses.sizes.asking import BUDGET, MAXIMUM, sizes_of
from shapelens.analyses.sizes.outcome import Outcome
from shapelens.analyses.sizes.refusing import Refusal
from shapelens.analyses.sizes.sizes import Axis, Sizes

__all__ = ["BUDGET", "MAXIMUM", "Axis", "Outcome", "Refusal", "Sizes", "sizes_of"]
