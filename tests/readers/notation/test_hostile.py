"""Texts that nobody means well with: one error each, never anything else, and never run."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens import explain, inspect
from shapelens.errors import LayerTextError, ShapelensError
from shapelens.network import evaluate_network
from shapelens.readers.notation import is_notation, read_notation
from shapelens.readers.notation.source import MAXIMUM_LENGTH

TEXTS = [
    "Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding='same', bias=False)",
    "Sequential(Conv2d(3, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(8*111*111, 10))",
    "Sequential(\n  (0): Conv2d(3, 8, kernel_size=(3, 3))\n  (1-2): 2 x Conv2d(8, 8, kernel_size=(3, 3))\n)",
    "keras.Sequential([Input((28, 28, 1)), Conv2D(32, 3, activation='relu'), Flatten(), Dense(10)])",
    "nn.LSTM(10, 20, num_layers=2, batch_first=True, bidirectional=True)",
    "ConvTranspose2d(3, 8, 4, stride=2, padding=1, output_padding=1)",
    "Bidirectional(LSTM(8, return_sequences=True))",
    "MultiheadAttention(64, 8)",
    "Unflatten(1, (3, 8, 8))",
    "Upsample(scale_factor=2, mode='bilinear')",
]
PIECES = [
    *"()[]{},=*:@;\\#\n\t'\"", "None", "True", "-1", "0", "1e9", "1e400", "9" * 30, "2**99999999", "//0", "%0",
    "inf", "nan", "1j", "0x10", "lambda: 0", "__import__", "…", "\x00", "\x1b[2J", "\u202e", "é", "(0): ", "2 x ",
    "Conv2d", "x", "..",
]  # fmt: skip
SAMPLES = [None, (3, 224, 224), (28, 28, 1), (10,), (5, 10), (1,), (3, 3, 3, 3), "3xHxW"]


@st.composite
def spoilt_texts(draw):
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(st.sampled_from(["", *PIECES, *TEXTS])) + text[end:]
    return text


@settings(max_examples=300)
@given(text=spoilt_texts(), sample=st.sampled_from(SAMPLES))
def test_a_spoilt_text_is_read_or_refused(text, sample):
    """It gives a network, or the one kind of error that a user reads; anything else fails this test."""
    said = told(text, sample)
    assert said
    assert "\x1b" not in said
    assert "\x00" not in said


def told(text, sample):
    try:
        return f"{inspect(text, sample)}\n{explain(text, sample)}"
    except ShapelensError as error:
        return str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Conv2d(" * 10_000, "nested"),
        ("Conv2d(" * 100_000, "longer than any network"),
        ("Sequential(" * 200 + ")" * 200, "nested"),
        ("Conv2d(3, 8, " + "(" * 50_000 + ")" * 50_000 + ")", "nested"),
        ("Conv2d(3, 8, " + "-" * 50_001 + "3)", ""),
        ("Conv2d(3, 8, " + "9" * 100_000 + ")", ""),
        ("Conv2d(3, 8, 2**2**2**2**2**2)", ""),
        ("Conv2d(3, 8, " + "9*" * 20_000 + "9)", ""),
        ("Sequential(\n  (0-999999999): 1000000000 x ReLU()\n)", ""),
        ("Sequential(" + "ReLU(), " * 200_000 + ")", ""),
        ("Linear(" + "a" * 1_000_000 + "=3)", ""),
        ("C" * 1_000_000 + "(3)", ""),
        ("Conv2d(3, 8, 3, stride='" + "x" * 1_000_000 + "')", ""),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_text_of_any_size_is_refused_in_one_error(text, said):
    with pytest.raises(ShapelensError) as refused:
        inspect(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 2_000


CODE = [
    "__import__('os').system('echo run')",
    "Conv2d(3, 8, open('/etc/passwd'))",
    "Conv2d(3, 8, kernel_size=[x for x in (3, 3)])",
    "Conv2d(*args)",
    "Conv2d(**{'in_channels': 3})",
    "(lambda: Conv2d(3, 8, 3))()",
    "model = Conv2d(3, 8, 3); model.cuda()",
    "Conv2d(3, 8, exec('raise SystemExit'))",
    "Conv2d(3, 8, f'{3}')",
]


@pytest.mark.parametrize("text", CODE)
def test_code_is_refused(text):
    with pytest.raises(LayerTextError) as refused:
        read_notation(text)
    assert refused.value.at
    assert refused.value.rule


def test_nothing_in_a_text_is_run(tmp_path):
    trace = tmp_path / "trace"
    calls = [f"open({str(trace)!r}, 'w')", f"__import__('pathlib').Path({str(trace)!r}).touch()"]
    for call in calls:
        for text in (call, f"Conv2d(3, 8, {call})", f"Sequential({call})", f"Conv2d(3, 8, 3, bias={call})"):
            with pytest.raises(ShapelensError):
                inspect(text)
    assert not trace.exists()


LONG = MAXIMUM_LENGTH - 100
QUICK = 30.0
"""Seconds of work, on a slow machine, within which every text is read or refused."""

SLOW_IF_TRIED_AGAIN = {
    # What a careless pattern, loop or recursion would be slow at.
    "one name": "a" * LONG,
    "one dotted name": "a." * (LONG // 2),
    "names in brackets": "a(" * (LONG // 2),
    "brackets": "(" * LONG,
    "square brackets": "Conv2d(" + "[" * LONG,
    "lines": "\n" * LONG,
    "spaces": " " * LONG + "(",
    "backticks": "`" * LONG + "x",
    "backticks and spaces": "` " * (LONG // 2),
    "a fence that is none": "```" + " " * LONG + "!",
    "prompts": ">>> x\n... y\n" * (LONG // 12) + "ReLU()",
    "comments": "#\n" * (LONG // 2 - 10) + "ReLU()",
    "an open quote": 'Conv2d("' + "x" * LONG,
    "quotes": "'" * LONG,
    "texts side by side": "Conv2d(" + "'a' " * (LONG // 4) + ")",
    "escapes": 'Conv2d("' + "\\\\" * (LONG // 2 - 10) + '")',
    "a number": "Conv2d(" + "1" * LONG + ")",
    "underscores": "Conv2d(1" + "_" * LONG + ")",
    "a sum": "Conv2d(" + "1+" * (LONG // 2 - 10) + "1)",
    "signs": "Conv2d(" + "-" * LONG + "1)",
    "a product": "Conv2d(" + "9*" * (LONG // 2 - 10) + "1)",
    "a power": "Conv2d(" + "2**" * (LONG // 3 - 10) + "1)",
    "arguments": "Conv2d(" + "3," * (LONG // 2 - 10) + ")",
    "an argument again and again": "Conv2d(" + "kernel_size=3," * 20_000 + ")",
    "a misspelt argument again and again": "Conv2d(" + "kernal_size=3," * 20_000 + ")",
    "misspelt arguments": "Conv2d(" + ",".join(f"kernal_size{i}=3" for i in range(15_000)) + ")",
    "a long tuple": "Conv2d(3, 4, (" + "3," * 140_000 + "))",
    "a long shape": "LayerNorm((" + "2," * 140_000 + "))",
    "layers": "Sequential(" + "ReLU()," * 4_990 + ")",
    "too many layers": "Sequential(" + "ReLU()," * 40_000 + ")",
    "convolutions": "Sequential(" + "Conv2d(3,3,1)," * 4_990 + ")",
    "misspelt layers": "Sequential(" + "RelU()," * 4_990 + ")",
    "names that both have": "Sequential(" + "Dropout(.5)," * 4_990 + ")",
    "one name for all": "Sequential(OrderedDict([" + "('a',ReLU())," * 4_500 + "]))",
    "nested": "Sequential(" * 25_000,
    "repeats": "Net(\n  (0-4899): 4900 x Foo()\n)",
    "repeats of repeats": "Net(\n (0-99): 100 x B(\n (0-99): 100 x B(\n (0-99): 100 x ReLU()\n )\n )\n)",
    "more repeats than a number holds": f"Net(\n  (0-{10**23 - 1}): {10**23} x ReLU()\n)",
    "labels": "Net(\n" + "".join(f"  (a{i}): A(@)\n" for i in range(4_900)) + ")",
    "labels on one line": "Net(\n  (a): A()" + "".join(f" (a{i}): A(@)" for i in range(4_900)) + ")",
    "unclosed prints": "Net(\n" + "  (a): A([\n" * 25_000,
    "unclosed brackets in a print": "Net(\n  (a): A(" + "A(" * 60 + "@" + "(" * 290_000,
    "parameters that never end": "Net(\n  (a): Parameter containing: [" + " of size 1" * 25_000 + "\n)",
    "the largest numbers": "Conv3d(2147483647, 2147483647, 2147483647)",
    "groups of the largest numbers": "GroupNorm(2147483646, 2147483647)",
    "groups of a convolution": "Conv2d(2147483647, 2147483646, 1, groups=2147483646)",
    "heads": "MultiheadAttention(2147483647, 2147483646)",
    "a high stack": "LSTM(3, 4, num_layers=2147483647)",
    "a large fold": "Fold(2147483647, 1)",
    "a large shuffle": "PixelShuffle(2147483647)",
    "a large upsampling": "Upsample(scale_factor=2147483647)",
    "a large pool": "AdaptiveAvgPool2d(2147483647)",
}


@pytest.mark.conformance
@pytest.mark.parametrize("name", SLOW_IF_TRIED_AGAIN)
def test_nothing_takes_long(name):
    text = SLOW_IF_TRIED_AGAIN[name]
    started = time.process_time()
    is_notation(text)
    try:
        network = read_notation(text)
        said = str(evaluate_network(network, {}).outputs[0][0])
    except LayerTextError as error:
        said = str(error)
    assert time.process_time() - started < QUICK
    assert 0 < len(said) < 2_500


@pytest.mark.parametrize("control", ["\x00", "\x1b[2J", "\x07", "\u202e", "\x9b"])
@pytest.mark.parametrize("text", ["Conv2d({}3, 8, 3)", "{}", "Conv2d(3, 8, 3, padding='{}')", "Conv2{}(3)"])
def test_no_message_moves_the_cursor(text, control):
    with pytest.raises(LayerTextError) as refused:
        read_notation(text.format(control))
    assert control[0] not in str(refused.value)
