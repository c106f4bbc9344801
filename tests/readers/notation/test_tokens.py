"""Token by token: every character of a text belongs to one, or is skipped between two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.tokens import KEYWORDS, MAXIMUM_NESTING, Tokens


def tokens_of(text):
    tokens = Tokens(Source(text))
    tokens.go_to(0)
    found = []
    while tokens.kind != "end":
        found.append((tokens.kind, tokens.token))
        tokens.advance()
    return found


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Conv2d", [("name", "Conv2d")]),
        ("nn.Conv2d", [("name", "nn.Conv2d")]),
        ("f(x)", [("name", "f"), ("sign", "("), ("name", "x"), ("sign", ")")]),
        ("1_0 .5 1e-5 2.", [("number", t) for t in ("1_0", ".5", "1e-5", "2.")]),
        ("'a' \"b\\\"\" r'c'", [("text", t) for t in ("'a'", '"b\\""', "r'c'")]),
        ("** // * /", [("sign", t) for t in ("**", "//", "*", "/")]),
        ("a # b\nc", [("name", "a"), ("name", "c")]),
        ("a \\\n b", [("name", "a"), ("name", "b")]),
        ("'open", [("other", "'open")]),
        ("{@}", [("other", "{"), ("other", "@"), ("other", "}")]),
        ("größe", [("name", "größe")]),
    ],
)
def test_tokens(text, tokens):
    assert tokens_of(text) == tokens


@settings(max_examples=100)
@given(st.text("aZ_1.9 \n\t()[]{}'\"#\\,=+-*/%:@é", min_size=1, max_size=60).filter(str.strip))
def test_nothing_is_lost(text):
    source = Source(text)
    tokens = Tokens(source)
    tokens.go_to(0)
    place = 0
    while tokens.kind != "end":
        between = source.text[place : tokens.start]
        assert not between.strip() or between.lstrip()[0] in "#\\" or "#" in between
        assert source.text[tokens.start : tokens.end] == tokens.token
        assert tokens.end > tokens.start
        place = tokens.end
        tokens.advance()


def test_words_of_code_are_no_names():
    tokens = Tokens(Source("lambda"))
    tokens.go_to(0)
    assert tokens.kind == "name"
    assert not tokens.is_name
    assert {"lambda", "for", "import", "def"} <= KEYWORDS


def test_brackets_go_only_so_deep():
    tokens = Tokens(Source("("))
    tokens.go_to(0)
    for _ in range(MAXIMUM_NESTING):
        tokens.deeper()
    with pytest.raises(LayerTextError, match="nested too deep"):
        tokens.deeper()
