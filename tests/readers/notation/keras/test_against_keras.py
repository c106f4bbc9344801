"""Layers at random, against Keras: shapes, parameters, what is refused; and which cells are seen."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation
from tests.operators.influence import assert_links_see
from tests.readers.notation.keras import written
from tests.readers.notation.keras.oracle import ask_keras, built, read

pytestmark = [pytest.mark.conformance, pytest.mark.torch]

FAMILIES = {
    "attention": written.attentions(),
    "convolution": written.convolutions(),
    "convolutional memory": written.convolutional_memories(),
    "linear": written.linear(),
    "norm": written.norms(),
    "pool": written.pools(),
    "recurrent": written.recurrent(),
    "regrouped": written.regrouped(),
    "resized": written.resized(),
    "separable": written.separable(),
    "stepwise": written.stepwise(),
    "transposed": written.transposed(),
}

quietly = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_read_is_what_keras_gives(keras, family) -> None:
    agreed = [0]

    @given(FAMILIES[family])
    @quietly
    def compare(layer) -> None:
        text, sample = layer
        ours, theirs = read(text, sample), ask_keras(keras, text, sample)
        if isinstance(theirs, str):
            assert isinstance(ours, str), f"Keras refuses {text} of {sample}: {theirs}"
        else:
            assert ours == theirs, f"{text} of {sample}"
            agreed[0] += 1

    compare()
    assert agreed[0] > 100


@st.composite
def along_one_axis(draw) -> str:
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    dilation = draw(st.integers(1, 2)) if stride == 1 else 1
    padding = draw(st.sampled_from(["same", "valid"]))
    options = f"strides={stride}, dilation_rate={dilation}, use_bias=False"
    kind = draw(st.integers(0, 5))
    if kind <= 1:
        extra = draw(st.none() | st.integers(0, stride - 1))
        return f"Conv1DTranspose(1, {kernel}, padding={padding!r}, output_padding={extra}, {options})"
    if kind == 2:
        padding = draw(st.sampled_from(["same", "valid", "causal"]))
        return f"Conv1D(1, {kernel}, padding={padding!r}, {options})"
    if kind == 3:
        return f"AveragePooling1D({kernel}, {stride}, {padding!r})"
    if kind == 4:
        return f"AdaptiveAveragePooling1D({kernel})"
    return draw(
        st.sampled_from(
            [
                f"UpSampling1D({kernel})",
                f"ZeroPadding1D(({kernel}, {stride}))",
                f"Cropping1D(({kernel}, {stride}))",
            ]
        )
    )


@given(text=along_one_axis(), size=st.integers(1, 7))
@quietly
def test_the_cells_that_are_seen_are_those_of_keras(keras, text, size) -> None:
    network = read_notation(text, (size, 1))
    evaluation = evaluate_network(network, {"input": (1, size, 1)})
    assume(not evaluation.broken)
    (step,) = evaluation.steps
    layer = built(keras, text)
    layer.build((1, size, 1))
    layer.set_weights([np.ones(tuple(weight.shape), np.float32) for weight in layer.weights])

    def function(sequence):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return layer(sequence).detach().numpy()

    assert_links_see(step.node.operator, step.inputs, function)
