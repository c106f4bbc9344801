"""What `summary()` gives: the totals, a row for each call, and the network itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.operators.dtypes import bytes_of
from shapelens.records import dataclass
from shapelens.summarizing.formatting import Formatting, summary_lines
from shapelens.summarizing.layers import LayerInfo

if TYPE_CHECKING:
    from shapelens.analyses.findings import Finding
    from shapelens.explanation.document import Text
    from shapelens.inspection import Inspection
    from shapelens.readers.torch.holdings import Holdings

__all__ = ["Summary"]

_MOST_NOTES = 4
_LEAST_WIDTH, _GREATEST_WIDTH = 80, 120


@dataclass(eq=False, repr=False)
class Summary:
    """The summary of a model; its text is torchinfo's table with what does not fit beneath.

    Args:
        summary_list: every call in order: of modules, and of functions as leaves. The leaves together are the
            network, each part once.
        input_size: the size of each input, in the form in which they were given.
        inspection: the network, for all that a summary does not tell; None where no input was given.
        formatting: how it is shown.
        holdings: what the model holds.
    """

    summary_list: list[LayerInfo]
    input_size: Any
    inspection: Inspection | None
    formatting: Formatting
    holdings: Holdings = field(repr=False)

    # totals -------------------------------------------------------------------------------------------

    @property
    def total_params(self) -> int:
        """How many parameters there are, each counted once, used or not."""
        return self.summary_list[0].num_params if self.summary_list else 0

    @property
    def trainable_params(self) -> int:
        """How many of them want a gradient."""
        return self.summary_list[0].trainable_params if self.summary_list else 0

    @property
    def total_param_bytes(self) -> int:
        """How much memory they take."""
        return self.summary_list[0].param_bytes if self.summary_list else 0

    @property
    def total_mult_adds(self) -> int | None:
        """The multiply-adds for the whole batch; None where not all of them are known."""
        return self.summary_list[0].macs if self.summary_list else 0

    @property
    def total_input(self) -> int | None:
        """How many bytes go in; None where that is not known."""
        if self.inspection is None:
            return 0
        network, shapes = self.inspection.network, self.inspection.shapes
        sizes = [bytes_of(Tensor(shapes[declared.name], declared.dtype)) for declared in network.inputs]
        return _whole(sizes)

    @property
    def total_output_bytes(self) -> int | None:
        """Twice the bytes that come out of whatever has parameters: once forward, once for the gradient."""
        sizes = [
            layer.output_bytes for layer in self.summary_list if layer.is_leaf_layer and layer.num_params
        ]
        whole = _whole(sizes)
        return None if whole is None else 2 * whole

    def count(self, places: Iterable[int]) -> tuple[int, int]:
        """How many numbers some parameters are, and how many of those are trained.

        Args:
            places: the places of the parameters.
        """
        counts = [(self._counts[place], self.holdings.parameters[place].is_trainable) for place in places]
        return sum([count for count, _ in counts]), sum([count for count, is_trained in counts if is_trained])

    @cached_property
    def _counts(self) -> tuple[int, ...]:
        from shapelens.summarizing.building import parameter_tensor

        evaluation = None if self.inspection is None else self.inspection.evaluation
        elements = [parameter_tensor(p, evaluation).elements for p in self.holdings.parameters]
        return tuple([count if isinstance(count, int) else 0 for count in elements])

    # faces --------------------------------------------------------------------------------------------

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What does not fit, in the order of the network."""
        return () if self.inspection is None else self.inspection.problems

    @property
    def notes(self) -> tuple[str, ...]:
        """Why something in the table is not known, and what was assumed."""
        if self.inspection is None:
            return ()
        reasons: dict[str, str] = {}
        for step in self.inspection.evaluation.steps:
            for tensor in step.outputs[:1]:
                dims = (tensor.shape,) if isinstance(tensor.shape, Unknown) else tensor.shape
                for dim in dims:
                    if isinstance(dim, Unknown):
                        reasons.setdefault(dim.reason, step.node.name)
        unknown = [f"? in {name}: {reason}." for reason, name in list(reasons.items())[:_MOST_NOTES]]
        assumed = self.inspection.network.assumptions
        told = [f"Assumed: {sentence}." for sentence in assumed[:_MOST_NOTES]]
        more = len(assumed) - len(told)
        return (*unknown, *told, *([f"{more} more were assumed."] if more > 0 else []))

    def _lines(self) -> list[Text]:
        from shapelens.explanation.document import text
        from shapelens.output.lines import finding_lines, wrapped

        table = summary_lines(self)
        width = min(max(len(table[0]), _LEAST_WIDTH), _GREATEST_WIDTH)
        lines = [text(line) for line in table]
        for note in self.notes:
            lines += wrapped(text(note), width, "  ")
        for finding in self.findings:
            lines += [(), *finding_lines(finding, width)]
        return lines

    def __str__(self) -> str:
        from shapelens.output.plain import joined

        return joined(self._lines(), ascii_only=self.formatting.ascii_only)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from shapelens.explanation.document import ANSWER, Document, Preformatted, text
        from shapelens.output.html import document_html

        name = self.summary_list[0].class_name if self.summary_list else ""
        title = text((name, ANSWER), f"  {self.total_params:,} parameters")
        return document_html(Document(title, ((Preformatted(tuple(self._lines())),),)))


def _whole(sizes: Iterable[Any]) -> int | None:
    """A sum of integers; None where one of them is not known."""
    whole = 0
    for size in sizes:
        if not isinstance(size, int):
            return None
        whole += size
    return whole
