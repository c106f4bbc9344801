"""The classics against torchvision's own code: every weight, every call, every shape, every count."""

import pytest

from shapelens.analyses.costs import costs_of
from shapelens.network import evaluate_network
from shapelens.readers.classics import CLASSICS, read_classic
from tests.readers.classics import oracle
from tests.readers.classics.figures import LEAST_SIZES

pytestmark = pytest.mark.torch
pytest.importorskip("torch")

if oracle.torchvision() is None:
    pytest.skip("torchvision is not installed", allow_module_level=True)

NAMES = [name for name, classic in CLASSICS.items() if classic.variant.startswith("torchvision's")]
"""Those that say that they are torchvision's."""

AUXILIARY_HEADS = {"inception_v3": 27_161_264 - 23_834_568}
"""Parameters that torchvision's count of a network has and the network, without its heads, has not."""


def test_all_that_torchvision_has_are_compared():
    assert len(NAMES) == 16
    there = set(dir(oracle.torchvision().models)) | {"squeezenet"}
    assert there & set(CLASSICS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_has_its_name_and_shape(name):
    state = oracle.model(name).state_dict()
    # How many batches a norm has seen is no weight.
    expected = {key: tuple(t.shape) for key, t in state.items() if not key.endswith("num_batches_tracked")}
    network = read_classic(name)
    assert {key: weight.shape for key, weight in network.weights.items()} == expected
    assert network.learned == {key for key, _ in oracle.model(name).named_parameters()}


@pytest.mark.parametrize("name", NAMES)
def test_every_module_has_its_path_and_class(name):
    expected = {path: type(module).__name__ for path, module in oracle.model(name).named_modules()}
    assert dict(read_classic(name).modules) == expected


def our_calls(network, sample):
    shapes = {network.inputs[0].name: (2, *sample)}
    for step in evaluate_network(network, shapes).steps:
        node = step.node
        assert not step.broken, node.name
        yield node.path, node.source_operator, step.output.shape


# Sizes of which every floor, ceil and last window has something to drop, too.
@pytest.mark.parametrize("size", [None, (3, 127, 250), (3, 75, 299)])
@pytest.mark.parametrize("name", NAMES)
def test_every_call_in_order_and_every_shape(name, size):
    sample = size or CLASSICS[name].sample
    assert list(our_calls(read_classic(name), sample)) == oracle.calls(oracle.model(name), sample)


@pytest.mark.parametrize("name", NAMES)
def test_the_totals_are_those_of_the_published_weights(name):
    meta = _metadata(name)
    costs = costs_of(evaluate_network(read_classic(name), {}))
    assert costs.total_parameters == meta["num_params"] - AUXILIARY_HEADS.get(name, 0)
    assert round(costs.total_macs / 1e9, 3) == meta["_ops"]


def _metadata(name):
    function, _ = oracle.SETTINGS.get(name, (name, {}))
    weights = oracle.torchvision().models.get_model_weights(function)
    return weights.IMAGENET1K_V1.meta


@pytest.mark.parametrize(("name", "least"), LEAST_SIZES.items())
def test_the_smallest_sizes_are_refused_alike(name, least):
    network, module = read_classic(name), oracle.model(name)
    for size in (least - 1, least, least + 1):
        ours = size > 0 and not evaluate_network(network, {network.inputs[0].name: (2, 3, size, size)}).broken
        assert ours == _runs(module, size), size


def _runs(module, size):
    import torch

    try:
        module(torch.empty(2, 3, size, size, device="meta"))
    except RuntimeError:
        return False
    return True
