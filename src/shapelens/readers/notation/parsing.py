"""From text to calls. Written by hand, so that every part knows its place, and prints parse as well as typed text.

    layer    = name "(" [item {"," item}] ")"
    item     = [name "="] value | label ":" [times "x"] layer        (the latter in prints, one to a line)
    value    = numbers with + - * // / % **, texts, names, tuples, lists, layers

Nothing is run: what is not in this grammar is an error that says so.
"""

from __future__ import annotations

import re

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arithmetic import compute, number
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.syntax import MAXIMUM_LAYERS, Argument, Call, Child, Group, Held, Value, Word
from shapelens.readers.notation.tokens import Tokens

__all__ = ["parse_layer_text"]

_LABEL = re.compile(r"\(([^()\n]{1,200})\):[ \t]*+(?:(\d{1,24}) x (?=\w))?")
_LABELLED_LINE = re.compile(r"^[ \t]*+\([^()\n]{1,200}\): ", re.MULTILINE)
_ASSIGNED = re.compile(r"\s*+(?:self\.)?[^\W\d][\w.]*+\s*+=\s*+(?=[^\W\d])")
_HELD = re.compile(
    r"(?P<kind>Parameter|Tensor) containing: \[[^\n\]]{0,80}? of size (?P<size>\d{1,9}(?:x\d{1,9}){0,31}|)"
    r"(?: [^\n\]]{0,80})?\]"
)
_STRUCTURE = re.compile(r"[()\[\]{}]|\n")

_CONSTANTS = {"True": True, "False": False, "None": None}
_LOOSEST, _TIGHTEST = 0, 1
_SIGNS = frozenset({"+", "-"})
_LEVELS = (_SIGNS, frozenset({"*", "/", "//", "%"}))
_SEQUENCES = frozenset({"Size", "list", "tuple"})


def parse_layer_text(source: Source) -> Call:
    """The call that a text is.

        >>> parse_layer_text(Source("nn.Conv2d(3, 64, 3)")).name
        'Conv2d'

    Raises:
        LayerTextError: it is none: code, several layers, a bracket that never closes.
    """
    return _Parser(source).whole()


class _Parser(Tokens):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.is_printed = bool(_LABELLED_LINE.search(self.text))
        self.calls = 0
        self.is_over = False  # whether nothing that follows could be read

    # the whole ----------------------------------------------------------------------------------------

    def whole(self) -> Call:
        """One call, and nothing after it."""
        assigned = _ASSIGNED.match(self.text)
        self.go_to(assigned.end() if assigned else 0)
        if self.is_sign("(") and _LABEL.match(self.text, self.start):
            return self.fragment()
        if self.kind == "end":
            raise self.source.empty()
        if not self.is_name:
            raise self.unexpected("a layer, such as Conv2d(3, 64, 3),")
        if not self.opens():
            raise self.bare_name()
        call = self.call(is_printed=self.is_printed)
        while self.token in {",", ";"}:
            self.advance()
        if self.kind == "end":
            return call
        raise self.after(call)

    def fragment(self) -> Call:
        """Labelled lines out of a print, without the module that holds them."""
        start = self.start
        children: list[Child] = []
        while self.is_sign("(") and (match := _LABEL.match(self.text, self.start)):
            children.append(self.child(match))
        while self.is_sign(")"):  # what closes the modules around the lines
            self.advance()
        if self.kind != "end":
            raise self.unexpected("the end of the print")
        only = children[0]
        if len(children) == 1 and isinstance(only.item, Call) and only.times == 1:
            return only.item
        return Call("", "", (), tuple(children), (start, self.last), is_printed=True)

    def bare_name(self) -> LayerTextError:
        """What is wrong with a name that has no brackets."""
        name, span = self.token, self.span
        self.advance()
        if self.kind != "end":
            return self.code(f"the name {self.source.shown(span)}", span)
        return LayerTextError(
            f"{self.source.shown(span)} is a name, and a layer has brackets",
            at=self.source.excerpt(span),
            have=self.source.shown(span),
            rule="a layer's name, and in brackets what it is given",
            fix=f"{name}(…)" if len(name) <= 40 else "",
        )

    def after(self, call: Call) -> LayerTextError:
        """What is wrong with what stands after the call."""
        shown = self.source.shown(call.span, 10_000)
        shown = shown if len(shown) <= 60 else f"{call.name}(…)"
        if self.token == ".":
            return self.code(f"an attribute of {shown}")
        if self.is_sign("("):
            return self.code(f"{shown} applied to something", fix=shown)
        if self.is_sign("["):
            return self.code(f"an index into {shown}", fix=shown)
        if self.is_name:
            return LayerTextError(
                "more than one layer stands here",
                at=self.source.excerpt(self.span),
                have=f"{self.source.shown(self.span)} after {shown}",
                rule="layer text is one layer, or several in Sequential(…)",
                fix="Sequential(first, second)",
            )
        return self.unexpected("the end of the text")

    # layers -------------------------------------------------------------------------------------------

    def opens(self) -> bool:
        """Whether a bracket follows the name that stands here, on the same line."""
        place = self.end
        while self.text.startswith((" ", "\t"), place):
            place += 1
        return self.text.startswith("(", place)

    def call(self, is_printed: bool) -> Call:
        """A name and what stands in its brackets; the name is the token."""
        start, (prefix, _, name) = self.start, self.token.rpartition(".")
        self.calls += 1
        if self.calls > MAXIMUM_LAYERS:
            self.is_over = True
            raise LayerTextError(
                "this text stands for more layers than any network has",
                at=self.source.excerpt(self.span),
                have=f"more than {MAXIMUM_LAYERS:,} layers",
                rule=f"at most {MAXIMUM_LAYERS:,}",
            )
        self.advance()
        self.deeper()
        self.advance()
        arguments: list[Argument] = []
        children: list[Child] = []
        is_readable = self.items(arguments, children, is_printed=is_printed)
        end = self.end
        self.depth -= 1
        self.advance()
        return Call(name, prefix, tuple(arguments), tuple(children), (start, end), is_printed, is_readable)

    def items(self, arguments: list[Argument], children: list[Child], *, is_printed: bool) -> bool:
        """What stands between the brackets; whether the arguments could be read."""
        is_readable = True
        while not self.is_sign(")"):
            label = _LABEL.match(self.text, self.start) if is_printed and self.is_sign("(") else None
            if label:
                children.append(self.child(label))
                continue
            first, depth = self.start, self.depth
            try:
                arguments.append(self.argument())
                if not self.is_sign(")") and not self.take(",") and not self.starts_line():
                    raise self.unexpected(", or )")
            except LayerTextError:
                # The classes of others print whatever they like.
                if not is_printed or children or self.is_over:
                    raise
                is_readable, self.depth = False, depth
                arguments.clear()
                self.skip_to_children(first)
        return is_readable

    def starts_line(self) -> bool:
        """Whether a labelled child stands here, on a line of its own."""
        on_own_line = "\n" in self.text[self.last : self.start]
        return on_own_line and self.is_sign("(") and bool(_LABEL.match(self.text, self.start))

    def skip_to_children(self, place: int) -> None:
        """Go to the first labelled line from here, or to the bracket that closes; other brackets may not match."""
        depth, line = 0, place
        for match in _STRUCTURE.finditer(self.text, place):
            sign = match.group()
            if sign == "\n":
                if depth and self.text.endswith(")", line, match.start()):
                    self.go_to(match.start() - 1)
                    return
                depth, line = 0, match.end()
                after = self.skipped(line)
                if _LABEL.match(self.text, after):
                    self.go_to(after)
                    return
            elif sign in ")]}":
                if depth == 0 and sign == ")":
                    self.go_to(match.start())
                    return
                depth = max(depth - 1, 0)
            else:
                depth += 1
        self.go_to(len(self.text))
        self.is_over = True
        raise self.unfinished()

    def child(self, match: re.Match[str]) -> Child:
        """A labelled child; the token is the bracket of its label."""
        start, label = self.start, match.group(1).strip()
        times = int(match.group(2) or 1)
        if match.group(2) and not _counts_up(label, times):
            raise LayerTextError(
                "a repeat does not count up",
                at=self.source.excerpt(match.span()),
                have=self.source.shown(match.span()),
                rule="(0-2): 3 x Block(…) stands for three, labelled 0, 1 and 2",
            )
        held = _HELD.match(self.text, match.end())
        if held:
            sizes = held.group("size")
            shape = tuple([int(size) for size in sizes.split("x")]) if sizes else ()
            self.go_to(held.end())
            return Child(label, Held(shape, held.group("kind") == "Parameter"), times, (start, held.end()))
        self.go_to(match.end())
        if self.kind == "name" and self.opens():
            item = self.call(is_printed=True)
            return Child(label, item, times, (start, item.span[1]))
        end = self.text.find("\n", match.end())
        end = len(self.text) if end < 0 else end
        is_nothing = self.token == "None"
        if is_nothing:
            end = self.end
        self.go_to(end)
        return Child(label, None if is_nothing else Held(None), times, (start, end))

    # values -------------------------------------------------------------------------------------------

    def argument(self) -> Argument:
        """A value, with or without its name."""
        start = self.start
        if self.kind == "name" and "." not in self.token:
            keyword, place = self.token, self.skipped(self.end)
            if self.text.startswith("=", place) and not self.text.startswith("==", place):
                self.advance()
                self.advance()
                value = self.value()
                return Argument(keyword, value, (start, value.span[1]))
        if self.is_sign("*") or self.is_sign("**"):
            raise self.code(
                "a star, which unpacks what code has made", fix="write the layers out, one after another"
            )
        value = self.value()
        return Argument("", value, value.span)

    def value(self, level: int = _LOOSEST) -> Value:
        """A sum of products of what binds tightest."""
        left = self.value(level + 1) if level < _TIGHTEST else self.signed()
        while (sign := self.token) in _LEVELS[level] and self.kind == "sign":
            self.advance()
            right = self.value(level + 1) if level < _TIGHTEST else self.signed()
            left = self.computed(left, sign, right)
        return left

    def computed(self, left: Value, sign: str, right: Value) -> Value:
        """Two numbers and what stands between them."""
        span = (left.span[0], right.span[1])
        for side in (left, right):
            if isinstance(side.content, bool) or not isinstance(side.content, (int, float)):
                raise self.code(f"arithmetic with {self.source.shown(side.span, 40)}", side.span)
        return Value(compute(self.source, span, sign, left.content, right.content), span)

    def signed(self) -> Value:
        """A power of atoms, with any signs before it."""
        start, is_negative = self.start, False
        while self.token in _SIGNS and self.kind == "sign":
            is_negative ^= self.token == "-"
            self.advance()
        base = self.atom()
        if self.is_sign("**"):
            self.deeper()
            self.advance()
            base = self.computed(base, "**", self.signed())
            self.depth -= 1
        if start == base.span[0]:
            return base
        content = base.content
        if isinstance(content, Word) and content.last in {"inf", "nan"}:
            content = float(content.last)
        if isinstance(content, bool) or not isinstance(content, (int, float)):
            raise self.code(f"a sign before {self.source.shown(base.span, 40)}", (start, base.span[1]))
        return Value(-content if is_negative else content, (start, base.span[1]))

    def atom(self) -> Value:
        """A number, a text, a name, a layer, or a bracket with values in it."""
        span = self.span
        if self.kind == "number":
            self.advance()
            if self.kind == "name" and self.start == span[1]:
                raise self.unexpected("a number of digits alone")
            return Value(number(self.source, span), span)
        if self.kind == "text":
            return self.quoted()
        if self.is_name:
            return self.named(span)
        if self.is_sign("(") or self.is_sign("["):
            return self.group()
        if self.kind == "other" and self.token == "{":
            raise self.code(
                "a dictionary or a set", fix="write the layers in Sequential(…), or in OrderedDict([…])"
            )
        raise self.unexpected("a value")

    def quoted(self) -> Value:
        """A text; several beside each other are one."""
        start, parts = self.start, []
        while self.kind == "text":
            token = self.token.lstrip("rRbBuU")
            parts.append(token[1:-1])
            self.advance()
        return Value("".join(parts), (start, self.last))

    def named(self, span: Span) -> Value:
        """A constant, a name, or a layer."""
        token = self.token
        if self.text.startswith("(", self.end):
            call = self.call(is_printed=False)
            if call.name in _SEQUENCES and len(call.arguments) == 1:
                content = call.arguments[0].value.content
                if isinstance(content, Group):
                    return Value(content, call.span)
            if self.token == "." or self.is_sign("(") or self.is_sign("["):
                raise self.after(call)
            return Value(call, call.span)
        self.advance()
        if self.is_sign("["):
            raise self.code(f"an index into {self.source.shown(span)}")
        if self.kind == "name" and not self.is_name:
            raise self.code(f"the word {self.token}")
        return Value(_CONSTANTS[token] if token in _CONSTANTS else Word(token), span)

    def group(self) -> Value:
        """A tuple, a list, or one value in parentheses."""
        start, bracket = self.start, self.token
        closing = ")" if bracket == "(" else "]"
        self.deeper()
        self.advance()
        items: list[Value] = []
        has_comma = False
        while not self.is_sign(closing):
            if self.is_sign("*"):
                raise self.code("a star, which unpacks what code has made", fix="write the values out")
            items.append(self.value())
            if self.is_sign(closing):
                break
            if not self.take(","):
                raise self.unexpected(f", or {closing}")
            has_comma = True
        self.depth -= 1
        span = (start, self.end)
        self.advance()
        if bracket == "(" and len(items) == 1 and not has_comma:
            return Value(items[0].content, span)
        return Value(Group(tuple(items), bracket), span)


def _counts_up(label: str, times: int) -> bool:
    """Whether a label such as `0-2` stands for so many."""
    first, _, last = label.partition("-")
    digits = first.isascii() and last.isascii() and first.isdigit() and last.isdigit()
    return digits and len(last) <= 24 and int(last) - int(first) + 1 == times and times >= 1
