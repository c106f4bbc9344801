"""`summary()` beside torchinfo itself: the same rows and the same layout, and right where torchinfo is wrong.

To look at what a change does to the golden texts: `UPDATE_GOLDEN=1 pytest tests/test_summarizing.py`, then read the
difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
torchinfo = pytest.importorskip("torchinfo")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from shapelens import summary  # noqa: E402
from shapelens.errors import UsageError  # noqa: E402
from shapelens.summarizing.formatting import COLUMNS  # noqa: E402
from tests.readers.classics.oracle import model as classic  # noqa: E402
from tests.readers.classics.oracle import torchvision  # noqa: E402

pytestmark = pytest.mark.torch

GOLDEN = Path(__file__).parent / "golden"


# networks ---------------------------------------------------------------------------------------------


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Nested(nn.Module):
    """Blocks in a list, one of them called twice, and an activation that is called after each."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.ReLU())
        self.blocks = nn.ModuleList([nn.Sequential(nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8)) for _ in range(2)])
        self.pool = nn.MaxPool2d(2)
        self.activation = nn.ReLU()
        self.unused = nn.Linear(8, 4)

    def forward(self, x):
        x = self.stem(x)
        for block in (*self.blocks, self.blocks[1]):
            x = self.activation(block(x))
        return self.pool(x)


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.words = nn.Conv2d(3, 4, 3), nn.Embedding(100, 16)
        self.together = nn.Linear(20, 5)

    def forward(self, image, tokens):
        seen, read = self.image(image).mean((2, 3)), self.words(tokens).mean(1)
        return self.together(torch.cat([seen, read], 1))


class Functional(nn.Module):
    """Functions with and without parameters, a layer of its own, one that is shared, and one called directly."""

    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(8, 3, 3, 3))
        self.inner = nn.ModuleDict({"a": nn.Conv2d(8, 8, 1), "b": nn.Conv2d(8, 8, 1, bias=False)})
        self.swish = Swish()
        self.head, self.tail = nn.Linear(8, 8), nn.Linear(8, 8, bias=False)
        self.tail.weight = self.head.weight
        self.inner["b"].weight.requires_grad_(False)

    def forward(self, x, scale=1):
        x = F.relu(F.conv2d(x, self.kernel, padding=1))
        for layer in (*self.inner.values(), self.inner["a"]):
            x = self.swish(layer(x)) + x
        return self.tail.forward(self.head(x.mean((2, 3)))) * scale


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier, self.last = nn.Linear(100, 10), nn.Linear(10, 2)

    def forward(self, x):
        return self.last(self.classifier(self.features(x).flatten(1)))


class Called(nn.Module):
    """A single function as a network."""

    def __init__(self, function, *weights):
        super().__init__()
        self.function = function
        self.weights = nn.ParameterList([nn.Parameter(weight) for weight in weights])

    def forward(self, *given):
        return self.function(*given, *self.weights)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4, bias=False, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x)[0]


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(16, 16, bias=False), nn.Linear(16, 16, bias=False)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.first(x))


class Direct(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 32)

    def forward(self, x):
        return self.layer.forward(x)


# the same as torchinfo --------------------------------------------------------------------------------

SAME = {
    "nested and reused modules": (Nested, {"input_size": (2, 3, 16, 16)}),
    "several inputs": (Two, {"input_size": [(2, 3, 8, 8), (2, 7)], "dtypes": [torch.float32, torch.int64]}),
    "inputs by name": (
        Two,
        {"input_data": {"tokens": torch.zeros(2, 7, dtype=torch.int64), "image": torch.zeros(2, 3, 8, 8)}},
    ),
    "a list of arguments": (
        Two,
        {"input_data": [torch.zeros(3, 3, 8, 8), torch.zeros(3, 7, dtype=torch.int64)]},
    ),
    "lstm": (lambda: nn.LSTM(10, 20, 2, batch_first=True), {"input_size": (4, 5, 10)}),
    "lstm with sequences first": (lambda: nn.LSTM(10, 20, bidirectional=True), {"input_size": (5, 4, 10)}),
    "conv1d": (
        lambda: nn.Sequential(nn.Conv1d(4, 8, 5, stride=2), nn.ReLU(), nn.AvgPool1d(2), nn.Conv1d(8, 2, 3)),
        {"input_size": (2, 4, 40)},
    ),
    "conv3d, transposed": (
        lambda: nn.Sequential(nn.Conv3d(1, 4, 3), nn.ConvTranspose3d(4, 2, 2, 2)),
        {"input_size": (1, 1, 6, 8, 8)},
    ),
    "a batch axis in front": (
        lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten()),
        {"input_size": (3, 8, 8), "batch_dim": 0},
    ),
    "one module alone": (lambda: nn.Linear(4, 5), {"input_size": (2, 3, 4)}),
    "no input": (Nested, {}),
    "resnet18": (lambda: classic("resnet18"), {"input_size": (2, 3, 64, 96)}),
}


def known(layer):
    """What is compared of a row. Of a list that stands twice, torchinfo has one and the same row."""
    return {
        "name": layer.get_layer_name(True, True) if layer.executed else layer.get_layer_name(True, False),
        "in": layer.input_size,
        "out": layer.output_size,
        "kernel": layer.kernel_size,
        "parameters": layer.num_params,
        "trained": layer.trainable,
        "again": layer.executed and layer.is_recursive,
    }


@pytest.fixture
def built(request):
    if request.param == "resnet18" and torchvision() is None:
        pytest.skip("torchvision is not installed")
    make, arguments = SAME[request.param]
    return make().eval(), arguments


@pytest.mark.parametrize("built", SAME, indirect=True)
def test_the_rows_of_modules_are_torchinfos(built):
    model, arguments = built
    theirs = torchinfo.summary(model, **arguments, verbose=0, depth=9, device=device_of(model))
    ours = summary(model, **arguments, verbose=0, depth=9)
    rows = [known(layer) for layer in ours.summary_list if not layer.is_function]
    wanted = [known(layer) for layer in theirs.summary_list]
    if isinstance(arguments.get("input_data"), dict):
        wanted[0]["in"] = rows[0]["in"]  # torchinfo says nothing of inputs by name
    assert rows == wanted
    assert ours.total_params == theirs.total_params == sum(p.numel() for p in model.parameters())
    assert ours.trainable_params == theirs.trainable_params
    assert ours.total_output_bytes == theirs.total_output_bytes


def device_of(model):
    return next(model.parameters()).device.type


@pytest.mark.parametrize("name", ["var_names", "ascii_only", "depth"])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_the_lines_are_torchinfos(name, depth):
    """To the letter, where no function has a row and no number is one that torchinfo gets wrong."""
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 16, 3, bias=False), nn.ReLU()),
        nn.Conv2d(16, 32, 1, groups=2, bias=False),
    )
    model[1].weight.requires_grad_(False)
    columns = [column for column in COLUMNS if column != "groups"]
    shared = {
        "input_size": (4, 3, 32, 32), "verbose": 0, "depth": depth, "col_names": columns, "col_width": 20,
        "row_settings": ["depth", name],
    }  # fmt: skip
    ours, theirs = str(summary(model, **shared)), str(torchinfo.summary(model, **shared, device="cpu"))
    theirs = theirs.replace("Units.MEGABYTES", "M")
    differing = [
        pair for pair in zip(ours.split("\n"), theirs.split("\n"), strict=True) if pair[0] != pair[1]
    ]
    assert differing == []


@pytest.mark.parametrize("batch", [1, 3])
def test_multiply_adds_of_plain_convolutions_are_torchinfos(batch):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=4, stride=2, bias=False),
        nn.Conv2d(8, 4, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2, bias=False),
    )  # fmt: skip
    ours = summary(model, (batch, 3, 20, 20), verbose=0)
    theirs = torchinfo.summary(model, (batch, 3, 20, 20), verbose=0, device="cpu")
    assert ours.total_mult_adds == theirs.total_mult_adds == batch * ours.inspection.macs
    assert [layer.macs for layer in ours.summary_list[1:]] == [
        layer.macs for layer in theirs.summary_list[1:]
    ]


@pytest.mark.skipif(torchvision() is None, reason="torchvision is not installed")
def test_torchinfo_counts_biases_and_norms_besides():
    model = classic("resnet18")
    ours = summary(model, (2, 3, 224, 224), verbose=0)
    theirs = torchinfo.summary(model, (2, 3, 224, 224), verbose=0, device="meta")
    norms = sum(p.numel() for m in model.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters())
    assert theirs.total_mult_adds - ours.total_mult_adds == 2 * (norms + model.fc.bias.numel())
    assert ours.total_mult_adds == 2 * 1_814_073_344


# right where torchinfo is wrong -----------------------------------------------------------------------


COUNTS = {
    "F.conv2d": (
        lambda: Called(lambda x, w: F.conv2d(x, w, padding=1), torch.zeros(8, 3, 3, 3)), (3, 32, 32), 221_184,
    ),
    "transposed": (lambda: nn.ConvTranspose2d(32, 16, 2, 2, bias=False), (32, 16, 16), 524_288),
    "transposed in groups": (
        lambda: nn.ConvTranspose2d(32, 16, 3, 2, 1, groups=4, bias=False), (32, 16, 16), 294_912,
    ),
    "linear of tokens": (lambda: nn.Linear(16, 32, bias=False), (10, 16), 5120),
    "attention": (Attention, (10, 64), 176_640),
    "lstm": (lambda: nn.LSTM(10, 20, bias=False, batch_first=True), (5, 10), 12_000),
    "lstm both ways": (
        lambda: nn.LSTM(10, 20, bias=False, batch_first=True, bidirectional=True), (5, 10), 24_000,
    ),
    "lstm of two layers": (lambda: nn.LSTM(10, 20, 2, bias=False, batch_first=True), (5, 10), 28_000),
    "a layer called by forward": (Direct, (10, 16), 5120),
    "batch norm": (lambda: nn.BatchNorm2d(8), (8, 5, 5), 0),
    "bias": (lambda: nn.Conv2d(3, 8, 3, padding=1), (3, 32, 32), 221_184),
}  # fmt: skip

RIGHT_TOO = {"lstm", "lstm both ways", "lstm of two layers"}
"""What torchinfo counts right here, and by accident: its sum over the axes is that of samples and steps."""


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("batch", [1, 3])
def test_true_multiply_adds(name, batch):
    make, sample, macs = COUNTS[name]
    made = summary(make().eval(), (batch, *sample), verbose=0)
    assert made.total_mult_adds == batch * macs == batch * made.inspection.macs
    assert sum(layer.macs for layer in made.summary_list if layer.is_leaf_layer) == batch * macs


@pytest.mark.parametrize("name", sorted(set(COUNTS) - RIGHT_TOO))
def test_torchinfo_is_wrong_there(name):
    make, sample, macs = COUNTS[name]
    theirs = torchinfo.summary(make().eval(), (1, *sample), verbose=0, device="cpu")
    assert theirs.total_mult_adds != macs


def test_a_shared_weight_counts_once():
    made = summary(Tied(), (1, 10, 16), verbose=0)
    assert (made.total_params, made.trainable_params, made.total_param_bytes) == (256, 256, 1024)
    assert made.total_mult_adds == 2 * 10 * 16 * 16
    assert cells(made)["Linear: 1-2"] == ["[1, 10, 16]", "(recursive)"]
    assert torchinfo.summary(Tied(), (1, 10, 16), verbose=0, device="cpu").total_params == 512


def test_bytes_of_parameters_that_no_layer_holds_count():
    made = summary(Functional(), (1, 3, 8, 8), verbose=0)
    assert made.total_param_bytes == sum(p.numel() * 4 for p in Functional().parameters())


# what stands in the rows ------------------------------------------------------------------------------


def rows_of(made):
    """The name and the cells of each row of a text."""
    table = str(made).split("\n")
    rules = [place for place, line in enumerate(table) if line.startswith("====")]
    return [re.split(r" {2,}", line.strip("│├└─ |+")) for line in table[rules[1] + 1 : rules[2]]]


def cells(made):
    """The cells of each row of a text, by the row's name; of rows of one name, the last."""
    return {name: values for name, *values in rows_of(made)}


def test_functions_have_rows_without_a_number():
    made = summary(
        Functional(), (2, 3, 8, 8), verbose=0, col_names=["output_size", "num_params", "mult_adds"]
    )
    rows = [(layer.depth, layer.get_layer_name(True, True)) for layer in made.summary_list[:7]]
    assert rows == [
        (0, "Functional (Functional)"),
        (1, "conv2d()"),
        (1, "relu()"),
        (1, "ModuleDict (inner): 1-1"),
        (2, "Conv2d (a): 2-1"),
        (1, "Swish (swish): 1-2"),
        (2, "sigmoid()"),
    ]
    assert cells(made)["conv2d()"] == ["[2, 8, 8, 8]", "216", f"{2 * 216 * 64:,}"]
    assert cells(made)["linear()"] == ["[2, 8]", "(recursive)", "128"]


def test_a_function_between_two_layers_of_a_list_stands_beside_them():
    class Listed(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

        def forward(self, x):
            for layer in self.layers:
                x = F.relu(layer(x))
            return x

    made = summary(Listed(), (1, 4), verbose=0)
    assert [str(layer) for layer in made.summary_list] == [
        "Listed: 0", "ModuleList: 1", "Linear: 2", "relu: 2", "Linear: 2", "relu: 2", "Linear: 2", "relu: 1",
    ]  # fmt: skip
    assert [layer.depth_index for layer in made.summary_list] == [1, 1, 1, None, 2, None, 3, None]


def test_layers_of_pytorch_are_one_row_and_so_is_what_does_one_thing():
    class Sum(nn.Module):
        def forward(self, x):
            return x + x

    made = summary(nn.Sequential(nn.GELU(), Sum(), Swish()), (1, 4), verbose=0)
    assert [str(layer) for layer in made.summary_list] == [
        "Sequential: 0", "GELU: 1", "Sum: 1", "Swish: 1", "sigmoid: 2", "mul: 2",
    ]  # fmt: skip
    assert [layer.is_leaf_layer for layer in made.summary_list] == [False, True, True, False, True, True]
    assert len(made.summary_list[0].children) == 5
    assert made.summary_list[4].parent_info is made.summary_list[3]


MODELS = {
    "functional": (Functional, (2, 3, 8, 8)),
    "nested": (Nested, (2, 3, 16, 16)),
    "tied": (Tied, (2, 16)),
}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(MODELS)),
    st.integers(0, 5),
    st.sets(st.sampled_from(["var_names", "hide_functions", "hide_recursive_layers", "ascii_only"])),
)
def test_every_column_adds_up(name, depth, settings_of_rows):
    """Whatever is hidden, what it has stands in the row around it."""
    make, size = MODELS[name]
    made = summary(
        make(), size, verbose=0, depth=depth, col_names=["num_params", "mult_adds", "params_percent"],
        row_settings=settings_of_rows | {"depth"},
    )  # fmt: skip
    table = str(made).split("\n")
    rules = [place for place, line in enumerate(table) if line.startswith("====")]
    where = (
        table[rules[0] + 1].index("Param #"),
        table[rules[0] + 1].index("Mult-Adds"),
        table[1].index("Param %"),
    )
    rows = table[rules[1] + 1 : rules[2]]

    def column(start, end):
        numbers = [re.fullmatch(r"\(?([\d,]+)\)?", line[start:end].strip()) for line in rows]
        return sum(int(found[1].replace(",", "")) for found in numbers if found)

    assert column(where[0], where[1]) == made.total_params
    assert column(where[1], where[2]) == made.total_mult_adds
    percents = [float(found) for line in rows for found in re.findall(r"([\d.]+)%", line)]
    assert sum(percents) == pytest.approx(100, abs=0.1)


def test_frozen_parameters_stand_in_brackets():
    made = summary(Functional(), (1, 3, 8, 8), verbose=0, col_names=["num_params", "trainable"])
    assert cells(made)["Conv2d: 2-2"] == ["(64)", "False"]
    assert cells(made)["Functional"] == ["--", "Partial"]
    assert made.total_params - made.trainable_params == 64


def test_weights_and_biases_have_lines():
    made = summary(nn.Sequential(nn.Conv2d(3, 8, 5, groups=1)), (1, 3, 8, 8), verbose=0)
    made.formatting.verbose = 2
    made.formatting.col_names = ("kernel_size", "num_params")
    rows = cells(made)
    assert rows["weight"] == ["[8, 3, 5, 5]", "├─600"]
    assert rows["bias"] == ["[8]", "└─8"]
    assert rows["Conv2d: 1-1"] == ["[5, 5]", "608"]


def test_kernels_and_groups_of_functions():
    net = Called(lambda x, w: F.max_pool2d(F.conv2d(x, w, groups=2), 3), torch.zeros(4, 1, 5, 5))
    rows = cells(summary(net, (1, 2, 20, 20), verbose=0, col_names=["kernel_size", "groups"]))
    assert rows["conv2d()"] == ["[5, 5]", "2"]
    assert rows["max_pool2d()"] == ["[3, 3]", "--"]


def test_a_parameter_stands_where_it_is_held_or_used():
    from torch.nn.utils.parametrizations import weight_norm

    class Turned(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 6))
            self.normed = weight_norm(nn.Linear(6, 5))

        def forward(self, x):
            return self.normed(F.relu(F.linear(x, self.weight.t())))

    made = summary(Turned(), (1, 4), verbose=0, depth=9, col_names=["num_params"])
    shown = {str(layer): cell for layer, (_, cell) in zip(made.summary_list, rows_of(made), strict=True)}
    assert shown["Turned: 0"] == "--"
    assert [cell for name, cell in rows_of(made) if name == "linear()"] == ["24", "5"]
    assert shown["ParametrizationList: 3"] == "35"


# arguments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sizes"),
    [
        ({"input_size": (2, 3, 8, 8)}, [(2, 3, 8, 8)]),
        ({"input_size": [2, 3, 8, 8]}, [(2, 3, 8, 8)]),
        ({"input_size": torch.Size([2, 3, 8, 8])}, [(2, 3, 8, 8)]),
        ({"input_size": [(2, 3, 8, 8)]}, [(2, 3, 8, 8)]),
        ({"input_size": {"x": (2, 3, 8, 8)}}, {"x": (2, 3, 8, 8)}),
        ({"input_data": torch.zeros(2, 3, 8, 8)}, (2, 3, 8, 8)),
        ({"input_data": (torch.zeros(2, 3, 8, 8),)}, ((2, 3, 8, 8),)),
        ({"input_data": {"x": torch.zeros(2, 3, 8, 8)}}, {"x": (2, 3, 8, 8)}),
        ({"input_data": [torch.zeros(2, 3, 8, 8), 3]}, [(2, 3, 8, 8), 3]),
        ({"input_size": (2, 3, 8, 8), "scale": 3}, [(2, 3, 8, 8)]),
        ({"input_size": (2, 3, 8, 8), "device": "cuda:7", "cache_forward_pass": True}, [(2, 3, 8, 8)]),
    ],
)
def test_an_input_in_every_form(arguments, sizes):
    made = summary(Functional(), **arguments, verbose=0)
    assert made.input_size == sizes
    assert made.summary_list[0].input_size == [2, 3, 8, 8]
    assert made.summary_list[0].output_size == [2, 8]
    assert made.total_input == 2 * 3 * 8 * 8 * 4
    assert made.inspection.findings == ()


@pytest.mark.parametrize(("axis", "size"), [(0, [1, 5, 7]), (1, [5, 1, 7]), (2, [5, 7, 1]), (-1, [5, 7, 1])])
def test_a_batch_axis_is_put_in(axis, size):
    made = summary(nn.Identity(), (5, 7), batch_dim=axis, verbose=0)
    assert made.summary_list[0].input_size == made.summary_list[0].output_size == size


def test_types_of_inputs():
    named = summary(Two(), {"tokens": (2, 7), "image": (2, 3, 8, 8)}, dtypes={"tokens": "int64"}, verbose=0)
    assert named.total_input == 2 * 7 * 8 + 2 * 3 * 64 * 4
    half = summary(nn.Linear(4, 4).half(), (2, 4), verbose=0)
    assert (half.total_input, half.total_param_bytes, half.total_output_bytes) == (16, 40, 32)


@pytest.mark.parametrize(
    ("mode", "expected"), [(None, "eval"), ("eval", "eval"), ("train", "train"), ("same", "train")]
)
def test_the_mode_and_that_the_model_is_left_as_it_was(mode, expected):
    class Moody(nn.Module):
        def forward(self, x):
            return x.flatten(1) if self.training else x

    model = Moody()
    out = summary(model, (2, 3, 4), mode=mode, verbose=0).summary_list[0].output_size
    assert out == ([2, 12] if expected == "train" else [2, 3, 4])
    assert model.training
    assert not model._forward_hooks


def test_no_weight_is_needed():
    with torch.device("meta"):
        model = nn.Sequential(nn.Linear(10**6, 10**6), nn.Linear(10**6, 1))
    assert summary(model, (8, 10**6), verbose=0).total_mult_adds == 8 * (10**12 + 10**6)


def test_lazy_layers_are_counted_as_they_are_made_and_left_unmade():
    model = nn.Sequential(nn.LazyConv2d(4, 3, bias=False), nn.Flatten(), nn.LazyLinear(5))
    made = summary(model, (2, 3, 6, 6), verbose=0, col_names=["output_size", "num_params", "mult_adds"])
    assert [row[1:] for row in rows_of(made)] == [
        ["[2, 5]", "--", "--"],
        ["[2, 4, 4, 4]", "108", f"{2 * 108 * 16:,}"],
        ["[2, 64]", "--", "--"],
        ["[2, 5]", "325", f"{2 * 320:,}"],
    ]
    assert (made.total_params, made.total_param_bytes) == (433, 433 * 4)
    assert isinstance(model[2].weight, nn.UninitializedParameter)
    assert summary(model, verbose=0).total_params == 0


def test_a_class_with_a_way_of_its_own_to_be_called():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 3)

        def __call__(self, x):
            return F.relu(self.layer(x))

    made = summary(Own(), (1, 2), verbose=0)
    assert [(str(layer), layer.output_size) for layer in made.summary_list] == [
        ("Own: 0", [1, 3]), ("Linear: 1", [1, 3]), ("relu: 1", [1, 3]),
    ]  # fmt: skip


def test_what_is_printed_and_when(capsys, monkeypatch):
    model = nn.Linear(2, 3)
    made = summary(model, (1, 2))
    assert capsys.readouterr().out == f"{made}\n"
    summary(model, (1, 2), verbose=0)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    summary(model, (1, 2))
    assert capsys.readouterr().out == ""
    summary(model, (1, 2), verbose=2)
    assert "[3, 2]" not in capsys.readouterr().out
    summary(model, (1, 2), verbose=2, col_names=["kernel_size"])
    assert "[3, 2]" in capsys.readouterr().out


def test_one_import_changed():
    """The same signature, but for what takes what."""
    from inspect import signature

    def shown(function):
        return [(p.name, p.kind, p.default) for p in signature(function).parameters.values()]

    assert shown(summary) == shown(torchinfo.summary)
    missing = set(vars(torchinfo.summary(nn.Linear(2, 3), (1, 2), verbose=0, device="cpu"))) - set(
        dir(summary(nn.Linear(2, 3), (1, 2), verbose=0))
    )
    assert missing == set()


ERRORS = {
    "an argument of nobody's": (
        {"input_shape": (1, 2)}, "neither summary nor the model's forward has an argument input_shape",
    ),
    "a size of 0": ({"input_size": (0, 3)}, "0 is no size of an axis"),
    "no size at all": ({"input_size": 5}, "input_size holds no size"),
    "an empty size": ({"input_size": ()}, "input_size holds no size"),
    "a size in text": ({"input_size": ("H", 3)}, "H is no size of an axis"),
    "both": ({"input_size": (1, 2), "input_data": torch.zeros(1)}, "both input_size and input_data are given"),
    "a column": ({"input_size": (1, 2), "col_names": ["flops"]}, "there is no column flops"),
    "a column without input": ({"col_names": ["mult_adds"]}, "mult_adds is not known without an input"),
    "a row setting": ({"row_settings": ["var_name"]}, "there is no row setting var_name"),
    "a mode": ({"input_size": (1, 2), "mode": "test"}, "there is no mode 'test'"),
    "a verbosity": ({"verbose": 3}, "there is no verbose 3"),
    "a depth": ({"depth": -1}, "depth is no number of at least 0"),
    "a width": ({"col_width": 0}, "col_width is no number of at least 1"),
    "a type": ({"input_size": (1, 2), "dtypes": ["float31"]}, "float31 is no type of elements"),
    "types": ({"input_size": (1, 2), "dtypes": [torch.half] * 2}, "there are 1 inputs and 2 types"),
    "a batch axis": ({"input_size": (2,), "batch_dim": 2}, "there is no axis 2 for the batch"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_asked(name, capsys):
    arguments, words = ERRORS[name]
    with pytest.raises(UsageError) as error:
        summary(nn.Linear(2, 3), **arguments)
    assert error.value.summary == words
    assert capsys.readouterr().out == ""


def test_the_right_argument_is_named():
    with pytest.raises(UsageError, match=r"did you mean input_size\?"):
        summary(nn.Linear(2, 3), input_shape=(1, 2))
    with pytest.raises(UsageError, match=r"shapelens.inspect takes files, classics and layer text"):
        summary("vgg16", (1, 3, 224, 224))
    with pytest.raises(UsageError, match="this is no PyTorch module"):
        summary(nn.Linear, (1, 2))


def test_what_is_no_module_is_said_without_torch():
    code = (
        "import shapelens, sys\n"
        "try: shapelens.summary(3)\n"
        "except shapelens.ShapelensError as error: print(error.summary, 'torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "this is no PyTorch module False\n"


# networks that fail -----------------------------------------------------------------------------------


def test_a_network_that_fails_has_its_table_past_the_failure():
    made = summary(Broken(), (4, 3, 32, 32), verbose=0)
    rows = cells(made)
    assert rows["Linear: 1-2"] == ["[4, 10]", "1,010", "✗ SL101"]
    assert rows["Linear: 1-3"] == ["[4, 2]", "22"]
    assert [finding.code for finding in made.inspection.findings] == ["SL101"]
    assert "Linear(1800, 10)   ✓ verified" in str(made)
    with pytest.raises(RuntimeError, match="Failed to run torchinfo"):
        torchinfo.summary(Broken(), (4, 3, 32, 32), verbose=0, device="cpu")


def test_an_exception_of_the_models_own_ends_the_table():
    class Raising(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.Linear(2, 3), nn.Linear(3, 4)

        def forward(self, x):
            self.before(x)
            raise ValueError("not today")

    made = summary(Raising(), (1, 2), verbose=0)
    assert cells(made) == {"Raising": ["--", "16"], "Linear: 1-1": ["[1, 3]", "9", "✗ SL190"]}
    assert "ValueError: not today" in str(made)
    assert made.total_params == 25


def test_what_is_not_known_is_no_number(monkeypatch):
    from shapelens.readers.torch import operations

    rules = operations.translator_of
    monkeypatch.setattr(operations, "translator_of", lambda name: None if name == "erf" else rules(name))

    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            return self.after(torch.erf(self.before(x)))

    made = summary(Odd(), (2, 3, 4), verbose=0, col_names=["output_size", "mult_adds"])
    assert cells(made) == {
        "Odd": ["?", "--"],
        "Linear: 1-1": ["[2, 3, 4]", "96"],
        "erf()": ["?", "--"],
        "Linear: 1-2": ["?", "?"],
    }
    assert (made.total_mult_adds, made.total_output_bytes) == (None, None)
    shown = str(made).split("\n")
    assert "Total mult-adds (M): at least 0.00; not all are known" in shown
    assert "Estimated Total Size (MB): ?" in shown
    assert "? in erf: there is no rule for erf." in shown


# faces ------------------------------------------------------------------------------------------------

TOLD = {
    "summary-functions": (
        Functional,
        {"input_size": (2, 3, 32, 32), "col_width": 16, "verbose": 2,
         "col_names": ("input_size", "output_size", "num_params", "kernel_size", "mult_adds", "trainable"),
         "row_settings": ("depth", "var_names")},
    ),
    "summary-broken": (Broken, {"input_size": (4, 3, 32, 32), "row_settings": ("depth", "ascii_only")}),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_the_text_is_as_it_was(name, capsys):
    make, arguments = TOLD[name]
    summary(make(), **arguments)
    told = re.sub(r"\S+\.py:\d+", "net.py:1", capsys.readouterr().out)
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(told, encoding="utf-8")
    assert told == kept.read_text(encoding="utf-8")
    assert told.isascii() or "ascii_only" not in arguments["row_settings"]


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_rules_are_as_wide_as_the_columns(columns):
    names = list(COLUMNS)[:columns]
    made = summary(Functional(), (1, 3, 8, 8), verbose=0, col_names=names, col_width=18)
    lines = str(made).split("\n")
    assert len(lines[0]) == 40 + columns * 18
    long_named = nn.Sequential(type("A" * 50, (nn.Identity,), {})())
    width = len(
        str(summary(long_named, (1, 2), verbose=0, col_names=["trainable"], col_width=10)).split("\n")[0]
    )
    assert width == ceil((50 + len(": 1-1") + 6) / 5) * 5 + 10


def test_a_notebook_shows_it():
    html = summary(Broken(), (4, 3, 32, 32), verbose=0)._repr_html_()
    assert "├─Linear: 1-2" in html
    assert "SL101" in html
    assert "<script" not in html
    assert repr(summary(nn.Linear(2, 3), (1, 2), verbose=0)).startswith("====")


def test_formatting_may_be_changed():
    made = summary(Nested(), (2, 3, 16, 16), verbose=0)
    made.formatting.max_depth = 1
    assert not any("2-1" in name for name in cells(made))
    made.formatting.row_settings = frozenset()
    assert "Conv2d" not in cells(made)
    assert "ReLU" in cells(made)
