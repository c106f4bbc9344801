"""The operator cases that come with onnx, each made into a file whose shapes are all to be found.

Of a case's inputs the first flows in and the others are constants; what the file declares of values in between,
and the shapes of its outputs, are taken out. What is left is what an exporter knows at least.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shapelens.readers.onnx.schema import data_type_name

onnx = pytest.importorskip("onnx")

LEAST_IR = 4
"""From this version of the format on, a stored tensor is a constant unless it is an input as well."""

CORE = frozenset(
    [
        "AveragePool",
        "Conv",
        "ConvInteger",
        "ConvTranspose",
        "DeformConv",
        "LpPool",
        "MaxPool",
        "Pad",
        "QLinearConv",
        "Resize",
    ]
)
"""The operators that slide, pad or resize: those that a convolutional network is about."""

SHAPING = CORE | frozenset(
    [
        "CenterCropPad",
        "Col2Im",
        "Concat",
        "ConstantOfShape",
        "DepthToSpace",
        "Flatten",
        "Gather",
        "Gemm",
        "GlobalAveragePool",
        "GlobalLpPool",
        "GlobalMaxPool",
        "MatMul",
        "MaxRoiPool",
        "MaxUnpool",
        "ReduceMean",
        "Reshape",
        "RoiAlign",
        "Shape",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
        "Upsample",
    ]
)
"""The operators of convolutional networks whose output has another shape than their input."""

CONVNET = SHAPING | frozenset(
    [
        "Abs",
        "Add",
        "BatchNormalization",
        "Cast",
        "Ceil",
        "Celu",
        "Clip",
        "Constant",
        "DequantizeLinear",
        "Div",
        "Dropout",
        "DynamicQuantizeLinear",
        "Elu",
        "Erf",
        "Exp",
        "Floor",
        "Gelu",
        "GroupNormalization",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "InstanceNormalization",
        "LRN",
        "LayerNormalization",
        "LeakyRelu",
        "Log",
        "LogSoftmax",
        "LpNormalization",
        "Max",
        "MeanVarianceNormalization",
        "Min",
        "Mish",
        "Mul",
        "Neg",
        "PRelu",
        "Pow",
        "QuantizeLinear",
        "Reciprocal",
        "Relu",
        "Round",
        "Selu",
        "Sigmoid",
        "Softmax",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Sub",
        "Sum",
        "Swish",
        "Tanh",
        "ThresholdedRelu",
    ]
)
"""The vocabulary of convolutional networks."""


@dataclass(frozen=True)
class Case:
    """One case of the suite.

    Args:
        name: as onnx calls it.
        model: the file, as a message.
        fed: the true value of each input that is left, the first in front.
        expected: the true shape of each output that is a tensor.
    """

    name: str
    model: Any
    fed: dict[str, Any]
    expected: dict[str, tuple[int, ...]]

    @property
    def dtypes(self) -> dict[str, str]:
        """The declared type of the elements of each output that is a tensor, as we call it."""
        outputs = [value for value in self.model.graph.output if value.name in self.expected]
        return {value.name: data_type_name(value.type.tensor_type.elem_type) for value in outputs}

    @cached_property
    def operators(self) -> frozenset[str]:
        """The operators in it, those of other domains with their domain."""
        nodes = self.model.graph.node
        return frozenset(
            n.op_type if n.domain in {"", "ai.onnx"} else f"{n.domain}.{n.op_type}" for n in nodes
        )

    @property
    def is_convnet(self) -> bool:
        """Whether it is made of a convolutional network's operators, one of which changes shapes."""
        return self.operators <= CONVNET and bool(self.operators & SHAPING)

    @property
    def is_core(self) -> bool:
        """Whether one of them slides, pads or resizes."""
        return self.operators <= CONVNET and bool(self.operators & CORE)

    @property
    def elements(self) -> dict[str, int]:
        """What is fed of whole numbers, by the symbols of their places: of formulas that hold for whatever is fed."""
        whole = {n: v for n, v in self.fed.items() if getattr(v, "ndim", 0) == 1 and v.dtype.kind == "i"}
        return {f"{name}[{at}]": int(number) for name, v in whole.items() for at, number in enumerate(v)}

    @property
    def image(self) -> tuple[str, tuple[int, ...]] | None:
        """The name and shape of the first input, where it has a batch, channels and something to slide over."""
        for name, value in self.fed.items():
            if isinstance(value, np.ndarray) and value.ndim >= 3 and value.size:
                return name, value.shape
            return None
        return None


def symbols_of(shape: Sequence[int]) -> tuple[str | int, ...]:
    """The names of an image's sizes; the channels stay a number, as filters are made for so many.

    >>> symbols_of((2, 3, 32, 32))
    ('N', 3, 'H', 'W')
    """
    letters = ("H", "W") if len(shape) == 4 else ("W",) if len(shape) == 3 else ("D", "H", "W")
    letters += tuple([f"size{axis}" for axis in range(2 + len(letters), len(shape))])
    return ("N", shape[1], *letters)


@cache
def cases() -> tuple[Case, ...]:
    """All cases of which an output is a tensor."""
    return tuple(filter(None, (_prepared(*found) for found in collected())))


def collected() -> Iterator[tuple[str, Any, Sequence[Any], Sequence[Any]]]:
    """The name, the model, the inputs and the outputs of each case: those made in memory, and those in folders."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = collect_testcases(None)
    for case in made:
        given, expected = case.data_sets[0]
        yield case.name, case.model, [*map(_read, given)], [*map(_read, expected)]
    data = Path(onnx.__file__).parent / "backend" / "test" / "data"
    for folder in ("simple", "pytorch-converted", "pytorch-operator"):
        for path in sorted((data / folder).iterdir()):
            model = onnx.load(path / "model.onnx")
            first_set = path / "test_data_set_0"
            inputs = _stored(model.graph.input, first_set, "input")
            outputs = _stored(model.graph.output, first_set, "output")
            if first_set.is_dir():
                yield path.name, model, inputs, outputs


def _stored(values: Sequence[Any], folder: Path, kind: str) -> list[Any]:
    return [
        _loaded(value, path)
        for place, value in enumerate(values)
        if (path := folder / f"{kind}_{place}.pb").exists()
    ]


def _loaded(value: Any, path: Path) -> Any:
    kind = value.type.WhichOneof("value")
    if kind == "sequence_type":
        stored = onnx.SequenceProto.FromString(path.read_bytes())
        return onnx.numpy_helper.to_list(stored)
    if kind == "optional_type":
        return onnx.numpy_helper.to_optional(onnx.OptionalProto.FromString(path.read_bytes()))
    return onnx.numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def _read(value: Any) -> Any:
    """A value of a case, which onnx keeps as a message where NumPy has no such type."""
    return onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value


def _prepared(name: str, original: Any, given: Sequence[Any], expected: Sequence[Any]) -> Case | None:
    """A case with one input left; None where no output is a tensor."""
    true = {
        value.name: np.shape(array)
        for value, array in zip(original.graph.output, expected, strict=True)
        if value.type.WhichOneof("value") == "tensor_type"
    }
    if not true:
        return None
    model = type(original).FromString(original.SerializeToString())
    model.ir_version = max(model.ir_version, LEAST_IR)
    graph = model.graph
    stored = {tensor.name for tensor in graph.initializer}
    declared = [value for value in graph.input if value.name not in stored]
    fed = dict(zip([value.name for value in declared], given, strict=True))
    kept = [place for place, value in enumerate(declared) if not place or not _is_constant(value, fed)]
    graph.initializer.extend(
        [_constant(value, fed.pop(value.name)) for place, value in enumerate(declared) if place not in kept]
    )
    del graph.input[:]
    graph.input.extend([declared[place] for place in kept])
    del graph.value_info[:]
    for value in graph.output:
        if value.type.WhichOneof("value") == "tensor_type":
            value.type.tensor_type.ClearField("shape")
    return Case(name, model, {n: np.asarray(v) if _is_array(v) else v for n, v in fed.items()}, true)


def _is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic))


def _is_constant(value: Any, fed: dict[str, Any]) -> bool:
    return value.type.WhichOneof("value") == "tensor_type" and _is_array(fed[value.name])


def _constant(value: Any, array: Any) -> Any:
    """An input's value as a stored tensor of the type that the input is declared with."""
    tensor = onnx.numpy_helper.from_array(np.asarray(array), value.name)
    declared = value.type.tensor_type.elem_type
    if tensor.data_type != declared:
        dtype = onnx.helper.tensor_dtype_to_np_dtype(declared)
        tensor = onnx.numpy_helper.from_array(np.asarray(array).astype(dtype), value.name)
    assert tensor.data_type == declared, f"{value.name}: {tensor.data_type} for {declared}"
    return tensor
