"""Padding in every mode, traced once and compared at other sizes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.network import evaluate_network  # noqa: E402
from tests.readers.torch.agreement import Function, agrees, traced  # noqa: E402

pytestmark = pytest.mark.torch

F = torch.nn.functional
IMAGE = (2, 3, 16, 20)
OTHERS = [[(2, 3, 17, 23)], [(5, 3, 40, 9)]]


def cases(**functions):
    return [pytest.param(function, id=name) for name, function in functions.items()]


def to_windows(x, size=7):
    return F.pad(x, (0, -x.shape[3] % size, 0, (size - x.shape[2] % size) % size))


def same(x, kernel=3, stride=2):
    height, width = (
        max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in (x.shape[2], x.shape[3])
    )
    return F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))


@pytest.mark.parametrize(
    "function",
    cases(
        last_axis=lambda x: F.pad(x, (1, 2)),
        last_axis_first=lambda x: F.pad(x, (1, 2, 3, 4)),
        every_axis=lambda x: F.pad(x, (1, 0, 0, 2, 3, 0, 0, 4)),
        a_list=lambda x: F.pad(x, [0, 0, 0, 1], "constant", 1.0),
        channels=lambda x: F.pad(x, (0, 0, 0, 0, 1, 2), value=-1),
        cut_off=lambda x: F.pad(x, (-1, -2, 3, -4)),
        nothing=lambda x: F.pad(x, ()),
        traced=lambda x: F.pad(x, (0, x.shape[3] % 7, x.shape[2] // 2, 0)),
        to_windows=to_windows,
        same=same,
        reflect=lambda x: F.pad(x, (1, 2, 3, 4), mode="reflect"),
        reflect_one_axis=lambda x: F.pad(x[0], (3, 3), mode="reflect"),
        replicate=lambda x: F.pad(x, (1, 2, 3, 4), mode="replicate"),
        circular=lambda x: F.pad(x, (1, 2, 3, 4), mode="circular"),
        circular_line=lambda x: F.pad(x[:, :, 0], (4, 4), mode="circular"),
        volume=lambda x: F.pad(x[:, :, None], (1, 1, 1, 1, 0, 0), mode="replicate"),
        plain=lambda x: torch.constant_pad_nd(x, (1, 2, 3, 4), 0.5),
        inner_reflect=lambda x: torch._C._nn.reflection_pad2d(x, (1, 2, 3, 4)),
        inner_replicate=lambda x: torch._C._nn.replication_pad1d(x[0], (1, 2)),
        module=torch.nn.ReflectionPad2d((1, 2, 0, 3)),
        zero_module=torch.nn.ZeroPad2d((1, 2, 0, 3)),
        constant_module=torch.nn.ConstantPad1d(3, 1.0),
    ),
)
def test_padding(function) -> None:
    agrees(function, IMAGE, others=OTHERS, real=True)


@pytest.mark.parametrize(
    ("mode", "size", "works"), [("reflect", 4, True), ("reflect", 3, False), ("circular", 3, True)]
)
def test_what_a_mode_has_to_draw_from_is_a_condition(mode, size, works) -> None:
    network = traced(
        Function(lambda x: F.pad(x, (0, 0, 3, 0), mode=mode)), [torch.zeros(IMAGE, device="meta")]
    )
    evaluation = evaluate_network(network, {network.inputs[0].name: (2, 3, size, 20)})
    assert (evaluation.broken == ()) is works
    if not works:
        with pytest.raises(RuntimeError):
            F.pad(torch.zeros(2, 3, size, 20), (0, 0, 3, 0), mode=mode)
