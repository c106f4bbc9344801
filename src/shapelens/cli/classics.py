"""`shapelens classics`: the networks that are built in."""

from __future__ import annotations

import click

from shapelens.cli.options import EXIT, OUTPUT, Command, write_json

__all__ = ["command"]

_HELP = f"""\
shapelens classics  the networks that are built in, by name

  --format table             table, json

{EXIT}
next  shapelens show vgg16
"""


@click.command("classics", cls=Command, text=_HELP)
@click.option("--format", "written_as", type=click.Choice(["table", "json"]), default="table")
@OUTPUT
def command(written_as: str, width: int | None, ascii_only: bool) -> int:
    """List the networks that are built in."""
    from shapelens.readers.classics import CLASSICS

    if written_as == "json":
        write_json([{"name": c.name, "title": c.title, "variant": c.variant} for c in CLASSICS.values()])
        return 0
    from shapelens.dims import shape_text
    from shapelens.explanation.document import ANSWER, LABEL, columns, plain_text, text, text_width
    from shapelens.output.terminal import print_lines, terminal_width

    listed = list(CLASSICS.values())
    names = [text((classic.name, ANSWER)) for classic in listed]
    samples = [text(shape_text(classic.sample)) for classic in listed]
    titles = [text(classic.title) for classic in listed]
    variants = [text((classic.variant, LABEL)) for classic in listed]
    lines = columns([names, samples, titles, variants], gap=2)
    if max(text_width(plain_text(line)) for line in lines) > terminal_width(width):
        lines = columns([names, samples, titles], gap=2)
    print_lines([*lines, (), text(("next  shapelens show vgg16", LABEL))], ascii_only=ascii_only)
    return 0
