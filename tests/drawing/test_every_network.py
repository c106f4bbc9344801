"""Every network of torchvision and many of timm as a figure: nothing overlaps, and the columns add up."""

import gc
import warnings

import pytest

import shapelens
from shapelens.drawing.scene import Label
from tests.drawing.checks import problems

pytest.importorskip("torch")
from tests.readers.torch import networks
from tests.readers.torch.test_networks import cases

pytestmark = [pytest.mark.torch, pytest.mark.conformance]


@pytest.mark.parametrize(("name", "library"), cases())
def test_it_is_drawn_well(name, library):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = networks.build(name, library)
        inspection = shapelens.inspect(model, networks.sample_of(model, name))
    scene = inspection.draw().scene
    assert problems(scene) == []
    for table in scene.groups("table"):
        labels = [child for child in table.children if isinstance(child, Label)]
        row = next(label.at[1] for label in labels if label.text == "parameters")
        counts = [label.text for label in labels if label.at[1] == row and label.text != "parameters"]
        added = sum(int(count.replace(",", "")) for count in counts)
        assert added == inspection.parameters - sum(inspection.costs.unused.values())
    gc.collect()
