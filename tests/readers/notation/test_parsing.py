"""From text to calls: typed text, prints, and one error for everything else."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import Call, Held, Word


def parse(text):
    return parse_layer_text(Source(text))


def plain(call):
    """A call as plain data: its name, its positional arguments, its keywords, its children."""
    positional = [_value(a.value) for a in call.arguments if not a.keyword]
    keywords = {a.keyword: _value(a.value) for a in call.arguments if a.keyword}
    return call.name, positional, keywords


def _value(value):
    return plain(value.content) if isinstance(value.content, Call) else value.plain


def test_layers_in_a_list():
    (argument,) = parse("Sequential([Flatten(), Dense(10)])").arguments
    assert [item.content.name for item in argument.value.content.items] == ["Flatten", "Dense"]


# typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ReLU()", ("ReLU", [], {})),
        ("Conv2d(3, 64, kernel_size=(3, 3))", ("Conv2d", [3, 64], {"kernel_size": (3, 3)})),
        ("Conv2d(3, 64, 3,)", ("Conv2d", [3, 64, 3], {})),
        ("Conv2d (3)", ("Conv2d", [3], {})),
        ("self.conv = nn.Conv2d(3)", ("Conv2d", [3], {})),
        ("net = ReLU();", ("ReLU", [], {})),
        ("ReLU(),", ("ReLU", [], {})),
        ("A(True, None, 'same', x=False)", ("A", [True, None, "same"], {"x": False})),
        ("A(tuple([1, 2]), torch.Size([3]), list((4,)))", ("A", [(1, 2), (3,), (4,)], {})),
        ("A('a' 'b')", ("A", ["ab"], {})),
        ("A(B(1), C())", ("A", [("B", [1], {}), ("C", [], {})], {})),
        ("A(same)", ("A", ["same"], {})),
        ("A(dtype=torch.float32)", ("A", [], {"dtype": "float32"})),
        ("A(\n  1,  # one\n  2,\n)", ("A", [1, 2], {})),
    ],
)
def test_typed_text(text, expected):
    assert plain(parse(text)) == expected


def test_a_name_keeps_what_stands_before_it():
    call = parse("torch.nn.Conv2d(3)")
    assert (call.prefix, call.name) == ("torch.nn", "Conv2d")
    assert Source("torch.nn.Conv2d(3)").slice(call.name_span) == "torch.nn.Conv2d"


def test_words_are_told_from_texts():
    same, quoted = parse("A(same, 'same')").arguments
    assert isinstance(same.value.content, Word)
    assert quoted.value.content == "same"


ATOMS = st.one_of(
    st.integers(0, 999).map(repr),
    st.sampled_from(["True", "False", "None", "'same'", "0.5", "1e-05"]),
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"({', '.join(items)}{',' * bool(items)})"),
    max_leaves=5,
)


@settings(max_examples=100)
@given(
    positional=st.lists(VALUES, max_size=4),
    keywords=st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=3),
    space=st.sampled_from(["", " ", "\n  "]),
)
def test_arguments_are_pythons(positional, keywords, space):
    inside = [*positional, *[f"{key}={value}" for key, value in keywords.items()]]
    text = f"Layer({space}{f',{space}'.join(inside)})"
    tree = ast.parse(text.replace("\n", " "), mode="eval").body
    assert plain(parse(text)) == (
        "Layer",
        [ast.literal_eval(argument) for argument in tree.args],
        {keyword.arg: ast.literal_eval(keyword.value) for keyword in tree.keywords},
    )


# prints ---------------------------------------------------------------------------------------------------

PRINT = """Net(
  depth=3, shape=[1, 2]
  (conv): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)
  (blocks): ModuleList(
    (0-2): 3 x Block(
      (act): ReLU(inplace=True)
    )
  )
  (scale): ParameterList(
      (0): Parameter containing: [torch.float32 of size 2x3 (cuda:0)]
      (1): Tensor containing: [torch.float32 of size ]
  )
  (odd): Odd(x -> y, {1: [)
  (down): None
  (what): something else
)"""


def test_a_print():
    call = parse(PRINT)
    assert call.is_printed
    assert plain(call) == ("Net", [], {"depth": 3, "shape": (1, 2)})
    conv, blocks, scale, odd, down, what = call.children
    assert [child.label for child in call.children] == ["conv", "blocks", "scale", "odd", "down", "what"]
    assert conv.item.arguments[-1].value.plain == "same"
    (repeated,) = blocks.item.children
    assert repeated.labels == ("0", "1", "2")
    assert repeated.item.children[0].item.name == "ReLU"
    assert [child.item for child in scale.item.children] == [Held((2, 3)), Held((), learned=False)]
    assert not odd.item.is_readable
    assert down.item is None
    assert what.item == Held(None)


def test_a_dictionary_of_parameters_prints_on_one_line():
    call = parse("Net(\n  (p): ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2])\n)")
    (held,) = call.children[0].item.children
    assert held.item == Held((2,))


def test_lines_out_of_a_print():
    call = parse("  (3): ReLU()\n  (4): Tanh()\n  )\n)")
    assert call.name == ""
    assert [child.label for child in call.children] == ["3", "4"]
    assert parse("(conv): Conv2d(3, 8)").name == "Conv2d"


def test_a_class_that_prints_what_it_likes_keeps_its_children():
    call = parse("Odd(\n  any words -> at [all\n  (0): ReLU()\n)")
    assert not call.is_readable
    assert call.arguments == ()
    assert [child.item.name for child in call.children] == ["ReLU"]


def test_old_prints_have_a_space_before_the_bracket():
    call = parse("Sequential(\n  (0): Linear (784 -> 10)\n  (1): ReLU (inplace)\n)")
    linear, relu = [child.item for child in call.children]
    assert not linear.is_readable
    assert relu.is_readable


@pytest.mark.parametrize("repeat", ["(0-2): 2 x", "(0): 3 x", "(a-c): 3 x", "(2-0): 3 x", "(0-2): 0 x"])
def test_a_repeat_that_does_not_count_up(repeat):
    with pytest.raises(LayerTextError, match="does not count up"):
        parse(f"Sequential(\n  {repeat} ReLU()\n)")


# errors ---------------------------------------------------------------------------------------------------

CODE = {
    "Conv2d(lambda: 3, 64)": "the word lambda",
    "Conv2d(3 if x else 4)": "the word if",
    "Sequential(ReLU() for _ in range(3))": "the word for",
    "Sequential([ReLU() for _ in range(3)])": "the word for",
    "Sequential(*layers)": "a star",
    "Sequential(**layers)": "a star",
    "Sequential([*layers])": "a star",
    "Sequential({'a': ReLU()})": "a dictionary",
    "Conv2d(3, 64, 3)(x)": "Conv2d(3, 64, 3) applied to something",
    "Sequential(ReLU()(x))": "ReLU() applied to something",
    "ReLU().eval()": "an attribute of ReLU()",
    "Sequential(ReLU().eval())": "an attribute of ReLU()",
    "layers()[0]": "an index into layers()",
    "Conv2d(sizes[0])": "an index into sizes",
    "import torch": "the word import",
    "def f(x): pass": "the word def",
    "class Net(Module): pass": "the word class",
    "x + ReLU()": "the name x",
    "Conv2d[3]": "the name Conv2d",
}


@pytest.mark.parametrize("text", CODE)
def test_code_is_told(text):
    with pytest.raises(LayerTextError) as caught:
        parse(text)
    assert caught.value.summary == "this is code, and layer text is read, never run"
    assert CODE[text] in caught.value.have
    assert "^" in caught.value.at


UNREADABLE = {
    "Conv2d(3, 64, 3": ("ends in the middle", ") missing at the end"),
    "Sequential(ReLU(": ("ends in the middle", "2 brackets missing"),
    "Conv2d(3, (3, 3": ("ends in the middle", "2 brackets missing"),
    "Net(\n  (a): ReLU()\n": ("ends in the middle", ") missing"),
    "Net(\n  (a): Odd(->\n": ("ends in the middle", "2 brackets missing"),
    "Conv2d(3, 64, 3))": ("cannot be read", ")"),
    "[Conv2d(3, 8, 3)]": ("cannot be read", "["),
    "Conv2d(3 64)": ("cannot be read", "64"),
    "Conv2d(3,, 64)": ("cannot be read", ","),
    "Conv2d(3, 'a)": ("cannot be read", "a quote that never closes"),
    "A(x == 3)": ("cannot be read", "="),
    "Conv2d(3,": ("ends in the middle", ") missing"),
    "'ReLU()'": ("cannot be read", "the text 'ReLU()'"),
    "3x3": ("cannot be read", "3"),
    "(": ("cannot be read", "("),
    "ReLU() Tanh()": ("more than one layer", "Tanh after ReLU()"),
    "ReLU()\nTanh()": ("more than one layer", "Tanh after ReLU()"),
    "Conv2d": ("is a name, and a layer has brackets", "Conv2d"),
    "nn.Conv2d": ("is a name, and a layer has brackets", "nn.Conv2d"),
    "# nothing": ("is empty", "no layer"),
    "Sequential(ReLU(), ..., ReLU())": ("something is left out", "an ellipsis"),
    "Sequential(\n  (0): ReLU()\n  ...\n  (9): ReLU()\n)": ("something is left out", "an ellipsis"),
    "Sequential(\n  (0): ReLU()\n  …\n)": ("something is left out", "an ellipsis"),
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read(text):
    summary, have = UNREADABLE[text]
    with pytest.raises(LayerTextError) as caught:
        parse(text)
    assert summary in caught.value.summary
    assert have in caught.value.have
    labels = [label for label, _ in caught.value.parts]
    assert labels == sorted(labels, key=["at", "have", "rule", "fix"].index)


@settings(max_examples=150)
@given(st.text("Conv2dReLU(){}[]'\"=,.:* \n#0123456789-+/x@", min_size=1, max_size=80))
def test_any_text_is_a_call_or_one_error(text):
    try:
        read = parse(text)
    except LayerTextError as error:
        read = error
    assert isinstance(read, Call) or str(read).startswith(read.summary)
