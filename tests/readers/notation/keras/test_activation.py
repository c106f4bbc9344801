from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.operators import AlongAxis, GatedLinearUnit, Identity, Tensor, apply
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.keras.activation import SoftmaxOverAxes, SpatialDropout
from shapelens.readers.notation.keras.functions import FUNCTIONS
from tests.operators.readings import assert_readings_agree

N, T = symbol("N"), symbol("T")


def operators(text, sample=(4, 6)):
    return [node.operator for node in read_notation(text, sample).nodes]


@pytest.mark.torch
def test_the_functions_are_those_of_keras(keras) -> None:
    known = keras.src.activations.ALL_OBJECTS_DICT
    assert set(FUNCTIONS) == set(known)
    elementwise = {name for name, operator in FUNCTIONS.items() if type(operator).__name__ == "Activation"}
    assert elementwise == set(FUNCTIONS) - {"glu", "linear", "log_softmax", "softmax", "sparsemax"}


@pytest.mark.parametrize(
    "given",
    [
        *(
            "'relu'",
            "'ReLU'",
            "relu",
            "tf.nn.relu",
            "keras.activations.relu",
            "layers.ReLU()",
            "ReLU(max_value=6)",
        ),
    ],
)
def test_how_a_function_may_be_named(given) -> None:
    convolution, activation = operators(f"Conv1D(3, 1, activation={given})")
    assert activation.function == "relu"
    assert convolution.name == "Convolution"


def test_functions_that_are_not_of_each_element_alone() -> None:
    assert operators("Activation('softmax')") == [AlongAxis("softmax", -1)]
    assert operators("Activation('glu')") == [GatedLinearUnit(-1)]
    assert operators("Activation('linear')") == [Identity()]
    assert len(operators("Dense(3, activation='linear')")) == len(operators("Dense(3, activation=None)")) == 1
    assert operators("layers.Softmax(axis=1)") == [AlongAxis("softmax", 1)]


def test_a_softmax_over_several_axes_sees_them_whole() -> None:
    operator, tensor = SoftmaxOverAxes((1, -1)), Tensor((2, 4, 5, 6))
    outputs = apply(operator, [tensor]).outputs
    assert [link.input_axis for link in operator.links([tensor], outputs)] == [0, 2]
    assert operator.words([tensor], outputs) == "softmax over axes 1, -1"
    assert apply(operator, [Tensor((2,))]).broken != ()


def test_readings_agree() -> None:
    symbols = {"N": (1, 2), "T": (1, 5)}
    assert_readings_agree(SpatialDropout(rank=3), [Tensor((N, T, 2))], symbols)
    assert_readings_agree(SoftmaxOverAxes((1, 2)), [Tensor((N, T, 2))], symbols)


def test_a_slope_for_each_place_needs_their_number() -> None:
    network = read_notation("layers.PReLU(shared_axes=[1, 2])", (7, 7, 5))
    assert network.weights["p_re_lu.alpha"].shape == (1, 1, 5)
