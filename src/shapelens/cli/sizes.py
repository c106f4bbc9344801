"""`shapelens sizes`: which input sizes work, and what comes out of each."""

from __future__ import annotations

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, OUTPUT, Command, named_shapes, write, write_json

__all__ = ["command"]

_HELP = f"""\
shapelens sizes MODEL  which input sizes work, exactly, and what comes out of each

examples
  shapelens sizes vgg16
  shapelens sizes net.py:UNet --input 700               # does this one fit, and which are the nearest?
  shapelens sizes net.py:UNet --input 1x700x512         # the same, as a sample
  shapelens sizes net.py:UNet --input 1xSxS             # squares alone
  shapelens sizes resnet50.onnx --format json

input
  --input 700                one size for every free axis, or one sample: does it fit?
  --input 3xHxW              only what is a symbol is free
  --batch 8                  fix the batch; without it, N
  --shape x=2xL:int64        one named tensor whole, and its type; may be repeated
  --maximum 1024             look up to this size along each axis
  --budget 100               trace Python code so many times, where it goes other ways
  --train                    Python code as in training; without it, as in evaluation

output
  --width 80                 instead of the terminal's
  --format table             table (text), json, markdown
  --ascii                    no signs beyond ASCII

exit status 1 too where the size that was asked for does not fit
{EXIT}
next  shapelens sizes unet_padded --input 700
"""


@click.command("sizes", cls=Command, text=_HELP)
@click.argument("model")
@INPUT
@click.option("--maximum", type=click.IntRange(1, 1 << 20), default=1024)
@click.option("--budget", type=click.IntRange(1, 1 << 20), default=100)
@click.option("--train", "is_training", is_flag=True)
@click.option("--format", "written_as", type=click.Choice(["table", "json", "markdown"]), default="table")
@OUTPUT
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], maximum: int, budget: int,
          is_training: bool, written_as: str, width: int | None, ascii_only: bool,
) -> int:  # fmt: skip
    """Tell which sizes a model accepts."""
    from shapelens.explanation.sizes_told import tell_sizes
    from shapelens.inspection import inspect
    from shapelens.output.explained import Explanation
    from shapelens.output.terminal import explanation_width

    is_size = sample is not None and sample.strip().isdecimal()
    mode = "train" if is_training else "same"
    given = None if is_size else sample
    inspection = inspect(model, given, batch=batch, shapes=named_shapes(shapes), mode=mode)
    sizes = inspection.sizes(maximum=maximum, budget=budget)
    asked: tuple[int, ...] = ()
    if is_size and sample is not None:
        asked = (int(sample),) * len(sizes.axes)
    elif sample is not None and not inspection.has_free_sizes:
        asked = sizes.inspected
    document = Explanation.of(tell_sizes(sizes, asked, explanation_width(width)))
    if written_as == "json":
        write_json(document.to_dict())
    elif written_as == "markdown":
        write(document.to_markdown())
    else:
        from shapelens.output.lines import document_lines
        from shapelens.output.terminal import print_lines

        print_lines(document_lines(document, explanation_width(width)), ascii_only=ascii_only)
    return ERRORS_FOUND if document.has_errors else 0
