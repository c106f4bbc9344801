"""Code that lets a size slip, writes through another name, or reads data: what is said is right, or not said.

Each model is inspected as a user would, and compared with PyTorch at the traced size, with other numbers of samples,
and at other sizes through `at` and through formulas.
"""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

import numpy as np  # noqa: E402 - after the check for PyTorch
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

import shapelens  # noqa: E402
from shapelens.dims import Unknown, evaluate  # noqa: E402
from shapelens.dims.evaluation import evaluate_condition  # noqa: E402
from shapelens.readers.torch.structures import tensors_in  # noqa: E402

pytestmark = pytest.mark.torch


class Model(nn.Module):
    """A function, with a few buffers to play with."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.register_buffer("pair", torch.tensor([2, 3]))
        self.register_buffer("numbers", torch.zeros(4))

    def forward(self, x):
        return self.function(self, x)


def real(model, shape):
    """What a real forward gives; None where it fails."""
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    try:
        with torch.no_grad():
            return [tuple(t.shape) for t in tensors_in(model(torch.zeros(shape)))]
    except (RuntimeError, IndexError, ValueError, AssertionError, KeyError):
        return None
    finally:
        model.load_state_dict(state)


def agrees(said, expected):
    """Whether no dim that is told differs from what is real."""
    if expected is None:
        return False
    return len(said) == len(expected) and all(
        isinstance(shape, Unknown)
        or (
            len(shape) == len(there)
            and all(not isinstance(dim, int) or dim == size for dim, size in zip(shape, there, strict=True))
        )
        for shape, there in zip(said, expected, strict=True)
    )


def shapes_of(inspection):
    return [tensor.shape for _, tensor in inspection.evaluation.outputs]


def filled(shape, sizes):
    return shape if isinstance(shape, Unknown) else tuple([evaluate(dim, sizes) for dim in shape])


def says_right(model, shape, others, batches=(1, 3)):
    """What is shown is what is real: at the size, for other batches as far as N is a symbol, and elsewhere."""
    inspection = shapelens.inspect(model, shape[1:])
    fed = inspection.shapes["x"]
    for count in (shape[0], *batches):
        batch, sizes = count, {"N": count}
        holds = all(evaluate_condition(c, sizes) is True for c in inspection.evaluation.conditions)
        if isinstance(fed[0], int):
            batch = fed[0]
        elif not holds:
            continue
        said = [filled(dims, sizes) for dims in shapes_of(inspection)]
        assert agrees(said, real(model, (batch, *shape[1:]))), (batch, said)
    formulas = inspection.symbolic()
    for other in others:
        expected = real(model, (2, *other))
        there = inspection.at(other, batch=2)
        if expected is None:
            assert there.findings or any(isinstance(s, Unknown) for s in shapes_of(there)), other
        else:
            assert agrees(shapes_of(there), expected), (other, shapes_of(there), expected)
        sizes = {"N": 2, "H": other[1], "W": other[2]}
        if all(evaluate_condition(c, sizes) is True for c in formulas.evaluation.conditions):
            said = [filled(dims, sizes) for dims in shapes_of(formulas)]
            assert agrees(said, expected), ("formula", other, said, expected)


def written(model, x):
    model.pair.add_(1)
    return x.new_zeros(*model.pair.tolist())


def assigned(model, x):
    model.pair[0] = x.shape[2]
    return x.new_zeros(*model.pair.tolist())


def through(change):
    def function(model, x):
        sizes = torch.tensor([x.shape[2], x.shape[3]])
        change(sizes)
        return x.new_zeros(*sizes.tolist())

    return function


LEAKS = {
    # the number of samples
    "len": lambda m, x: x.view(len(x), -1),
    "range over samples": lambda m, x: torch.cat([x[i : i + 1] for i in range(x.size(0))]),
    "samples one by one": lambda m, x: torch.stack([x[i].mean(0) for i in range(len(x))]),
    "numel of a size": lambda m, x: x.view(x.shape.numel() // x[0].numel(), -1),
    "hash": lambda m, x: x.new_zeros(hash(x.size(0)), 2),
    # heights and widths
    "range": lambda m, x: torch.stack([x[:, :, i].mean(1) for i in range(x.shape[2])], 1),
    "list index": lambda m, x: F.pad(x, (0, 0, 0, [1, 2][x.shape[2] % 2])),
    "greatest divisor": lambda m, x: x.new_zeros(math.gcd(x.shape[2], 32), 2),
    "logarithm": lambda m, x: x.new_zeros(int(math.log2(x.shape[2])), 2),
    "dictionary": lambda m, x: x.new_zeros({8: 1, 14: 2}.get(x.shape[2], 3), 2),
    "membership": lambda m, x: x.new_zeros(2 if x.shape[2] in {8, 14} else 3, 2),
    "text": lambda m, x: x.new_zeros(len(str(x.shape[2])), 2),
    "bytes": lambda m, x: x.new_zeros(len(bytes(x.shape[2] % 5)), 2),
    "numpy": lambda m, x: x.new_zeros(*np.array(x.shape[2:]).tolist()),
    "a float before": lambda m, x: x.new_zeros(int(0.5 * x.shape[2]), 2),
    # ways
    "either": lambda m, x: x if x.shape[2] > x.shape[3] else x.mT,
    "only one sample": lambda m, x: x[0] if x.shape[0] == 1 else x,
    "squeezed": lambda m, x: x.squeeze()[..., -1, :],
    "rank of squeezed": lambda m, x: x.new_zeros(x.squeeze().dim(), 2),
    "until small": lambda m, x: smaller(x),
    # writing
    "a buffer is counted": written,
    "a buffer is assigned": assigned,
    "through a slice": through(lambda s: s[0:1].mul_(2)),
    "through a view": through(lambda s: s.view(2, 1).add_(1)),
    "through parts": through(lambda s: [part.add_(3) for part in s.unbind()]),
    "into out": through(lambda s: torch.add(s, 1, out=s)),
    # where the trace does not see
    "vmap": lambda m, x: torch.vmap(lambda y: y * 2)(x),
    # data
    "a size from data": lambda m, x: x.new_zeros(x.sum().long().item() + 3, 2),
    "complex": lambda m, x: torch.fft.fft2(x).real,
}


def smaller(x):
    while x.shape[-1] > 3:
        x = F.max_pool2d(x, 2)
    return x


@pytest.mark.parametrize("name", LEAKS)
def test_what_is_said_is_right_or_not_said(name):
    sizes = [(3, 9, 8), (3, 14, 6), (3, 16, 16), (3, 40, 24), (3, 1, 8)]
    says_right(Model(LEAKS[name]), (2, 3, 8, 8), sizes)


def test_a_loop_that_only_data_end_is_left():
    def function(model, x):
        while not (x < 0).all():
            x = x - 1
        return x

    (finding,) = shapelens.inspect(Model(function), (3, 8, 8)).findings
    assert "a loop ends only when the data say so" in finding.message


def test_endless_recursion_is_the_authors():
    def function(model, x):
        return function(model, x)

    (finding,) = shapelens.inspect(Model(function), (3, 8, 8)).findings
    assert finding.have.startswith("RecursionError")


def test_an_exception_that_the_author_expects_is_raised():
    convolution = nn.Conv2d(4, 8, 3)

    def function(model, x):
        try:
            return convolution(x)
        except RuntimeError:
            return x * 2

    inspection = shapelens.inspect(Model(function), (3, 8, 8))
    assert inspection.findings == ()
    assert str(shapes_of(inspection)[0]) == "(N, 3, 8, 8)"


def test_a_convolution_with_a_group_for_each_sample_is_shown():
    def function(model, x):
        batch = x.size(0)
        weight = x.new_zeros(4 * batch, 3, 3, 3)
        return F.conv2d(x.reshape(1, -1, 8, 8), weight, groups=batch).view(batch, 4, 6, 6)

    inspection = shapelens.inspect(Model(function), (3, 8, 8))
    assert str(inspection)
    assert inspection.to_dict()
    assert str(inspection.explain("conv2d"))


@pytest.mark.parametrize(
    "function",
    [
        lambda m, x: torch.einsum("bchw,bcwh->bhw", x, x),
        lambda m, x: x[:, :, -5:, : x.shape[3] - 4],
        lambda m, x: x[:, :, 1::3, :: x.shape[2] // 8],
    ],
)
def test_costs_and_fields_of_formulas_are_told(function):
    formulas = shapelens.inspect(Model(function), (3, 32, 32)).symbolic()
    assert formulas.to_dict()
    assert str(formulas)


def test_the_models_own_memory_is_not_written_into():
    def function(model, x):
        model.numbers.numpy()[:] = 4
        model.numbers.view(-1)[0] = 5
        model.numbers.detach().add_(1)
        model.numbers.data.fill_(7)
        model.numbers[1:].mul_(3)
        torch.set_default_dtype(torch.float64)
        return x

    model = Model(function)
    version = model.numbers._version
    shapelens.inspect(model, (3, 8, 8))
    assert model.numbers.tolist() == [0.0] * 4
    assert model.numbers._version == version
    assert torch.get_default_dtype() is torch.float32


def test_containers_inside_of_containers_are_put_back():
    def function(model, x):
        model.seen["a"].append(x)
        model.seen["b"].add(3)
        return x

    model = Model(function)
    model.seen = {"a": [1], "b": {2}}
    shapelens.inspect(model, (3, 8, 8))
    assert model.seen == {"a": [1], "b": {2}}


def test_one_model_in_several_threads():
    import threading

    def function(model, x):
        model.z = model.inner(x)
        return model.z

    model = Model(function)
    model.inner = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(10)])
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(len(shapelens.inspect(model, (3, 8, 8)).layers)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [10] * 6
    assert not hasattr(model, "z")


def test_an_edit_changes_every_call_of_a_module():
    class Twice(nn.Module):
        def __init__(self, stride=1):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1, stride=stride)

        def forward(self, x):
            return self.conv(self.conv(x))

    edited = shapelens.inspect(Twice(), (3, 16, 16)).edit("conv", stride=2)
    assert shapes_of(edited) == shapes_of(shapelens.inspect(Twice(2), (3, 16, 16)))


@pytest.mark.parametrize("name", ["range", "list index", "logarithm", "text"])
def test_formulas_that_are_asked_for_at_once_are_compared_too(name):
    formulas = shapelens.inspect(Model(LEAKS[name]), (3, "H", "W"))
    for height, width in ((9, 8), (16, 16), (40, 24)):
        sizes = {"N": 2, "H": height, "W": width}
        if all(evaluate_condition(c, sizes) is True for c in formulas.evaluation.conditions):
            said = [filled(dims, sizes) for dims in shapes_of(formulas)]
            assert agrees(said, real(Model(LEAKS[name]), (2, 3, height, width)))
