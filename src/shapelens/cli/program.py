"""The program: which command is meant, and what it leaves with where something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from shapelens.cli.options import EXIT, write
from shapelens.errors import ShapelensError, UsageError

__all__ = ["COMMANDS", "program", "run"]

_INTERRUPTED = 130

COMMANDS = ("show", "explain", "check", "sizes", "solve", "draw", "classics")
"""Each is a module of this package, imported when it is asked for."""

_HELP = f"""\
shapelens  every shape in a convolutional network, before you run it

look
  show MODEL                 the table: what goes in, which filters, what comes out, what it costs
  explain WHAT               a shape, a layer, a layer of a model: in words and numbers
  check MODEL                every shape problem, where, why, and a fix that was tried
  sizes MODEL                which input sizes work, exactly, and what comes out of each
  solve LAYER                the settings that turn one shape into another
  draw MODEL -o fig.svg      a figure for a paper or a slide: svg, pdf, png, tex
  classics                   the networks that are built in

MODEL is one of
  model.onnx                 a file; nothing in it is ever run
  net.py:Net                 a class, function or module in Python code, your own or a
  torchvision.models:vgg16   package's: that code is imported and run. Arguments are
                             literals: "net.py:Net(width=64)"
  vgg16, resnet50, …         a classic, by name
  "Conv2d(3, 64, 3)"         layer text, in PyTorch's or Keras' words, or a pasted print(model)

everywhere
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x3x224x224      one named tensor whole
  --format table             table, json, csv, markdown
  --width 80                 instead of the terminal's; NO_COLOR and pipes are respected
  --ascii                    no signs beyond ASCII

{EXIT}
next  shapelens show vgg16
"""


class _Program(click.Group):
    """The program itself: its help is written by hand, its commands are imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"shapelens.cli.{cmd_name}").command
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(_HELP)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            raise _no_such_command(args[0], COMMANDS)
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
        status = program.main(list(arguments), prog_name="shapelens", standalone_mode=False)
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


@click.group(
    cls=_Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option("--version", is_flag=True)
@click.pass_context
def program(context: click.Context, version: bool) -> None:
    """Run a command; without one, say which there are."""
    if version:
        from shapelens import __version__

        write(f"shapelens {__version__}")
    elif context.invoked_subcommand is None:
        write(_HELP)
