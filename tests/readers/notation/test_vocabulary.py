"""Whose words a text is in, and which layer each of its names is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation.layers import KERAS, PYTORCH, layers_of
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.vocabulary import Vocabulary, frameworks_of

WORDS = {
    "Conv2d(3, 64, 3)": PYTORCH,
    "Conv2D(64, 3)": KERAS,
    "ReLU()": PYTORCH,
    "keras.layers.ReLU()": KERAS,
    "nn.ReLU()": PYTORCH,
    "LSTM(3, 4)": PYTORCH,
    "LSTM(4)": KERAS,
    "LSTM(4, return_sequences=True)": KERAS,
    "Embedding(input_dim=10, output_dim=3)": KERAS,
    "Dropout(rate=0.5)": KERAS,
    "Dropout(p=0.5)": PYTORCH,
    "Sequential(ReLU(), Dense(3))": KERAS,
    "Sequential(ReLU(), Linear(3, 4))": PYTORCH,
    "keras.Sequential([ReLU()])": KERAS,
    "nn.Sequential(ReLU())": PYTORCH,
    "Sequential(Sequential(Dense(3)), ReLU())": KERAS,
    "Sequential(Conv2d(3, 8, 3), Conv2d(8, 8, 3), Dense(3))": PYTORCH,
    "Sequential(Conv2d(3, 8, 3), Dense(3), Dense(3))": KERAS,
    "Sequential(\n  (0): Dense(3)\n)": PYTORCH,
}


@pytest.mark.parametrize("text", WORDS)
def test_whose_words_a_text_is_in(text):
    source = Source(text)
    assert frameworks_of(source, parse_layer_text(source))[0] == WORDS[text]


@pytest.mark.parametrize("text", ["snt.Conv2D(3, 4)", "Sequential(mx.nn.Dense(3))", "paddle.nn.Sequential()"])
def test_another_librarys_layer_may_be_another_one(text):
    source = Source(text)
    with pytest.raises(LayerTextError, match="is not known to have layers") as caught:
        frameworks_of(source, parse_layer_text(source))
    assert caught.value.fix


LOADED = """
import sys
from shapelens.readers.notation import read_notation
read_notation({text!r})
families = [name.split(".")[-2:] for name in sys.modules if name.startswith("shapelens.readers.notation.")]
print(sorted({{folder for folder, _ in families if folder in ("keras", "pytorch")}}))
print(sorted(name for name in ("numpy", "torch", "keras", "rich", "click") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("Sequential(Conv2d(3, 8, 3), ReLU(), Dropout(0.5), Flatten())", "['pytorch']"),
        ("Sequential([Conv2D(8, 3), ReLU(), Dropout(0.5), Flatten()])", "['keras']"),
        ("Sequential(\n  (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n)", "['pytorch']"),
    ],
)
def test_only_the_layers_that_are_named_are_imported(text, folders):
    command = [sys.executable, "-c", LOADED.format(text=text)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed == [folders, "[]"]


def test_the_check_of_imports_can_fail():
    command = [sys.executable, "-c", "import numpy, rich\n" + LOADED.format(text="ReLU()")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed[1] == "['numpy', 'rich']"


def vocabulary(text):
    source = Source(text)
    call = parse_layer_text(source)
    return Vocabulary(source, frameworks_of(source, call), lambda _: None), call


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ReLU(inplace=True)", "ReLU"),
        ("ReLU(inplace)", "ReLU"),
        ("Flatten(start_dim=1, end_dim=-1)", "Flatten"),
        ("Flatten()", None),
        ("Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))", "Conv2d"),
        ("Conv2d(3, 8, kernel_size=(3, 3))", "Conv2d"),
        ("Conv2d(3 -> 8)", None),
        ("Conv2d()", None),
        ("Linear(in_features=3, out_features=4, bias=True)", "Linear"),
        ("Linear(in_features=3, out_features=4, rank=2)", None),
        ("Linear(3)", None),
        ("GroupNorm('many', 'few')", None),
        ("Conv2D(8, 3)", None),
        ("MyBlock()", None),
    ],
)
def test_a_print_is_the_layers_own_or_anothers(line, name):
    words, call = vocabulary(f"Sequential(\n  (0): {line}\n)")
    layer = words.layer(call.children[0].item)
    assert (None if layer is None else layer.name) == name


def test_a_layer_with_children_is_anothers():
    words, call = vocabulary("Sequential(\n  (0): ReLU(\n    (0): Tanh()\n  )\n)")
    assert words.layer(call.children[0].item) is None


def test_what_was_taken_for_a_layer_can_be_taken_back():
    words, call = vocabulary("Sequential(\n  (0): ReLU()\n)")
    (child,) = call.children
    assert words.layer(child.item) is layers_of(PYTORCH)["ReLU"]
    words.disown(child.item)
    assert words.layer(child.item) is None
    assert words.takes(child.item) is None


def test_arguments_are_bound_once():
    words, call = vocabulary("Conv2d(3, 8, 3)")
    layer = words.layer(call)
    assert words.arguments(call, layer) is words.arguments(call, layer)
    assert words.takes(call).dims == (3, "H", "W")
