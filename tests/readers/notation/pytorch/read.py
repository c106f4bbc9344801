"""What is read of one layer: shapes, weights and errors, for the tables of its family."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.operators import Tensor
from shapelens.readers.notation import read_notation

__all__ = ["broken", "error", "in_a_print", "outputs", "read", "weights"]


def read(text, sample=None):
    """The network of a text, evaluated as it is declared."""
    return evaluate_network(read_notation(text, sample), {})


def outputs(text, sample=None):
    """Every output of the last layer, as a text each."""
    evaluation = read(text, sample)
    return [_text(tensor) for tensor in evaluation.steps[-1].outputs]


def _text(tensor: Tensor) -> str:
    return "?" if isinstance(tensor.shape, Unknown) else "×".join(str(dim) for dim in tensor.shape)


def weights(text, sample=None):
    """The shapes of what a layer holds, by their names in it."""
    return {name.rpartition(".")[2]: w.shape for name, w in read_notation(text, sample).weights.items()}


def broken(text, sample):
    """The kinds of requirements that a sample breaks."""
    return [requirement.kind for _, requirement in read(text, sample).broken]


def error(text, sample=None):
    """The error that a text gives."""
    with pytest.raises(LayerTextError) as caught:
        read_notation(text, sample)
    assert "^" in caught.value.at
    assert caught.value.rule
    return caught.value


def in_a_print(line):
    """A layer as a print of a chain shows it."""
    return f"Sequential(\n  (0): {line}\n)"
