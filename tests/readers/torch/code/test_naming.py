"""Which texts name Python code, and what they say; every other text is left to the other readers."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import NoSuchModelError, ShapelensError, SourceError
from shapelens.explanation.asking import split_layer
from shapelens.readers.classics import CLASSICS
from shapelens.readers.torch.code.naming import MAXIMUM_LENGTH, PythonSource, parse_source
from tests.readers.notation.pytorch.layers import CASES
from tests.readers.notation.test_hostile import TEXTS, spoilt_texts

RULE = "a model in Python is package.module:name or file.py:name: a module, or a class or function that gives one"


@pytest.mark.parametrize(
    ("text", "place", "name", "arguments", "keywords"),
    [
        ("net:Net", "net", "Net", (), {}),
        ("package.module:name", "package.module", "name", (), {}),
        ("package.module:Outer.inner", "package.module", "Outer.inner", (), {}),
        ("  net:Net\n", "net", "Net", (), {}),
        ("réseau:Réseau", "réseau", "Réseau", (), {}),
        ("net:Net()", "net", "Net", (), {}),
        ("net:Net (3)", "net", "Net", (3,), {}),
        (
            "torchvision.models:resnet18(num_classes=10)",
            "torchvision.models",
            "resnet18",
            (),
            {"num_classes": 10},
        ),
        ("net.py:Net", "net.py", "Net", (), {}),
        ("path/to/file.py:Net", "path/to/file.py", "Net", (), {}),
        ("/abs/my nets/net-2.py:Net", "/abs/my nets/net-2.py", "Net", (), {}),
        ("~/net.py:Net", "~/net.py", "Net", (), {}),
        ("../net.py:Outer.Inner(1)", "../net.py", "Outer.Inner", (1,), {}),
        (
            "net.py:Net(3, width=[64, 128], act='relu')",
            "net.py",
            "Net",
            (3,),
            {"width": [64, 128], "act": "relu"},
        ),
        ("net.py:Net(\n    3,\r\n    act='a:b::c',\n)", "net.py", "Net", (3,), {"act": "a:b::c"}),
    ],
)
def test_what_a_text_names(text, place, name, arguments, keywords):
    found = parse_source(text)
    assert found is not None
    assert (found.place, found.name, found.arguments, found.keywords) == (place, name, arguments, keywords)
    assert found.is_file == place.endswith(".py")
    assert found.target == f"{place}:{name}"


def test_the_path_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    paths = [
        PythonSource("", place, "Net").path
        for place in ("a/net.py", "~/net.py", "/x/../net.py", "package.net")
    ]
    here = os.path.realpath(tmp_path)
    assert paths == [f"{here}/a/net.py", f"{here}/home/net.py", "/net.py", ""]


OTHERS = [
    *CLASSICS,
    "",
    "net.onnx",
    "a/b/net.onnx:Net",
    "net",
    "package.module",
    "vgg16::features.0",
    "net.py::Net",
    "net.py:Net::layer1",
    "package:Net::layer1",
    r"C:\nets\net.py:Net",
    "C:/nets/net.py:Net",
    r"nets\net.py:Net",
    "https://example.org/net.py",
    "3x224x224",
    "Conv2d(3, 64, 3)",
    "Conv2d(3, 64, 3, padding_mode='a:b')",
    "Conv2d(3, 64, 3)  # in net.py",
    "conv1: Conv2d(3, 64, 3)",
    "(0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1))",
    "Sequential(\n  (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1))\n  (1): ReLU()\n)",
    "model:Sequential(\n  (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1))\n)",
    ">>> model\nSequential(\n  (0): ReLU()\n)",
    "In [1]: model\nOut[1]: ReLU()",
    "keras.Sequential([Input((28, 28, 1)), Conv2D(32, 3), Flatten(), Dense(10)])",
    "net:3",
    "net: Net",
    "a b:Net",
    "net:Net.",
    "net:Net[0]",
    "x" * (MAXIMUM_LENGTH + 1) + ":Net",
    *TEXTS,
]


@pytest.mark.parametrize("text", OTHERS, ids=lambda text: text[:40])
def test_what_names_no_python_code(text):
    assert parse_source(text) is None


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=3)
@given(data=st.data())
def test_no_layer_is_taken_for_python_code(name, data):
    assert parse_source(data.draw(CASES[name]).text) is None


@settings(max_examples=150)
@given(text=spoilt_texts())
def test_any_text_is_read_or_left_or_refused(text):
    for tried in (text, f"net:{text}", f"net.py:{text}"):
        said = told(tried)
        assert said
        assert "\x1b" not in said


def told(text):
    try:
        found = parse_source(text)
    except ShapelensError as error:
        return str(error)
    return "another source" if found is None else ascii(f"{found.place}:{found.name}")


@pytest.mark.parametrize("text", ["net.py:Net::layer1", "a.b:Net(3)::layer1.0"])
def test_a_layer_of_it_is_split_off_before(text):
    model, layer = split_layer(text)
    found = parse_source(model)
    assert found is not None
    assert (found.name, layer[:6]) == ("Net", "layer1")


def test_brackets_in_a_path_that_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse_source("net (1).py:Net") is None
    (tmp_path / "net (1).py").write_text("")
    found = parse_source("net (1).py:Net")
    assert found is not None
    assert found.place == "net (1).py"


# what is refused ------------------------------------------------------------------------------------------


def refused(text, kind=SourceError):
    with pytest.raises(kind) as caught:
        parse_source(text)
    assert type(caught.value) is kind
    return str(caught.value)


SEVERAL = """\
import torch.nn as nn
from torch import nn
from pytorch_lightning import LightningModule

class Config: ...
class Net(nn.Module):
    def __init__(self, width, *, depth, act="relu"): ...
class Wide(Net): ...
class Lit(LightningModule):
    def forward(self, x): ...
def build(width=3): ...
def _private(): ...
async def load(): ...
model = nn.Sequential(nn.ReLU())
other = Net(3)
size = 3
if __name__ == "__main__":
    class Late(nn.Module): ...
"""


def test_a_file_alone_lists_what_is_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(SEVERAL)
    text = (
        "net.py is a file, and nothing in it is named\n"
        "  at     net.py\n"
        "  have   3 classes of modules, 1 function, 2 modules\n"
        f"  rule   {RULE}\n"
        "  fix    net.py:Net(width=…, depth=…)\n"
        "         net.py:Wide(width=…, depth=…)\n"
        "         net.py:Lit\n"
        "         net.py:build\n"
        "         net.py:model\n"
        "         net.py:other"
    )
    assert refused("net.py") == text
    assert refused("net.py:") == text


def test_one_class_alone_is_what_has_to_be_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("class Net(nn.Module): ...\ndef train(model): ...\ndef main(): ...\n")
    assert refused("net.py") == (
        "net.py is a file, and nothing in it is named\n"
        "  at     net.py\n"
        "  have   1 class of modules, 2 functions\n"
        f"  rule   {RULE}\n"
        "  fix    net.py:Net"
    )


def test_a_long_list_is_cut(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("\n".join(f"def net{number}(): ..." for number in range(20)))
    lines = refused("net.py").splitlines()
    assert lines[-1] == "         net.py:net5, or one of 14 more"
    assert len(lines) == 4 + 6


def test_nothing_in_the_file_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("open('trace', 'w')\nraise SystemExit\n")
    assert "have   no class of modules and no function" in refused("net.py")
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    ("content", "at"),
    [(b"x = 1\ndef f(:\n", "net.py:2"), (b"\x00", "net.py"), (b"\xff", "net.py"), (b"(" * 5000, "net.py")],
)
def test_a_file_that_is_no_python(tmp_path, monkeypatch, content, at):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_bytes(content)
    said = refused("net.py").splitlines()
    assert said[0] == "net.py is no Python"
    assert said[1].startswith(f"  at     {at}")
    assert said[2].startswith("  have   ")
    assert said[3] == f"  rule   {RULE}"


def test_a_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "unet.py").write_text("")
    assert refused("unett.py", NoSuchModelError) == (
        "there is no file unett.py\n"
        "  at     unett.py\n"
        "  have   no file of that name is here\n"
        "  rule   a file of Python is named by its path, from the current folder on\n"
        "  fix    did you mean unet.py?"
    )
    assert refused("nowhere/unet.py", NoSuchModelError).endswith("  fix    check the spelling and the folder")


def test_a_folder_that_is_called_like_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").mkdir()
    assert refused("net.py").startswith("net.py cannot be read\n  at     net.py\n  have   ")


def test_no_name_behind_the_colon():
    assert refused("package.module:") == (
        "nothing in package.module is named\n"
        "  at     package.module:\n"
        "  have   no name behind the colon\n"
        f"  rule   {RULE}\n"
        "  fix    torchvision.models:resnet18, for one"
    )


@pytest.mark.parametrize("name", ["3", "Net[0]", "Net.", " Net", "Net-2", "'Net'", "Net:x"])
def test_what_is_no_name(name):
    assert refused(f"net.py:{name}") == (
        f"{name} is no name of Python's\n"
        f"  at     net.py:{name}\n"
        f"  have   {name}\n"
        f"  rule   {RULE}\n"
        "  fix    net.py:Net, or net.py:Net(3, width=64)"
    )
