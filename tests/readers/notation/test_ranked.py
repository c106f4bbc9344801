"""Layers that take so many axes and no others."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Dropout, Tensor
from shapelens.readers.notation.pytorch.activation import RankedAlongAxis, RankedDropout
from shapelens.readers.notation.pytorch.linear import RankedEmbedding
from shapelens.readers.notation.pytorch.vision import RankedLayerNormalization


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        (RankedDropout(ranks=(2, 3)), "Dropout"),
        (RankedAlongAxis("softmax", -3, ranks=(3, 4)), "AlongAxis"),
        (RankedEmbedding(ranks=(1, 2)), "Embedding"),
        (RankedLayerNormalization(axes=(1,), ranks=(4,)), "LayerNormalization"),
    ],
)
def test_they_are_called_as_what_they_are(operator, name):
    assert operator.name == name


@pytest.mark.parametrize(
    ("shape", "broken"), [((2, 3), []), ((2, 3, 4), []), ((2, 3, 4, 5), ["rank"]), ((), ["rank"])]
)
def test_so_many_axes_and_no_others(shape, broken):
    outcome = RankedDropout(ranks=(2, 3)).evaluate(Tensor(shape))
    assert [requirement.kind for requirement in outcome.broken] == broken
    assert outcome.outputs == Dropout().evaluate(Tensor(shape)).outputs


def test_of_an_unknown_rank_nothing_is_said():
    outcome = RankedDropout(ranks=(2,)).evaluate(Tensor(Unknown("nobody knows")))
    assert outcome.requirements == ()
