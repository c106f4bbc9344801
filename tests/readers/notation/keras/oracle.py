"""Keras itself, asked what a layer text gives; and what is read of the same text."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from math import prod
from typing import Any

from shapelens.dims import Unknown
from shapelens.errors import LayerTextError
from shapelens.network import Network, evaluate_network
from shapelens.operators import Tensor
from shapelens.readers.notation import read_notation

BATCH = 2
VALUES = 5
"""How many tokens attention's values are."""

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Told:
    """What comes of a layer.

    Args:
        outputs: the shapes of what it gives, without the batch.
        parameters: how many numbers are learned.
        weights: how many there are in all, statistics included.
    """

    outputs: tuple[Shape, ...]
    parameters: int
    weights: int


# what is read ---------------------------------------------------------------------------------------------


def read(text: str, sample: Shape) -> Told | str:
    """What is read of a text; the reason where it is refused, or does not fit."""
    try:
        network = read_notation(text, sample)
    except LayerTextError as error:
        return error.summary
    shapes = {declared.name: (BATCH, *_closed(declared.shape[1:])) for declared in network.inputs}
    evaluation = evaluate_network(network, shapes)
    if evaluation.broken:
        return f"broken: {[requirement.kind for _, requirement in evaluation.broken]}"
    tensors = [evaluation.values[value] for value in given_values(network)]
    if any(_is_open(tensor) for tensor in tensors):
        return "unknown"
    assert all(tensor.dims[0] == BATCH for tensor in tensors)
    sizes = {name: prod(weight.shape) for name, weight in network.weights.items()}
    learned = sum(size for name, size in sizes.items() if network.weights[name].learned)
    return Told(tuple([tensor.dims[1:] for tensor in tensors]), learned, sum(sizes.values()))


def given_values(network: Network) -> list[str]:
    """The values that nothing in the network takes, its output first."""
    taken = {value for node in network.nodes for value in node.inputs}
    given = [value for node in network.nodes for value in node.outputs if value not in taken]
    return sorted(given, key=lambda value: value not in network.outputs) or list(network.outputs)


def _closed(shape: Any) -> Shape:
    return tuple([dim if isinstance(dim, int) else VALUES for dim in shape])


def _is_open(tensor: Tensor) -> bool:
    return isinstance(tensor.shape, Unknown) or not all(isinstance(dim, int) for dim in tensor.shape)


# what Keras says ------------------------------------------------------------------------------------------


def ask_keras(keras: Any, text: str, sample: Shape) -> Told | str:
    """What Keras gives; its error where it refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = built(keras, text)
            outputs = _called(layer, sample)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return Told(
        tuple([tuple(output.shape)[1:] for output in listed]),
        sum(int(prod(weight.shape)) for weight in layer.trainable_weights),
        sum(int(prod(weight.shape)) for weight in layer.weights),
    )


def _called(layer: Any, sample: Shape) -> Any:
    import numpy as np

    inputs = np.zeros((BATCH, *sample), "float32")
    values = inputs if len(sample) > 2 else np.zeros((BATCH, VALUES, sample[-1]), "float32")
    if type(layer).__name__ in {"AdditiveAttention", "Attention"}:
        return layer([inputs, values])
    if type(layer).__name__ in {"GroupedQueryAttention", "MultiHeadAttention"}:
        return layer(inputs, values)
    return layer(inputs)


def built(keras: Any, text: str) -> Any:
    """The layer of Keras that a text is: its names are looked up, and nothing else is run."""
    return _value(keras, ast.parse(text.strip(), mode="eval").body)


def _value(keras: Any, node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        kind = getattr(keras if name in {"Input", "Sequential"} else keras.layers, name)
        keywords = {keyword.arg: _value(keras, keyword.value) for keyword in node.keywords}
        return kind(*[_value(keras, argument) for argument in node.args], **keywords)
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_value(keras, item) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    return ast.literal_eval(node)
