"""A summary as text: torchinfo's columns, rules and totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from shapelens.dims import Unknown
from shapelens.records import dataclass
from shapelens.summarizing.layers import LayerInfo
from shapelens.summarizing.showing import Shown, shown_rows

if TYPE_CHECKING:
    from shapelens.summarizing.statistics import Summary

__all__ = ["COLUMNS", "ROW_SETTINGS", "Formatting", "number_text", "summary_lines"]

COLUMNS = {
    "input_size": "Input Shape",
    "output_size": "Output Shape",
    "num_params": "Param #",
    "params_percent": "Param %",
    "kernel_size": "Kernel Shape",
    "groups": "Groups",
    "mult_adds": "Mult-Adds",
    "trainable": "Trainable",
}
"""The columns and what stands above them."""

ROW_SETTINGS = ("depth", "var_names", "ascii_only", "hide_recursive_layers", "hide_functions")

_NOTHING = "--"
_UNKNOWN = "?"
_STEP = 5
"""Names are so much further in at each depth, and their column is as wide as a multiple of it."""

_LEAST_NAME_WIDTH = 40


@dataclass(slots=True)
class Formatting:
    """How a summary is shown; what is set here holds for the next time that it is.

    Args:
        max_depth: how deep a row may stand.
        verbose: 2 for the weights and biases of each module.
        col_names: the columns.
        col_width: how wide each is.
        row_settings: what is shown of rows, and which are hidden.
    """

    max_depth: int = 3
    verbose: int = 1
    col_names: tuple[str, ...] = ("output_size", "num_params")
    col_width: int = 25
    row_settings: frozenset[str] = frozenset({"depth"})

    @property
    def ascii_only(self) -> bool:
        """Whether only ASCII may be printed."""
        return "ascii_only" in self.row_settings

    @property
    def show_var_name(self) -> bool:
        """Whether the names of modules are shown."""
        return "var_names" in self.row_settings

    @property
    def show_depth(self) -> bool:
        """Whether each module's depth and place are shown."""
        return "depth" in self.row_settings

    def rows(self, layers: Sequence[LayerInfo]) -> list[Shown]:
        """The rows that are shown."""
        return shown_rows(
            layers,
            self.max_depth,
            hides_recursive="hide_recursive_layers" in self.row_settings,
            hides_functions="hide_functions" in self.row_settings,
        )

    def start(self, depth: int) -> str:
        """What stands before a name."""
        if depth == 0:
            return ""
        branch, trunk, leaf = ("+ ", "|    ", "+ ") if self.ascii_only else ("├─", "│    ", "└─")
        return branch if depth == 1 else trunk * (depth - 1) + leaf

    def title(self, layer: LayerInfo) -> str:
        """What a row is called."""
        return layer.get_layer_name(self.show_var_name, self.show_depth)

    def line(self, name: str, cells: dict[str, str], name_width: int) -> str:
        """One line of the table."""
        width = self.col_width
        written = "".join([f"{cells.get(column, ''):<{width}} " for column in self.col_names])
        return f"{name:<{name_width}} {written}".rstrip()


def summary_lines(summary: Summary) -> list[str]:
    """The whole text of a summary without its notes and findings.

    Args:
        summary: the summary.
    """
    form = summary.formatting
    rows = form.rows(summary.summary_list)
    longest = max([len(form.title(row.layer)) + row.layer.depth * _STEP + 1 for row in rows], default=0)
    name_width = _LEAST_NAME_WIDTH if longest < _LEAST_NAME_WIDTH else ceil(longest / _STEP) * _STEP
    rule = "=" * (name_width + form.col_width * len(form.col_names))
    header = "Layer (type" + " (var_name)" * form.show_var_name + ":depth-idx" * form.show_depth + ")"
    lines = [rule, form.line(header, COLUMNS, name_width), rule]
    broken = {finding.layer: finding.code for finding in reversed(summary.findings) if finding.layer}
    for row in rows:
        name = form.start(row.layer.depth) + form.title(row.layer)
        lines.append(form.line(name, _cells(row, summary), name_width) + _mark(row, broken))
        if form.verbose == 2 and not row.is_repeated:
            lines += _parameter_lines(row.layer, form, name_width)
    lines += [rule, *_parameter_totals(summary)]
    if summary.inspection is not None:
        lines += [_macs_total(summary), rule, *_memory_totals(summary)]
    return [*lines, rule]


# rows -------------------------------------------------------------------------------------------------


def _cells(row: Shown, summary: Summary) -> dict[str, str]:
    layer = row.layer
    return {
        "input_size": _size_text(layer.input_size),
        "output_size": _size_text(layer.output_size),
        "num_params": _count_text(row, summary),
        "params_percent": _percent_text(row, summary),
        "kernel_size": _NOTHING if not layer.kernel_size else _size_text(layer.kernel_size),
        "groups": _NOTHING if layer.groups is None else str(layer.groups),
        "mult_adds": _UNKNOWN if row.macs is None else f"{row.macs:,}" if row.macs else _NOTHING,
        "trainable": layer.trainable,
    }


def _mark(row: Shown, broken: Mapping[str, str]) -> str:
    """What does not fit in a row: the codes of the findings beneath the table."""
    codes = [broken[name] for name in row.layer.layers if name in broken] if row.is_innermost else []
    return f"  ✗ {', '.join(codes)}" if codes else ""


def _size_text(size: Any) -> str:
    """A size as PyTorch prints it, with `?` for what is not known.

    >>> _size_text([2, 64, None, 56]), _size_text([]), _size_text(None), _size_text(3)
    ('[2, 64, ?, 56]', '--', '?', '3')
    """
    if size is None:
        return _UNKNOWN
    if not isinstance(size, list):
        return str(size)
    return f"[{', '.join([_UNKNOWN if dim is None else str(dim) for dim in size])}]" if size else _NOTHING


def _count_text(row: Shown, summary: Summary) -> str:
    """How many parameters a row has; in brackets where none of them is trained."""
    if row.is_repeated:
        return "(recursive)"
    count, trained = summary.count(row.parameters)
    if not count:
        return _NOTHING
    return f"{count:,}" if trained else f"({count:,})"


def _percent_text(row: Shown, summary: Summary) -> str:
    if row.is_repeated:
        return "(recursive)"
    count, _ = summary.count(row.parameters)
    return f"{count / summary.total_params:>7.2%}" if count else f"     {_NOTHING}"


def _parameter_lines(layer: LayerInfo, form: Formatting, name_width: int) -> list[str]:
    """A line for each parameter that a module holds itself."""
    lines: list[str] = []
    for place, (name, tensor) in enumerate(layer.own_parameters):
        is_last = place + 1 == len(layer.own_parameters)
        sign = "+ " if form.ascii_only else "└─" if is_last else "├─"
        known = isinstance(tensor.elements, int)
        count = f"{tensor.elements:,}" if known else _UNKNOWN
        shape = _UNKNOWN if isinstance(tensor.shape, Unknown) else _size_text(list(tensor.shape))
        cells = {"kernel_size": shape, "num_params": f"{sign}{count}"}
        lines.append(form.line(form.start(layer.depth + 1) + name, cells, name_width))
    return lines


# totals -----------------------------------------------------------------------------------------------


def _parameter_totals(summary: Summary) -> list[str]:
    return [
        f"Total params: {summary.total_params:,}",
        f"Trainable params: {summary.trainable_params:,}",
        f"Non-trainable params: {summary.total_params - summary.trainable_params:,}",
    ]


def _macs_total(summary: Summary) -> str:
    if summary.total_mult_adds is not None:
        unit, number = number_text(summary.total_mult_adds)
        return f"Total mult-adds ({unit}): {number}"
    known = sum([layer.macs or 0 for layer in summary.summary_list if layer.is_leaf_layer])
    unit, number = number_text(known)
    return f"Total mult-adds ({unit}): at least {number}; not all are known"


def number_text(count: int) -> tuple[str, str]:
    """A number in the unit that suits it.

    >>> number_text(1_814_073_344), number_text(2_000_000)
    (('G', '1.81'), ('M', '2'))
    """
    unit, size = next(((u, s) for u, s in (("T", 10**12), ("G", 10**9)) if count >= s), ("M", 10**6))
    whole, rest = divmod(count, size)
    return unit, f"{count / size:,.2f}" if rest else f"{whole:,}"


def _memory_totals(summary: Summary) -> list[str]:
    parts = {
        "Input size": summary.total_input,
        "Forward/backward pass size": summary.total_output_bytes,
        "Params size": summary.total_param_bytes,
    }
    known = [size for size in parts.values() if size is not None]
    parts["Estimated Total Size"] = sum(known) if len(known) == len(parts) else None
    return [
        f"{name} (MB): {_UNKNOWN if size is None else f'{size / 1e6:0.2f}'}" for name, size in parts.items()
    ]
