"""What of an explained layer can be drawn and played: its shapes, and its numbers where they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from shapelens.errors import UsageError
from shapelens.explanation.document import ANSWER, Document, plain_text, text
from shapelens.explanation.subject import Subject
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.drawing.layer.subject import LayerSubject
    from shapelens.numbers import NumberedLayer

__all__ = ["LayerPicture"]

_MOST_CELLS = 2**20


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """A layer that can be drawn, and whose window can slide.

    Args:
        subject: the layer.
        numbers: the layer with its numbers; None where they are not shown.
        position: the cell that is taken apart.
        map: the feature map that it is in.
    """

    subject: Subject
    numbers: NumberedLayer | None = None
    position: tuple[int, ...] = ()
    map: int = 0

    def figure(self, document: Document) -> LayerSubject:
        """What a figure of it is told.

        Raises:
            UsageError: "there is no figure of this layer".
        """
        from shapelens.explanation.figure import figure_subject

        return figure_subject(self.subject, document, self.numbers, self.position, self.map)

    def cells(self) -> Sequence[tuple[int, ...]]:
        """The cells of the output in the order in which a window makes them.

        Raises:
            UsageError: "there is nothing to play", or too much.
        """
        if self.numbers is None:
            raise UsageError(
                "there is nothing to play",
                at="--play",
                have="a layer whose numbers are not shown",
                rule="a window slides over the input of a convolution or a pool whose sizes are numbers",
                fix='shapelens explain "Conv2d(1, 1, 3)" --input 1x5x5 --play',
            )
        whole = 1
        for count in self.numbers.counts:
            whole *= count
        if whole > _MOST_CELLS:
            raise UsageError(
                "there is too much to play",
                at="--play",
                have=f"{whole:,} cells",
                rule=f"at most {_MOST_CELLS:,}",
                fix="--cell 0,0, or a smaller --input",
            )
        return list(product(*map(range, self.numbers.counts)))

    def frame(self, document: Document, position: tuple[int, ...]) -> Document:
        """One cell, taken apart, by itself.

        Args:
            document: the explanation.
            position: the cell.
        """
        from shapelens.explanation.grids.showing import telling_of
        from shapelens.numbers import cell as cell_of

        assert self.numbers is not None
        telling = telling_of(self.numbers, cell_of(self.numbers, self.map, position))
        name = plain_text(document.title).partition("   ")[0]
        return Document(text((name, ANSWER), "   ", telling.title), telling.groups)
