"""Which sizes formulas are for: compared with the network at every size."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.analyses.validity import validity_text


@pytest.mark.parametrize(
    ("model", "sample", "words"),
    [
        ("resnet18", (3, "H", "W"), "works for every H and W"),
        ("vgg11", (3, "H", "W"), "works for H and W ≥ 32"),
        ("unet_padded", (1, "H", "W"), "works for H and W: multiples of 16"),
        ("alexnet", (3, "H", "H"), "works for H ≥ 63"),
        ("Conv2d(3, 8, 5)", (3, "H", 100), "works for H ≥ 5"),
        ("Conv2d(3, 8, 3)", (4, "H", "W"), "works for no size"),
    ],
)
def test_validity_in_words(model, sample, words):
    assert validity_text(inspect(model, sample).evaluation) == words


EACH = (*range(14, 36), 47, 48, 62, 63, 64, 100)
NEAR = (15, 16, 17, 31, 32, 33, 48, 62, 63, 64, 100)
"""Those around which one of the networks begins to work, or stops."""


@pytest.mark.parametrize("name", ["unet_padded", "vgg11", "alexnet"])
@pytest.mark.parametrize(
    "tried", [NEAR, pytest.param(EACH, marks=pytest.mark.conformance)], ids=["near", "each"]
)
def test_they_are_the_sizes_at_which_nothing_is_found(name, tried):
    channels = 1 if name.startswith("unet") else 3
    words = validity_text(inspect(name, (channels, "H", "H")).evaluation)
    net = inspect(name)
    for size in tried:
        works = not net.at((channels, size, size)).findings
        if "multiples" in words:
            assert works is (size % 16 == 0), size
        else:
            assert works is (size >= int(words.rpartition(" ")[2])), size


@pytest.mark.parametrize("name", ["resnet18", "unet_padded", "unet", "vgg11", "alexnet", "googlenet"])
def test_they_are_told_as_the_sizes_that_fit_are(name):
    channels = 1 if name.startswith("unet") else 3
    net = inspect(name, (channels, "H", "W"))
    assert validity_text(net.evaluation) == f"works for {net.sizes()}"
