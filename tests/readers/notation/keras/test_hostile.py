"""Whatever is given to a layer, it is read or refused in words."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.layers import KERAS, layers_of

VALUES = (
    *(
        "0",
        "1",
        "2",
        "3",
        "-1",
        "0.5",
        "1e9",
        "2147483647",
        "float('inf')",
        "None",
        "True",
        "False",
        "()",
        "(1, 2)",
    ),
    *(
        "[3, 3]",
        "(1, 2, 3)",
        "((1, 2), (3, 4))",
        "(None, 3)",
        "(2,)",
        "((1,),)",
        "(-1, 2)",
        "(4, 4, 3)",
        "'same'",
    ),
    *("'causal'", "'relu'", "'channels_first'", "'nearest'", "'abc,cd->abd'", "''", "relu", "f", "Dense(3)"),
    *("LSTM(4)", "LSTMCell(2)", "[LSTMCell(2), GRUCell(3)]", "Conv2D(4, 3)", "TimeDistributed(Dense(2))"),
    *("Sequential([Dense(3), Dense(2)])", "Sequential([])", "Input((3,))", "[]"),
)
SAMPLES = (None, (7,), (10, 4), (8, 8, 3), (3, 8, 8), (4, 8, 8, 3), (0, 3), (1,), (2, 3, 4, 5, 6))


@st.composite
def texts(draw) -> str:
    layer = draw(st.sampled_from(sorted(layers_of(KERAS))))
    names = layers_of(KERAS)[layer].signature.names
    value = st.sampled_from(VALUES)
    positional = draw(st.lists(value, max_size=min(3, len(names))))
    rest = [*names[len(positional) :], "input_shape"]
    chosen = draw(st.lists(st.sampled_from(rest), max_size=3, unique=True))
    given_ = [*positional, *[f"{name}={draw(value)}" for name in chosen]]
    return f"layers.{layer}({', '.join(given_)})"


@given(text=texts(), sample=st.sampled_from(SAMPLES))
@settings(max_examples=400, deadline=None)
def test_it_is_read_or_refused(text, sample) -> None:
    outcome = read_or_refused(text, sample)
    if isinstance(outcome, LayerTextError):
        assert outcome.summary
        assert outcome.at
    else:
        assert len(evaluate_network(outcome, {}).steps) == len(outcome.nodes)


def read_or_refused(text, sample):
    try:
        return read_notation(text, sample)
    except LayerTextError as error:
        return error
