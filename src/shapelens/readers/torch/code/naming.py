"""Which Python code gives a model: `package.module:name` or `file.py:name`, told from every other text.

    source    = place ":" name ["(" [argument {"," argument}] ")"]
    place     = package.module | path/to/file.py
    name      = identifier {"." identifier}
    argument  = [identifier "="] literal

Nothing is imported or run here. A file is opened only where no name in it is given, to list those that there are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from shapelens.errors import NoSuchModelError, SourceError
from shapelens.readers.onnx.visible import visible
from shapelens.records import dataclass

__all__ = ["FILE_ENDING", "PythonSource", "no_such_file", "parse_source"]

FILE_ENDING = ".py"
MAXIMUM_LENGTH = 10_000
"""A longer text names no Python code."""

MOST_LISTED = 6
"""So many names are shown of those that there are."""

_NAMES = re.compile(r"[^\W\d]\w*+(?:\.[^\W\d]\w*+)*+")
_OPENING = re.compile(r"[ \t]*+\(")
_NO_PATH = re.compile(r"[\\\x00-\x1f\x7f]")
_LABELLED_LINE = re.compile(r"^[ \t]*+\([^()\n]{1,200}+\): ", re.MULTILINE)
_RULE = "a model in Python is package.module:name or file.py:name: a module, or a class or function that gives one"


@dataclass(frozen=True, slots=True)
class PythonSource:
    """Where in Python code a model is, and what its class or function is called with.

    Args:
        text: as it was typed.
        place: the module's name, or the path of a file.
        name: `Net`, `Outer.inner`.
        brackets: the arguments as they were typed, brackets included; empty without.
        arguments: those by position.
        keywords: those by name.
    """

    text: str
    place: str
    name: str
    brackets: str = ""
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether it is in a file that is named by its path."""
        return self.place.endswith(FILE_ENDING)

    @property
    def path(self) -> str:
        """The path of its file, whole; empty for a module's name."""
        return os.path.realpath(os.path.expanduser(self.place)) if self.is_file else ""

    @property
    def target(self) -> str:
        """What it names, without arguments: `net.py:Net`."""
        return f"{self.place}:{self.name}"

    @property
    def called(self) -> str:
        """The name as it is called: `Net(3)`."""
        return f"{self.name}{self.brackets or '()'}"


def parse_source(text: str) -> PythonSource | None:
    """The Python code that a text names; None where it is another kind of source.

        >>> parse_source("torchvision.models:resnet18(num_classes=10)").keywords
        {'num_classes': 10}
        >>> [parse_source(text) for text in ("vgg16", "net.onnx", "Conv2d(3, 64, 3)", "vgg16::features.0")]
        [None, None, None, None]

    Args:
        text: as it was typed.

    Raises:
        SourceError: `net.py is a file, and nothing in it is named`, `width is no literal`.
        NoSuchModelError: `there is no file net.py`.
    """
    stripped = text.strip().replace("\r\n", "\n")
    if len(stripped) > MAXIMUM_LENGTH:
        return None
    place, separator, rest = stripped.partition(":")
    is_file = _is_path(place)
    if rest.startswith(":") or not (is_file or (separator and _NAMES.fullmatch(place))):
        return None
    if not rest:
        raise _no_name(place) if is_file else _no_name_in_module(place)
    name = _NAMES.match(rest)
    behind = rest[name.end() :] if name else rest
    if name is None or (behind and not _OPENING.match(behind)):
        if is_file and not behind.startswith("::"):
            raise _no_identifier(place, rest)
        return None
    if not behind:
        return PythonSource(stripped, place, name.group())
    if not is_file and _LABELLED_LINE.search(behind):
        return None  # a print of layers
    from shapelens.readers.torch.code.literals import parse_arguments

    brackets = behind.strip()
    arguments, keywords = parse_arguments(stripped, len(stripped) - len(brackets))
    return PythonSource(stripped, place, name.group(), brackets, arguments, keywords)


def _is_path(place: str) -> bool:
    """Whether it is the path of a Python file; with brackets in it, as layer text has them, only if that is there."""
    if not place.endswith(FILE_ENDING) or _NO_PATH.search(place):
        return False
    return "(" not in place or os.path.isfile(os.path.expanduser(place))


# what is wrong --------------------------------------------------------------------------------------------


def no_such_file(place: str) -> NoSuchModelError:
    """That there is no Python file of this name, and which one may be meant."""
    from difflib import get_close_matches

    folder, name = os.path.split(place)
    try:
        files = os.listdir(os.path.expanduser(folder) or ".")
    except OSError:
        files = []
    there = sorted([file.removesuffix(FILE_ENDING) for file in files if file.endswith(FILE_ENDING)])
    near = get_close_matches(name.removesuffix(FILE_ENDING), there, n=1)
    meant = visible(os.path.join(folder, near[0] + FILE_ENDING)) if near else ""
    shown = visible(place)
    return NoSuchModelError(
        f"there is no file {shown}",
        at=shown,
        have="no file of that name is here",
        rule="a file of Python is named by its path, from the current folder on",
        fix=f"did you mean {meant}?" if near else "check the spelling and the folder",
    )


def _no_name(place: str) -> SourceError | NoSuchModelError:
    """That a file's name alone names no model, and the names of what may be one in it."""
    from shapelens.readers.torch.code.outline import outline

    shown = visible(place)
    try:
        with open(os.path.expanduser(place), "rb") as file:
            defined = outline(file.read())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return no_such_file(place)
    except OSError as error:
        return SourceError(f"{shown} cannot be read", at=shown, have=error.strerror or str(error), rule=_RULE)
    except SyntaxError as error:
        return SourceError(
            f"{shown} is no Python",
            at=f"{shown}:{error.lineno}" if error.lineno else shown,
            have=visible(error.msg),
            rule=_RULE,
        )
    classes = [each for each in defined if each.kind == "class"]
    listed = classes if len(classes) == 1 else list(defined)
    fixes = [f"{shown}:{each.called}" for each in listed[:MOST_LISTED]]
    if len(listed) > MOST_LISTED:
        fixes[-1] = f"{fixes[-1]}, or one of {len(listed) - MOST_LISTED} more"
    return SourceError(
        f"{shown} is a file, and nothing in it is named",
        at=shown,
        have=_counted([each.kind for each in defined]),
        rule=_RULE,
        fix="\n".join(fixes),
    )


def _counted(kinds: list[str]) -> str:
    """`2 classes of modules, 1 function`."""
    words = {"class": ("class of modules", "classes of modules"), "function": ("function", "functions")}
    words["module"] = ("module", "modules")
    counts = [
        f"{kinds.count(kind)} {one if kinds.count(kind) == 1 else many}"
        for kind, (one, many) in words.items()
        if kind in kinds
    ]
    return ", ".join(counts) or "no class of modules and no function"


def _no_name_in_module(place: str) -> SourceError:
    return SourceError(
        f"nothing in {place} is named",
        at=f"{place}:",
        have="no name behind the colon",
        rule=_RULE,
        fix="torchvision.models:resnet18, for one",
    )


def _no_identifier(place: str, rest: str) -> SourceError:
    shown = visible(rest, 60)
    return SourceError(
        f"{shown} is no name of Python's",
        at=f"{visible(place)}:{shown}",
        have=shown,
        rule=_RULE,
        fix=f"{visible(place)}:Net, or {visible(place)}:Net(3, width=64)",
    )
