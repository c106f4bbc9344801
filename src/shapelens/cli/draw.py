"""`shapelens draw`: the figure."""

from __future__ import annotations

import sys
from typing import Any

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, Command, named_shapes
from shapelens.errors import UsageError

__all__ = ["command"]

_HELP = f"""\
shapelens draw MODEL -o figure.svg  a figure for a paper or a slide, in vectors

examples
  shapelens draw resnet50 -o figure.svg
  shapelens draw lenet5 --style maps -o figure.pdf
  shapelens draw "net.py:Net(width=64)" --theme dark -o figure.png
  shapelens draw vgg16 --upto features.16 --highlight features.10 -o figure.tex

input
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x16:int64       one named tensor whole, and its type; may be repeated
  --symbolic                 formulas, also where the size is known

figure
  -o, --output figure.svg    a file that ends in .svg, .tex (TikZ), .pdf or .png
  --format svg               what is written to a pipe, without -o
  --style volumes            volumes, maps (LeNet's), blocks (for a slide), graph (every operator)
  --theme light              light, dark, print (reads in grey)
  --width 17                 in centimetres
  --title TEXT               instead of the network's name; "" for none
  --caption TEXT             before what the figure says of itself
  --order both               shapes with the channels first and last
  --fold LAYER               a module as one block; may be repeated
  --unfold LAYER             a module or layer by itself; may be repeated
  --highlight LAYER          marked
  --upto LAYER               the last that is drawn
  --field LAYER              its receptive field, on the input
  --no-inset                 without the block that is opened under the figure; --inset with it
  --fonts "Source Sans 3"    families of type, the best first
  --dpi 300                  of a PNG
  --ascii                    no signs beyond ASCII in what is printed

{EXIT}
next  shapelens show vgg16
"""


@click.command("draw", cls=Command, text=_HELP)
@click.argument("model")
@INPUT
@click.option("--symbolic", is_flag=True)
@click.option("-o", "--output")
@click.option("--format", "written_as", type=click.Choice(["svg", "tex", "pdf", "png"]))
@click.option("--style")
@click.option("--theme")
@click.option("--width", type=float)
@click.option("--title")
@click.option("--caption")
@click.option("--order")
@click.option("--fold", multiple=True)
@click.option("--unfold", multiple=True)
@click.option("--highlight")
@click.option("--upto")
@click.option("--field")
@click.option("--fonts")
@click.option("--inset/--no-inset", default=True)
@click.option("--dpi", type=click.FloatRange(10, 2400), default=300.0)
@click.option("--ascii", "ascii_only", is_flag=True)
def command(  # noqa: PLR0913 - one argument for each option
    model: str, *, sample: str | None, batch: int | None, shapes: tuple[str, ...], symbolic: bool,
          output: str | None, written_as: str | None, fonts: str | None, dpi: float, ascii_only: bool, **given: Any,
) -> int:  # fmt: skip
    """Draw a model into a file."""
    from pathlib import Path

    from shapelens.explanation.document import text
    from shapelens.inspection import inspect
    from shapelens.output.lines import safe
    from shapelens.output.terminal import print_lines

    if output is None and written_as is None and sys.stdout.isatty():
        raise UsageError(
            "a figure needs a file",
            at="shapelens draw",
            rule="-o names a file that ends in .svg, .tex, .pdf or .png; or what is written is piped",
            fix=f"shapelens draw {model} -o figure.svg",
        )
    inspection = inspect(model, sample, batch=batch, shapes=named_shapes(shapes))
    inspection = inspection.symbolic() if symbolic else inspection
    options = {name: value for name, value in given.items() if value not in {None, ()}}
    if fonts:
        options["fonts"] = tuple(family.strip() for family in fonts.split(",") if family.strip())
    figure = inspection.draw(**options)
    if output is None or output == "-":
        sys.stdout.buffer.write(figure.written(written_as or "svg", dpi))
    else:
        figure.save(output, dpi)
        print_lines([text(safe(f"{Path(output).name}  {figure.size}"))], ascii_only=ascii_only)
    return ERRORS_FOUND if any(f.severity == "error" for f in inspection.findings) else 0
