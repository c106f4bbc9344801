"""`shapelens show`: the table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, OUTPUT, Command, named_shapes, write, write_json
from shapelens.errors import UsageError

if TYPE_CHECKING:
    from shapelens.inspection import Inspection

__all__ = ["command"]

_HELP = f"""\
shapelens show MODEL  the table: what goes in, which filters, what comes out

examples
  shapelens show vgg16
  shapelens show resnet50.onnx --input 3x512x512
  shapelens show "net.py:Net(width=64)"                 # imports and runs net.py
  shapelens show resnet18 --input 3xHxW                 # formulas
  shapelens show resnet152 --depth all                  # nothing folded

input
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x16:int64       one named tensor whole, and its type; may be repeated
  --symbolic                 formulas, also where the size is known
  --train                    Python code as in training; without it, as in evaluation

table
  --depth 2                  how far blocks unfold: 1, 2, …, all
  --columns in,filters,out   of layer, operator, in, filters, out, volume, field, step,
                             params, macs, where; +name adds, -name removes
  --coverage                 instead of it, which operators have a rule
  --width 80                 instead of the terminal's
  --format table             table, json, csv, markdown
  --ascii                    no signs beyond ASCII

{EXIT}
next  shapelens explain vgg16::features.0
"""


@click.command("show", cls=Command, text=_HELP)
@click.argument("model")
@INPUT
@click.option("--symbolic", is_flag=True)
@click.option("--train", "is_training", is_flag=True)
@click.option("--coverage", is_flag=True)
@click.option("--depth", default="1")
@click.option("--columns")
@click.option(
    "--format", "written_as", type=click.Choice(["table", "json", "csv", "markdown"]), default="table"
)
@OUTPUT
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], symbolic: bool, is_training: bool,
          coverage: bool, depth: str, columns: str | None, written_as: str, width: int | None, ascii_only: bool,
) -> int:  # fmt: skip
    """Print the table of a model."""
    from shapelens.inspection import inspect
    from shapelens.output.terminal import is_ascii, print_lines, terminal_width

    mode = "train" if is_training else "same"
    inspection = inspect(model, sample, batch=batch, shapes=named_shapes(shapes), mode=mode)
    inspection = inspection.symbolic() if symbolic else inspection
    if coverage:
        return _show_coverage(inspection, written_as, width, ascii_only=ascii_only)
    status = ERRORS_FOUND if any(f.severity == "error" for f in inspection.findings) else 0
    if written_as == "json":
        write_json(inspection.to_dict())
        return status
    laid_out = terminal_width(width) if written_as == "table" else 1000
    plain_signs = ascii_only or (written_as == "table" and is_ascii(sys.stdout))
    chosen = _columns(columns, laid_out)
    table = inspection.table(width=laid_out, depth=_depth(depth), columns=chosen, ascii_only=plain_signs)
    if written_as == "csv":
        from shapelens.output.delimited import table_csv

        write(table_csv(table))
    elif written_as == "markdown":
        from shapelens.output.delimited import table_markdown

        write(table_markdown(table, inspection.problems))
    else:
        from shapelens.output.tables import table_lines

        print_lines(table_lines(table, inspection.problems), ascii_only=plain_signs)
    return status


def _show_coverage(inspection: Inspection, written_as: str, width: int | None, *, ascii_only: bool) -> int:
    """Which operators have a rule."""
    from shapelens.analyses.coverage import coverage_of
    from shapelens.output.coverage import coverage_data, coverage_lines
    from shapelens.output.terminal import print_lines, terminal_width

    covered = coverage_of(inspection.evaluation)
    if written_as == "json":
        write_json(coverage_data(covered))
    else:
        lines = coverage_lines(inspection.network.name, covered, terminal_width(width))
        print_lines(lines, ascii_only=ascii_only)
    return 0


def _depth(depth: str) -> int:
    from shapelens.table.rows import ALL

    if depth == "all":
        return ALL
    if depth.isascii() and depth.isdigit() and 0 < int(depth) < ALL:
        return int(depth)
    raise UsageError(
        f"{depth!r} is no depth", at=f"--depth {depth}", rule="1, 2, … or all", fix="--depth all"
    )


def _columns(columns: str | None, width: int) -> list[str] | None:
    """The columns that are asked for: a list of their own, or what is added to and removed from the usual."""
    if columns is None:
        return None
    from shapelens.table.columns import COLUMN_NAMES
    from shapelens.table.fitting import usual_columns

    names = [name.strip() for name in columns.split(",") if name.strip()]
    is_change = [name[0] in "+-" for name in names]
    if not names or any(is_change) != all(is_change):
        raise UsageError(
            "these columns cannot be read",
            at=f"--columns {columns}",
            rule="either columns (in,filters,out), or changes to the usual ones (+where,-field)",
            have=f"of {', '.join(COLUMN_NAMES)}",
        )
    if not any(is_change):
        return names
    chosen = usual_columns(width)
    for name in names:
        if name[0] == "+" and name[1:] not in chosen:
            chosen.append(name[1:])
        elif name[0] == "-":
            chosen = [column for column in chosen if column != name[1:]]
    return chosen
