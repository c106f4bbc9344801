"""Layer text token by token: numbers, texts, names and signs, each in its place.

>>> tokens = Tokens(Source("Linear(10, bias=True)"))
>>> tokens.go_to(0)
>>> tokens.kind, tokens.token
('name', 'Linear')
"""

from __future__ import annotations

import re

from shapelens.errors import LayerTextError
from shapelens.readers.notation.source import Source, Span

__all__ = ["KEYWORDS", "MAXIMUM_NESTING", "Tokens"]

MAXIMUM_NESTING = 64
"""Layers, tuples and parentheses may stand in each other so deep."""

_SKIP = re.compile(r"(?:[ \t\f\v\n]++|\\\n|\#[^\n]*+)*+")
_TOKEN = re.compile(
    r"""(?:[ \t\f\v\n]++|\\\n|\#[^\n]*+)*+(?:(?P<number>(?:\d[\d_]*+(?:\.[\d_]*+)?|\.\d[\d_]*+)(?:[eE][+-]?\d++)?)
    |(?P<text>[rRbBuU]{0,2}(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'))
    |(?P<name>[^\W\d]\w*+(?:\.[^\W\d]\w*+)*+)
    |(?P<sign>\*\*|//|[()\[\],:=+\-*/%])
    |(?P<other>["'][^\n]*|[\s\S])
    |(?P<end>\Z))""",
    re.VERBOSE,
)

KEYWORDS = frozenset(
    (
        *("and", "async", "await", "class", "def", "del", "elif", "else", "except", "for", "from", "global"),
        *("if", "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while"),
        *("with", "yield"),
    )
)
"""Words that only code has."""

_RULE = "one layer, or layers in Sequential(…), with numbers, texts and tuples for arguments; it is read, never run"


class Tokens:
    """A place in a text, and the token that stands there.

    Args:
        source: the text.

    Attributes:
        kind: what the token is: `number`, `text`, `name`, `sign`, `other`, or `end`.
        token: its text.
        start: where it starts.
        end: where it ends.
        last: where the one before it ends.
        depth: how many brackets are open.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.depth = 0
        self.kind, self.token, self.start, self.end, self.last = "", "", 0, 0, 0

    # moving -------------------------------------------------------------------------------------------

    def skipped(self, place: int) -> int:
        """The place of what comes next after spaces, lines and comments."""
        match = _SKIP.match(self.text, place)
        return match.end() if match else place

    def go_to(self, place: int) -> None:
        """Read the token at a place, or after what may be skipped there."""
        match = _TOKEN.match(self.text, place)
        assert match is not None and match.lastgroup is not None
        self.kind = kind = match.lastgroup
        self.token = match[kind]
        self.start, self.end = match.span(kind)

    def advance(self) -> None:
        """Go to the next token."""
        self.last = self.end
        self.go_to(self.end)

    def take(self, sign: str) -> bool:
        """Go past this sign, if it stands here."""
        if not self.is_sign(sign):
            return False
        self.advance()
        return True

    def deeper(self) -> None:
        """One bracket more."""
        self.depth += 1
        if self.depth > MAXIMUM_NESTING:
            raise LayerTextError(
                "this layer text is nested too deep",
                at=self.source.excerpt(self.span),
                have=f"{self.depth} brackets in each other",
                rule=f"at most {MAXIMUM_NESTING}",
            )

    # looking ------------------------------------------------------------------------------------------

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end

    @property
    def is_name(self) -> bool:
        """Whether a name stands here, and no word of code."""
        return self.kind == "name" and self.token not in KEYWORDS

    def is_sign(self, sign: str) -> bool:
        """Whether this sign stands here."""
        return self.token == sign and self.kind == "sign"

    # errors -------------------------------------------------------------------------------------------

    def code(self, have: str, span: Span | None = None, fix: str = "") -> LayerTextError:
        """That this is code."""
        at = self.source.excerpt(span or (self.start, max(self.end, self.start + 1)))
        return LayerTextError(
            "this is code, and layer text is read, never run", at=at, have=have, rule=_RULE, fix=fix
        )

    def unexpected(self, wanted: str) -> LayerTextError:
        """That something else stands here than what must."""
        if self.kind == "end":
            return self.unfinished()
        if self.kind == "name" and not self.is_name:
            return self.code(f"the word {self.token}")
        if self.text.startswith(("...", "…"), self.start):
            return LayerTextError(
                "something is left out here",
                at=self.source.excerpt((self.start, self.start + (3 if self.token == "." else 1))),
                have="an ellipsis in place of layers",
                rule="every layer that is called stands in the text; a print is pasted whole",
            )
        shown = self.source.shown(self.span, 40)
        if self.kind == "text":
            shown = f"the text {shown}"
        elif shown[:1] in {'"', "'"}:
            shown = "a quote that never closes"
        return LayerTextError(
            "this layer text cannot be read",
            at=self.source.excerpt(self.span),
            have=shown,
            rule=f"{wanted} stands here",
        )

    def unfinished(self) -> LayerTextError:
        """That the text ends in the middle."""
        place = len(self.text.rstrip())
        closing = ")" if self.depth == 1 else f"{self.depth} brackets"
        return LayerTextError(
            "this layer text ends in the middle",
            at=self.source.excerpt((place, place + 1)),
            have=f"{closing} missing at the end" if self.depth else "nothing after what stands here",
            rule="every bracket that opens closes; a print is pasted whole",
        )
