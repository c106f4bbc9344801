from __future__ import annotations

import pytest

from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation

STATISTICS = [
    ("Normalization()", (4, 5, 3), {"mean": (3,), "variance": (3,), "count": ()}),
    ("Normalization(axis=None)", (4, 5, 3), {"mean": (), "variance": (), "count": ()}),
    ("Normalization(axis=1)", (4, 5, 3), {"mean": (4, 1, 1), "variance": (4, 1, 1), "count": ()}),
    ("Normalization(axis=(1, -1))", (4, 5, 3), {"mean": (4, 1, 3), "variance": (4, 1, 3), "count": ()}),
    ("Normalization(mean=0.5, variance=1)", (4, 5, 3), {"mean": (), "variance": ()}),
    ("Normalization(mean=(1, 2, 3), variance=[1, 1, 1])", (4, 5, 3), {"mean": (3,), "variance": (3,)}),
    (
        "Normalization(axis=1, mean=(1,) , variance=(4,))",
        (4, 5, 3),
        {"mean": (1, 1, 1), "variance": (1, 1, 1)},
    ),
]


@pytest.mark.parametrize(("text", "sample", "held"), STATISTICS)
def test_mean_and_variance_meet_their_axes_and_are_not_learned(text, sample, held) -> None:
    network = read_notation(text, sample)
    weights = {name.removeprefix("normalization."): weight for name, weight in network.weights.items()}
    assert {name: weight.shape for name, weight in weights.items()} == held
    assert not network.learned
    evaluation = evaluate_network(network, {"input": (2, *sample)})
    assert evaluation.broken == ()
    assert evaluation.outputs[0][1].shape == (2, *sample)


@pytest.mark.parametrize(
    ("text", "word"),
    [("RandomFlip()", "random flip"), ("AutoContrast()", "auto contrast"), ("Rescaling(2)", "rescale")],
)
def test_words(text, word) -> None:
    (node,) = read_notation(text, (4, 5, 3)).nodes
    assert node.operator.words((), ()) == word
