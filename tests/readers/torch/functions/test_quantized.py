"""Quantised networks: the weights in packed objects, and functions that no meta device knows."""

from __future__ import annotations

import warnings

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from shapelens.network import Origin, evaluate_network  # noqa: E402
from shapelens.operators import Opaque  # noqa: E402
from shapelens.readers.torch import reader  # noqa: E402
from shapelens.readers.torch.inputs import arguments_of  # noqa: E402
from tests.readers.torch.functions.tables import macs_of  # noqa: E402
from tests.readers.torch.functions.torchvision_operators import defined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


def followed(model, shape):
    """The network of a quantised model: nothing stops it, and nothing is without a rule."""
    network, recording = reader.traced(
        model, arguments_of(model, shape, None, {}, {}), Origin("torch", "model")
    )
    assert not network.facts.get("stopped"), network.facts
    assert recording.disagreements == []
    assert [node.operator.called for node in network.nodes if isinstance(node.operator, Opaque)] == []
    assert network.assumptions == ()
    return network


def compared(model, *shapes):
    """The network, whose outputs are those of a run on the CPU, at every shape of a sample."""
    network = followed(model, shapes[0])
    for shape in shapes:
        for batch in (1, 3):
            fed = {network.inputs[0].name: (batch, *shape)}
            said = [(tensor.shape, tensor.dtype) for _, tensor in evaluate_network(network, fed).outputs]
            with torch.no_grad():
                given = model(torch.rand(batch, *shape))
            tensors = given if isinstance(given, tuple) else (given,)
            assert said == [(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in tensors]
    return network


def parameters_of(network):
    """How many parameters the network has."""
    from math import prod

    return sum(prod(weight.shape) for weight in network.weights.values() if weight.is_parameter)


def quantized(model, shape):
    """A model after static quantisation, with scales from random numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.eval().qconfig = torch.ao.quantization.get_default_qconfig(torch.backends.quantized.engine)
        torch.ao.quantization.prepare(model, inplace=True)
        model(torch.rand(1, *shape))
        return torch.ao.quantization.convert(model, inplace=True)


class Net(nn.Module):
    """Convolutions, a join, a sum, pooling, and a linear layer."""

    def __init__(self):
        super().__init__()
        self.quant = torch.ao.quantization.QuantStub()
        self.dequant = torch.ao.quantization.DeQuantStub()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU())
        self.left = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.right = nn.Conv2d(8, 8, 1, bias=False)
        self.up = nn.ConvTranspose2d(16, 4, 2, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(4, 10)
        self.functions = torch.ao.nn.quantized.FloatFunctional()

    def forward(self, x):
        x = self.stem(self.quant(x))
        x = self.functions.add_relu(x, self.left(x))
        x = self.up(self.functions.cat([x, self.right(x)], dim=1))
        return self.dequant(self.head(torch.flatten(self.pool(x), 1)))


@pytest.fixture(scope="module")
def net():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Net()
        model.qconfig_transposed = None
        model.eval()
        model.up.qconfig = torch.ao.quantization.QConfig(
            activation=torch.ao.quantization.MinMaxObserver,
            weight=torch.ao.quantization.default_weight_observer,
        )
        torch.ao.quantization.fuse_modules(model.stem, ["0", "1"], inplace=True)
        return quantized(model, (3, 16, 20))


def test_a_network_of_packed_weights(net) -> None:
    network = compared(net, (3, 16, 20), (3, 33, 18))
    weights = {name: weight.shape for name, weight in network.weights.items() if weight.is_parameter}
    assert weights["stem.0.weight"] == (8, 3, 3, 3)
    assert weights["left.weight"] == (8, 2, 3, 3)
    assert weights["up.weight"] == (16, 4, 2, 2)
    assert weights["head.bias"] == (10,)
    assert "right.bias" not in weights
    assert parameters_of(network) == sum(parameter.numel() for parameter in Net().parameters())


def test_it_costs_what_it_did_before(net) -> None:
    network = followed(net, (3, 16, 20))
    floats = Net()
    before = followed(floats, (3, 16, 20))
    assert macs_of(network, (1, 3, 16, 20)) == macs_of(before, (1, 3, 16, 20)) > 0


def test_what_flows_is_quantised(net) -> None:
    network = followed(net, (3, 16, 20))
    values = evaluate_network(network, {network.inputs[0].name: (1, 3, 16, 20)}).values
    inside = {values[node.outputs[0]].dtype for node in network.nodes[:-1]}
    assert inside == {"quint8"}
    assert values[network.outputs[0]].dtype == "float32"


def test_a_weight_that_is_used_twice_counts_once() -> None:
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(6, 6)

        def forward(self, x):
            return self.linear(self.linear(x))

    model = torch.ao.quantization.quantize_dynamic(Twice().eval(), {nn.Linear})
    assert parameters_of(compared(model, (6,))) == 6 * 6 + 6


@pytest.mark.parametrize("dtype", [torch.qint8, torch.float16], ids=str)
def test_linear_layers_on_the_fly(dtype) -> None:
    plain = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2, bias=False))
    model = torch.ao.quantization.quantize_dynamic(plain.eval(), {nn.Linear}, dtype=dtype)
    network = compared(model, (4,))
    assert parameters_of(network) == 4 * 8 + 8 + 8 * 2
    assert macs_of(network, (1, 4)) == 4 * 8 + 8 * 2


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("dtype", [torch.qint8, torch.float16], ids=str)
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2, "bidirectional": True}], ids=str)
def test_recurrent_layers_on_the_fly(kind, dtype, settings) -> None:
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = getattr(nn, kind)(4, 8, batch_first=True, **settings)

        def forward(self, x):
            return self.layer(x)[0]

    plain = Last().eval()
    model = torch.ao.quantization.quantize_dynamic(plain, {getattr(nn, kind)}, dtype=dtype)
    network = compared(model, (5, 4))
    assert parameters_of(network) == sum(parameter.numel() for parameter in plain.parameters())


@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell", "RNNCell"])
def test_cells_on_the_fly(kind) -> None:
    plain = nn.Sequential(getattr(nn, kind)(4, 8)).eval()
    model = torch.ao.quantization.quantize_dynamic(plain, {getattr(nn, kind)})
    network = compared(model, (4,))
    assert parameters_of(network) == sum(parameter.numel() for parameter in plain.parameters())


def test_other_layers() -> None:
    q = torch.ao.nn.quantized

    class Rest(nn.Module):
        def __init__(self):
            super().__init__()
            self.quant = q.Quantize(0.1, 0, torch.quint8)
            self.images = nn.Sequential(
                q.Conv2d(3, 8, 3, padding=1),
                q.BatchNorm2d(8),
                q.Hardswish(0.1, 0),
                q.LeakyReLU(0.1, 0),
                nn.MaxPool2d(2),
            )
            self.sequences = q.Conv1d(4, 6, 3)
            self.norm = q.LayerNorm((6,), nn.Parameter(torch.rand(6)), nn.Parameter(torch.rand(6)), 0.1, 0)
            self.softmax = q.Softmax(-1)
            self.functions = q.QFunctional()

        def forward(self, x):
            x = self.images(self.quant(x))
            x = self.functions.mul(self.functions.add_scalar(x[:, :4], 1.0), x[:, 4:])
            x = self.sequences(x.mean(-1)).transpose(1, 2)
            return self.softmax(self.norm(x)).dequantize()

    network = compared(Rest().eval(), (3, 12, 9))
    assert network.weights["sequences.weight"].shape == (6, 4, 3)


def test_embeddings() -> None:
    model = nn.Sequential(torch.ao.nn.quantized.Embedding(10, 4)).eval()
    arguments = arguments_of(model, None, None, {}, {}, (torch.zeros(2, 5, dtype=torch.int64),))
    network, _ = reader.traced(model, arguments, Origin("torch", "model"))
    (out,) = [
        tensor.shape for _, tensor in evaluate_network(network, {network.inputs[0].name: (3, 7)}).outputs
    ]
    assert out == (3, 7, 4)
    assert parameters_of(network) == 40


@pytest.mark.conformance
def test_a_whole_residual_network() -> None:
    model = defined().models.quantization.resnet18(weights=None, quantize=False).eval()
    plain = sum(parameter.numel() for parameter in model.parameters())
    norms = sum(p.numel() for m in model.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters())
    biases = norms // 2  # a norm's scale and shift become a bias
    model.fuse_model(is_qat=False)
    network = compared(quantized(model, (3, 64, 64)), (3, 64, 64), (3, 100, 75))
    assert parameters_of(network) == plain - norms + biases
    assert macs_of(network, (1, 3, 224, 224)) == 1_814_073_344
