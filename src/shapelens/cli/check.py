"""`shapelens check`: what is wrong, and what mends it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, OUTPUT, Command, named_shapes, write, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapelens.analyses.findings import Finding
    from shapelens.inspection import Inspection

__all__ = ["command"]

_HELP = f"""\
shapelens check MODEL  every shape problem, where, why, and a fix that was tried

examples
  shapelens check net.py:Net --input 3x32x32            # imports and runs net.py
  shapelens check unet.onnx --input 1x700x700
  shapelens check net.py:Net --format github            # in a workflow
  shapelens check net.py:Net --fix-input                # the nearest inputs that work
  shapelens explain SL101                               # a code at length

input
  --input 3x224x224          one sample, in the model's own order
  --batch 8                  fix the batch; without it, N
  --shape x=2x16:int64       one named tensor whole, and its type; may be repeated
  --train                    Python code as in training; without it, as in evaluation

findings
  --strict                   warnings count as errors do
  --ignore SL201             leave a code out; may be repeated
  --fix-input                print nothing but the nearest inputs that work, one a line

output
  --format table             table (text), json, sarif (2.1.0), github, markdown
  --width 80                 instead of the terminal's
  --ascii                    no signs beyond ASCII

{EXIT}
next  shapelens check vgg16 --input 3x16x16
"""


@click.command("check", cls=Command, text=_HELP)
@click.argument("model")
@INPUT
@click.option("--train", "is_training", is_flag=True)
@click.option("--strict", is_flag=True)
@click.option("--ignore", "ignored", multiple=True)
@click.option("--fix-input", "only_inputs", is_flag=True)
@click.option(
    "--format",
    "written_as",
    type=click.Choice(["table", "json", "sarif", "github", "markdown"]),
    default="table",
)
@OUTPUT
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], is_training: bool, strict: bool,
    ignored: tuple[str, ...], only_inputs: bool, written_as: str, width: int | None, ascii_only: bool,
) -> int:  # fmt: skip
    """Print what is wrong with a model."""
    from shapelens.inspection import inspect
    from shapelens.inspection.checking import checked_codes

    codes = checked_codes(ignored)
    mode = "train" if is_training else "same"
    inspection = inspect(model, sample, batch=batch, shapes=named_shapes(shapes), mode=mode)
    if only_inputs:
        return _fitting(inspection)
    findings = [finding for finding in inspection.findings if finding.code not in codes]
    severities = {"error", "warning"} if strict else {"error"}
    status = ERRORS_FOUND if any(finding.severity in severities for finding in findings) else 0
    _write(inspection, findings, written_as, width, ascii_only=ascii_only)
    return status


def _write(
    inspection: Inspection,
    findings: Sequence[Finding],
    written_as: str,
    width: int | None,
    *,
    ascii_only: bool,
) -> None:
    from shapelens.inspection.checking import counted
    from shapelens.output.checked import checked_markdown, headline

    counts, origin = counted(findings), inspection.network.origin
    title = headline(findings, inspection.network.name, counts)
    if written_as == "json":
        write_json(_data(inspection, findings))
    elif written_as == "sarif":
        from shapelens import __version__
        from shapelens.output.sarif import sarif_data

        write_json(sarif_data(findings, origin, __version__))
    elif written_as == "github":
        from shapelens.output.github import github_lines

        for line in github_lines(findings, origin):
            write(line)
    elif written_as == "markdown":
        write(checked_markdown(findings, title))
    else:
        _print(inspection, findings, title, counts, width, ascii_only=ascii_only)


def _print(
    inspection: Inspection,
    findings: Sequence[Finding],
    title: str,
    counts: str,
    width: int | None,
    *,
    ascii_only: bool,
) -> None:
    """The answer in one line where nothing is wrong; else the strip, the findings and the count."""
    from shapelens.output.terminal import is_ascii, print_lines, terminal_width

    steps = len(inspection.evaluation.steps)
    layers = f"{steps} layer{'' if steps == 1 else 's'}"
    if not findings:
        from shapelens.explanation.document import ANSWER, text

        print_lines([text((title, ANSWER), f"   {layers} checked")], ascii_only=ascii_only)
        return
    from shapelens.output.checked import checked_lines

    plain_signs = ascii_only or is_ascii(sys.stdout)
    columns = ["layer", "operator", "in", "filters", "out"]
    laid_out = terminal_width(width)
    table = inspection.table(width=1000, columns=columns, ascii_only=plain_signs)
    is_free = any(finding.code in {"SL107", "SL115"} for finding in findings)
    lines = checked_lines(
        table,
        findings,
        title,
        f"{counts} in {layers}",
        width=laid_out,
        formulas=inspection.beyond.formulas if is_free else None,
        following=f"shapelens explain {findings[0].code}",
        ascii_only=plain_signs,
    )
    print_lines(lines, ascii_only=ascii_only)


def _data(inspection: Inspection, findings: Sequence[Finding]) -> dict[str, object]:
    """The findings as plain data, in the schema of all the rest."""
    counts = {
        severity: sum(finding.severity == severity for finding in findings)
        for severity in ("error", "warning", "note")
    }
    whole = inspection.to_dict()
    kept = {name: whole[name] for name in ("schema", "source", "inputs", "outputs", "assumptions")}
    return {**kept, "findings": [finding.to_dict() for finding in findings], "counts": counts}


def _fitting(inspection: Inspection) -> int:
    """Print the nearest inputs that work; those that are fed where they do."""
    from shapelens.analyses.findings.feeding import nearest_samples

    samples = nearest_samples(inspection.beyond, inspection.findings)
    for sample in samples:
        write(sample)
    return 0 if samples else ERRORS_FOUND
