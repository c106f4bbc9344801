"""What users hold: `inspect()` and the `Inspection` that it gives, a thin face over all the rest."""

from __future__ import annotations

from shapelens.inspection.asking import explain, inspect
from shapelens.inspection.checking import check
from shapelens.inspection.held import Inspection
from shapelens.inspection.layer import Layer
from shapelens.inspection.solving import Solutions, solve
from shapelens.inspection.watching import watch

__all__ = ["Inspection", "Layer", "Solutions", "check", "explain", "inspect", "solve", "watch"]
