"""The tensors that a file holds: stored ones, and those in `Constant` nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shapelens.network import Weight
from shapelens.readers.onnx.limits import SMALL_TENSOR_ELEMENTS
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor, OnnxUnread

__all__ = ["HeldWeights", "constant_of", "weight_of"]


def constant_of(node: OnnxNode) -> OnnxTensor | None:
    """The tensor of a `Constant` node, in whichever attribute it stands; None where there is none.

    >>> constant_of(OnnxNode("Constant", "", "", (), ("c",), {"value_ints": (8, 8)}, {})).shape
    (2,)
    """
    if node.operator != "Constant" or node.domain or len(node.outputs) != 1 or not node.outputs[0]:
        return None
    for name, value in node.attributes.items():
        if isinstance(value, OnnxTensor):
            return replace(value, values=None) if value.sparse else value
        if name in _KINDS:
            kinds, dtype = _KINDS[name]
            is_list = name.endswith("s")
            elements = value if isinstance(value, tuple) else (value,)
            if isinstance(value, tuple) != is_list or not all(isinstance(e, kinds) for e in elements):
                return None
            numbers = tuple([element for element in elements if isinstance(element, (int, float))])
            is_followed = len(numbers) == len(elements) <= SMALL_TENSOR_ELEMENTS
            shape = (len(elements),) if is_list else ()
            return OnnxTensor("", shape, dtype, numbers if is_followed else None)
    return None


_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "value_float": ((float,), "float32"),
    "value_floats": ((float,), "float32"),
    "value_int": ((int,), "int64"),
    "value_ints": ((int,), "int64"),
    "value_string": ((str, OnnxUnread), "string"),
    "value_strings": ((str, OnnxUnread), "string"),
}
"""The attributes beside the tensor: of what kind they are, and the type of their elements."""


class HeldWeights(Mapping[str, Weight]):
    """The tensors that a file holds, each made a weight when it is looked at: there may be a million.

    >>> HeldWeights({"w": OnnxTensor("", (8, 3), "float32")}, {})["w"].shape
    (8, 3)

    Args:
        tensors: by name.
        roles: what the exporter says that they were in the module, by name, where it says so.
    """

    def __init__(self, tensors: Mapping[str, OnnxTensor], roles: Mapping[str, str]) -> None:
        self._tensors = tensors
        self._roles = roles

    def __getitem__(self, name: str) -> Weight:
        return weight_of(name, self._tensors[name], self._roles.get(name, ""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __contains__(self, name: object) -> bool:
        return name in self._tensors


def weight_of(name: str, tensor: OnnxTensor, role: str = "") -> Weight:
    """A tensor as the network holds it: its shape, and its elements where they are few.

    Args:
        name: its name.
        tensor: the tensor.
        role: what the exporter says that it was in the module.
    """
    # Integers of 64 bits are places, sizes and shapes; quantised weights are of 32 bits at most.
    is_number = tensor.data_type.startswith(("float", "bfloat", "double", "int", "uint"))
    is_number = is_number and tensor.data_type not in {"int64", "uint64"}
    is_parameter = role == _PARAMETER
    learned = is_parameter or (is_number and tensor.shape != () and role not in _NOT_LEARNED)
    return Weight(name, tensor.shape, tensor.data_type, tensor.values, learned, is_parameter)


_PARAMETER = "PARAMETER"
_NOT_LEARNED = frozenset({"BUFFER", "CONSTANT_TENSOR"})
