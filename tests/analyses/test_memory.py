"""How much memory a network takes, against PyTorch's own networks and by hand."""

from __future__ import annotations

import warnings
import weakref

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from shapelens import inspect
from shapelens.analyses.memory import memory_of
from shapelens.dims import Expression, Unknown, evaluate, symbol
from shapelens.errors import ShapelensError
from shapelens.network import Input, Network, Node, Origin, Weight, evaluate_network
from shapelens.operators import Activation, Constant, Elementwise, Fill, Linear, Opaque, Quantize, Split
from shapelens.readers.building import Builder
from shapelens.readers.notation import read_notation
from tests.operators.keeping import kept_by_pytorch, learning_before, out_of_place
from tests.readers.classics.oracle import SETTINGS, torchvision
from tests.readers.notation.oracle import build
from tests.readers.notation.pytorch.layers import CASES

N = symbol("N")


# by hand ------------------------------------------------------------------------------------------------


def test_a_chain():
    # 3×8×8 → 4×8×8 → 4×8×8 → 10
    memory = inspect(
        "Sequential(Conv2d(3, 4, 3, padding=1), ReLU(), Flatten(), Linear(256, 10))", (3, 8, 8)
    ).memory()
    image, maps = 3 * 8 * 8 * 4, 4 * 8 * 8 * 4
    assert memory.input_bytes == image * N
    assert memory.weight_bytes == (4 * 3 * 9 + 4 + 256 * 10 + 10) * 4
    # The image, which the caller holds, and what goes into and comes out of the ReLU.
    assert memory.peak_bytes == (image + maps + maps) * N
    assert memory.peak_at == "1"
    # The convolution keeps the image, the ReLU what it gives, and the linear layer a view of that.
    assert memory.backward_bytes == (image + maps) * N


def test_a_skip_is_alive_until_it_is_added():
    net = Builder(Origin("classic", "some"))
    net.image((4, 8, 8))
    start = net.add(Activation("relu"))
    for _ in range(3):
        net.add(Activation("relu"))
    net.function(Elementwise("add"), "add", [net.here, start])
    memory = memory_of(evaluate_network(net.network(), {}))
    # The image, the start, and two more.
    assert memory.peak_bytes == 4 * (4 * 8 * 8 * 4) * N
    assert memory.peak_at == "2"
    assert memory.backward_bytes == 0  # nothing is learned


def test_weights_by_type_and_shared_ones_once():
    weights = {
        "w": Weight("w", (16, 16), "int8"),
        "scale": Weight("scale", (), "float32"),
        "table": Weight("table", (10,), "int64", learned=False),
    }
    nodes = (
        Node("a", Quantize(), ("x", "scale"), ("a",)),
        Node("b", Elementwise("add"), ("a", "w"), ("b",)),
        Node("c", Elementwise("add"), ("b", "w"), ("c",)),
        Node("d", Constant((4,), "float16"), (), ("d",)),
    )
    network = Network(Origin("onnx", "some"), (Input("x", (16, 16)),), ("c",), nodes, weights)
    memory = memory_of(evaluate_network(network, {}))
    assert memory.weight_bytes_by_dtype == {"int8": 256, "float32": 4, "int64": 80, "float16": 8}
    assert memory.weight_bytes == 348


def test_a_weight_that_is_made_from_sizes_is_held_like_one_that_is_stored():
    nodes = (
        Node("w", Fill(value=None), ("sizes",), ("w",)),
        Node("y", Linear(), ("x", "w"), ("y",)),
    )
    weights = {"sizes": Weight("sizes", (2,), "int64", (5, 6), learned=False)}
    network = Network(Origin("onnx", "some"), (Input("x", (2, 6)),), ("y",), nodes, weights)
    memory = memory_of(evaluate_network(network, {}))
    assert memory.weight_bytes_by_dtype == {"int64": 16, "float32": 5 * 6 * 4}
    assert memory.peak_bytes == (2 * 6 + 2 * 5) * 4
    assert memory.backward_bytes == 2 * 6 * 4


def test_without_a_layer_there_are_the_inputs():
    network = Network(Origin("classic", "some"), (Input("x", (2, 3)),), ("x",), ())
    memory = memory_of(evaluate_network(network, {}))
    assert (memory.input_bytes, memory.peak_bytes, memory.peak_at, memory.backward_bytes) == (24, 24, None, 0)


def test_where_it_is_most_is_the_first_of_several():
    memory = inspect("Sequential(ReLU(), ReLU(), ReLU())", (4,)).memory(2)
    assert (memory.peak_bytes, memory.peak_at) == (3 * 4 * 4 * 2, "1")


# batches and symbols ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lenet5", "vgg11", "resnet50", "densenet121", "googlenet", "unet"])
def test_formulas_of_the_batch(name):
    network = inspect(name)
    formulas = network.memory()
    for batch in (1, 2, 7):
        memory = network.memory(batch)
        for found, formula in (
            (memory.peak_bytes, formulas.peak_bytes),
            (memory.input_bytes, formulas.input_bytes),
            (memory.backward_bytes, formulas.backward_bytes),
        ):
            assert isinstance(found, int)
            assert evaluate(formula, {"N": batch}) == found
        assert memory.weight_bytes == formulas.weight_bytes
        assert memory.peak_at == formulas.peak_at


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "unet"])
@pytest.mark.parametrize("size", [(188, 204), (572, 604), (1004, 700)])
def test_formulas_of_the_size(name, size):
    formulas = inspect(name).symbolic().memory()
    memory = inspect(name, (1 if name == "unet" else 3, *size), batch=3).memory()
    sizes = dict(zip("NHW", (3, *size), strict=True))
    assert evaluate(formulas.peak_bytes, sizes) == memory.peak_bytes
    assert evaluate(formulas.backward_bytes, sizes) == memory.backward_bytes


def test_another_batch_than_the_one_that_was_inspected():
    eight = inspect("resnet18", batch=8)
    assert eight.memory(2) == inspect("resnet18").memory(2)
    assert eight.memory() == eight.memory(8) == inspect("resnet18").memory(8)


def test_a_network_of_one_sample_has_no_batch():
    shapes = {"input": (3, 32, 32)}
    one = inspect("Conv2d(3, 8, 3)", shapes=shapes)
    assert one.memory(4) == one.memory()


def test_what_a_size_decides_is_no_condition_of_the_evaluation():
    # An odd padding is a copy, and whether it is odd hangs on the size.
    network = inspect("Conv2D(8, 3, strides=2, padding='same')", ("H", "W", 3))
    before = list(network.evaluation.path.conditions)
    kept = network.memory().backward_bytes
    assert network.evaluation.path.conditions == before
    # 224×224 is padded to 225×225, and that is kept.
    assert isinstance(kept, Expression)
    assert evaluate(kept, {"N": 2, "H": 224, "W": 224}) == 2 * 225 * 225 * 3 * 4


# what is not known --------------------------------------------------------------------------------------


def test_what_is_not_known_says_why():
    net = Builder(Origin("classic", "some"))
    net.image((3, 8, 8))
    net.add(Opaque("Mystery"), name="mystery")
    memory = memory_of(evaluate_network(net.network(), {}))
    because = Unknown("there is no rule for Mystery")
    assert memory.input_bytes == 3 * 8 * 8 * 4 * N
    assert (memory.peak_bytes, memory.peak_at) == (because, None)
    assert memory.backward_bytes == 0
    scaled = memory_of(evaluate_network(learning_before(net.network()), {}))
    assert scaled.backward_bytes == Unknown("what Opaque keeps for the backward pass is not known")


def test_an_input_of_unknown_rank():
    network = Network(
        Origin("onnx", "some"), (Input("x", None),), ("y",), (Node("y", Activation(), ("x",), ("y",)),)
    )
    memory = memory_of(evaluate_network(network, {}))
    because = Unknown("the input's rank is not declared")
    assert (memory.input_bytes, memory.peak_bytes, memory.peak_at) == (because, because, None)


def test_texts_have_no_length():
    nodes = (Node("y", Split(0, parts=2), ("x",), ("y", "z")),)
    network = Network(Origin("onnx", "some"), (Input("x", (4,), "string"),), ("y",), nodes)
    memory = memory_of(evaluate_network(network, {}))
    assert memory.input_bytes == Unknown("how long an element of type string is is not known")


# against PyTorch: inference -----------------------------------------------------------------------------


def peak_in_pytorch(module, image):
    """The most bytes of tensors that are alive at once after any operator, the weights left out."""
    torch = pytest.importorskip("torch")
    from torch.utils._python_dispatch import TorchDispatchMode

    held = {tensor.untyped_storage().data_ptr() for tensor in (*module.parameters(), *module.buffers())}

    class Watching(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.alive = weakref.WeakSet()
            self.most = 0
            self.note(image)

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            given = function(*args, **(kwargs or {}))
            for tensor in given if isinstance(given, (tuple, list)) else (given,):
                if isinstance(tensor, torch.Tensor):
                    self.note(tensor)
            return given

        def note(self, tensor):
            self.alive.add(tensor)
            storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in self.alive}
            self.most = max(self.most, sum(size for at, size in storages.items() if at not in held))

    with torch.no_grad(), Watching() as watching:
        module(image)
    return watching.most


CHAINS = [
    ("Sequential(Conv2d(3, 16, 3), ReLU(), AvgPool2d(2), Conv2d(16, 8, 3), Sigmoid())", (3, 20, 20)),
    (
        "Sequential(Conv2d(3, 16, 3), BatchNorm2d(16), Dropout(0.5), Identity(), SiLU(), Conv2d(16, 4, 1))",
        (3, 9, 9),
    ),
    ("Sequential(AvgPool2d(2), Flatten(), Linear(75, 300), Tanh(), Linear(300, 10))", (3, 10, 10)),
    (
        "Sequential(Conv2d(1, 2, 3), Unflatten(1, (2, 1)), Flatten(1, 2), ReLU(), Flatten(), Linear(72, 9))",
        (1, 8, 8),
    ),
]


@pytest.mark.torch
@pytest.mark.parametrize(("text", "sample"), CHAINS)
def test_the_peak_is_what_is_alive_in_pytorch(text, sample):
    """A chain in one `Sequential` lets go of each tensor as soon as the next one is there."""
    torch = pytest.importorskip("torch")
    module = eval(text, vars(torch.nn)).eval()  # noqa: S307 # the texts above
    assert inspect(text, sample).memory(2).peak_bytes == peak_in_pytorch(module, torch.zeros(2, *sample))


# against PyTorch: learning ------------------------------------------------------------------------------

NETWORKS = {
    "alexnet": 64,
    "densenet121": 33,
    "googlenet": 33,
    "mobilenet_v2": 40,
    "resnet18": 45,
    "vgg11": 32,
}
MORE_NETWORKS = {"inception_v3": 75, "resnet34": 64, "resnet50": 70, "squeezenet": 40, "vgg16": 64}


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "side"),
    [
        *NETWORKS.items(),
        *[pytest.param(*more, marks=pytest.mark.conformance) for more in MORE_NETWORKS.items()],
    ],
)
def test_classics_keep_what_torchvisions_networks_keep(name, side):
    torch = pytest.importorskip("torch")
    if torchvision() is None:
        pytest.skip("torchvision is not installed")
    function, given = SETTINGS.get(name, (name, {}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.device("meta"):  # where weights take no time to make; what is in them does not matter
            model = getattr(torchvision().models, function)(weights=None, **given)
        model = out_of_place(model.to_empty(device="cpu"))
    for held in (*model.parameters(), *model.buffers()):
        held.data.zero_()
    size = (3, side, side)
    memory = inspect(name, size).memory(2)
    held = [*model.parameters(), *model.buffers()]
    counts = [t for n, t in model.named_buffers() if n.endswith("num_batches_tracked")]
    assert memory.weight_bytes == sum(t.untyped_storage().nbytes() for t in held) - 8 * len(counts)
    assert memory.backward_bytes == kept_by_pytorch(model, [torch.zeros(2, *size)], held)


IN_PLACE = {"ReLU": 0, "ReLU6": 0, "Hardswish": 0, "SiLU": 0, "LeakyReLU": 1, "ELU": 1, "SELU": 1}
"""How many tensors less an activation keeps where it overwrites its input, which nothing else needs."""


@pytest.mark.torch
@pytest.mark.parametrize("name", IN_PLACE)
def test_an_activation_that_overwrites_its_input_keeps_at_most_a_tensor_less(name):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    chain = [nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), getattr(nn, name)(inplace=True), nn.Conv2d(8, 8, 3)]
    model = nn.Sequential(*chain).train()
    text = f"Sequential(Conv2d(3, 8, 3), BatchNorm2d(8), {name}(), Conv2d(8, 8, 3))"
    said = inspect(text, (3, 8, 8)).memory(2).backward_bytes
    kept = kept_by_pytorch(model, [torch.zeros(2, 3, 8, 8)], [*model.parameters(), *model.buffers()])
    assert said - kept == IN_PLACE[name] * 2 * 8 * 6 * 6 * 4


LEFT_OUT = {name for name in CASES if name.startswith("Lazy")} | {
    # Beside its mask it keeps one number, by which it scales.
    *("DropBlock2d", "DropBlock3d"),
    # torchvision's own code is not always there to run.
    "DeformConv2d",
}
UNKNOWN = {
    *("CrossMapLRN2d", "EmbeddingBag", "FractionalMaxPool2d", "FractionalMaxPool3d"),
    *("GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell"),
}
"""Layers that keep what is up to a library's kernel."""


IN_LARGER_MEMORY = {"Fold", "Unfold"}
"""Layers whose output PyTorch puts in memory that is longer than it."""


def assert_layer_keeps_as_pytorch(case, watched):
    """Compare one layer, whose inputs' gradients are wanted, where both take what is given.

    Args:
        case: the layer.
        watched: whether its inputs and its output are kept anyway.
    """
    import torch

    watched = watched and case.name not in IN_LARGER_MEMORY
    try:
        layer = build(case.name, case.settings)
        network = learning_before(read_notation(case.text, case.sample), watched=watched)
    except (AssertionError, ShapelensError, RuntimeError, TypeError, ValueError):
        reject()  # settings or a sample that one of the two does not take
    open_sizes = {
        s.name for i in network.inputs for d in i.shape if isinstance(d, Expression) for s in d.symbols()
    }
    sizes = {name: 2 if name == "N" else 3 for name in open_sizes}
    shapes = {i.name: tuple([evaluate(dim, sizes) for dim in i.shape]) for i in network.inputs}
    evaluation = evaluate_network(network, shapes)
    assume(not evaluation.broken)
    layer = out_of_place(layer)
    learned = torch.nn.Parameter(torch.tensor(1.0))
    tensors = [torch.zeros(shapes[i.name], dtype=getattr(torch, i.dtype)) for i in network.inputs]
    if case.name.startswith("MaxUnpool"):
        tensors[1] = torch.zeros(shapes[network.inputs[0].name], dtype=torch.int64)
    held = [learned, *layer.parameters(), *layer.buffers()]

    def learning(*given):
        own = [t * learned if t.is_floating_point() else t for t in given]
        outputs = layer(*own)
        first = outputs if isinstance(outputs, torch.Tensor) else outputs[0]
        return outputs, [t.sin() for t in (*own, first) if t.is_floating_point() and watched]

    try:
        kept = kept_by_pytorch(learning, tensors, held)
    except (RuntimeError, ValueError):
        reject()  # one value alone has no variance while it learns
    said = memory_of(evaluation).backward_bytes
    if case.name in UNKNOWN:
        assert isinstance(said, Unknown)
    else:
        assert said == kept, (case.text, shapes)


@pytest.mark.conformance
@pytest.mark.torch
@pytest.mark.parametrize("name", sorted(set(CASES) - LEFT_OUT))
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_a_layer_keeps_what_pytorchs_keeps(name, data):
    pytest.importorskip("torch")
    assert_layer_keeps_as_pytorch(data.draw(CASES[name]), data.draw(st.booleans()))


@pytest.mark.conformance
@pytest.mark.onnx
def test_every_operator_of_onnx_has_an_answer(tmp_path):
    pytest.importorskip("onnx")
    from onnx.backend.test.case.node import collect_testcases

    file, answers = tmp_path / "model.onnx", 0
    for case in collect_testcases(None):
        file.write_bytes(case.model.SerializeToString())
        try:
            network = inspect(str(file))
        except ShapelensError:
            continue
        memory = network.memory()
        for size in (memory.weight_bytes, memory.input_bytes, memory.peak_bytes, memory.backward_bytes):
            assert isinstance(size, (int, Expression, Unknown)), case.name
        answers += 1
    assert answers > 1800
