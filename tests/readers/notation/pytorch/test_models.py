"""Prints of whole models: what is read holds what the model holds, and claims no shape that the model does not have."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown, evaluate
from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation
from tests.readers.classics.oracle import torchvision
from tests.readers.notation.oracle import parameters, total

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

BATCH = 2
UNPRINTED = (
    *("class_token", "in_proj_bias", "in_proj_weight", "layer_scale", "pos_embedding"),
    *("relative_position_bias_table", "relative_position_index"),
)
"""What a module holds itself, beside the modules in it: no print shows it."""


def model_of(name):
    """A model of torchvision's without memory for its weights, and without fetching any."""
    vision = torchvision()
    if vision is None:
        pytest.skip("torchvision is not installed")
    settings = {"init_weights": False} if name in {"googlenet", "inception_v3"} else {}
    with torch.device("meta"):
        return vision.models.get_model(name, weights=None, **settings).eval()


def real_shapes(model, sample):
    """The shape of what each module gives, by path, in a forward pass; modules called twice are left out."""
    shapes, twice = {}, set()

    def keep(path):
        def hook(module, inputs, output):
            if path in shapes:
                twice.add(path)
            if isinstance(output, torch.Tensor):
                shapes[path] = tuple(output.shape)

        return hook

    for path, module in model.named_modules():
        module.register_forward_hook(keep(path))
    model(torch.zeros((BATCH, *sample), device="meta"))
    return {path: shape for path, shape in shapes.items() if path not in twice}


def claimed(network):
    """What is claimed of each module's output, by path: None where a size is not known."""
    evaluation = evaluate_network(network, {})
    assert evaluation.broken == ()
    shapes = {}
    for step in evaluation.steps:
        shape = step.output.shape
        if not isinstance(shape, Unknown):
            dims = [None if isinstance(dim, Unknown) else evaluate(dim, {"N": BATCH}) for dim in shape]
            shapes[step.node.name] = tuple(dims)
    return shapes


def compare(name, sample):
    model = model_of(name)
    network = read_notation(str(model), sample)
    held = {key: shape for key, shape in parameters(model).items() if not key.endswith(UNPRINTED)}
    assert {key: weight.shape for key, weight in network.weights.items()} == held
    shapes, known = real_shapes(model, sample), 0
    for name_of_node, claim in claimed(network).items():
        path = name_of_node.removesuffix(".forward")
        if path in shapes:
            assert len(claim) == len(shapes[path]), path
            for own, real in zip(claim, shapes[path], strict=True):
                assert own in {None, real}, f"{path}: {claim}, and it is {shapes[path]}"
            known += 1
    assert known, "nothing was compared"
    return model, network


@pytest.mark.parametrize("name", ["resnet18", "vgg16", "mobilenet_v2", "densenet121"])
def test_a_print_has_the_models_parameters_and_claims_no_other_shape(name):
    model, network = compare(name, (3, 224, 224))
    learned = [network.weights[key].tensor.elements for key in network.learned]
    assert sum(learned) == total(model)


def test_the_chain_of_a_print_has_all_of_its_shapes():
    """A VGG's features stand in a Sequential; given what goes in, nothing of it is unknown."""
    features = model_of("vgg16").features
    shapes = claimed(read_notation(str(features), (3, 224, 224)))
    real = real_shapes(features, (3, 224, 224))
    assert shapes == {path: shape for path, shape in real.items() if path}
    assert shapes["30"] == (BATCH, 512, 7, 7)


def test_a_forward_that_is_not_shown_gives_nothing_that_is_known():
    (name, output), *_ = evaluate_network(read_notation(str(model_of("resnet18")), (3, 224, 224)), {}).outputs
    assert name == "forward"
    assert output.shape == Unknown("a print does not show what ResNet.forward does")


CLASSIFIERS = (
    *("alexnet", "convnext_tiny", "densenet169", "efficientnet_b0", "efficientnet_v2_s", "googlenet"),
    *("inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v3_large", "mobilenet_v3_small", "resnet50"),
    *("resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_0", "swin_t", "vgg19_bn", "vit_b_16"),
    "wide_resnet50_2",
)


@pytest.mark.conformance
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_other_prints_too(name):
    compare(name, (3, 299, 299) if name == "inception_v3" else (3, 224, 224))


@pytest.mark.conformance
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_chain_in_a_model_is_read_as_it_computes(name):
    """Each Sequential that is made of layers alone, printed by itself, with what goes into it in the model."""
    model = model_of(name)
    fed = {}

    def keep(path):
        def hook(module, inputs):
            fed.setdefault(path, tuple(inputs[0].shape[1:]))

        return hook

    chains = {p: m for p, m in model.named_modules() if type(m) is torch.nn.Sequential and _is_plain(m)}
    for path, module in chains.items():
        module.register_forward_pre_hook(keep(path))
    size = 299 if name == "inception_v3" else 224
    model(torch.zeros((BATCH, 3, size, size), device="meta"))
    for path, sample in fed.items():
        chain = model_of(name).get_submodule(path)
        (_, output), *_ = evaluate_network(read_notation(str(chain), sample), {}).outputs
        expected = chain(torch.zeros((BATCH, *sample), device="meta")).shape
        for dim, real in zip(output.dims, expected, strict=True):
            untold = isinstance(dim, Unknown) and "ceil_mode" in dim.reason
            assert untold or evaluate(dim, {"N": BATCH}) == real, path


def _is_plain(module):
    """Whether it holds torch.nn's own layers alone."""
    return all(type(child).__module__.startswith("torch.nn.") for child in module.modules())
