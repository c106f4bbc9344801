"""What can be asked beyond one evaluation: the network at other sizes, its formulas, the author's own lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from shapelens.dims import Path, symbol
from shapelens.network import Evaluation, Network, evaluate_network
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Beyond", "Written"]

AXES = ("D", "H", "W", "L", "T")
"""The letters of axes whose sizes may be free."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the author's code as it would read.

    Args:
        place: the file and line: `net.py:12`.
        line: what would stand there.
    """

    place: str
    line: str


Rewrite = Callable[[str, Mapping[str, str], str], "Written | None"]
"""The line that makes a module, with other arguments and another class, where that is not empty: by its path."""


class Beyond:
    """What can be asked beyond one evaluation.

    Args:
        evaluation: the network as it is looked at.
        at: the network at other shapes of its inputs, by name; by default its rules applied to them.
        formulas: the network with formulas for free sizes; by default the network itself.
        likely: the same as far as one look at the network tells; by default the network with formulas.
        rewrite: a line of the author's code as it would read; by default none is known.
        made_for: the sample that the model itself says it is made for; by default it says nothing.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        at: Callable[[Mapping[str, Shape]], Evaluation] | None = None,
        formulas: Callable[[], Network] | None = None,
        likely: Callable[[], Network] | None = None,
        rewrite: Rewrite | None = None,
        made_for: Callable[[], Shape | None] | None = None,
    ) -> None:
        self.evaluation = evaluation
        self._at = at
        self._formulas = formulas
        self._likely = likely
        self._rewrite = rewrite
        self._made_for = made_for
        self._seen: dict[tuple[tuple[str, Shape], ...], Evaluation] = {}
        self.fitting: dict[object, Any] = {}
        """What was found of the sizes that fit, by what was asked."""

    def at(self, shapes: Mapping[str, Shape]) -> Evaluation:
        """The network at other shapes of its inputs, all of them by name."""
        key = tuple(
            sorted([(name, tuple(shape)) for name, shape in shapes.items()], key=lambda item: item[0])
        )
        if key not in self._seen:
            at = self._at or self._by_its_rules
            self._seen[key] = at(shapes)
        return self._seen[key]

    def _by_its_rules(self, shapes: Mapping[str, Shape]) -> Evaluation:
        return evaluate_network(self.evaluation.network, shapes, Path(self.evaluation.path.example))

    def rewritten(self, path: str, arguments: Mapping[str, str], called: str = "") -> Written | None:
        """The line that makes a module, as it would read with other arguments; None where it is not known.

        Args:
            path: where the module stands.
            arguments: what would stand there, by the parameters' names.
            called: the class that would stand there, where that is another one.
        """
        return None if self._rewrite is None else self._rewrite(path, arguments, called)

    @cached_property
    def made_for(self) -> Shape | None:
        """The sample that the model itself says it is made for; None where it says nothing."""
        return None if self._made_for is None else self._made_for()

    @cached_property
    def network(self) -> Network:
        """The network whose formulas hold at other sizes too."""
        return self.evaluation.network if self._formulas is None else self._formulas()

    @cached_property
    def likely(self) -> Network:
        """The network whose formulas very likely hold at other sizes: what they tell is tried before it is told."""
        return self.network if self._likely is None else self._likely()

    @cached_property
    def formulas(self) -> Evaluation | None:
        """The network with symbols for the heights and widths that go in; None where no image does."""
        return self._freed(self.network)

    @cached_property
    def likely_formulas(self) -> Evaluation | None:
        """The same of the network whose formulas very likely hold: it tells whether there is anything to ask for."""
        return self._freed(self.likely)

    @cached_property
    def sizes(self) -> str:
        """The sizes that the whole network takes: `H and W: multiples of 16`; empty where that says nothing."""
        from shapelens.analyses.validity import validity_text

        _, _, words = ("" if self.formulas is None else validity_text(self.formulas)).partition("works for ")
        return "" if words.startswith(("every", "no size")) else words

    def _freed(self, network: Network) -> Evaluation | None:
        evaluation, example = self.evaluation, dict(self.evaluation.path.example)
        shapes = dict(evaluation.shapes)
        freed = False
        inputs = []
        for declared in network.inputs:
            shape, own = list(shapes.get(declared.name, ())), dict(declared.example)
            layout = declared.layout
            fits = layout is not None and len(shape) == len(layout.axes)
            for axis in layout.spatial if layout is not None and fits else ():
                size = shape[axis]
                if isinstance(size, int) and layout is not None:
                    letter = layout.axes[axis]
                    shape[axis], example[letter], freed = symbol(letter), size, True
            shapes[declared.name] = tuple(shape)
            inputs.append(replace(declared, example=own))
        if not freed:
            return None
        return evaluate_network(replace(network, inputs=tuple(inputs)), shapes, Path(example))
