"""Models of every kind, traced: what is found, and that nothing of the model is changed."""

from __future__ import annotations

import copy
import random
import threading
import warnings
from dataclasses import dataclass

import pytest

torch = pytest.importorskip("torch")

import numpy as np  # noqa: E402 - after the check for PyTorch
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

import shapelens  # noqa: E402
from shapelens.dims import Unknown  # noqa: E402
from shapelens.errors import InputMismatchError, UsageError  # noqa: E402

pytestmark = pytest.mark.torch


def outputs(inspection):
    return [str(tensor.shape) for _, tensor in inspection.evaluation.outputs]


def names(inspection):
    return [layer.name for layer in inspection.layers]


# what is found ----------------------------------------------------------------------------------------------


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(8, 3, 3, 3))

    def forward(self, x):
        return F.relu(F.conv2d(x, self.weight, padding=1)) + 1


def test_functions_are_layers_and_their_parameters_count():
    inspection = shapelens.inspect(Functional(), (3, 32, 32))
    assert names(inspection) == ["conv2d", "relu", "add"]
    assert (inspection.parameters, inspection.macs) == (216, 221_184)
    assert inspection.layers[0].step.node.where.startswith("test_reader.py:")


def test_the_line_is_the_authors_own():
    inspection = shapelens.inspect(Functional(), (3, 32, 32))
    code = Functional.forward.__code__
    assert {layer.step.node.where for layer in inspection.layers} == {
        f"test_reader.py:{code.co_firstlineno + 1}"
    }


class Direct(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Conv2d(3, 8, 3))

    def forward(self, x):
        return self.inner[0].forward(x)


def test_a_forward_that_is_called_directly_is_counted_like_any_other():
    inspection = shapelens.inspect(Direct(), (3, 8, 8))
    assert names(inspection) == ["inner.0"]
    assert inspection.parameters == 8 * 27 + 8


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 16, bias=False)

    def forward(self, x):
        return self.layer(self.layer(x))


def test_a_module_that_is_called_twice_has_an_entry_for_each_call_and_its_parameters_once():
    inspection = shapelens.inspect(Tied(), (16,))
    assert names(inspection) == ["layer", "layer:2"]
    assert (inspection.parameters, inspection.macs) == (256, 512)
    entries = [o["name"] for layer in inspection.to_dict()["layers"] for o in layer["outputs"]]
    assert entries == ["layer", "layer:2", "layer"]


def lstm(*layers, **settings):
    return lambda: nn.LSTM(10, 20, *layers, batch_first=True, bias=False, **settings)


def transposed(*arguments, **settings):
    return lambda: nn.ConvTranspose2d(*arguments, bias=False, **settings)


COUNTS = [
    ("conv_transpose", transposed(32, 16, 2, stride=2), (32, 16, 16), 524_288),
    ("grouped", transposed(32, 16, 3, stride=2, padding=1, groups=4), (32, 16, 16), 294_912),
    ("linear", lambda: nn.Linear(16, 32, bias=False), (10, 16), 5_120),
    ("lstm", lstm(), (5, 10), 12_000),
    ("both directions", lstm(bidirectional=True), (5, 10), 24_000),
    ("two layers", lstm(2), (5, 10), 28_000),
    ("batch norm", lambda: nn.BatchNorm2d(8), (8, 4, 4), 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "sample", "macs"), [case[1:] for case in COUNTS], ids=[c[0] for c in COUNTS]
)
def test_macs_that_tools_get_wrong(build, sample, macs):
    assert shapelens.inspect(build(), sample).macs == macs


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True, bias=False)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


def test_attention_is_counted_whole():
    assert shapelens.inspect(SelfAttention().eval(), (10, 64)).macs == 176_640


# inputs and outputs of any structure ------------------------------------------------------------------------


@dataclass
class Output:
    logits: torch.Tensor
    others: list


class Structured(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, batch, scale=2, *, mask=None, flags=(True, None)):
        logits = self.conv(batch["image"]) * scale
        return Output(logits, [logits.mean(), None if mask is None else mask.sum(1)])


def test_dictionaries_keywords_numbers_and_dataclasses():
    image, mask = torch.zeros(2, 3, 8, 8), torch.zeros(2, 5, dtype=torch.int64)
    given = shapelens.inspect(Structured(), inputs={"batch": {"image": image}, "scale": 3, "mask": mask})
    assert [i.name for i in given.network.inputs] == ["batch.image", "mask"]
    assert outputs(given) == ["(2, 8, 6, 6)", "()", "(2,)"]
    by_name = shapelens.inspect(Structured(), shapes={"batch.image": (2, 3, 8, 8), "mask": "2x5:int64"})
    assert outputs(by_name) == outputs(given)
    assert [i.dtype for i in by_name.network.inputs] == ["float32", "int64"]


def test_positional_examples_with_keywords():
    image = torch.zeros(2, 3, 8, 8)
    inspection = shapelens.inspect(Structured(), inputs=(({"image": image},), {"scale": 3}))
    assert outputs(inspection)[0] == "(2, 8, 6, 6)"


def test_a_tensor_in_the_place_of_a_sample():
    assert outputs(shapelens.inspect(nn.Conv2d(3, 8, 3), torch.zeros(4, 3, 8, 8))) == ["(4, 8, 6, 6)"]
    assert outputs(shapelens.inspect(nn.Conv2d(3, 8, 3), torch.zeros(3, 8, 8))) == ["(8, 6, 6)"]


def test_batches_and_symbols():
    model = nn.Conv2d(3, 8, 3)
    assert outputs(shapelens.inspect(model, (3, 8, 8))) == ["(N, 8, 6, 6)"]
    assert outputs(shapelens.inspect(model, (3, 8, 8), batch=5)) == ["(5, 8, 6, 6)"]
    assert outputs(shapelens.inspect(model, "3xHxW")) == ["(N, 8, H - 2, W - 2)"]


def test_the_input_that_need_not_be_given_is_said():
    inspection = shapelens.inspect(nn.Sequential(nn.Conv2d(1, 4, 3)))
    assert inspection.shapes["input"][1:] == (1, 224, 224)
    assert inspection.network.assumptions == (
        "one sample is taken to be 1×224×224: its first convolution, 0, takes 1 channel; height and width are "
        "taken as 224",
    )


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.layer = nn.TransformerEncoderLayer(16, 4, batch_first=True)

    def forward(self, tokens):
        return self.layer(self.embedding(tokens))


def test_tokens():
    inspection = shapelens.inspect(Tokens().eval(), (7,))
    assert inspection.network.inputs[0].dtype == "int64"
    assert outputs(inspection) == ["(N, 7, 16)"]
    assert outputs(inspection.at((9,))) == ["(N, 9, 16)"]


# weights of every kind --------------------------------------------------------------------------------------


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.fc = nn.LazyConv2d(8, 3), nn.LazyBatchNorm2d(), nn.LazyLinear(5)

    def forward(self, x):
        return self.fc(self.norm(self.conv(x)).flatten(1))


def test_lazy_layers_are_made_in_the_trace_only():
    model = Lazy()
    inspection = shapelens.inspect(model, (3, 8, 8))
    assert outputs(inspection) == ["(N, 5)"]
    assert inspection.parameters == (8 * 27 + 8) + 16 + (8 * 36 * 5 + 5)
    assert [type(m) for m in model.children()] == [nn.LazyConv2d, nn.LazyBatchNorm2d, nn.LazyLinear]
    assert nn.parameter.is_lazy(model.conv.weight)
    assert nn.parameter.is_lazy(model.norm.running_mean)
    model(torch.zeros(2, 3, 10, 10))  # and can still become what its first real input asks for
    assert model.fc.in_features == 8 * 64


def test_parametrised_weights_count_what_they_are_made_of():
    model = nn.Sequential(
        nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 8, 3)),
        nn.utils.parametrizations.spectral_norm(nn.Conv2d(8, 8, 1)),
    )
    inspection = shapelens.inspect(model, (3, 8, 8))
    assert inspection.parameters == sum(p.numel() for p in model.parameters())
    assert outputs(inspection) == ["(N, 8, 6, 6)"]


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.auxiliary = nn.Conv2d(3, 8, 3), nn.Linear(100, 10)

    def forward(self, x):
        return self.body(x)


def test_parameters_that_nothing_uses_are_in_the_total_and_said():
    inspection = shapelens.inspect(Heads(), (3, 8, 8))
    assert inspection.parameters == 224 + 1010
    assert sum(layer.parameters for layer in inspection.layers) == 224
    assert inspection.to_dict()["totals"]["unused_parameters"] == 1010
    assert "The total holds 1,010 parameters that nothing uses: auxiliary." in " ".join(
        str(inspection).split()
    )


def test_a_model_on_meta_and_one_of_halves():
    with torch.device("meta"):
        model = nn.Conv2d(3, 8, 3)
    assert outputs(shapelens.inspect(model, (3, 8, 8))) == ["(N, 8, 6, 6)"]
    half = shapelens.inspect(nn.Conv2d(3, 8, 3).half(), (3, 8, 8))
    assert [tensor.dtype for _, tensor in half.evaluation.outputs] == ["float16"]


def test_autocast_gives_its_type():
    class Cast(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return self.conv(x)

    inspection = shapelens.inspect(Cast(), (3, 8, 8))
    assert [tensor.dtype for _, tensor in inspection.evaluation.outputs] == ["bfloat16"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_compiled_models_are_traced_uncompiled():
    whole = torch.compile(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()))
    assert names(shapelens.inspect(whole, (3, 8, 8))) == ["0", "1"]
    inside = nn.Sequential(torch.compile(nn.Conv2d(3, 8, 3)), nn.ReLU())
    assert names(shapelens.inspect(inside, (3, 8, 8))) == ["0", "1"]
    inplace = nn.Sequential(nn.Conv2d(3, 8, 3))
    inplace[0].compile()
    assert names(shapelens.inspect(inplace, (3, 8, 8))) == ["0"]


# sizes in Python --------------------------------------------------------------------------------------------


class Skip(nn.Module):
    """A U-Net of one level, whose output is as large as its input where both chains agree."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ConvTranspose2d(8, 8, 2, stride=2)

    def forward(self, x):
        return torch.cat([x, self.up(self.down(x))], 1)


def test_formulas_with_their_condition():
    inspection = shapelens.inspect(Skip(), (1, 32, 32)).symbolic()
    assert outputs(inspection) == ["(N, 9, H, W)"]
    assert "multiples of 2" in str(inspection)


class Branching(nn.Module):
    def forward(self, x):
        if x.shape[2] % 2:
            x = F.pad(x, (0, 0, 0, 1))
        return x.view(x.size(0), -1, x.shape[2] // 2)


def test_another_size_on_the_same_way_is_not_traced_again():
    inspection = shapelens.inspect(Branching(), (1, 8, 8))
    there = inspection.at((1, 12, 8))
    assert (there.retraced, outputs(there)) == ("", ["(N, 16, 6)"])


def test_another_way_says_so_and_is_traced_again():
    inspection = shapelens.inspect(Branching(), (1, 8, 8))
    there = inspection.at((1, 9, 8))
    assert "H - 2·floor(H/2) = 0 does not hold" in there.retraced
    assert outputs(there) == ["(N, 16, 5)"]


def test_without_the_model_another_size_is_not_known():
    from shapelens.inspection import Inspection

    network = shapelens.inspect(Branching(), (1, 8, 8)).network
    ((_, tensor),) = Inspection(network, {"x": (2, 1, 9, 8)}).evaluation.outputs
    assert isinstance(tensor.shape, Unknown)
    assert tensor.shape.reason == "the model was traced with N×1×8×8 for x"


def test_without_the_model_another_way_is_not_known():
    from shapelens.inspection import Inspection

    network = shapelens.inspect(Branching(), (1, 8, 8)).symbolic().network
    elsewhere = Inspection(network, {"x": (2, 1, 9, 8)})
    ((_, tensor),) = elsewhere.evaluation.outputs
    assert isinstance(tensor.shape, Unknown)
    assert "the model's code goes another way at test_reader.py:" in tensor.shape.reason


class Loop(nn.Module):
    def forward(self, x):
        return torch.stack([x[:, :, row].mean(1) for row in range(x.shape[2])], 1)


def test_a_size_that_slips_out_of_the_arithmetic_is_held():
    inspection = shapelens.inspect(Loop(), (3, 8, 9))
    assert outputs(inspection) == ["(N, 8, 9)"]
    assert outputs(inspection.at((3, 10, 9))) == ["(N, 10, 9)"]
    assert outputs(inspection.symbolic()) == ["(N, 8, W)"]


def test_counts_that_data_decide_are_symbols():
    class Masked(nn.Module):
        def forward(self, x):
            return x[x > 0] * 2

    assert outputs(shapelens.inspect(Masked(), (3, 8, 8))) == ["(k,)"]


# what does not work -----------------------------------------------------------------------------------------


def test_the_authors_own_exception_is_shown_with_the_table_up_to_it():
    class Raises(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 16, 5)

        def forward(self, x):
            raise ValueError(f"not at {tuple(self.conv(x).shape)}")

    inspection = shapelens.inspect(Raises(), (3, 9, 9), batch=1)
    (finding,) = inspection.findings
    assert finding.code == "SL190"
    assert finding.have == "ValueError: not at (1, 16, 5, 5)"
    assert finding.where.startswith("test_reader.py:")
    assert names(inspection) == ["conv"]


def test_what_cannot_be_traced_is_one_clear_error():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(nn.Conv2d(3, 8, 3))
    with pytest.raises(UsageError, match="a scripted module cannot be traced"):
        shapelens.inspect(scripted, (3, 8, 8))
    with pytest.raises(UsageError, match="this is no PyTorch module") as caught:
        shapelens.inspect(nn.Conv2d, (3, 8, 8))
    assert caught.value.fix == "give an instance: Conv2d(…)"
    with pytest.raises(InputMismatchError, match="the model does not tell what goes in"):
        shapelens.inspect(nn.ReLU())
    with pytest.raises(InputMismatchError, match="the model has no input foo"):
        shapelens.inspect(nn.ReLU(), shapes={"foo": (1, 3)})


# what is left as it was -------------------------------------------------------------------------------------


class Stateful(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)
        self.register_buffer("count", torch.zeros(1))
        self.cache, self.seen = None, []

    def forward(self, x):
        self.cache = self.norm(self.conv(x))
        self.seen.append(self.cache)
        self.count += 1
        self.other = torch.rand(3) + random.random() + np.random.rand()
        if self.fails:
            raise RuntimeError("on purpose")
        return F.dropout(self.cache)

    fails = False


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_and_every_random_state_are_as_before(fails):
    model = Stateful().train()
    model.fails = fails
    hook = model.conv.register_forward_hook(lambda *_: None)
    state, attributes = copy.deepcopy(model.state_dict()), dict(model.__dict__)
    identities = [(id(p), p.data_ptr(), p._version, p.requires_grad) for p in model.parameters()]
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    hooks = len(nn.modules.module._global_forward_hooks), len(nn.modules.module._global_forward_pre_hooks)

    shapelens.inspect(model, (3, 8, 8))

    assert model.__dict__ == attributes
    assert model.training
    assert model.seen == []
    assert list(model.conv._forward_hooks) == [hook.id]
    assert identities == [(id(p), p.data_ptr(), p._version, p.requires_grad) for p in model.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(state.values(), model.state_dict().values(), strict=True))
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1] == random.getstate()
    assert (states[2] == np.random.get_state()[1]).all()
    assert hooks == (
        len(nn.modules.module._global_forward_hooks),
        len(nn.modules.module._global_forward_pre_hooks),
    )
    assert torch.is_grad_enabled()
    assert torch.zeros(2).device.type == "cpu"


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_the_mode_is_for_the_trace_alone(mode):
    model = nn.Sequential(nn.BatchNorm2d(8)).train()
    inspection = shapelens.inspect(model, (8, 4, 4), mode=mode)
    assert inspection.layers[0].step.node.operator.training == (mode == "train")
    assert model.training
    assert model[0].training


def test_traces_in_several_threads_do_not_meet():
    models = {
        depth: nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(depth)])
        for depth in (5, 10, 15, 20)
    }
    found: dict[int, list[int]] = {depth: [] for depth in models}

    def work(depth):
        for _ in range(5):
            found[depth].append(len(shapelens.inspect(models[depth], (3, 8, 8)).layers))

    threads = [threading.Thread(target=work, args=(depth,)) for depth in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {depth: [depth] * 5 for depth in models}


# what if ----------------------------------------------------------------------------------------------------


class Sized(nn.Module):
    """Its code reads sizes that an edit of its first layer changes."""

    def __init__(self, stride=2, width=16):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1, stride=stride)
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, 8, 3, padding=1, stride=2)

    def forward(self, x):
        a = self.norm(self.depthwise(self.first(x)))
        batch, channels, height, width = a.shape
        b = F.interpolate(self.second(a), size=a.shape[-2:])
        return a.view(batch, channels, height * width).transpose(1, 2), b


@pytest.mark.parametrize(
    ("change", "settings"),
    [
        ({"stride": 1}, {"stride": 1}),
        ({"weights": {"weight": (24, 3, 3, 3)}}, {"width": 24}),
        ({"stride": 1, "weights": {"weight": (24, 3, 3, 3)}}, {"stride": 1, "width": 24}),
    ],
)
def test_an_edit_gives_what_the_model_so_built_gives(change, settings):
    edited = shapelens.inspect(Sized(), (3, 32, 32)).edit("first", **change)
    built = shapelens.inspect(Sized(**settings), (3, 32, 32))
    assert outputs(edited) == outputs(built)
    assert (edited.macs, edited.parameters) == (built.macs, built.parameters)
    assert edited.findings == ()
    assert outputs(edited.at((3, 64, 40))) == outputs(built.at((3, 64, 40)))


def test_a_strict_edit_finds_what_breaks():
    edited = shapelens.inspect(Sized(), (3, 32, 32)).edit(
        "first", follow=False, weights={"weight": (24, 3, 3, 3)}
    )
    assert [finding.layer for finding in edited.findings] == ["first", "depthwise"]


def test_explain_takes_a_module():
    assert "8 of 3×3×3" in str(shapelens.explain(nn.Conv2d(3, 8, 3), (3, 8, 8)))


class Ring(nn.Module):
    """It contains itself."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.itself = self

    def forward(self, x):
        return self.conv(x)


def test_a_module_that_contains_itself():
    inspection = shapelens.inspect(Ring(), (3, 8, 8), mode="eval")
    assert names(inspection) == ["conv"]
