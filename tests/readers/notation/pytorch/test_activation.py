"""PyTorch's activations and dropouts."""

from __future__ import annotations

import pytest

from shapelens.operators import AlongAxis
from shapelens.readers.notation.pytorch.activation import FUNCTIONS
from tests.readers.notation.pytorch.read import broken, error, outputs, read, weights


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_activation_keeps_the_shape_and_has_no_weights(name):
    text = f"{name}(1, 2)" if name == "Threshold" else f"{name}()"
    assert outputs(text, (3, 8, 9)) == ["N×3×8×9"]
    assert weights(text) == {}


@pytest.mark.parametrize(("sample", "axis"), [((5,), 1), ((5, 6), 0), ((5, 6, 7), 1), ((5, 6, 7, 8), 1)])
def test_without_an_axis_softmax_takes_the_one_that_pytorch_takes(sample, axis):
    operator = read("Softmax()", sample).steps[0].node.operator
    assert isinstance(operator, AlongAxis)
    assert operator.axis == axis


def test_learned_slopes():
    assert weights("PReLU()") == {"weight": (1,)}
    assert weights("PReLU(8)") == {"weight": (8,)}
    assert outputs("PReLU(8)") == ["N×8×H×W"]
    assert broken("PReLU(8)", (7, 4, 4)) == ["slope"]


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("GLU()", (3, 7), ["block"]),
        ("GLU(1)", (3, 8), ["block"]),
        ("GLU(5)", (3, 8), ["axis"]),
        ("Softmax(dim=4)", (3, 8), ["axis"]),
        ("Softmax2d()", (8,), ["rank"]),
        ("Dropout1d()", (3, 8, 8), ["rank"]),
        ("Dropout2d()", (3, 8, 8), []),
    ],
)
def test_what_does_not_fit(text, sample, kinds):
    assert broken(text, sample) == kinds


@pytest.mark.parametrize("share", ["2", "-0.1", "1.01"])
def test_a_share_is_from_0_to_1(share):
    refused = error(f"Dropout({share})")
    assert refused.summary == f"{share} is no probability"


def test_identity_takes_whatever_it_is_given():
    assert outputs("Identity(54, unused=0.1)", (3, 4)) == ["N×3×4"]
