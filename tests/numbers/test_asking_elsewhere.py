"""Keras' numbers, of whole layers as they are typed: with its own paddings, and its weights the other way round."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest

from shapelens import inspect
from shapelens.numbers import numbered, output

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.torch,
    pytest.mark.filterwarnings(
        "ignore:__array__ implementation:DeprecationWarning"
    ),  # of Keras' own variables
]

LAYERS = [
    ("Conv2D(4, 3, strides=2, padding='same')", (8, 7, 3)),
    ("Conv2D(4, (3, 2), dilation_rate=2, padding='same')", (8, 7, 3)),
    ("Conv2D(4, 1, strides=3, padding='same')", (8, 7, 3)),
    ("Conv2D(4, 3, groups=2)", (8, 7, 4)),
    ("Conv1D(4, 3, padding='causal', dilation_rate=2)", (8, 3)),
    ("Conv3D(2, 3, padding='same')", (4, 5, 3, 2)),
    ("DepthwiseConv2D(3, depth_multiplier=2, padding='same')", (8, 7, 3)),
    ("Conv2DTranspose(4, 3, strides=2)", (4, 5, 3)),
    ("Conv2DTranspose(4, 3, strides=2, padding='same')", (4, 5, 3)),
    ("Conv2DTranspose(4, 2, strides=3)", (4, 5, 3)),
    ("Conv2DTranspose(4, 2, strides=3, padding='same')", (4, 5, 3)),
    ("Conv2DTranspose(4, 4, strides=2, padding='same', output_padding=1)", (4, 5, 3)),
    ("Conv1DTranspose(4, 5, strides=2, padding='same')", (4, 3)),
    ("MaxPooling2D(3, strides=2, padding='same')", (8, 7, 3)),
    ("MaxPooling2D(2, strides=3, padding='same')", (8, 7, 3)),
    ("AveragePooling2D(2)", (8, 7, 3)),
    # Where one side has more padding than the other, Keras' PyTorch repeats the border, and its TensorFlow does not.
    ("AveragePooling2D(3, strides=2, padding='same')", (7, 7, 3)),
]


@pytest.fixture(scope="module")
def keras():
    """Keras, which computes with PyTorch here."""
    pytest.importorskip("torch")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras")


@pytest.mark.parametrize(("text", "sample"), LAYERS)
def test_numbers_are_kerass(keras, text, sample):
    random = np.random.default_rng(0)
    image = random.integers(-4, 5, sample)
    name, _, rest = text.partition("(")
    layer = eval(f"made({rest}", {"made": getattr(keras.layers, name)})  # noqa: S307 - texts of this file
    layer.build((None, *sample))
    weights = [random.integers(-3, 4, weight.shape) for weight in layer.get_weights()]
    layer.set_weights([weight.astype(np.float32) for weight in weights])
    true = keras.ops.convert_to_numpy(layer(image[None].astype(np.float32)))[0]
    operator = inspect(text, sample).evaluation.steps[0].node.operator
    np.testing.assert_allclose(output(numbered(operator, image, *weights)), true, rtol=1e-5, atol=1e-5)
