"""Values of the right kind, or an error that points at them."""

from __future__ import annotations

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation.binding import bind
from shapelens.readers.notation.layers import Layer
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source


def arguments(value, name="Layer2d"):
    source = Source(f"{name}({value})")
    layer = Layer(name, "PyTorch", "activation=0", lambda *_: None, lambda _: None)
    return bind(source, parse_layer_text(source), layer)


GETTERS = {
    "integer": lambda a: a.integer("activation"),
    "at least 0": lambda a: a.integer("activation", 0),
    "optional": lambda a: a.optional("activation"),
    "pair": lambda a: a.integers("activation", 2),
    "sequence": lambda a: a.sequence("activation"),
    "sizes": lambda a: a.sizes("activation", 2),
    "number": lambda a: a.number("activation"),
    "flag": lambda a: a.flag("activation"),
    "choice": lambda a: a.choice("activation", ("same", "valid")),
    "word": lambda a: a.word("activation"),
    "text": lambda a: a.text("activation"),
    "value": lambda a: a.value("activation"),
}


@pytest.mark.parametrize(
    ("getter", "text", "value"),
    [
        ("integer", "3", 3),
        ("integer", "3.0", 3),
        ("at least 0", "0", 0),
        ("optional", "None", None),
        ("optional", "2", 2),
        ("pair", "3", (3, 3)),
        ("pair", "(3, 4)", (3, 4)),
        ("pair", "[3, 4]", (3, 4)),
        ("sequence", "3", (3,)),
        ("sequence", "(3, 4, 5)", (3, 4, 5)),
        ("sizes", "7", (7, 7)),
        ("sizes", "(None, 7)", (None, 7)),
        ("number", "0.5", 0.5),
        ("number", "-3", -3),
        ("flag", "True", True),
        ("flag", "0", False),
        ("choice", "'same'", "same"),
        ("choice", "'SAME'", "same"),
        ("word", "'relu'", "relu"),
        ("word", "nn.ReLU()", "relu"),
        ("word", "F.gelu", "gelu"),
        ("text", "'a'", "a"),
        ("text", "3", None),
    ],
)
def test_values(getter, text, value):
    assert GETTERS[getter](arguments(text)) == value


@pytest.mark.parametrize(
    ("getter", "text", "rule"),
    [
        ("integer", "0", "a whole number of at least 1"),
        ("integer", "-3", "a whole number of at least 1"),
        ("integer", "2.5", "a whole number"),
        ("integer", "True", "a whole number"),
        ("integer", "'3'", "a whole number"),
        ("integer", "None", "a whole number"),
        ("integer", "(3,)", "a whole number"),
        ("at least 0", "-1", "of at least 0"),
        ("pair", "(1, 2, 3)", "or a tuple of 2"),
        ("pair", "(1, 'a')", "or a tuple of 2"),
        ("pair", "2.5", "or a tuple of 2"),
        ("pair", "(0, 1)", "of at least 1"),
        ("sequence", "'a'", "or a tuple of"),
        ("sequence", f"({'2, ' * 40})", "a tuple of at most 16"),
        ("sizes", "(None, 0)", "of at least 1"),
        ("number", "'a'", "is a number"),
        ("number", "True", "is a number"),
        ("flag", "2", "True or False"),
        ("flag", "None", "True or False"),
        ("choice", "'sane'", "one of 'same', 'valid'"),
        ("choice", "3", "one of 'same', 'valid'"),
        ("word", "3", "the name of a function"),
    ],
)
def test_values_of_another_kind(getter, text, rule):
    with pytest.raises(LayerTextError) as caught:
        GETTERS[getter](arguments(text))
    assert rule in caught.value.rule
    assert caught.value.summary.startswith("the activation of a Layer2d cannot be ")
    assert caught.value.at.endswith("^" * min(len(text), 80)) or "^" in caught.value.at


def test_a_default_is_not_given():
    nothing = arguments("")
    assert nothing.value("activation") == 0
    assert not nothing.has("activation")
    assert not arguments("None").has("activation")
    assert arguments("1").has("activation")


@pytest.mark.parametrize(
    ("name", "rank"), [("Conv1d", 1), ("MaxPool2d", 2), ("Conv3DTranspose", 3), ("ZeroPad2d", 2)]
)
def test_the_axes_in_a_name(name, rank):
    assert arguments("1", name).rank == rank


def test_an_error_points_at_every_argument():
    source = Source("Layer(1, b=2)")
    layer = Layer("Layer", "PyTorch", "a, b, c=3", lambda *_: None, lambda _: None)
    bound = bind(source, parse_layer_text(source), layer)
    error = bound.error("a and b and c", "a", "b", "c", rule="they fit", fix="Layer(1, b=1)")
    assert str(error) == (
        "a and b and c\n"
        "  at     Layer(1, b=2)\n"
        "               ^    ^\n"
        "  have   a=1, b=2, c=3\n"
        "  rule   they fit\n"
        "  fix    Layer(1, b=1)"
    )
