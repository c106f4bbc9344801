"""The commands: arguments in, lines out. What they do is done by the floors above."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shapelens.cli.help import CLASSICS_HELP, DRAW_HELP, EXPLAIN_HELP, MAIN_HELP, SHOW_HELP
from shapelens.errors import ShapelensError, UsageError

if TYPE_CHECKING:
    from shapelens.inspection import Inspection

__all__ = ["run"]

_MAXIMUM_BATCH = 2**31 - 1
_ERRORS_FOUND = 1
_INTERRUPTED = 130


class _Command(click.Command):
    """A command whose help is written by hand."""

    def __init__(self, *args: Any, text: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.text = text

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(self.text)


class _Group(click.Group):
    """The program itself, likewise."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(MAIN_HELP)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            raise _no_such_command(args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def _no_such_command(name: str, known: Sequence[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return UsageError(
        f"there is no command {name}",
        at=f"shapelens {name}",
        rule=f"the commands are {', '.join(known)}",
        fix=f"shapelens {near[0]} …" if near else f"shapelens show {name}, if it is a model",
        following="shapelens --help",
    )


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Args:
        arguments: what stands behind the program's name.

    Returns:
        The exit status.
    """
    from shapelens.output.lines import error_lines
    from shapelens.output.terminal import print_lines, terminal_width

    ascii_only = "--ascii" in arguments
    try:
        status = _program.main(list(arguments), prog_name="shapelens", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except ShapelensError as error:
        print_lines(error_lines(error, max(terminal_width(), 60)), sys.stderr, ascii_only=ascii_only)
        return error.exit_status
    except click.UsageError as usage:
        print_lines(error_lines(_usage(usage), max(terminal_width(), 60)), sys.stderr, ascii_only=ascii_only)
        return UsageError.exit_status
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has seen enough; what is left to write goes nowhere, quietly.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _usage(usage: click.UsageError) -> UsageError:
    """An argument that click refuses, in our words."""
    command = usage.ctx.command_path if usage.ctx is not None else "shapelens"
    have, is_told, rule = usage.message.rstrip(".").partition(" is not ")
    if isinstance(usage, click.BadParameter) and usage.param is not None and is_told:
        option = usage.param.opts[0]
        rule = rule.replace("a valid integer range", "a whole number").replace("<=x<=", " to ")
        return UsageError(
            f"{option} takes another value",
            at=f"{command} {option}",
            have=have,
            rule=f"{option} is {rule}",
            following=f"{command} --help",
        )
    return UsageError(usage.format_message().rstrip("."), at=command, following=f"{command} --help")


# options that several commands share -------------------------------------------------------------------


_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def _options(
    *options: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Callable[[_Decorated], _Decorated]:
    def decorate(function: _Decorated) -> _Decorated:
        for option in reversed(options):
            option(function)
        return function

    return decorate


_INPUT = _options(
    click.option("--input", "sample"),
    click.option("--batch", type=click.IntRange(1, _MAXIMUM_BATCH)),
    click.option("--shape", "shapes", multiple=True),
)
_OUTPUT = _options(
    click.option("--width", type=click.IntRange(40, 1000)),
    click.option("--ascii", "ascii_only", is_flag=True),
)


def _named_shapes(shapes: Sequence[str]) -> dict[str, str]:
    """`name=2x3x224x224`, each."""
    named: dict[str, str] = {}
    for given in shapes:
        name, separator, shape = given.rpartition("=")
        if not separator or not name:
            raise UsageError(
                "a named shape has no name",
                at=f"--shape {given}",
                rule="the name of an input, an equals sign, and its whole shape",
                fix="--shape image=2x3x224x224",
            )
        named[name] = shape
    return named


def _write(content: str) -> None:
    """Text for other programs; what the stream's encoding has no sign for is escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    shown = content.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(shown if shown.endswith("\n") else shown + "\n")


def _write_json(data: object) -> None:
    import json

    from shapelens.output.terminal import is_ascii

    _write(json.dumps(data, indent=1, ensure_ascii=is_ascii(sys.stdout)))


# commands ---------------------------------------------------------------------------------------------


@click.group(
    cls=_Group, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option("--version", is_flag=True)
@click.pass_context
def _program(context: click.Context, version: bool) -> None:
    if version:
        from shapelens import __version__

        _write(f"shapelens {__version__}")
    elif context.invoked_subcommand is None:
        _write(MAIN_HELP)


@_program.command("show", cls=_Command, text=SHOW_HELP)
@click.argument("model")
@_INPUT
@click.option("--symbolic", is_flag=True)
@click.option("--train", "is_training", is_flag=True)
@click.option("--coverage", is_flag=True)
@click.option("--depth", default="1")
@click.option("--columns")
@click.option(
    "--format", "written_as", type=click.Choice(["table", "json", "csv", "markdown"]), default="table"
)
@_OUTPUT
def _show(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], symbolic: bool, is_training: bool,
          coverage: bool, depth: str, columns: str | None, written_as: str, width: int | None, ascii_only: bool,
) -> int:  # fmt: skip
    from shapelens.inspection import inspect
    from shapelens.output.terminal import is_ascii, print_lines, terminal_width

    mode = "train" if is_training else "same"
    inspection = inspect(model, sample, batch=batch, shapes=_named_shapes(shapes), mode=mode)
    inspection = inspection.symbolic() if symbolic else inspection
    if coverage:
        return _show_coverage(inspection, written_as, width, ascii_only=ascii_only)
    status = _ERRORS_FOUND if any(f.severity == "error" for f in inspection.findings) else 0
    if written_as == "json":
        _write_json(inspection.to_dict())
        return status
    laid_out = terminal_width(width) if written_as == "table" else 1000
    plain_signs = ascii_only or (written_as == "table" and is_ascii(sys.stdout))
    chosen = _columns(columns, laid_out)
    table = inspection.table(width=laid_out, depth=_depth(depth), columns=chosen, ascii_only=plain_signs)
    if written_as == "csv":
        from shapelens.output.delimited import table_csv

        _write(table_csv(table))
    elif written_as == "markdown":
        from shapelens.output.delimited import table_markdown

        _write(table_markdown(table, inspection.findings))
    else:
        from shapelens.output.tables import table_lines

        print_lines(table_lines(table, inspection.findings), ascii_only=plain_signs)
    return status


def _show_coverage(inspection: Inspection, written_as: str, width: int | None, *, ascii_only: bool) -> int:
    """Which operators have a rule."""
    from shapelens.analyses.coverage import coverage_of
    from shapelens.output.coverage import coverage_data, coverage_lines
    from shapelens.output.terminal import print_lines, terminal_width

    covered = coverage_of(inspection.evaluation)
    if written_as == "json":
        _write_json(coverage_data(covered))
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


@_program.command("draw", cls=_Command, text=DRAW_HELP)
@click.argument("model")
@_INPUT
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
def _draw(  # noqa: PLR0913 - one argument for each option
    model: str, *, sample: str | None, batch: int | None, shapes: tuple[str, ...], symbolic: bool,
          output: str | None, written_as: str | None, fonts: str | None, dpi: float, ascii_only: bool, **given: Any,
) -> int:  # fmt: skip
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
    inspection = inspect(model, sample, batch=batch, shapes=_named_shapes(shapes))
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
    return _ERRORS_FOUND if any(f.severity == "error" for f in inspection.findings) else 0


@_program.command("explain", cls=_Command, text=EXPLAIN_HELP)
@click.argument("what")
@_INPUT
@click.option("--format", "written_as", type=click.Choice(["table", "json", "markdown"]), default="table")
@_OUTPUT
def _explain(what: str, sample: str | None, batch: int | None, shapes: tuple[str, ...], written_as: str,
             width: int | None, ascii_only: bool) -> int:  # fmt: skip
    from shapelens.inspection import explain

    document = explain(what, sample, batch=batch, shapes=_named_shapes(shapes))
    if written_as == "json":
        _write_json(document.to_dict())
    elif written_as == "markdown":
        _write(document.to_markdown())
    else:
        from shapelens.output.lines import document_lines
        from shapelens.output.terminal import explanation_width, print_lines

        print_lines(document_lines(document, explanation_width(width)), ascii_only=ascii_only)
    return _ERRORS_FOUND if document.has_errors else 0


@_program.command("classics", cls=_Command, text=CLASSICS_HELP)
@click.option("--format", "written_as", type=click.Choice(["table", "json"]), default="table")
@_OUTPUT
def _classics(written_as: str, width: int | None, ascii_only: bool) -> int:
    from shapelens.readers.classics import CLASSICS

    if written_as == "json":
        _write_json([{"name": c.name, "title": c.title, "variant": c.variant} for c in CLASSICS.values()])
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
