"""Many sizes at once, and the recorded program: both say what one evaluation for each size says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from shapelens.dims import symbol
from shapelens.dims.recorder import AnotherPathError, replay
from shapelens.network import evaluate_network
from shapelens.network.replay import evaluate_lanes, record
from shapelens.readers.classics import read_classic

CLASSICS = ["vgg11", "resnet18", "googlenet", "unet_padded", "mobilenet_v2", "squeezenet"]
SIZES = np.array([1, 7, 15, 16, 31, 32, 33, 63, 64, 65, 100, 127, 224, 225, 299])


@pytest.mark.parametrize("name", CLASSICS)
def test_lanes_say_what_single_evaluations_say(name):
    network = read_classic(name)
    channels = network.inputs[0].shape[1]
    wanted = {network.inputs[0].name: (2, channels, symbol("H"), symbol("W"))}
    many = evaluate_lanes(network, wanted, {"H": SIZES, "W": SIZES[::-1].copy()})
    works = many.works()
    outputs = [many.output(network.outputs[0], axis) for axis in range(2)]
    for place, (height, width) in enumerate(zip(SIZES, SIZES[::-1], strict=True)):
        single = evaluate_network(network, {network.inputs[0].name: (2, channels, int(height), int(width))})
        assert works[place] == (not single.broken), (name, height, width)
        if not single.broken:
            shape = single.outputs[0][1].shape
            assert [int(output[place]) for output in outputs] == list(shape[:2])


@pytest.mark.parametrize("name", CLASSICS)
def test_a_program_replays_what_was_recorded(name):
    network = read_classic(name)
    channels = network.inputs[0].shape[1]
    last = next(n for n in reversed(network.nodes) if n.operator.name in {"Convolution", "Pool"}).outputs[0]
    wanted = {network.inputs[0].name: (symbol("N"), channels, symbol("H"), symbol("W"))}
    program = json.loads(json.dumps(record(network, wanted, {"N": 2, "H": 224, "W": 256}, [last])))
    for height, width in ((224, 256), (256, 320), (320, 192)):
        single = evaluate_network(network, {network.inputs[0].name: (3, channels, height, width)})
        try:
            replayed = replay(program, {"N": 3, "H": height, "W": width})
        except AnotherPathError:
            pytest.fail("no decision of these networks hangs on such sizes")
        assert [replayed[f"{last}[{axis}]"] for axis in range(4)] == list(single.values[last].shape)
