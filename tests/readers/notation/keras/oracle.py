"""Keras itself, asked what a layer text gives; and what is read of the same text."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from math import prod
from typing import Any

from shapelens.dims import Unknown
from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.readers.notation.reading import read_notation

BATCH = 2


@dataclass(frozen=True)
class Told:
    """What comes of a layer: the shapes of its outputs, without the batch, and how many numbers it holds.

    Args:
        outputs: the shapes.
        parameters: how many numbers are learned.
        weights: how many there are in all, statistics included.
    """

    outputs: tuple[tuple[int, ...], ...]
    parameters: int
    weights: int


def read(text: str, sample: tuple[int, ...]) -> Told | str:
    """What is read of a text; the reason where it is refused, or does not fit."""
    try:
        network = read_notation(text, sample)
    except LayerTextError as error:
        return error.summary
    shapes = {declared.name: (BATCH, *_sizes(declared.shape[1:])) for declared in network.inputs}
    evaluation = evaluate_network(network, shapes)
    if evaluation.broken:
        return f"broken: {[requirement.kind for _, requirement in evaluation.broken]}"
    taken = {value for node in network.nodes for value in node.inputs}
    given = [value for node in network.nodes for value in node.outputs if value not in taken]
    # The first output of the last part stands first, as a layer returns it.
    given.sort(key=lambda value: value != network.outputs[0])
    tensors = [evaluation.values[value] for value in given or network.outputs]
    for tensor in tensors:
        if isinstance(tensor.shape, Unknown) or not all(isinstance(dim, int) for dim in tensor.shape):
            return f"unknown: {tensor.shape}"
        assert tensor.shape[0] == BATCH
    held = {name: prod(weight.shape) for name, weight in network.weights.items()}
    learned = sum(size for name, size in held.items() if network.weights[name].learned)
    return Told(tuple([tensor.dims[1:] for tensor in tensors]), learned, sum(held.values()))


def _sizes(shape: Any) -> tuple[int, ...]:
    """A shape whose open sizes are 5: of further inputs."""
    return tuple([dim if isinstance(dim, int) else 5 for dim in shape])


def ask_keras(keras: Any, text: str, sample: tuple[int, ...]) -> Told | str:
    """What Keras gives; its error where it refuses."""
    import numpy as np

    try:
        layer = built(keras, text)
        inputs: Any = np.zeros((BATCH, *sample), "float32")
        if type(layer).__name__ in {"Attention", "AdditiveAttention"}:
            outputs = layer([inputs, np.zeros((BATCH, 5, sample[-1]), "float32")])
        elif type(layer).__name__ in {"MultiHeadAttention", "GroupedQueryAttention"}:
            other = inputs if inputs.ndim > 3 else np.zeros((BATCH, 5, sample[-1]), "float32")
            outputs = layer(inputs, other)
        else:
            outputs = layer(inputs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return Told(
        tuple([tuple(output.shape)[1:] for output in listed]),
        sum(int(prod(weight.shape)) for weight in layer.trainable_weights),
        sum(int(prod(weight.shape)) for weight in layer.weights),
    )


def built(keras: Any, text: str) -> Any:
    """The layer of Keras that a text is; its names looked up, and nothing else run."""
    return _value(keras, ast.parse(text.strip(), mode="eval").body)


def _value(keras: Any, node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        layer = getattr(keras, name) if name in {"Input", "Sequential"} else getattr(keras.layers, name)
        keywords = {keyword.arg: _value(keras, keyword.value) for keyword in node.keywords}
        return layer(*[_value(keras, argument) for argument in node.args], **keywords)
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_value(keras, item) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    return ast.literal_eval(node)
