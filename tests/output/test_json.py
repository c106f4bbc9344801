"""The schema `shapelens/1`: complete, in its grammar, and true at every size."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from math import ceil, floor

import pytest

from shapelens import inspect
from shapelens.output.json import SCHEMA

NAMES = re.compile(r"[A-Za-z_]\w*")
FUNCTIONS = {"floor": floor, "ceil": ceil, "min": min, "max": max}


def value(dim, sizes):
    """A dim of the JSON at sizes, by the grammar's own words: exact over the rationals."""
    if isinstance(dim, int):
        return dim
    assert re.fullmatch(r"[\w\s+\-*/(),]+", dim), dim
    exact = re.sub(r"(?<![\w.])\d+", lambda number: f"Fraction({number[0]})", dim)
    return eval(exact, {"__builtins__": {}}, {**FUNCTIONS, **sizes, "Fraction": Fraction})  # noqa: S307


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "unet_padded", "mobilenet_v2", "lenet5_dense"])
@pytest.mark.parametrize("size", [(64, 96), (160, 224)])
def test_formulas_are_true_at_every_size(name, size):
    channels = 1 if name.startswith(("unet", "lenet")) else 3
    height, width = (32, 32) if name.startswith("lenet") else size
    formulas = inspect(name, (channels, "H", "W")).to_dict()
    numbers = inspect(name, (channels, height, width), batch=2).to_dict()
    sizes = {"N": Fraction(2), "H": Fraction(height), "W": Fraction(width)}
    for one, other in zip(formulas["layers"], numbers["layers"], strict=True):
        assert (one["name"], one["operator"]) == (other["name"], other["operator"])
        for formula, number in zip(one["outputs"], other["outputs"], strict=True):
            assert [value(dim, sizes) for dim in formula["shape"]] == number["shape"], one["name"]
        assert value(one["macs"], sizes) == other["macs"]
    assert value(formulas["totals"]["macs"], sizes) == numbers["totals"]["macs"]


def test_every_symbol_says_what_it_is():
    data = inspect("unet_padded", (1, "H", "W")).to_dict()
    used = {
        name
        for layer in data["layers"]
        for tensor in layer["outputs"]
        for dim in tensor["shape"]
        if isinstance(dim, str)
        for name in NAMES.findall(dim)
    } - set(FUNCTIONS)
    assert used == set(data["symbols"]) == {"N", "H", "W"}
    assert data["symbols"]["H"] == {"means": "height", "minimum": 1}
    assert len(data["conditions"]) >= 4


def test_a_layer_in_full():
    data = inspect("vgg16").to_dict()
    assert data["schema"] == SCHEMA == "shapelens/1"
    assert data["source"] == {
        "kind": "classic",
        "name": "vgg16",
        "variant": "torchvision's, without batch norm",
    }
    assert data["layers"][0] == {
        "index": 1,
        "name": "features.0",
        "operator": "Convolution",
        "source_operator": "Conv2d",
        "module": "Conv2d",
        "where": None,
        "inputs": [{"name": "input", "shape": ["N", 3, 224, 224], "dtype": "float32"}],
        "outputs": [{"name": "features.0", "shape": ["N", 64, 224, 224], "dtype": "float32"}],
        "weights": [
            {"name": "features.0.weight", "shape": [64, 3, 3, 3]},
            {"name": "features.0.bias", "shape": [64]},
        ],
        "attributes": {
            "kernel": [3, 3],
            "stride": [1, 1],
            "padding": [[1, 1], [1, 1]],
            "dilation": [1, 1],
            "groups": 1,
        },
        "parameters": 1792,
        "macs": 86704128,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "start": [-1, -1]},
    }
    assert data["totals"] == {"parameters": 138357544, "macs": 15470264320}


def test_what_is_not_known_is_null_and_says_why():
    data = inspect("Conv2d(3, 8, 4)", (3, 3, 3)).to_dict()
    (output,) = data["layers"][0]["outputs"]
    assert output["shape"] == ["N", 8, None, None]
    assert output["unknown"] == "because of conv2d"
    assert data["findings"][0]["code"] == "SL105"
    assert data["findings"][0]["fixes"][0]["verified"] is True


def test_a_product_that_a_framework_rounds_stands_under_its_name():
    from shapelens.dims import dim_text, rounded_product, symbol

    dim = rounded_product(symbol("H"), 0.29)
    assert re.fullmatch(r"rounded_[0-9a-f]{12}", dim_text(dim, exact=True))
    assert dim_text(dim) == "floor_double(H*0.29)"


@pytest.mark.parametrize("name", ["googlenet", "densenet121", "lenet5"])
def test_it_is_plain_data(name):
    data = inspect(name).to_dict()
    assert json.loads(json.dumps(data)) == data
    names = [tensor["name"] for layer in data["layers"] for tensor in layer["outputs"]]
    assert len(names) == len(set(names))
