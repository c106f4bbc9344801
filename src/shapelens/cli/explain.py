"""`shapelens explain`: a shape or a layer, in words and numbers."""

from __future__ import annotations

import click

from shapelens.cli.options import ERRORS_FOUND, EXIT, INPUT, OUTPUT, Command, named_shapes, write, write_json

__all__ = ["command"]

_HELP = f"""\
shapelens explain WHAT  a shape, a layer, or a layer of a model, in words and numbers

examples
  shapelens explain 256x256x32                                        # what is the third number?
  shapelens explain "Conv2d(3, 64, 3, padding=1)" --input 3x224x224
  shapelens explain "Conv2D(64, 7, strides=2, padding='same')" --input 224x224x3
  shapelens explain vgg16::features.0
  shapelens explain "$(cat printed_model.txt)"                        # a pasted print(model)

input
  --input 3x224x224          one sample, in the layer's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x3x224x224      one named tensor whole; may be repeated

output
  --width 80                 instead of the terminal's
  --format table             table (text), json, markdown
  --ascii                    no signs beyond ASCII

{EXIT}
next  shapelens explain 256x256x32
"""


@click.command("explain", cls=Command, text=_HELP)
@click.argument("what")
@INPUT
@click.option("--format", "written_as", type=click.Choice(["table", "json", "markdown"]), default="table")
@OUTPUT
def command(what: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], written_as: str,
             width: int | None, ascii_only: bool) -> int:  # fmt: skip
    """Explain a shape, a layer, or a layer of a model."""
    from shapelens.inspection import explain

    document = explain(what, sample, batch=batch, shapes=named_shapes(shapes))
    if written_as == "json":
        write_json(document.to_dict())
    elif written_as == "markdown":
        write(document.to_markdown())
    else:
        from shapelens.output.lines import document_lines
        from shapelens.output.terminal import explanation_width, print_lines

        print_lines(document_lines(document, explanation_width(width)), ascii_only=ascii_only)
    return ERRORS_FOUND if document.has_errors else 0
