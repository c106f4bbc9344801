"""Networks of torchvision and timm that `torch.onnx` wrote: every tensor, and the costs of the module itself."""

from __future__ import annotations

import pytest

from shapelens.inspection import inspect
from tests.readers.onnx.exported_networks import FIXED, FREE, SIZE, exported, module_of
from tests.readers.onnx.judging import fixed_network, network_from, symbolic_network

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.conformance, pytest.mark.onnx, pytest.mark.torch]

EXPORTERS = ("new", "old")


@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", [*FREE, *FIXED])
def test_every_tensor_is_known_and_right(name, exporter) -> None:
    verdict = fixed_network(exported(name, exporter))
    assert (verdict.wrong, verdict.unknown) == ([], {})


@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", FREE)
def test_every_tensor_is_a_formula_that_is_right_at_other_sizes(name, exporter) -> None:
    verdict = symbolic_network(exported(name, exporter))
    assert (verdict.wrong, verdict.unknown) == ([], {})
    assert verdict.sizes >= 2


@pytest.mark.parametrize("name", [*FREE, *FIXED])
def test_it_costs_what_the_module_costs(name) -> None:
    """The new exporter writes the module's parameters as they are; the old one folds norms into convolutions."""
    net = inspect(network_from(exported(name, "new").sized(*SIZE)))
    module = module_of(name)
    assert net.macs == inspect(module, (3, *SIZE)).macs
    assert net.parameters == sum(parameter.numel() for parameter in module.parameters())
    assert inspect(network_from(exported(name, "old").sized(*SIZE))).macs == net.macs
    assert net.findings == ()
