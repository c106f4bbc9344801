"""`shapelens explain`: a shape or a layer, in words and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, OUTPUT, Command, named_shapes, write, write_json
from shapelens.errors import UsageError
from shapelens.explanation.document import Text, text
from shapelens.output.lines import document_lines, safe
from shapelens.output.terminal import explanation_width, print_lines

if TYPE_CHECKING:
    from shapelens.output.explained import Explanation

__all__ = ["command"]

_HELP = f"""\
shapelens explain WHAT  a shape, a layer, or a layer of a model, in words and numbers

examples
  shapelens explain 256x256x32                                        # what is the third number?
  shapelens explain "Conv2d(3, 64, 3, padding=1)" --input 3x224x224
  shapelens explain "Conv2D(64, 7, strides=2, padding='same')" --input 224x224x3
  shapelens explain vgg16::features.0
  shapelens explain "$(cat printed_model.txt)"                        # a pasted print(model)
  shapelens explain "Conv2d(1, 1, 3)" --input 1x5x5 --cell 2,1        # one cell, by hand
  shapelens explain "Conv2d(1, 1, 3)" --image photo.png --cell 40,60

input
  --input 3x224x224          one sample, in the layer's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x3x224x224      one named tensor whole; may be repeated

numbers
  --cell 2,1                 take one cell of the output apart: row,column, from 0
  --filter 3                 of which feature map: the filter, or a pool's channel; without it, 0
  --values x.npy             what goes into the layer: an array that numpy.save wrote
  --image photo.png          a picture that goes in: grey for 1 channel, RGB for 3, 0 to 255
  --weights k.npy            the layer's weight, in its own order; --bias b.npy its bias
  --seed 0                   makes what is not given: small whole numbers, the same everywhere
  --flipped                  turn the kernel by 180° first, as mathematics convolves
  --no-numbers               none, where a small layer would show them

figure
  -o, --output figure.svg    a file that ends in .svg, .tex (TikZ), .pdf or .png
  --frames 4                 so many steps of the window side by side, not one cell taken apart
  --theme light              light, dark, print (reads in grey)
  --figure-width 17          in centimetres
  --dpi 300                  of a PNG

output
  --play                     slide the window, cell by cell; keys pause, step, hurry and quit
  --width 80                 instead of the terminal's
  --format table             table (text), json, markdown, html
  --ascii                    no signs beyond ASCII

{EXIT}
next  shapelens explain 256x256x32
"""


@click.command("explain", cls=Command, text=_HELP)
@click.argument("what")
@INPUT
@click.option("--cell")
@click.option("--filter", type=click.IntRange(min=0))
@click.option("--values")
@click.option("--image")
@click.option("--weights")
@click.option("--bias")
@click.option("--seed", type=click.IntRange(min=0))
@click.option("--flipped", is_flag=True)
@click.option("--no-numbers", is_flag=True)
@click.option("-o", "--output")
@click.option("--frames", type=click.IntRange(2, 12))
@click.option("--theme")
@click.option("--figure-width", type=float)
@click.option("--dpi", type=click.FloatRange(10, 2400))
@click.option("--play", is_flag=True)
@click.option("--format", "written_as", type=click.Choice(["table", "json", "markdown", "html"]))
@OUTPUT
def command(  # noqa: PLR0913 - one argument for each option
    what: str, *, sample: str | None, batch: int | None, shapes: tuple[str, ...], no_numbers: bool, output: str | None,
    frames: int | None, theme: str | None, figure_width: float | None, dpi: float | None, play: bool,
    written_as: str | None, width: int | None, ascii_only: bool, **asked: Any,
) -> int:  # fmt: skip
    """Explain a shape, a layer, or a layer of a model."""
    from shapelens.inspection import explain

    _check_together(output, written_as, play=play, figure=(frames, theme, figure_width, dpi))
    numbers = False if no_numbers else True if play or frames else None
    document = explain(what, sample, batch=batch, shapes=named_shapes(shapes), numbers=numbers, **asked)
    if play:
        _play(document, starts=asked["cell"] is not None, ascii_only=ascii_only)
    elif output is not None:
        drawn = document.draw(output, frames=frames or 0, dpi=dpi, theme=theme, width=figure_width)
        print_lines([text(safe(f"{Path(output).name}  {drawn.size}"))], ascii_only=ascii_only)
    elif written_as == "json":
        write_json(document.to_dict())
    elif written_as == "markdown":
        write(document.to_markdown())
    elif written_as == "html":
        write(document.to_html())
    else:
        print_lines(document_lines(document, explanation_width(width)), ascii_only=ascii_only)
    return ERRORS_FOUND if document.has_errors else 0


def _check_together(
    output: str | None, written_as: str | None, *, play: bool, figure: tuple[object, ...]
) -> None:
    """Refuse what does not go together."""
    if sum([output is not None, written_as is not None, play]) > 1:
        raise UsageError(
            "one of these at a time",
            at="shapelens explain",
            rule="-o draws a figure, --format writes the text, --play plays it on the terminal",
            fix="leave all but one of them out",
        )
    if output is None and any(setting is not None for setting in figure):
        raise UsageError(
            "a figure needs a file",
            at="shapelens explain",
            rule="--frames, --theme, --figure-width and --dpi are a figure's; -o names its file",
            fix="-o figure.svg",
        )


def _play(document: Explanation, *, starts: bool, ascii_only: bool) -> None:
    """Slide the window on the terminal, from the first cell on, or from the one that is asked for."""
    from shapelens.output.playing import Player, play

    picture = document.picture
    if picture is None:
        raise UsageError(
            "there is nothing to play",
            at="--play",
            rule="a window slides over the input of one convolution or pool",
            fix='shapelens explain "Conv2d(1, 1, 3)" --input 1x5x5 --play',
        )
    cells = picture.cells()

    def frame(number: int, width: int) -> list[Text]:
        return document_lines(picture.frame(document, cells[number]), width)

    player = Player(len(cells), cells.index(picture.position) if starts else 0)
    play(frame, player, ascii_only=ascii_only)
