"""What is found, against PyTorch: on the meta device, and run on the CPU where meta does not check."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.searching import found

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

ASKED = [
    ("Conv2d(3, 8)", (3, 224, 224), (8, 112, 112)),
    ("Conv2d(4, 8, groups=2)", (4, 13, 9), (8, 7, 5)),
    ("Conv1d(3, 8)", (3, 50), (8, 11)),
    ("Conv3d(1, 2)", (1, 6, 6, 6), (2, 3, 3, 3)),
    ("ConvTranspose2d(3, 8)", (3, 7, 7), (8, 14, 14)),
    ("ConvTranspose1d(3, 8)", (3, 5), (8, 16)),
    ("MaxPool2d()", (3, 28, 28), (3, 14, 14)),
    ("MaxPool2d(ceil_mode=True)", (3, 27, 27), (3, 14, 14)),
    ("AvgPool3d()", (2, 9, 9, 9), (2, 4, 4, 4)),
    ("AvgPool2d(ceil_mode=True)", (2, 9, 9), (2, 3, 3)),
    ("LPPool2d(2)", (2, 9, 9), (2, 4, 4)),
]


@pytest.mark.parametrize(("layer", "source", "target"), ASKED)
def test_pytorch_gives_the_shape_for_every_solution(layer, source, target):
    solutions = found(ask(layer, source, target)).solutions
    assert solutions
    for solution in solutions:
        with torch.device("meta"):
            module = eval(f"torch.nn.{solution.text}", {"torch": torch})  # noqa: S307 - a text of our own
            assert tuple(module(torch.empty(1, *source)).shape) == (1, *target), solution.text
        assert sum(p.numel() for p in module.parameters()) == solution.parameters


def test_pytorch_runs_what_its_meta_kernels_do_not_check():
    """Output paddings, groups and paddings of pools are checked on the CPU alone."""
    for layer, source, target in [
        ("ConvTranspose2d(2, 2)", (2, 3, 3), (2, 6, 6)),
        ("MaxPool2d()", (2, 6, 6), (2, 3, 3)),
        ("AvgPool2d()", (2, 6, 6), (2, 3, 3)),
        ("Conv2d(2, 2, padding_mode='reflect')", (2, 6, 6), (2, 3, 3)),
    ]:
        for solution in found(ask(layer, source, target, Bounds(kernel=5, stride=3, padding=5))).solutions:
            module = eval(f"torch.nn.{solution.text}", {"torch": torch})  # noqa: S307 - a text of our own
            assert tuple(module(torch.zeros(1, *source)).shape) == (1, *target), solution.text


@pytest.mark.conformance
@given(
    size=st.integers(1, 12),
    out=st.integers(1, 24),
    family=st.sampled_from(["Conv1d", "ConvTranspose1d", "MaxPool1d"]),
)
@settings(max_examples=60)
def test_pytorch_has_no_setting_that_is_not_found(size, out, family):
    bounds = Bounds(kernel=4, stride=3, padding=3, dilation=2)
    channels = "" if family == "MaxPool1d" else "1, 1, "
    extras = range(3) if family == "ConvTranspose1d" else (0,)
    does_it = set()
    for k, s, p, d, e in product(range(1, 5), range(1, 4), range(4), range(1, 3), extras):
        added = f", output_padding={e}" if family == "ConvTranspose1d" else ""
        text = f"{family}({channels}{k}, stride={s}, padding={p}, dilation={d}{added})"
        try:
            shape = eval(f"torch.nn.{text}", {"torch": torch})(torch.zeros(1, 1, size)).shape  # noqa: S307
        except (RuntimeError, ValueError):
            continue
        if tuple(shape) == (1, 1, out) and not (k == 1 and d > 1):
            does_it.add((k, s, p, d, e))
    answer = found(ask(f"{family}({channels.rstrip(', ')})", (1, size), (1, out), bounds))
    told = {
        tuple(
            s.settings.get(name, (0,))[0]
            for name in ("kernel", "stride", "padding", "dilation", "output_padding")
        )
        for s in answer.solutions
    }
    assert told == does_it
