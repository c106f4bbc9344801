"""What layers of a file are called."""

from __future__ import annotations

import pytest

from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.naming import Names, module_path


def node(name, operator="Conv", output="y", metadata=None):
    return OnnxNode(operator, "", name, ("x",), (output,), {}, metadata or {})


def named(*nodes):
    paths = [module_path(one.name, one.metadata)[0] for one in nodes]
    names = Names({"x"}, paths)
    return [
        names.of(path, one.name, one.operator, one.outputs) for path, one in zip(paths, nodes, strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/layer1/layer1.0/conv1/Conv", "layer1.0.conv1"),
        ("/features/features.0/Conv", "features.0"),
        ("/Flatten", ""),
        ("Conv_0", ""),
        ("", ""),
    ],
)
def test_the_path_in_a_name(name, path):
    assert module_path(name, {})[0] == path


def test_the_path_in_the_metadata():
    metadata = {
        "pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0', 'conv2d']",
        "pkg.torch.onnx.class_hierarchy": "['Net', 'torch.nn.Sequential', 'net.BasicBlock', 'aten.conv2d.default']",
    }
    assert module_path("node_conv2d", metadata) == ("layer1.0", "BasicBlock")


def test_a_module_of_one_operator_lends_it_its_name():
    assert named(node("/conv1/Conv"), node("/act/Sigmoid", "Sigmoid"), node("/act/Mul", "Mul")) == [
        "conv1", "act", "act.mul",
    ]  # fmt: skip


def test_a_module_that_others_stand_in_lends_no_operator_its_name():
    assert named(node("/m/cv1/Conv"), node("/m/Split", "Split"), node("/m/cv2/Conv")) == [
        "m.cv1",
        "m.split",
        "m.cv2",
    ]


def test_no_two_have_one_name():
    found = named(node("n"), node("n"), node("", output="y"), node("", output="y"), node("x"))
    assert len(set(found)) == 5
    assert "x" not in found
