"""Which reader reads what somebody named."""

from __future__ import annotations

import os

import pytest

from shapelens.errors import LayerTextError, NoSuchModelError, UnreadableError
from shapelens.readers.sources import read_source
from tests.readers.onnx.encoder import small_model


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("vgg16", "classic"),
        ("  resnet18\n", "classic"),
        ("Conv2d(3, 64, 3)", "notation"),
        ("Sequential(\n  (0): ReLU()\n)", "notation"),
        ("(0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))", "notation"),
    ],
)
def test_names_and_layer_text(source, kind):
    assert read_source(source).origin.kind == kind


@pytest.mark.parametrize("name", ["net.onnx", "net.ONNX", "net (1).onnx", "net"])
def test_files(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(small_model())
    assert read_source(name).origin.kind == "onnx"
    assert read_source(str(tmp_path / name)).origin.argument.endswith(("onnx'", "onnx", "ONNX", "net"))


def test_a_classic_is_meant_where_a_file_is_called_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vgg16").write_bytes(b"no network")
    assert read_source("vgg16").origin.kind == "classic"
    with pytest.raises(UnreadableError):
        read_source(f".{os.sep}vgg16")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("resnet51", "resnet50"),
        ("VGG-16", "vgg16"),
        ("alexnett", "alexnet"),
    ],
)
def test_a_name_that_is_nearly_right(source, part):
    with pytest.raises(NoSuchModelError) as caught:
        read_source(source)
    assert part in caught.value.fix


@pytest.mark.parametrize("source", ["", "   ", "nothing", "a/b/c", "\x00", "x" * 5000, "nowhere.onnx"])
def test_nothing_of_that_name(source):
    with pytest.raises((NoSuchModelError, UnreadableError)) as caught:
        read_source(source)
    assert len(caught.value.summary) < 200


def test_a_layer_without_its_brackets():
    with pytest.raises(LayerTextError, match="Conv2d"):
        read_source("Conv2d")
