"""The line that makes a module, as it would read: told where it is beyond doubt, and nowhere else."""

from __future__ import annotations

import importlib.util
import sys

import pytest

pytestmark = pytest.mark.torch
pytest.importorskip("torch")

from shapelens.readers.torch.code.construction import line_with  # noqa: E402 - after the check for PyTorch

SOURCE = """\
import torch.nn as nn
from torch.nn import Conv2d, Linear
RAN = []
RAN.append("imported")


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc = nn.Linear(16 * 4 * 4, 10)
        self.named = Linear(out_features=3, in_features=width)
        self.plain = Conv2d(3, width, kernel_size=3)  # ünïcode
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(16, 8, 3))
        self.tall = nn.Sequential(
            nn.Conv2d(3, 8, 3),
            nn.Sequential(nn.Linear(5, 6), nn.BatchNorm2d(
                7)),
            nn.Linear(7, 8),
        )
        self.listed = nn.ModuleList([nn.Linear(1, 2), nn.Linear(3, 4)])
        for place in range(2):
            self.repeated = nn.Linear(5, 5)
        if width > 4:
            self.twice = nn.Linear(1, 1)
        else:
            self.twice = nn.Linear(2, 2)
        self.made = make(9)
        self.starred = nn.Sequential(*[nn.Linear(4, 4)])
        settings = {"bias": False}
        self.packed = nn.Linear(4, 4, **settings)
        self.child = Child(12)
        self.up = nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1)
        self.rnn = nn.LSTM(16, 8, batch_first=True)


def make(width):
    return nn.Linear(width, width)


class Child(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, 4)


class Heir(Net):
    def __init__(self):
        super().__init__(2)
        self.fc = nn.Linear(1, 1)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("code") / "models.py"
    path.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("models_of_the_test", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


TOLD = [
    ("fc", {"in_features": "400"}, "self.fc = nn.Linear(400, 10)"),
    ("named", {"in_features": "5"}, "self.named = Linear(out_features=3, in_features=5)"),
    ("plain", {"in_channels": "1"}, "self.plain = Conv2d(1, width, kernel_size=3)"),
    ("plain", {"padding": "1"}, "self.plain = Conv2d(3, width, kernel_size=3, padding=1)"),
    (
        "up",
        {"output_padding": "1"},
        "self.up = nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)",
    ),
    (
        "features.2",
        {"in_channels": "8"},
        "self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3))",
    ),
    ("tall.2", {"in_features": "9"}, "nn.Linear(9, 8)"),
    ("tall.1.0", {"in_features": "9", "out_features": "7"}, "nn.Linear(9, 7)"),
    ("child.fc", {"in_features": "3"}, "self.fc = nn.Linear(3, 4)"),
    ("rnn", {"input_size": "9"}, "self.rnn = nn.LSTM(9, 8, batch_first=True)"),
    ("rnn", {"num_layers": "2"}, "self.rnn = nn.LSTM(16, 8, batch_first=True, num_layers=2)"),
]


@pytest.mark.parametrize(("path", "arguments", "text"), TOLD)
def test_it_is_told(source, path, arguments, text):
    place, line = line_with(source.Net(), path, arguments)
    assert line == text
    file, _, number = place.partition(":")
    assert file == "models.py"
    assert text.split("=")[0].split("(")[0].strip() in SOURCE.split("\n")[int(number) - 1]


@pytest.mark.parametrize(
    ("path", "arguments", "called", "text"),
    [
        ("plain", {}, "Conv1d", "self.plain = Conv1d(3, width, kernel_size=3)"),
        (
            "up",
            {"padding": "0"},
            "ConvTranspose1d",
            "self.up = nn.ConvTranspose1d(16, 8, 3, stride=2, padding=0)",
        ),
        ("tall.2", {"in_features": "9"}, "Bilinear", "nn.Bilinear(9, 8)"),
    ],
)
def test_another_class_may_stand_there(source, path, arguments, called, text):
    assert line_with(source.Net(), path, arguments, called)[1] == text


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("tall.1.1", {"num_features": "9"}),
        ("listed.0", {"in_features": "9"}),
        ("repeated", {"in_features": "9"}),
        ("twice", {"in_features": "9"}),
        ("made", {"in_features": "9"}),
        ("starred.0", {"in_features": "9"}),
        ("packed", {"in_features": "9"}),
        ("fc", {"no_such_argument": "9"}),
        ("nothing.here", {"in_features": "9"}),
    ],
)
def test_what_is_not_beyond_doubt_is_not_told(source, path, arguments):
    assert line_with(source.Net(), path, arguments) is None


def test_what_is_inherited_is_not_told(source):
    assert line_with(source.Heir(), "plain", {"in_channels": "1"}) is None
    assert line_with(source.Heir(), "fc", {"in_features": "3"})[1] == "self.fc = nn.Linear(3, 1)"


def test_a_line_that_makes_several_modules_is_not_told(source):
    from torch import nn

    both = nn.Sequential(source.Child(12), source.Child(7))
    assert line_with(both, "1.fc", {"in_features": "3"}) is None
    assert line_with(both[:1], "0.fc", {"in_features": "3"})[1] == "self.fc = nn.Linear(3, 4)"


def test_a_model_of_pytorchs_own_has_no_lines(source):
    from torch import nn

    assert line_with(nn.Sequential(nn.Linear(2, 3)), "0", {"in_features": "4"}) is None


def test_the_file_is_read_and_not_run_again(source):
    line_with(source.Net(), "fc", {"in_features": "400"})
    assert source.RAN == ["imported"]


def test_a_file_that_is_no_python_any_more(tmp_path):
    path = tmp_path / "changed.py"
    path.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("changed_of_the_test", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    model = module.Net()
    path.write_text("class Net(:", encoding="utf-8")
    assert line_with(model, "fc", {"in_features": "400"}) is None
    path.write_text(SOURCE.replace("nn.Linear(16 * 4 * 4, 10)", "nn.Identity()"), encoding="utf-8")
    assert line_with(model, "fc", {"in_features": "400"}) is None
    del sys.modules[spec.name]
