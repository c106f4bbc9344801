from __future__ import annotations

import os
import warnings
from importlib.util import find_spec

import pytest


@pytest.fixture(scope="session")
def keras():
    """Keras, which computes with PyTorch here."""
    if find_spec("keras") is None:
        pytest.skip("Keras is not installed, and is what is compared with")
    pytest.importorskip("torch", reason="Keras computes with PyTorch here, which is not installed")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras

        return keras
