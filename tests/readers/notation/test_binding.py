"""Which argument is which: as Python binds them, with an error that points at what does not fit."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.binding import bind, binds, unknown_keywords
from shapelens.readers.notation.layers import Layer
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source


def layer(signature, **settings):
    return Layer("Layer", "PyTorch", signature, lambda *_: None, lambda _: None, **settings)


def given_to(text, signature, **settings):
    source = Source(text)
    arguments = bind(source, parse_layer_text(source), layer(signature, **settings))
    return {name: value.plain for name, value in arguments.given.items()}


@pytest.mark.parametrize(
    ("text", "signature", "given"),
    [
        ("Layer(1, 2)", "a, b, c=0", {"a": 1, "b": 2}),
        ("Layer(1, c=3, b=2)", "a, b, c=0", {"a": 1, "c": 3, "b": 2}),
        ("Layer()", "a=1", {}),
        ("Layer(1)", "a=1, *, b=2", {"a": 1}),
        ("Layer(b=3)", "a=1, *, b=2", {"b": 3}),
        ("Layer(activation=relu)", "activation=None", {"activation": "relu"}),
        ("Layer(padding=same)", "padding=0", {"padding": "same"}),
        ("Layer(1, 2, 3)", "*args", {}),
    ],
)
def test_what_is_bound(text, signature, given):
    assert given_to(text, signature) == given


@pytest.mark.parametrize(
    ("text", "signature", "summary", "have"),
    [
        ("Layer(1, 2, 3)", "a, b", "at most 2 arguments without a name", "3 besides"),
        ("Layer(1)", "", "takes no arguments", "1 besides"),
        ("Layer(1, 2)", "a, *, b=1", "at most 1 argument without", "2 besides"),
        ("Layer(1, a=2)", "a, b=0", "a of Layer is given twice", "a=2"),
        ("Layer(b=1, b=2)", "b=0", "b of Layer is given twice", "b=2"),
        ("Layer(a=1, 2)", "a, b=0", "follows one with a name", "2"),
        ("Layer(1)", "a, b, c", "this Layer has no b and c", "Layer(1)"),
        ("Layer()", "a", "this Layer has no a", "Layer()"),
        ("Layer(f(x))", "a", "a of Layer is a call", "f(x)"),
        ("Layer((1, f(x)))", "a", "a of Layer is a call", "f(x)"),
        ("Layer(size)", "a", "a of Layer is a name", "size"),
        ("Layer(self.size)", "a", "a of Layer is a name", "self.size"),
    ],
)
def test_what_cannot_be_bound(text, signature, summary, have):
    with pytest.raises(LayerTextError) as caught:
        given_to(text, signature)
    assert summary in caught.value.summary
    assert caught.value.have == have
    assert "^" in caught.value.at
    source = Source(text)
    assert not binds(source, parse_layer_text(source), layer(signature))


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("Layer()", "Layer(in_channels=64, kernel_size=3)"),
        ("nn.Layer(8)", "nn.Layer(8, kernel_size=3)"),
        ("Layer((3, 4), )", "Layer((3, 4), kernel_size=3)"),
        ("Layer( 8 )", "Layer(8, kernel_size=3)"),
    ],
)
def test_what_is_missing_is_added(text, fix):
    with pytest.raises(LayerTextError) as caught:
        given_to(text, "in_channels, kernel_size")
    assert caught.value.fix == fix


NAMES = list("abcd")


@settings(max_examples=120)
@given(
    required=st.integers(0, 3),
    by_keyword=st.booleans(),
    positional=st.integers(0, 5),
    keywords=st.lists(st.sampled_from(NAMES), max_size=3),
)
def test_the_same_as_python(required, by_keyword, positional, keywords):
    parts = [name if place < required else f"{name}=0" for place, name in enumerate(NAMES[:3])]
    parts += ["*", "d=0"] if by_keyword else ["d=0"]
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY
            if name == "d" and by_keyword
            else inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=inspect.Parameter.empty if place < required else 0,
        )
        for place, name in enumerate(NAMES)
    ]
    values = list(range(positional))
    text = ", ".join([*map(str, values), *[f"{name}=9" for name in keywords]])
    try:
        assert len(set(keywords)) == len(keywords)
        expected = inspect.Signature(parameters).bind(*values, **dict.fromkeys(keywords, 9)).arguments
    except (TypeError, AssertionError):
        with pytest.raises(LayerTextError):
            given_to(f"Layer({text})", ", ".join(parts))
        return
    assert given_to(f"Layer({text})", ", ".join(parts)) == expected


def test_names_that_a_layer_does_not_have():
    call = parse_layer_text(Source("Layer(1, a=2, z=3, name=4)"))
    wrong = unknown_keywords(call, layer("a", others=frozenset({"name"})))
    assert [argument.keyword for argument in wrong] == ["z"]
    assert unknown_keywords(call, layer("*args")) == ()


@pytest.mark.parametrize(
    "text", ["Layer(0, 5)", "Layer(in_features=0, out_features=5)", "Sequential(\n  (0): Layer(0, 5)\n)"]
)
def test_a_lazy_layer_prints_what_it_is_not_given(text):
    source = Source(text)
    call = parse_layer_text(source)
    call = call.children[0].item if call.children else call
    bound = bind(source, call, layer("out_features", prints="in_features"))
    assert {name: value.plain for name, value in bound.given.items()} == {"in_features": 0, "out_features": 5}


def test_words_in_a_print_are_texts():
    source = Source("Sequential(\n  (0): Layer(mode=any_word_at_all)\n)")
    (child,) = parse_layer_text(source).children
    assert bind(source, child.item, layer("mode_of_it=0, mode=''")).value("mode") == "any_word_at_all"
