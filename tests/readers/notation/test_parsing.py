"""Layer text as people write it and as PyTorch prints it: calls, arguments, labelled children."""

from __future__ import annotations

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import Call, Held


def parsed(text):
    return parse_layer_text(Source(text))


def written(call):
    """A call as one would write it, to compare it by."""
    if not isinstance(call, Call):
        return repr(call)
    parts = [f"{a.keyword}={plain(a.value)}" if a.keyword else plain(a.value) for a in call.arguments]
    parts += [f"{child.label}: {child.times} {written(child.item)}" for child in call.children]
    return f"{call.prefix}{'.' if call.prefix else ''}{call.name}({', '.join(parts)})"


def plain(value):
    return written(value.content) if isinstance(value.content, Call) else repr(value.plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ReLU()", "ReLU()"),
        ("nn.Conv2d(3, 64, kernel_size=(7, 7))", "nn.Conv2d(3, 64, kernel_size=(7, 7))"),
        ("torch.nn.Linear (16*5*5, 120)", "torch.nn.Linear(400, 120)"),
        ("layer = Dense(10, activation='relu')", "Dense(10, activation='relu')"),
        ("self.conv1 = nn.Conv2d(3, 6, 5)", "nn.Conv2d(3, 6, 5)"),
        ("Conv2d(3, 8, 3),", "Conv2d(3, 8, 3)"),
        ("Conv2d(3, 8, 3);", "Conv2d(3, 8, 3)"),
        ("Conv2d(\n    3,  # RGB\n    8,\n    3,\n)", "Conv2d(3, 8, 3)"),
        ("Conv2d(3, 8, 3, padding=same)", "Conv2d(3, 8, 3, padding='same')"),
        ("Conv2d(3, 8, 3, padding_mode='cir' 'cular')", "Conv2d(3, 8, 3, padding_mode='circular')"),
        ("Conv2d(3, 8, [3, 3], bias=False)", "Conv2d(3, 8, (3, 3), bias=False)"),
        ("MaxPool2d((2))", "MaxPool2d(2)"),
        ("MaxPool2d((2,))", "MaxPool2d((2,))"),
        ("Cast(torch.float32)", "Cast('float32')"),
        ("Upsample(scale_factor=(2, 2.0))", "Upsample(scale_factor=(2, 2.0))"),
        ("Sequential([Flatten(), Dense(10)])", None),
        (">>> Conv2d(3, 8, 3)", "Conv2d(3, 8, 3)"),
        ("```python\nConv2d(3, 8, 3)\n```", "Conv2d(3, 8, 3)"),
        ("`Conv2d(3, 8, 3)`", "Conv2d(3, 8, 3)"),
        ("Sequential(Conv2d(3, 8, 3), ReLU())", "Sequential(Conv2d(3, 8, 3), ReLU())"),
    ],
)
def test_a_text_as_it_is_written(text, expected):
    call = parsed(text)
    assert expected is None or written(call) == expected
    assert call.arguments or expected == "ReLU()"


PRINT = """\
Net(
  (features): Sequential(
    (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)
    (1-2): 2 x Block(
      (act): ReLU(inplace=True)
    )
    (3): None
  )
  (drop): DropPath(drop_prob=0.100)
  (scales): ParameterList(
      (0): Parameter containing: [torch.float32 of size 8x1x1]
      (1): Parameter containing: [torch.float32 of size ]
  )
  (head): Linear(in_features=8, out_features=10, bias=True)
)"""


def test_a_print_with_labels_and_repeats():
    call = parsed(PRINT)
    assert call.is_printed
    assert [child.label for child in call.children] == ["features", "drop", "scales", "head"]
    features = call.children[0].item
    assert [(child.label, child.times, child.labels) for child in features.children] == [
        ("0", 1, ("0",)),
        ("1-2", 2, ("1", "2")),
        ("3", 1, ("3",)),
    ]
    assert features.children[2].item is None
    assert [child.item for child in call.children[2].item.children] == [Held((8, 1, 1)), Held(())]
    assert written(call.children[3].item) == "Linear(in_features=8, out_features=10, bias=True)"


def test_lines_out_of_a_print():
    call = parsed("  (0): Conv2d(3, 8, kernel_size=(3, 3))\n  (1): ReLU()\n)")
    assert call.name == ""
    assert [child.label for child in call.children] == ["0", "1"]
    assert parsed("(conv1): Conv2d(3, 8, kernel_size=(3, 3))").name == "Conv2d"


def test_a_class_that_prints_what_it_likes_keeps_its_children():
    text = "Odd(\n  any words -> at [all\n  (0): ReLU()\n)"
    call = parsed(text)
    assert not call.is_readable
    assert [written(child.item) for child in call.children] == ["ReLU()"]


@pytest.mark.parametrize(
    ("text", "have"),
    [
        ("[Conv2d(3, 8, 3)]", "["),
        ("Conv2d", "Conv2d"),
        ("Conv2d(3, 8, 3)(x)", "Conv2d(3, 8, 3) applied to something"),
        ("Conv2d(3, 8, 3)[0]", "an index into Conv2d(3, 8, 3)"),
        ("Conv2d(3, 8, 3).weight", "an attribute of Conv2d(3, 8, 3)"),
        ("Conv2d(3, 8, 3) ReLU()", "ReLU after Conv2d(3, 8, 3)"),
        ("Conv2d(3, 8, {'a': 1})", "a dictionary or a set"),
        ("Conv2d(*sizes)", "a star, which unpacks what code has made"),
        ("Conv2d(3, sizes[0], 3)", "an index into sizes"),
        ("Conv2d(3, 8, 3 if big else 5)", "the word if"),
        ("Conv2d(3, 8, lambda: 3)", "the word lambda"),
        ("Conv2d(3 8, 3)", "8"),
        ("Conv2d(3, 8, 'same)", "a quote that never closes"),
        ("Conv2d(3, 8, 3", ") missing at the end"),
        ("Sequential(Conv2d(3, 8, 3", "2 brackets missing at the end"),
        ("Net(\n  (0-1): 3 x ReLU()\n)", "(0-1): 3 x"),
    ],
)
def test_what_is_no_layer_text_is_pointed_at(text, have):
    with pytest.raises(LayerTextError) as refused:
        parsed(text)
    assert refused.value.have == have
    assert refused.value.rule
    place = refused.value.at.splitlines()
    assert set(place[-1]) <= {" ", "^"}
    assert "^" in place[-1]
