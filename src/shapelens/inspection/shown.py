"""An inspected network as it is shown: a table, a figure, plain data, an explanation."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shapelens.errors import UsageError
from shapelens.garbage import collections_paused
from shapelens.network import Evaluation, Network

if TYPE_CHECKING:
    from shapelens.analyses.costs import Costs
    from shapelens.analyses.findings import Finding
    from shapelens.analyses.receptive_field import FieldOf
    from shapelens.drawing.figure import Figure
    from shapelens.explanation.grids.asked import Asked
    from shapelens.inspection.layer import Layer
    from shapelens.output.explained import Explanation
    from shapelens.table.table import Table

__all__ = ["Shown"]


class Shown(ABC):
    """What is shown of a network, made of what is known of it.

    Attributes:
        network: the network.
    """

    network: Network

    @property
    @abstractmethod
    def evaluation(self) -> Evaluation:
        """Every rule applied."""

    @property
    @abstractmethod
    def costs(self) -> Costs:
        """Parameters and multiply-accumulates, per layer."""

    @property
    @abstractmethod
    def fields(self) -> dict[str, FieldOf]:
        """Receptive fields, by the names of values."""

    @property
    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """What does not fit, in the order of the network, with fixes that were tried."""

    @abstractmethod
    def __getitem__(self, name: str) -> Layer:
        """One layer, by the name that the table gives it."""

    @abstractmethod
    def up_to(self, layer: str) -> Shown:
        """The network as far as a layer."""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that are errors or warnings: what a table has beneath it."""
        return tuple([finding for finding in self.findings if finding.severity != "note"])

    def no_such_layer(self, name: str) -> UsageError:
        """The error for a layer that is not there, with the nearest that are."""
        from difflib import get_close_matches

        near = get_close_matches(name, list(self.evaluation.by_node), n=3, cutoff=0.5)
        return UsageError(
            f"{self.network.name} has no layer {name}",
            at=f"{self.network.name}::{name}",
            have=name,
            rule="a layer is named as the table names it",
            fix=f"did you mean {' or '.join(near)}?" if near else "",
            following=f"shapelens show {self.network.origin.argument} --depth all",
        )

    def table(
        self,
        *,
        width: int = 80,
        depth: int = 1,
        columns: Sequence[str] | None = None,
        ascii_only: bool = False,
    ) -> Table:
        """The table, laid out for a width."""
        with collections_paused():
            from shapelens.table.fitting import usual_columns
            from shapelens.table.table import table_of

            shows_fields = {"field", "step"} & set(columns or usual_columns(width))
            return table_of(
                self.evaluation,
                self.costs,
                self.fields if shows_fields else {},
                width=width,
                depth=depth,
                columns=columns,
                ascii_only=ascii_only,
            )

    def __str__(self) -> str:
        with collections_paused():
            from shapelens.output.plain import table_text
            from shapelens.output.terminal import terminal_width

            return table_text(self.table(width=terminal_width()), self.problems)

    def __repr__(self) -> str:
        return f"<Inspection of {self.network.name}: {len(self.evaluation.steps)} layers>"

    def _repr_html_(self) -> str:
        """As a notebook shows it: the table, and the figure under it where there is room for one."""
        from shapelens.output.html import NOTEBOOK_WIDTH, figure_html, table_html

        table = table_html(self.table(width=NOTEBOOK_WIDTH), self.problems)
        try:
            return table + figure_html(self.draw())
        except UsageError:
            return table

    def draw(self, path: str | os.PathLike[str] | None = None, **options: Any) -> Figure:
        """The network as a figure, and in a file where a path is given.

            >>> from shapelens import inspect
            >>> inspect("lenet5").draw()
            <Figure of LeNet-5 as volumes: 17.0 × 15.9 cm>

        Args:
            path: where it is saved; its ending tells the format: `.svg`, `.tex`, `.pdf`, `.png`.
            options: how it is drawn, as `shapelens.drawing.options.Options` has them: `style`, `theme`, `width` in
                centimetres, `title`, `caption`, `order`, `fold`, `unfold`, `highlight`, `upto`, `field`, `fonts`.

        Raises:
            UsageError: an option or a layer is not known, or the file cannot be written.
        """
        with collections_paused():
            from shapelens.drawing.figure import Figure
            from shapelens.drawing.network import draw_network
            from shapelens.drawing.options import Options
            from shapelens.drawing.page import Subject

            wanted = Options.of(options)
            for name in (*wanted.fold, *wanted.unfold, wanted.highlight, wanted.upto, wanted.field):
                if name and not self._has_layer(name):
                    raise self.no_such_layer(name)
            shown = self.up_to(wanted.upto) if wanted.upto else self
            fields = shown.fields if wanted.field else {}
            subject = Subject(shown.evaluation, shown.costs, shown.findings, fields)
            figure = Figure(draw_network(subject, wanted))
        if path is not None:
            figure.save(path)
        return figure

    def _has_layer(self, name: str) -> bool:
        """Whether a layer or a module is called so."""
        inside = name + "."
        return name in self.evaluation.by_node or any(
            step.node.path == name or step.node.path.startswith(inside) for step in self.evaluation.steps
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data: the schema `shapelens/1`."""
        from shapelens.output.json import inspection_data

        return inspection_data(self.evaluation, self.costs, self.fields, self.findings)

    def explain(self, layer: str, **numbers: Any) -> Explanation:
        """One layer, or the layers of one module, explained.

            >>> from shapelens import inspect
            >>> inspect("lenet5").explain("C1", cell=(0, 0), filter=5)
            <Explanation: C1 of lenet5   Conv2d(1, 6, 5)   1×32×32 → 6×28×28   C×H×W     ...>

        Args:
            layer: its name.
            numbers: which numbers are shown of it: `cell`, `filter`, `values`, `weights`, `bias`, `image`, `seed`,
                `flipped`, as `shapelens.explain` has them.
        """
        from shapelens.explanation.grids.asked import Asked

        return self.explained(layer, Asked.of(numbers))

    def explained(self, layer: str, asked: Asked) -> Explanation:
        """One layer, or the layers of one module, with the numbers that are asked for."""
        if layer in self.evaluation.by_node:
            return self[layer].explained(asked)
        from shapelens.explanation.asking import check_not_asked
        from shapelens.explanation.model import explain_block
        from shapelens.output.explained import Explanation

        block = explain_block(self.evaluation, self.costs, self.problems, layer)
        if block is None:
            raise self.no_such_layer(layer)
        check_not_asked(asked, self.evaluation)
        return Explanation.of(block)
