"""The ways through models of PyTorch, looked for until every size is on one of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import shapelens  # noqa: E402 - after the check for PyTorch
from tests.analyses.sizes.own_networks import NETWORKS, Counted  # noqa: E402
from tests.readers.classics.oracle import torchvision  # noqa: E402
from tests.readers.torch import networks  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def sizes_of(model, sample=(1, 96, 96), **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return shapelens.inspect(model.eval(), sample).sizes(**settings)


def runs(model, height, width):
    """Whether a real forward of two samples gives something."""
    try:
        with torch.no_grad():
            model(torch.zeros(2, 1, height, width))
    except Exception:
        return False
    return True


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "counted"])
def test_they_are_those_of_a_real_forward(name):
    model = NETWORKS[name]().eval()
    sizes = sizes_of(model, maximum=100)
    points = [(n, n) for n in range(1, 50)] + [(n, 5 * n % 53 + 1) for n in range(1, 50, 4)]
    answers = sizes.contains(*np.array(points).T).tolist()
    assert answers == [runs(model, *point) for point in points]
    assert sizes.share_unknown == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unet, 2 poolings", "H and W: multiples of 4"),
        ("unet, 4 poolings", "H and W: multiples of 16"),
        ("unet, four padded skips", "H and W ≥ 16"),
        ("unet, add", "H and W: multiples of 8"),
        ("unet, unpadded", "H and W ≥ 44"),
        ("flattened", "(floor(H/4) - 3)·(floor(W/4) - 3) = 25"),
        ("windows", "H and W ≥ 4"),
        ("strided", "H and W: 1; or multiples of 8"),
        ("tokens", "floor(H/8)·floor(W/8) = 64 or floor(H/8)·floor(W/8) = 1"),
    ],
)
def test_in_words(name, words):
    sizes = sizes_of(NETWORKS[name]())
    assert str(sizes) == words
    assert sizes.is_proved


def test_what_an_author_refuses_is_refused():
    sizes = sizes_of(NETWORKS["checked"](), maximum=200)
    assert str(sizes) == "H and W: multiples of 12 (known for 1 to 200)"
    assert sizes.refusal(100, 96).startswith("the model's own code raises ValueError in own_networks.py:")
    assert [str(outcome.shapes) for outcome in sizes.outputs][-1] == "((N, 8),)"


def test_what_slips_through_python_is_never_told_wrong():
    """Rows that are counted in Python, where no arithmetic is seen: each height is known only where it was traced."""
    model = Counted().eval()
    sizes = sizes_of(model, maximum=100, budget=40)
    assert 0.3 < sizes.share_unknown < 0.9
    assert "not known for" in str(sizes)
    told = {n: sizes.contains(n, 40) for n in range(1, 101)}
    assert {
        n: answer for n, answer in told.items() if answer is not None and answer != runs(model, n, 40)
    } == {}
    assert sum(answer is not None for answer in told.values()) >= 20


def test_a_budget_of_one_trace_leaves_the_rest_unknown():
    sizes = sizes_of(NETWORKS["windows"](), maximum=100, budget=1)
    assert sizes.exploration.traces == 1
    assert sizes.contains(96, 96) is True
    assert sizes.contains(3, 3) is False
    assert sizes.contains(20, 20) is None
    assert sizes.nearest(3, 3) != []
    assert sizes.refusal(20, 20) == ""
    assert sizes.at(20, 20) is None


def test_a_network_whose_code_sees_no_size_is_traced_once():
    model = NETWORKS["unet, add"]().eval()
    traced = []
    model.register_forward_pre_hook(lambda module, inputs: traced.append(1))
    net = shapelens.inspect(model, (1, 96, 96))
    traced.clear()
    assert str(net.sizes()) == "H and W: multiples of 8"
    assert len(traced) == 1


def test_a_refusal_that_the_author_catches_leads_another_way():
    class Careful(torch.nn.Module):
        def forward(self, x):
            try:
                return x.view(x.shape[0], 4, -1)
            except RuntimeError:
                return x.flatten(1)[:, :4]

    model = Careful().eval()
    sizes = sizes_of(model, (1, 8, 8), maximum=30)
    points = [(h, w) for h in range(1, 31, 3) for w in (1, 2, 5, 8)]
    for point in points:
        assert sizes.contains(*point) in (None, runs(model, *point)), point


def test_a_refusal_that_no_rule_explains_is_for_its_own_sizes():
    class Odd(torch.nn.Module):
        def forward(self, x):
            if x.shape[-1] == 9:
                torch.pdist(x)
            return torch.stack([]) if x.shape[-1] == 7 else x

    model = Odd().eval()
    sizes = sizes_of(model, (1, 12, 12), maximum=30)
    for n in range(1, 31):
        assert sizes.contains(12, n) in (None, runs(model, 12, n)), n
    assert sizes.contains(12, 7) is False
    assert sizes.contains(12, 20) is True


def test_in_training_one_sample_may_not_do():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3, 2), torch.nn.BatchNorm2d(4)).train()
    sizes = shapelens.inspect(model, (1, 32, 32)).sizes(maximum=50)
    assert sizes.contains(3, 3) is True
    assert sizes.contains(3, 3, batch=1) is False
    assert sizes.contains(5, 3, batch=1) is True
    assert sizes.other_batches == (1,)


def test_a_batch_folded_into_features_is_told():
    class Folding(torch.nn.Module):
        def forward(self, x):
            return x.view(-1, 32)

    sizes = shapelens.inspect(Folding(), (4, 8, 8)).sizes(maximum=40)
    assert sizes.contains(3, 1) is False
    assert sizes.contains(3, 1, batch=8) is True
    assert sizes.contains(4, 2, batch=1) is True
    assert sizes.contains(2, 2) is True
    assert sizes.contains(2, 2, batch=1) is False
    assert sizes.other_batches == (1, 3)
    assert sizes_of(NETWORKS["windows"]()).other_batches == ()


def test_inputs_that_share_a_symbol_and_inputs_that_do_not():
    class Joined(torch.nn.Module):
        def forward(self, left, right):
            return left + right

    shapes = {"left": (2, 3, 8, 8), "right": (2, 3, 8, 8)}
    apart = shapelens.inspect(Joined(), shapes=shapes).sizes(maximum=20)
    assert [axis.name for axis in apart.axes] == ["H", "W", "right_H", "right_W"]
    assert apart.contains(8, 8, 8, 8) is True
    assert apart.contains(8, 8, 8, 7) is False
    alike = shapelens.inspect(Joined(), shapes=dict.fromkeys(shapes, "2x3xHxW")).sizes(maximum=20)
    assert str(alike) == "every H and W"


def test_tokens():
    class Positions(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words = torch.nn.Embedding(100, 8)
            self.positions = torch.nn.Parameter(torch.zeros(64, 8))

        def forward(self, tokens):
            return self.words(tokens) + self.positions[: tokens.shape[1]]

    sizes = shapelens.inspect(Positions(), shapes={"tokens": "2xL:int64"}).sizes()
    assert str(sizes) == "L: at most 64"


needs_torchvision = pytest.mark.skipif(torchvision() is None, reason="torchvision is not installed")


@needs_torchvision
@pytest.mark.parametrize(
    ("name", "sample", "words"),
    [
        ("vit_b_16", "3xHxW", "H = W = 224"),
        ("deeplabv3_resnet50", "3xHxW", "every H and W"),
        ("swin_t", "3xSxS", "S ≥ 4"),
    ],
)
def test_of_torchvision(name, sample, words):
    model = networks.build(name, "torchvision")
    sizes = sizes_of(model, sample)
    assert str(sizes) == words
    assert sizes.is_proved
