"""A misspelt layer, argument or value names the nearest right one, tried before it is told."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.errors import LayerTextError
from shapelens.readers.notation import read_notation


def refused(text, sample=None):
    with pytest.raises(LayerTextError) as error:
        read_notation(text, sample)
    return error.value


@pytest.mark.parametrize(
    ("text", "summary", "right"),
    [
        ("Conv2s(3, 8, 3)", "no layer is called Conv2s", "Conv2d(3, 8, 3)"),
        ("Covn2d(3, 8, 3)", "no layer is called Covn2d", "Conv2d(3, 8, 3)"),
        ("conv2d(3, 8, 3)", "no layer is called conv2d", "Conv2d(3, 8, 3)"),
        ("nn.Liner(3, 8)", "no layer is called nn.Liner", "nn.Linear(3, 8)"),
        ("Softmaxx(1)", "no layer is called Softmaxx", "Softmax(1)"),
        ("BatchNorm(64)", "no layer is called BatchNorm", "BatchNorm2d(64)"),
        (
            "Sequential(Conv2d(3, 8, 3), Relu())",
            "no layer is called Relu",
            "Sequential(Conv2d(3, 8, 3), ReLU())",
        ),
        ("Conv2D(8, 3, stride=2)", "Conv2D has no stride", "Conv2D(8, 3, strides=2)"),
        ("Conv2d(3, 8, 3, strides=2)", "Conv2d has no strides", "Conv2d(3, 8, 3, stride=2)"),
        ("Conv2d(3, 8, 3, kernal_size=3)", "Conv2d has no kernal_size", None),
        ("Conv2d(3, 8, kernal_size=3)", "Conv2d has no kernal_size", "Conv2d(3, 8, kernel_size=3)"),
        (
            "Dense(units=10, activation='rellu')",
            "Keras has no activation rellu",
            "Dense(units=10, activation='relu')",
        ),
        (
            "Conv2d(3, 7, 3, groups=3)",
            "out_channels must be divisible by groups",
            "Conv2d(3, 7, 3, groups=1)",
        ),
        ("Covn2d(3, 8, 3, strides=2)", "no layer is called Covn2d", "Conv2d(3, 8, 3, stride=2)"),
    ],
)
def test_the_nearest_right_text(text, summary, right):
    error = refused(text)
    assert error.summary == summary
    assert "^" in error.at
    if right is not None:
        assert error.fix.split("  ")[0] == right
        inspect(right)


@pytest.mark.parametrize("text", ["Quux(3)", "Zzzzzzzz()", "A(1)"])
def test_what_is_near_to_nothing_has_no_fix(text):
    error = refused(text)
    assert error.summary.startswith("no layer is called")
    assert not error.fix


def test_a_fix_is_called_verified_where_it_gives_shapes():
    error = refused("Covn2d(3, 8, 3)", (3, 32, 32))
    assert error.fix.endswith("✓ verified   3×32×32 → 8×30×30")
    unfit = refused("Covn2d(3, 8, 3)", (5, 32, 32))
    assert unfit.fix.rstrip() == "Conv2d(3, 8, 3)"


@pytest.mark.parametrize(
    ("text", "summary", "rule"),
    [
        ("Conv2d(3, 8)", "this Conv2d has no kernel_size", ""),
        ("Conv2d(3, 8, 3, kernel_size=3)", "kernel_size of Conv2d is given twice", ""),
        ("Conv2d('3', 8, 3)", "the in_channels of a Conv2d cannot be '3'", "in_channels is a whole number"),
        ("Conv2d(0, 8, 3)", "the in_channels of a Conv2d cannot be 0", "at least 1"),
        ("Linear(0, 8)", "the in_features of a Linear cannot be 0", "at least 1"),
        ("Conv2d(3, -8, 3)", "the out_channels of a Conv2d cannot be -8", "at least 1"),
        ("Conv2d(3, 8, (3, 3, 3))", "the kernel_size of a Conv2d cannot be (3, 3, 3)", "or a tuple of 2"),
        ("Conv2d(3, 8, 3.5)", "the kernel_size of a Conv2d cannot be 3.5", "a whole number"),
        ("Conv2d(3, 8, 3, stride=0)", "the stride of a Conv2d cannot be 0", "at least 1"),
        ("Conv2d(3, 8, 3, padding='sane')", "the padding of a Conv2d cannot be 'sane'", "'same', 'valid'"),
        ("Linear(3, 4, 5)", "the bias of a Linear cannot be 5", "True or False"),
        ("nn.Dense(10)", "nn.Dense is Keras' word, and the rest of this text is PyTorch's", "one framework"),
        (
            "layers.Conv2d(3, 8, 3)",
            "layers.Conv2d is PyTorch's word, and the rest of this text is Keras'",
            "",
        ),
    ],
)
def test_what_an_argument_cannot_be(text, summary, rule):
    error = refused(text)
    assert error.summary == summary
    assert rule in error.rule
    assert "^" in error.at


def test_a_lazy_layer_takes_what_comes_in():
    """It prints a 0 until it has seen its input."""
    for text in ("LazyConv2d(8, 3)", "LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1))"):
        network = read_notation(text, (5, 9, 9))
        assert [weight.shape for weight in network.weights.values()] == [(8, 5, 3, 3), (8,)]


def test_the_whole_message():
    error = refused("Conv2s(3, 64, kernal_size=3)", (3, 224, 224))
    assert str(error).split("\n") == [
        "no layer is called Conv2s",
        "  at     Conv2s(3, 64, kernal_size=3)",
        "         ^^^^^^        ^^^^^^^^^^^",
        "  have   Conv2s, and in it kernal_size",
        "  rule   a layer in PyTorch's words (Conv2d) or Keras' (Conv2D); Conv2d takes in_channels, out_channels, "
        "kernel_size, stride, padding, dilation, groups, bias, padding_mode",
        "  fix    Conv2d(3, 64, kernel_size=3)                              "
        "✓ verified   3×224×224 → 64×222×222",
    ]
    assert error.following == 'shapelens explain "Conv2d(3, 64, kernel_size=3)" --input 3x224x224'


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        # Verified by its formula where no sample is given.
        ("Conv2d(3, 8, kernal=3)", "3×H×W → 8×(H - 2)×(W - 2)"),
        ("Linaer(784, 10)", "784 → 10"),
        # Every name of a chain is corrected, one after another.
        ("Sequential(Conv2s(3, 8, 3), RelU(), MaxPool2d(kernal=2))", "Sequential(Conv2d(3, 8, 3), ReLU(), "),
        # The other framework's layer, where it takes these arguments.
        ("Conv2d(filters=64, kernel_size=3)", "Conv2D(filters=64, kernel_size=3)"),
        ("Conv2D(3, 64, 3, stride=2)", "Conv2d(3, 64, 3, stride=2)"),
        ("Linear(units=10)", "Dense(units=10)"),
        # Of two axes, where nothing says of how many.
        ("Convd2(3, 8, 3)", "Conv2d(3, 8, 3)"),
        ("MaxPol(2)", "MaxPool2d(2)"),
        ("AvgPoool2d(2)", "AvgPool2d(2)"),
    ],
)
def test_what_is_meant(text, fix):
    error = refused(text)
    assert fix in error.fix
    assert "✓ verified" in error.fix
    assert error.following


def test_the_sample_tells_which_of_several_is_meant():
    assert refused("MaxPol(2)", (3, 8)).fix.startswith("MaxPool1d(2)")
    assert refused("MaxPol(2)", (3, 8, 8, 8)).fix.startswith("MaxPool3d(2)")


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("CrossEntropyLoss()", "is a loss"),
        ("nn.MSELoss(reduction='sum')", "is a loss"),
        ("ModuleList([ReLU()])", "only holds layers"),
        ("Sequential(ModuleDict(ReLU()))", "only holds layers"),
        ("ParameterList()", "only holds layers"),
        ("Concatenate()", "joins several tensors"),
        ("Sequential([Dense(3), Add()])", "adds several tensors"),
        ("Transformer()", "is PyTorch's, and is not read from text"),
        ("AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6])", "is PyTorch's, and is not read from text"),
        ("F.relu()", "F is not known to have layers"),
        ("snt.Conv2D(3, 4)", "snt is not known to have layers"),
    ],
)
def test_names_that_are_known_and_no_layers_of_a_chain(text, summary):
    error = refused(text)
    assert summary in error.summary
    assert [label for label, _ in error.parts][:3] == ["at", "have", "rule"]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("Sequential(Conv2d(3, 8, 3), Dense(10))", "Linear(…) in its place"),
        ("Sequential(Conv2d(3, 8, 3), MaxPooling2D(2))", "MaxPool2d(…) in its place"),
        ("Sequential([Conv2D(8, 3), Dense(3), Linear(3, 4)])", "Dense(…) in its place"),
        ("Sequential(nn.Conv2d(3, 8, 3), layers.ReLU())", "ReLU(…) in its place"),
    ],
)
def test_the_words_of_both_frameworks(text, fix):
    error = refused(text)
    assert "word, and the rest of this text is" in error.summary
    assert error.fix == fix


def test_a_long_text_is_corrected_without_being_tried():
    text = f"Sequential({'ReLU(), ' * 3000}Conv2s(3, 8, 3))"
    error = refused(text)
    assert error.fix == "Conv2d(3, 8, 3)"
    assert not error.following


def test_more_wrong_names_than_can_be_meant():
    text = f"Conv2d({', '.join(f'kernel_sise{i}=3' for i in range(40))})"
    error = refused(text)
    assert not error.fix
    assert len(str(error)) < 1_000


def test_corrections_are_read_only_so_often(monkeypatch):
    from shapelens.readers.notation import reading

    read = []
    whole = reading.parse_layer_text
    monkeypatch.setattr(reading, "parse_layer_text", lambda source: read.append(1) or whole(source))
    names = ", ".join(f"ReLV{'x' * (i % 3)}()" for i in range(30))
    refused(f"Sequential({names})")
    assert len(read) <= reading.MAXIMUM_READINGS + 1
