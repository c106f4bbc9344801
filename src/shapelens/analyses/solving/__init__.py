"""The way back through one layer: which settings turn this input into this output.

>>> from shapelens.analyses.solving.asking import ask
>>> found = solved(ask("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112)))
>>> len(found.solutions), found.solutions[0].text
(28, 'Conv2d(3, 64, 3, stride=2, padding=1)')

Nothing is turned round: the settings within bounds are counted through, and the one arithmetic says which of them fit.
"""

from __future__ import annotations

from shapelens.analyses.solving.answering import Solved, solved

__all__ = ["Solved", "solved"]
