"""Models built without weights: the same parameters as with them, and nothing else that differs."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from shapelens.readers.torch.code.weightless import without_weights  # noqa: E402
from tests.readers.classics import oracle  # noqa: E402

MODULES = {
    "linear": lambda: nn.Linear(3, 4),
    "convolution": lambda: nn.Conv2d(4, 8, 3, groups=2),
    "norm": lambda: nn.BatchNorm2d(3),
    "recurrent": lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True),
    "attention": lambda: nn.MultiheadAttention(8, 2, kdim=4),
    "transformer": lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, batch_first=True), 2),
    "embedding": lambda: nn.Embedding(10, 3, padding_idx=0),
    "list": lambda: nn.ParameterList([torch.zeros(2), nn.Parameter(torch.ones(3), requires_grad=False)]),
    "spectral norm": lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4)),
    "double": lambda: nn.Linear(3, 4, dtype=torch.float64),
    "transposed": lambda: Own(nn.Parameter(torch.empty(3, 4).t())),
    "half": lambda: nn.Sequential(nn.Linear(3, 4)).half(),
}


class Own(nn.Module):
    def __init__(self, *parameters):
        super().__init__()
        for place, parameter in enumerate(parameters):
            setattr(self, f"p{place}", parameter)


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_is_as_it_is_with_weights(name):
    whole = MODULES[name]()
    with without_weights():
        built = MODULES[name]()
    assert {n: described(p) for n, p in built.named_parameters()} == {
        n: described(p) for n, p in whole.named_parameters()
    }
    assert all(p.is_meta for p in built.parameters())
    assert [n for n, _ in built.named_buffers()] == [n for n, _ in whole.named_buffers()]


def described(parameter):
    return tuple(parameter.shape), parameter.dtype, parameter.stride(), parameter.requires_grad


def test_buffers_keep_their_values():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("sizes", torch.tensor([7, 14]))
            self.rates = [rate.item() for rate in torch.linspace(0, 1, 3)]

    with without_weights():
        net = Net()
    assert net.sizes.tolist() == [7, 14]
    assert net.rates == [0, 0.5, 1]


def test_one_parameter_under_two_names_stays_one():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            shared = nn.Parameter(torch.empty(3, 3))
            self.first, self.second = shared, shared
            self.embedding, self.head = nn.Embedding(3, 4), nn.Linear(4, 3, bias=False)
            self.head.weight = self.embedding.weight

    with without_weights():
        net = Tied()
    assert net.first is net.second
    assert net.head.weight is net.embedding.weight
    assert sum(p.numel() for p in net.parameters()) == 9 + 12


def test_a_lazy_module_stays_lazy():
    with without_weights():
        layer = nn.LazyConv2d(8, 3)
    assert layer.has_uninitialized_params()
    assert tuple(layer(torch.zeros(1, 5, 9, 9)).shape) == (1, 8, 7, 7)


def test_what_is_noted_on_a_parameter_is_kept():
    parameter = nn.Parameter(torch.empty(3))
    parameter.is_norm = True
    with without_weights():
        net = Own(parameter)
    assert net.p0.is_norm
    assert not parameter.is_meta


def test_weights_from_a_file_go_nowhere():
    state = nn.Linear(3, 4).state_dict()
    with without_weights():
        layer = nn.Linear(3, 4)
        layer.load_state_dict(state)  # a warning would be an error here
    assert layer.weight.is_meta


def test_afterwards_modules_have_weights_again():
    with pytest.raises(ValueError, match="mine"), without_weights():
        raise ValueError("mine")
    assert not nn.Linear(3, 4).weight.is_meta


SETTINGS = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"init_weights": False},
}
"""torchvision counts the auxiliary heads of Inception v3, and not those of GoogLeNet."""


@pytest.mark.conformance
def test_every_network_of_torchvision_has_its_parameters():
    if oracle.torchvision() is None:
        pytest.skip("torchvision is not installed")
    models = oracle.torchvision().models
    for name in models.list_models(module=models):
        with without_weights():
            built = models.get_model(name, weights=None, **SETTINGS.get(name, {}))
        assert all(p.is_meta for p in built.parameters()), name
        counts = {weights.meta["num_params"] for weights in models.get_model_weights(name)}
        assert sum(p.numel() for p in built.parameters()) in counts, name
