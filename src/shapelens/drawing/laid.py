"""A network that is laid out, before a page is put around it."""

from __future__ import annotations

from dataclasses import field, replace

from shapelens.drawing.moving import moved
from shapelens.drawing.runs import Run
from shapelens.drawing.scene import Box, Element
from shapelens.records import dataclass

__all__ = ["Laid"]


@dataclass(frozen=True, slots=True)
class Laid:
    """A laid out network, before the page is put around it.

    Args:
        elements: in the order in which they are painted.
        runs: the runs, from left to right.
        shows_filter: whether a filter is drawn.
        is_table_wanted: whether a table under it has its columns under the runs.
    """

    elements: tuple[Element, ...]
    runs: tuple[Run, ...] = field(default=())
    shows_filter: bool = False
    is_table_wanted: bool = True

    @property
    def box(self) -> Box:
        """What all of it takes up."""
        return Box.of_all([element.box for element in self.elements])

    def moved(self, dx: float, dy: float) -> Laid:
        """All of it somewhere else."""
        return replace(self, elements=tuple([moved(element, dx, dy) for element in self.elements]))
