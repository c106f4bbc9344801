"""What a file ends in, from its path to its findings: the same for a test, for the limits and for the fuzzing."""

from __future__ import annotations

import os

from shapelens.analyses.findings import findings_of
from shapelens.dims import Expression, Path, shape_text
from shapelens.errors import ShapelensError
from shapelens.network import evaluate_network
from shapelens.readers.onnx.reader import network_of, read_onnx

__all__ = ["MOST_EVALUATED", "ending_of", "ending_of_bytes"]

MOST_EVALUATED = 100_000
"""Networks with more nodes and tensors are read and not evaluated."""


def ending_of(path: str | os.PathLike[str]) -> str:
    """The text of the error, or the shapes of the outputs.

    Args:
        path: of the file.
    """
    try:
        network = read_onnx(path)
    except ShapelensError as error:
        return str(error)
    return _of_network(network)


def ending_of_bytes(data: bytes) -> str:
    """The same for bytes that are in no file."""
    from shapelens.readers.onnx.decoding import decode_model

    try:
        network = network_of(decode_model(data))
    except ShapelensError as error:
        return str(error)
    return _of_network(network)


def _of_network(network) -> str:
    if len(network.nodes) + len(network.weights) > MOST_EVALUATED:
        return f"{len(network.nodes):,} nodes and {len(network.weights):,} tensors"
    example = {
        dim.symbols()[0].name: 2
        for declared in network.inputs
        for dim in declared.shape or ()
        if isinstance(dim, Expression)
    }
    evaluation = evaluate_network(network, {}, Path(example))
    findings_of(evaluation)
    return "\n".join([f"{name}: {shape_text(tensor.shape)}" for name, tensor in evaluation.outputs])
