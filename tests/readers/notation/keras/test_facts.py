from __future__ import annotations

import re

import pytest

from shapelens.readers.notation.keras import FAMILIES
from shapelens.readers.notation.layers import KERAS, layers_of
from tests.readers.notation.keras.facts import FACTS
from tests.readers.notation.keras.oracle import Told, ask_keras, read

FACT = ("text", "sample", "outputs", "parameters", "weights")

LIKE_ANOTHER = {
    *("AugMix", "AutoContrast", "CutMix", "Equalization", "MixUp", "RandAugment", "RandomBrightness"),
    *("RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform", "RandomErasing"),
    *("RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective"),
    *("RandomPosterization", "RandomSaturation", "RandomSharpness", "RandomShear", "Solarization"),
}
"""Layers that are read by the same function as RandomFlip."""

WITHIN_ANOTHER = {"InputLayer", "Lambda", "SimpleRNNCell", "StackedRNNCells"}
"""What gives nothing by itself."""


@pytest.mark.parametrize(FACT, FACTS)
def test_what_is_read_is_what_keras_gives(text, sample, outputs, parameters, weights) -> None:
    assert read(text, sample) == Told(outputs, parameters, weights)


@pytest.mark.torch
def test_the_facts_are_still_those_of_keras(keras) -> None:
    for text, sample, outputs, parameters, weights in FACTS:
        assert ask_keras(keras, text, sample) == Told(outputs, parameters, weights), text


def test_every_layer_is_among_the_facts() -> None:
    table = layers_of(KERAS)
    named = {name for text, *_ in FACTS for name in re.findall(r"(\w+)\(", text)} - {"Sequential"}
    measured = {table[name].name for name in named} | {table[name].name for name in LIKE_ANOTHER}
    assert {layer.name for layer in table.values()} - measured == WITHIN_ANOTHER
    assert {table[name].build for name in LIKE_ANOTHER} == {table["RandomFlip"].build}


def test_every_family_has_the_layers_that_are_listed_for_it() -> None:
    entered = {name: layer.build.__module__.rpartition(".")[2] for name, layer in layers_of(KERAS).items()}
    assert entered == {name: family for family, names in FAMILIES.items() for name in names.split()}
