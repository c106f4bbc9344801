"""Which layers stand in a container, and which containers call them one after another."""

from __future__ import annotations

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation.chains import check_count, is_chain, items_of, prefix_framework
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import MAXIMUM_LAYERS


def items(text):
    source = Source(text)
    return [
        (item.label, item.item.name if item.item else None, item.times)
        for item in items_of(source, parse_layer_text(source))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sequential(ReLU(), Tanh())", [("", "ReLU", 1), ("", "Tanh", 1)]),
        ("Sequential([ReLU(), Tanh()])", [("", "ReLU", 1), ("", "Tanh", 1)]),
        ("Sequential(layers=[ReLU()], name='x')", [("", "ReLU", 1)]),
        ("Sequential(OrderedDict([('a', ReLU()), ('b', Tanh())]))", [("a", "ReLU", 1), ("b", "Tanh", 1)]),
        ("Sequential(OrderedDict(a=ReLU()))", [("a", "ReLU", 1)]),
        ("Sequential(\n  (0-2): 3 x ReLU()\n  (3): None\n)", [("0-2", "ReLU", 3), ("3", None, 1)]),
        ("DataParallel(ReLU(), device_ids=[0])", [("module", "ReLU", 1)]),
    ],
)
def test_the_items_of_a_container(text, found):
    assert items(text) == found


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Sequential(ReLU)", "ReLU is a name"),
        ("Sequential(3)", "3 is no layer"),
        ("Sequential('relu')", "'relu' is no layer"),
        ("Sequential(ReLU(), depth=3)", "Sequential has no depth"),
    ],
)
def test_what_is_no_layer(text, summary):
    with pytest.raises(LayerTextError) as caught:
        items(text)
    assert summary in caught.value.summary


CHAINS = {
    "Sequential()": True,
    "Sequential(ReLU())": True,
    "ReLU()": False,
    "ModuleList(\n  (0): ReLU()\n)": False,
    "DataParallel(\n  (module): ReLU()\n)": True,
    "DataParallel(\n  (module): ReLU()\n  (other): ReLU()\n)": False,
    "DataParallel(ReLU())": True,
    "DataParallel(3)": False,
    "OptimizedModule(\n  (_orig_mod): ReLU()\n)": True,
    "Conv2dNormActivation(\n  (0): ReLU()\n  (1): ReLU()\n)": True,
    "Conv2dNormActivation(\n  (a): ReLU()\n)": False,
    "_Transition(\n  (norm): ReLU()\n  (relu): ReLU()\n  (conv): ReLU()\n  (pool): ReLU()\n)": True,
    "_Transition(\n  (norm): ReLU()\n)": False,
    "(0): ReLU()\n(1): Tanh()": True,
    "(7): ReLU()\n(8): Tanh()": True,
    "(0): ReLU()\n(2): Tanh()": False,
    "(a): ReLU()\n(b): Tanh()": False,
}


@pytest.mark.parametrize("text", CHAINS)
def test_what_calls_its_children_in_turn(text):
    assert is_chain(parse_layer_text(Source(text))) is CHAINS[text]


@pytest.mark.parametrize(
    ("prefix", "framework"),
    [
        ("nn", "PyTorch"),
        ("torch.nn", "PyTorch"),
        ("torch.nn.modules.conv", "PyTorch"),
        ("torchvision.ops", "PyTorch"),
        ("layers", "Keras"),
        ("keras.layers", "Keras"),
        ("tf.keras.layers", "Keras"),
        ("tensorflow.keras", "Keras"),
        ("snt", None),
        ("paddle.nn", None),
        ("mx.gluon.nn", None),
    ],
)
def test_whose_word_it_is(prefix, framework):
    assert prefix_framework(prefix) == framework


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f"Sequential(\n  (0-{MAXIMUM_LAYERS - 2}): {MAXIMUM_LAYERS - 1} x ReLU()\n)", True),
        (f"Sequential(\n  (0-{MAXIMUM_LAYERS - 1}): {MAXIMUM_LAYERS} x ReLU()\n)", False),
        ("Net(\n  (0-999999999): 1000000000 x ReLU()\n)", False),
        ("Net(\n  (0-99): 100 x A(\n    (0-99): 100 x ReLU()\n  )\n)", False),
        ("Net(\n  (0-9): 10 x A(\n    (0-99): 100 x ReLU()\n  )\n)", True),
    ],
)
def test_repeats_are_counted_out(text, fits):
    source = Source(text)
    call = parse_layer_text(source)
    if fits:
        check_count(source, call)
        return
    with pytest.raises(LayerTextError, match="more layers than any network"):
        check_count(source, call)
