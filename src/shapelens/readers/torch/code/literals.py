"""The arguments in `net.py:Net(3, width=[64, 128], act='relu')`: literals, read with `ast` and never evaluated."""

from __future__ import annotations

import ast
import warnings
from typing import Any

from shapelens.errors import SourceError
from shapelens.readers.notation.source import Source, Span

__all__ = ["parse_arguments"]

MAXIMUM_DEPTH = 32
"""Lists in lists are read as deep as this."""

_LITERALS = "numbers, texts, True, False, None, and lists, tuples and dicts of them"
_STAND_IN = "_"
_FOREIGN = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None"}
_KINDS: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], str], ...] = (
    ((ast.Name, ast.Attribute), "a name"),
    (ast.Call, "a call"),
    ((ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare), "arithmetic"),
    (ast.JoinedStr, "a text with something computed in it"),
    ((ast.Set, ast.SetComp), "a set"),
    ((ast.Starred, ast.Dict), "an unpacking"),
)


def parse_arguments(text: str, place: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments that stand at the end of a text.

        >>> parse_arguments("net.py:Net(3, width=[64, -1], act='relu')", 10)
        ((3,), {'width': [64, -1], 'act': 'relu'})

    Args:
        text: all of it.
        place: where the opening bracket stands.

    Returns:
        Those by position, and those by name.

    Raises:
        SourceError: `width is no literal`, `these arguments cannot be read`.
    """
    reading = _Reading(text, place)
    call = reading.call()
    positional = tuple(
        [reading.value(node, f"argument {number}") for number, node in enumerate(call.args, 1)]
    )
    named: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise reading.no_literal(keyword, "an unpacked dict", "an unpacking")
        if keyword.arg in named:
            raise reading.given_twice(keyword)
        named[keyword.arg] = reading.value(keyword.value, keyword.arg)
    return positional, named


class _Reading:
    """A text whose arguments are read.

    Args:
        text: all of it.
        place: where the opening bracket stands.
    """

    def __init__(self, text: str, place: int) -> None:
        self.text = text
        self.place = place
        self.source = Source(text, "MODEL")
        # What is parsed begins with a stand-in for the name; `ast` counts bytes, and lines from one.
        self.parsed = _STAND_IN + text[place:]
        self.line_starts = [0]
        for line in self.parsed.split("\n"):
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)

    def call(self) -> ast.Call:
        """The brackets, as a call of the stand-in."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(self.parsed, mode="eval").body
        except SyntaxError as error:
            raise self.unreadable(error.msg) from None
        except (ValueError, RecursionError, MemoryError, OverflowError):
            raise self.unreadable("nested too deeply") from None
        if isinstance(parsed, ast.Call) and isinstance(parsed.func, ast.Name):
            return parsed
        raise SourceError(
            "something stands after the arguments",
            at=self.source.excerpt((self.place, len(self.text))),
            have=self.source.shown((self.place, len(self.text))),
            rule="a name, its arguments in brackets, and nothing after them",
            fix="write a function that returns the module, and name that",
        )

    def value(self, node: ast.expr, argument: str, depth: int = 0) -> Any:
        """A literal's value."""
        if depth > MAXIMUM_DEPTH:
            raise self.no_literal(node, argument, "nested too deeply")
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str, type(None))):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            items = [self.value(item, argument, depth + 1) for item in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
        if isinstance(node, ast.Dict) and None not in node.keys:
            return self.entries(node, argument, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            number = node.operand
            if isinstance(number, ast.Constant) and type(number.value) in {int, float}:
                return -number.value if isinstance(node.op, ast.USub) else number.value  # type: ignore[operator]
        raise self.no_literal(node, argument, _kind(node))

    def entries(self, node: ast.Dict, argument: str, depth: int) -> dict[Any, Any]:
        """A dict's entries."""
        found: dict[Any, Any] = {}
        for key_node, item in zip(node.keys, node.values, strict=True):
            assert key_node is not None  # the caller has looked
            key = self.value(key_node, argument, depth + 1)
            try:
                found[key] = self.value(item, argument, depth + 1)
            except TypeError:
                raise self.no_literal(key_node, argument, "no key that a dict can have") from None
        return found

    # what is wrong ------------------------------------------------------------------------------------

    def unreadable(self, because: str) -> SourceError:
        """That the brackets hold no arguments."""
        span = (self.place, len(self.text))
        return SourceError(
            "these arguments cannot be read",
            at=self.source.excerpt(span),
            have=f"{self.source.shown(span)}; Python says: {because}",
            rule=f"a name, and in brackets {_LITERALS}",
            fix="(3, width=[64, 128], act='relu') is read; the shell keeps quotes and brackets inside \"…\"",
        )

    def no_literal(self, node: ast.expr | ast.keyword, argument: str, kind: str) -> SourceError:
        """That an argument would have to be evaluated."""
        span = self.span(node)
        shown = self.source.shown(span)
        return SourceError(
            f"{argument} is no literal",
            at=self.source.excerpt(span),
            have=f"{shown}: {kind}",
            rule=f"arguments are {_LITERALS}; they are read, never evaluated",
            fix=_fix(node, shown, self.text[: self.place]),
        )

    def given_twice(self, keyword: ast.keyword) -> SourceError:
        """That an argument has two values."""
        span = self.span(keyword)
        return SourceError(
            f"{keyword.arg} is given twice",
            at=self.source.excerpt(span),
            have=f"a second {self.source.shown(span)}",
            rule="an argument is given once",
            fix="leave one of them out",
        )

    def span(self, node: ast.expr | ast.keyword) -> Span:
        """Where a part stands in the whole text."""
        start = self.offset(node.lineno, node.col_offset)
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        shift = self.place - len(_STAND_IN)
        return start + shift, end + shift

    def offset(self, line: int, byte: int) -> int:
        """The place of a line's byte."""
        start = self.line_starts[line - 1]
        rest = self.parsed[start : start + byte]
        return start + len(rest.encode()[:byte].decode(errors="ignore"))


def _kind(node: ast.expr) -> str:
    """What an expression is, in a word."""
    if isinstance(node, ast.Constant):
        return f"of type {type(node.value).__name__}"
    return next((words for kinds, words in _KINDS if isinstance(node, kinds)), "code")


def _fix(node: ast.expr | ast.keyword, shown: str, named: str) -> str:
    if isinstance(node, (ast.Starred, ast.keyword)) or (isinstance(node, ast.Dict) and None in node.keys):
        return "write each of them out"
    if isinstance(node, ast.Name):
        foreign = _FOREIGN.get(node.id)
        return foreign or f"'{node.id}', if a text is meant; the shell keeps its quotes inside \"…\""
    if isinstance(node, (ast.BinOp, ast.UnaryOp)):
        return f"write what {shown} comes to"
    function = f"{named.rpartition(':')[0]}:build"
    return f"write a function that does it, def build(): …, and name that: {function}"
