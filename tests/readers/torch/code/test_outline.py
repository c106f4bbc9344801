"""What a file defines, by its text: compared with what Python makes of it."""

from __future__ import annotations

import pytest

from shapelens.readers.torch.code.outline import outline

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

FILE = """
import torch
from torch import nn
from torch.nn import Module, Sequential

class Net(nn.Module):
    def __init__(self, width, depth=3, *, act, bias=True):
        super().__init__()
class Deeper(Net): ...
class Own(Deeper):
    def __init__(self): ...
class Plain(Module): ...
class Chain(Sequential): ...
class Layer(nn.Conv2d): ...
class Path(torch.nn.Module): ...
class Other: ...
class Error(ValueError): ...
def build(width, /, depth, *, act): ...
def ready(width=3, *args, **kwargs): ...
model = nn.Sequential(nn.ReLU())
first = second = Plain()
number = len("x")
"""


def test_every_module_of_a_file_is_found():
    defined = outline(FILE.encode())
    space = {"__name__": "net"}
    exec(FILE, space)  # noqa: S102 - the text above
    classes = [
        name
        for name, value in space.items()
        if isinstance(value, type) and issubclass(value, torch.nn.Module) and value.__module__ == "net"
    ]
    modules = [name for name, value in space.items() if isinstance(value, torch.nn.Module)]
    assert [d.name for d in defined if d.kind == "class"] == classes
    assert [d.name for d in defined if d.kind == "module"] == modules
    assert [d.name for d in defined if d.kind == "function"] == ["build", "ready"]


def test_what_has_to_be_filled_in():
    assert [each.called for each in outline(FILE.encode())][:3] == [
        "Net(width=…, act=…)",
        "Deeper(width=…, act=…)",
        "Own",
    ]
    assert outline(b"def build(width, /, depth, *, act): ...")[0].needs == ("width", "depth", "act")
    assert outline(b"def build(width=3, *args, **kwargs): ...")[0].needs == ()


@pytest.mark.parametrize(
    "text", ["", "# -*- coding: latin-1 -*-\n# \xe9", "x = '\\d'", "class A(f(x), b[0].c, *y): ..."]
)
def test_a_file_without_modules(text):
    assert outline(text.encode("latin-1")) == ()
