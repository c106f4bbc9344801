"""`shapelens solve`: the settings of a layer that turn this input into this output."""

from __future__ import annotations

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, OUTPUT, Command, write, write_json

__all__ = ["command"]

_LARGEST = 300_000

_HELP = f"""\
shapelens solve LAYER --input … --output …  the settings that turn one shape into the other

examples
  shapelens solve "Conv2d(3, 64)" --input 3x224x224 --output 64x112x112
  shapelens solve "Conv2d(3, 64, 3, stride=2)" --input 3x224x224 --output 64x112x112   # which padding?
  shapelens solve "Conv2D(64)" --input 224x224x3 --output 112x112x64
  shapelens solve "ConvTranspose2d()" --input 16x14x14 --output 8x28x28
  shapelens solve "MaxPool2d(3, 2)" --output 64x112x112                 # which inputs?

LAYER is a convolution, a transposed convolution or a pool, in PyTorch's or Keras' words. What it is
given is held fixed; kernel, stride, padding, dilation, output padding and channels may be left out

shapes
  --input 3x224x224          one sample, in the layer's own order; without it, which sizes go in
  --output 64x112x112        one sample that is to come out

how far
  --max-kernel 11            the largest kernel that is looked at
  --max-stride 8             the largest stride
  --max-padding 10           the most padding on each side
  --max-dilation 3           the largest dilation
  --all                      every setting, and not only those that networks use first

output
  --width 80                 instead of the terminal's
  --format table             table (text), json (every setting), markdown
  --ascii                    no signs beyond ASCII

{EXIT.replace("1 errors found", "1 nothing does it")}
next  shapelens solve "Conv2d(3, 64)" --input 3x224x224 --output 64x112x112
"""


@click.command("solve", cls=Command, text=_HELP)
@click.argument("layer")
@click.option("--input", "source")
@click.option("--output", "target")
@click.option("--max-kernel", type=click.IntRange(1, _LARGEST), default=11)
@click.option("--max-stride", type=click.IntRange(1, _LARGEST), default=8)
@click.option("--max-padding", type=click.IntRange(0, _LARGEST), default=10)
@click.option("--max-dilation", type=click.IntRange(1, _LARGEST), default=3)
@click.option("--all", "shows_all", is_flag=True)
@click.option("--format", "written_as", type=click.Choice(["table", "json", "markdown"]), default="table")
@OUTPUT
def command(layer: str, source: str | None, target: str | None, shows_all: bool, written_as: str, width: int | None,
            ascii_only: bool, **bounds: int) -> int:  # fmt: skip
    """Solve for the settings of a layer."""
    from shapelens.inspection import solve

    solutions = solve(layer, source, target, **bounds)
    if written_as == "json":
        write_json(solutions.to_dict())
    elif written_as == "markdown":
        write(solutions.explanation(110, shows_all=shows_all).to_markdown())
    else:
        from shapelens.output.lines import document_lines
        from shapelens.output.terminal import explanation_width, print_lines

        wide = explanation_width(width)
        print_lines(
            document_lines(solutions.explanation(wide, shows_all=shows_all), wide), ascii_only=ascii_only
        )
    return 0 if solutions else ERRORS_FOUND
