"""Nothing is found in networks that work: torchvision's and timm's."""

from __future__ import annotations

import gc
import warnings

import pytest

pytest.importorskip("torch")

import shapelens
from tests.readers.torch import networks
from tests.readers.torch.test_networks import cases

pytestmark = [pytest.mark.torch, pytest.mark.conformance]


@pytest.fixture(autouse=True)
def _free_memory():
    yield
    gc.collect()


@pytest.mark.parametrize(("name", "library"), cases())
def test_no_error_and_no_warning(name, library):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = networks.build(name, library)
        findings = shapelens.inspect(model, networks.sample_of(model, name)).findings
    assert [finding.message for finding in findings if finding.severity != "note"] == []
