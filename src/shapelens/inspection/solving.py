"""The way back through one layer: which settings turn this input into this output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from shapelens.errors import UsageError
from shapelens.garbage import collections_paused
from shapelens.inspection.given import ShapeLike, dims_of

if TYPE_CHECKING:
    from shapelens.analyses.solving import Solved
    from shapelens.analyses.solving.solution import Solution
    from shapelens.operators import Shape
    from shapelens.output.explained import Explanation

__all__ = ["Solutions", "solve"]

_NOTEBOOK_WIDTH = 110


class Solutions(Sequence["Solution"]):
    """The layers that do what was asked, those that networks use first; none where nothing does it.

    Each has `.text`, `.settings`, `.unread`, `.receptive_field`, `.parameters`, `.macs` and `.inputs`.

    Args:
        solved: the answer.

    Attributes:
        solved: the answer.
    """

    def __init__(self, solved: Solved) -> None:
        self.solved = solved

    def __len__(self) -> int:
        return len(self.solved.solutions)

    @overload
    def __getitem__(self, place: int) -> Solution: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Solution, ...]: ...
    def __getitem__(self, place: int | slice) -> Solution | tuple[Solution, ...]:
        return self.solved.solutions[place]

    def __iter__(self) -> Iterator[Solution]:
        return iter(self.solved.solutions)

    @property
    def why(self) -> tuple[str, ...]:
        """Why nothing does it, where nothing does."""
        from shapelens.explanation.solving.why import reasons_of

        return () if self.solved.solutions else tuple(reasons_of(self.solved))

    @property
    def nearest(self) -> tuple[Solution, ...]:
        """Where nothing does it, layers that give the nearest shapes."""
        return self.solved.nearest

    # faces --------------------------------------------------------------------------------------------

    def explanation(self, width: int | None = None, *, shows_all: bool = False) -> Explanation:
        """The answer in words and numbers.

        Args:
            width: how wide its table may be; as wide as the terminal if not given.
            shows_all: whether all settings are told, and not only those that networks use first.
        """
        from shapelens.explanation.solved import solved_document
        from shapelens.output.explained import Explanation
        from shapelens.output.terminal import explanation_width

        with collections_paused():
            wide = explanation_width() if width is None else width
            return Explanation.of(solved_document(self.solved, wide, shows_all=shows_all))

    def __str__(self) -> str:
        return str(self.explanation())

    def __repr__(self) -> str:
        layer = self.solved.question.layer
        first = f": {self[0].text}, …" if len(self) > 1 else f": {self[0].text}" if self else ""
        return f"<Solutions of {layer.source.slice(layer.call.span)}: {len(self)}{first}>"

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        return self.explanation(_NOTEBOOK_WIDTH)._repr_html_()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def to_markdown(self) -> str:
        """The whole as markdown."""
        return self.explanation(_NOTEBOOK_WIDTH).to_markdown()

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, every setting included: the schema `shapelens/1`."""
        from shapelens.explanation.solving.facts import facts_of

        with collections_paused():
            return replace(
                self.explanation(_NOTEBOOK_WIDTH, shows_all=True), facts=facts_of(self.solved)
            ).to_dict()


def _shape(shape: ShapeLike | None, name: str) -> Shape | None:
    """A shape as dims, if it is given."""
    if shape is None:
        return None
    if isinstance(shape, (str, Sequence)):
        return dims_of(shape, f"--{name}")
    raise UsageError(
        f"the {name} is no shape",
        at=name,
        have=repr(shape),
        rule="a text such as '3x224x224', or a tuple of sizes",
        fix=f"{name}=(3, 224, 224)",
    )


def solve(
    layer: str,
    input: ShapeLike | None = None,
    output: ShapeLike | None = None,
    *,
    max_kernel: int = 11,
    max_stride: int = 8,
    max_padding: int = 10,
    max_dilation: int = 3,
) -> Solutions:
    """The settings of a layer that turn an input into an output, as many as there are within bounds.

        >>> solutions = solve("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112))
        >>> len(solutions), solutions[0].text
        (28, 'Conv2d(3, 64, 3, stride=2, padding=1)')
        >>> solve("Conv2d(3, 64, 3, stride=2, padding=1)", output="64x112x112")[0].inputs
        (range(223, 225), range(223, 225))

    Args:
        layer: a convolution, a transposed convolution or a pool in PyTorch's or Keras' words. What it is given is held
            fixed; kernel, stride, padding, dilation, output padding and channels may be left out.
        input: the shape of one sample that goes in. Without it, or with symbols for its sizes, those sizes are
            looked for that the whole layer turns into the output.
        output: the shape of one sample that is to come out.
        max_kernel: the largest kernel that is looked at.
        max_stride: the largest stride.
        max_padding: the most padding on each side.
        max_dilation: the largest dilation.

    Returns:
        The layers, those that networks use first. None where nothing does it; then `.why` and `.nearest` tell.

    Raises:
        UsageError: `Linear has no window whose settings could be solved for`, or a shape that is none of the layer's.
        LayerTextError: the layer cannot be read.
    """
    from shapelens.analyses.solving import solved
    from shapelens.analyses.solving.asking import ask
    from shapelens.analyses.solving.bounds import Bounds

    if not isinstance(layer, str):
        raise UsageError(
            "a layer to solve for is a text",
            at="layer",
            have=f"of type {type(layer).__name__}",
            rule="a layer in PyTorch's or Keras' words, of which settings may be left out",
            fix='"Conv2d(3, 64)"',
        )
    source, target = _shape(input, "input"), _shape(output, "output")
    with collections_paused():
        bounds = Bounds(max_kernel, max_stride, max_padding, max_dilation)
        return Solutions(solved(ask(layer, source, target, bounds)))
