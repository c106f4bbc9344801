"""Files whose weights are filled on the spot: they are weights like any other, and arithmetic on sizes is none."""

from pathlib import Path

import pytest

from shapelens import inspect

pytestmark = pytest.mark.onnx


@pytest.mark.parametrize(
    ("name", "parameters"), [("light_vgg19", 143_667_240), ("light_resnet50", 25_557_032)]
)
def test_they_count(name, parameters):
    onnx = pytest.importorskip("onnx")
    folder = Path(onnx.__file__).parent / "backend/test/data/light"
    assert inspect(str(folder / f"{name}.onnx")).parameters == parameters
