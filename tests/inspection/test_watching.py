"""PyTorch's own shape errors, told in full while a model trains; everything else passes through as it is."""

from __future__ import annotations

import gc
import sys

import pytest

import shapelens
from shapelens.errors import MisfitError, ShapelensError

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402


class Net(nn.Module):
    def __init__(self, features=100):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(features, 10)

    def forward(self, x):
        return self.fc(torch.flatten(self.stem(x), 1))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Net()

    def forward(self, x):
        return self.inner(x)


class Own(nn.Module):
    """Its forward ends in some way of its own."""

    def __init__(self, how):
        super().__init__()
        self.how = how
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x):
        return self.how(self.conv(x))


X = torch.zeros(2, 3, 16, 16)


def test_a_shape_error_is_told_in_full():
    with pytest.raises(MisfitError) as raised, shapelens.watch():
        Net()(X)
    error = raised.value
    assert error.summary == "1 error in Net"
    assert [finding.code for finding in error.findings] == ["SL101"]
    assert "392 features = 8 × 7 × 7" in str(error)
    assert "self.fc = nn.Linear(392, 10)" in str(error)
    assert isinstance(error.__cause__, RuntimeError)
    assert "mat1 and mat2 shapes cannot be multiplied (2x392 and 100x10)" in str(error.__cause__)
    assert isinstance(error, ShapelensError)


def test_it_is_told_of_the_outermost_module():
    with pytest.raises(MisfitError, match=r"1 error in Outer") as raised, shapelens.watch():
        Outer()(X)
    assert raised.value.findings[0].layer == "inner.fc"


def test_a_module_of_pytorchs_own():
    with pytest.raises(MisfitError, match="takes 3 channels and gets 1"), shapelens.watch():
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())(torch.zeros(2, 1, 9, 9))


def test_named_arguments_and_other_things_are_given_on():
    class Takes(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x, *, twice=False):
            return self.fc(torch.cat([x, x], 1) if twice else x)

    with shapelens.watch():
        assert Takes()(torch.zeros(3, 4)).shape == (3, 2)
    with pytest.raises(MisfitError, match="8 features"), shapelens.watch():
        Takes()(torch.zeros(3, 4), twice=True)


def _raise(error):
    def how(x):
        raise error

    return how


def _reraise(x):
    try:
        return x @ torch.zeros(1, 1)
    except RuntimeError as error:
        raise RuntimeError("mine, though") from error


def _assert(x):
    assert x.shape[1] == 3, "three, please"


class SpecialError(RuntimeError):
    """One of the author's own."""


@pytest.mark.parametrize(
    "how",
    [
        _raise(ValueError("too small for me")),
        _raise(RuntimeError("shapes cannot be multiplied, I say")),
        _raise(SpecialError("a shape of mine")),
        _raise(KeyError("picture")),
        _raise(StopIteration()),
        _reraise,
        _assert,
        lambda x: int("abc"),
        lambda x: {}["picture"],
        lambda x: x.no_such_thing,
        lambda x: [*()][len(x) - 2],
        lambda x: 1 // 0,
    ],
)
def test_the_authors_own_exceptions_pass_through_untouched(how):
    with pytest.raises(BaseException) as plain:  # noqa: PT011 - whatever it is, it must be the same
        Own(how)(X)
    with pytest.raises(BaseException) as watched, shapelens.watch():  # noqa: PT011
        Own(how)(X)
    assert type(watched.value) is type(plain.value)
    assert watched.value.args == plain.value.args
    assert type(watched.value.__cause__) is type(plain.value.__cause__)
    assert not isinstance(watched.value, MisfitError)


def test_the_very_object_comes_out():
    error = ValueError("mine")
    with pytest.raises(ValueError, match="mine") as raised, shapelens.watch():
        Own(_raise(error))(X)
    assert raised.value is error
    assert raised.value.__cause__ is None


def test_code_outside_of_modules_stays_pytorchs():
    layer = nn.Linear(4, 3)
    with pytest.raises(RuntimeError, match="must match the size") as raised, shapelens.watch():
        torch.add(layer(torch.zeros(5, 4)), torch.zeros(5, 2))
    assert not isinstance(raised.value, MisfitError)
    with pytest.raises(ValueError, match="batch_size") as raised, shapelens.watch():
        F.cross_entropy(nn.Linear(4, 3)(torch.zeros(5, 4)), torch.zeros(6, dtype=torch.int64))
    assert type(raised.value) is ValueError


def test_a_loss_that_is_a_module_is_told():
    with pytest.raises((MisfitError, ValueError)), shapelens.watch():
        nn.CrossEntropyLoss()(torch.zeros(5, 3), torch.zeros(6, dtype=torch.int64))


def test_other_errors_of_pytorchs_pass_through():
    with pytest.raises(RuntimeError, match="does not require grad"), shapelens.watch():
        Own(lambda x: x.detach().sum().backward())(X)
    with pytest.raises(IndexError, match="out of range"), shapelens.watch():
        nn.Embedding(4, 2)(torch.tensor([7]))


class Does(nn.Module):
    """Its forward does one thing."""

    def __init__(self, what, **parts):
        super().__init__()
        self.what = what
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.what(self, x)


OTHERWISE = {
    "an image of bytes": (lambda s, x: s.c(x.to(torch.uint8)), {"c": nn.Conv2d(3, 4, 3)}),
    "doubles": (lambda s, x: s.c(x.double()), {"c": nn.Linear(16, 4)}),
    "doubles as steps": (lambda s, x: s.c(x[0].double()), {"c": nn.LSTM(16, 4)}),
    "floats to look up": (lambda s, x: s.e(x[:, 0, 0]), {"e": nn.Embedding(8, 4)}),
    "shares that are whole numbers": (
        lambda s, x: F.cross_entropy(s.c(x), torch.zeros(2, 4, 14, 14, dtype=torch.int64)), {"c": nn.Conv2d(3, 4, 3)}),
    "two types": (lambda s, x: s.c(x) @ torch.zeros(14, 14).double(), {"c": nn.Conv2d(3, 4, 3)}),
    "two devices": (lambda s, x: s.c(x) + torch.zeros(1, device="meta"), {"c": nn.Conv2d(3, 4, 3)}),
    "an axis that there is not": (lambda s, x: s.c(x).mean(5), {"c": nn.Conv2d(3, 4, 3)}),
    "an index that there is not": (lambda s, x: s.c(x)[:, 10], {"c": nn.Conv2d(3, 4, 3)}),
    "an index of a tensor": (lambda s, x: s.c(x)[:, torch.tensor([10])], {"c": nn.Conv2d(3, 4, 3)}),
    "a row that there is not": (lambda s, x: s.e(torch.tensor([9])), {"e": nn.Embedding(8, 4)}),
    "a class that there is not": (
        lambda s, x: F.cross_entropy(s.c(x), torch.full((2, 14, 14), 9)), {"c": nn.Conv2d(3, 4, 3)}),
    "bytes, and channels behind": (
        lambda s, x: s.d(s.c(x.to(torch.uint8))), {"c": nn.Conv2d(3, 4, 3), "d": nn.Conv2d(5, 4, 3)}),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_is_no_matter_of_shapes_passes_unchanged(name):
    what, parts = OTHERWISE[name]
    model = Does(what, **parts)
    with pytest.raises((RuntimeError, IndexError, ValueError, NotImplementedError)) as plain:
        model(X)
    with pytest.raises(type(plain.value)) as watched, shapelens.watch():
        model(X)
    assert type(watched.value) is type(plain.value)
    assert str(watched.value) == str(plain.value)
    assert not isinstance(watched.value, MisfitError)
    assert watched.value.__cause__ is plain.value.__cause__ is None


OF_SHAPES = {
    "SL101": (lambda s, x: s.c(x[0]), {"c": nn.LSTM(9, 4)}),
    "SL104": (lambda s, x: s.b(s.c(x)), {"c": nn.Conv2d(3, 4, 3), "b": nn.BatchNorm1d(4)}),
    "SL107": (lambda s, x: torch.cat([s.c(x), x], 1), {"c": nn.Conv2d(3, 4, 3)}),
    "SL110": (lambda s, x: s.c(x).unflatten(1, (3, 2)), {"c": nn.Conv2d(3, 4, 3)}),
    "SL111": (lambda s, x: s.c(x).permute(0, 2, 3, 1).view(2, -1), {"c": nn.Conv2d(3, 4, 3)}),
    "SL117": (lambda s, x: s.b(s.c(x[:1]).mean((2, 3))), {"c": nn.Conv2d(3, 4, 3), "b": nn.BatchNorm1d(4)}),
    "SL121": (
        lambda s, x: F.cross_entropy(s.c(x).mean((2, 3)), torch.zeros(2, 1, dtype=torch.int64)),
        {"c": nn.Conv2d(3, 4, 3)}),
}  # fmt: skip


@pytest.mark.parametrize("code", OF_SHAPES)
def test_what_is_one_is_told_whatever_type_it_is_raised_as(code):
    what, parts = OF_SHAPES[code]
    with pytest.raises(MisfitError) as raised, shapelens.watch():
        Does(what, **parts)(X)
    assert [finding.code for finding in raised.value.findings] == [code]


def test_interrupts_pass_through():
    with pytest.raises(KeyboardInterrupt), shapelens.watch():
        Own(_raise(KeyboardInterrupt()))(X)


def test_nothing_is_left_behind():
    model = Net(392)
    before = set(vars(nn.Module)), nn.Module.__call__, len(gc.get_referrers(model))
    trace, hooks = sys.gettrace(), dict(model._forward_pre_hooks)
    with shapelens.watch() as watching:
        model(X).sum().backward()
    assert watching.__slots__ == ()
    assert (set(vars(nn.Module)), nn.Module.__call__, len(gc.get_referrers(model))) == before
    assert sys.gettrace() is trace
    assert dict(model._forward_pre_hooks) == hooks == {}
    from torch.nn.modules import module

    assert not module._global_forward_pre_hooks
    assert not module._global_forward_hooks


def test_the_model_is_as_it_was_after_an_error():
    model = Net()
    weights = {name: parameter.clone() for name, parameter in model.named_parameters()}
    with pytest.raises(MisfitError), shapelens.watch():
        model(X)
    assert model.training
    assert all(torch.equal(weights[name], parameter) for name, parameter in model.named_parameters())


def test_blocks_within_blocks():
    with pytest.raises(MisfitError) as raised, shapelens.watch(), shapelens.watch():
        Net()(X)
    assert isinstance(raised.value.__cause__, RuntimeError)


def test_nothing_is_imported_while_nothing_fails():
    import subprocess

    code = (
        "import sys, shapelens\n"
        "with shapelens.watch():\n    pass\n"
        "print([n for n in sys.modules if n.split('.')[0] in ('torch', 'numpy') or 'findings' in n])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
