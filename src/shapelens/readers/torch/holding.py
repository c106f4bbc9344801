"""What is known of every tensor that a model touches, and the twins without data that stand for its weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from shapelens.dims import Unknown
from shapelens.network import Weight
from shapelens.readers.torch.private import storage_of
from shapelens.readers.torch.recording import Recording, Value
from shapelens.readers.torch.structures import tensors_in
from shapelens.readers.torch.vocabulary import dtype_name

__all__ = ["META", "Holder", "without_contents"]

META = torch.device("meta")

_OF_EVERY_MODULE = frozenset(vars(torch.nn.Module()))
"""What PyTorch itself keeps in a module: its parameters, buffers, children and hooks."""

_MOST_CONTENTS = 64
"""Integer constants of so few elements carry their contents into the network."""


class Holder:
    """Knows tensors by what is known of them.

    Args:
        recording: where weights are entered when they are first met.
        model: the model whose parameters and buffers they may be.
        path: the path of the module that runs, for the names of constants.
    """

    def __init__(self, recording: Recording, model: torch.nn.Module, path: Callable[[], str]) -> None:
        self._recording = recording
        self._path = path
        self._names: dict[int, tuple[str, bool]] = {}
        for name, parameter in model.named_parameters():
            self._names.setdefault(id(parameter), (name, True))
        for name, buffer in model.named_buffers():
            self._names.setdefault(id(buffer), (name, False))
        self._kept = {
            id(tensor)
            for module in model.modules()
            for name, attribute in vars(module).items()
            if name not in _OF_EVERY_MODULE
            for tensor in tensors_in(attribute)
        }
        self._own_memory: set[int] = set()
        self._sized: dict[int, list[torch.Tensor]] = {}
        self._values: dict[int, Value] = {}
        self._twins: dict[int, torch.Tensor] = {}
        self._made: set[int] = set()
        self._stale: set[int] = set()
        self._alive: list[torch.Tensor] = []

    # what is known ------------------------------------------------------------------------------------

    def enter(self, tensor: torch.Tensor, value: Value) -> torch.Tensor:
        """Know a tensor by a value."""
        self._values[id(tensor)] = value
        self._alive.append(tensor)
        if value.tensor.contents is not None:
            self._sized.setdefault(storage_of(tensor), []).append(tensor)
        return tensor

    def known(self, tensor: torch.Tensor) -> Value | None:
        """What is known of a tensor that was met before."""
        return self._values.get(id(tensor))

    def value_of(self, tensor: torch.Tensor) -> Value:
        """What is known of a tensor; a weight or a constant is entered when it is first met."""
        value = self._values.get(id(tensor))
        if value is None:
            value = self._weight(tensor)
            self.enter(tensor, value)
        return value

    def parameter_name(self, tensor: torch.Tensor) -> str:
        """The name of one of the model's parameters; empty for any other tensor."""
        name, is_parameter = self._names.get(id(tensor), ("", False))
        return name if is_parameter else ""

    def is_parameter(self, tensor: torch.Tensor) -> bool:
        """Whether it is a parameter, the model's or another."""
        return bool(self.parameter_name(tensor)) or isinstance(tensor, torch.nn.Parameter)

    def is_own(self, tensor: torch.Tensor) -> bool:
        """Whether it is one of the model's parameters or buffers."""
        return id(tensor) in self._names

    def _weight(self, tensor: torch.Tensor) -> Value:
        name, is_parameter = self._names.get(id(tensor), ("", isinstance(tensor, torch.nn.Parameter)))
        if not name and not is_parameter and tensor.is_meta and id(tensor) not in self._kept:
            return self._unseen(tensor)
        weight = Weight(
            name or self._constant_name(),
            tuple(tensor.shape),
            dtype_name(tensor.dtype),
            None if is_parameter else _contents(tensor),
            learned=is_parameter,
            is_parameter=is_parameter,
        )
        self._recording.weights[weight.name] = weight
        return Value(weight.tensor, name=weight.name)

    def _unseen(self, tensor: torch.Tensor) -> Value:
        """A tensor made where no function came by (inside `vmap`, in another thread): its sizes are not known."""
        reason = Unknown("it is made where the trace does not see")
        weight = Weight(
            self._constant_name(), (reason,) * tensor.dim(), dtype_name(tensor.dtype), learned=False
        )
        self._recording.weights[weight.name] = weight
        return Value(replace(weight.tensor, is_held=False), name=weight.name)

    def _constant_name(self) -> str:
        """A name for a constant of the module that runs: `layer1.constant`, `layer1.constant:2`."""
        return self._recording.unused_weight_name(self._path(), "constant")

    # what stands for it -------------------------------------------------------------------------------

    def twin(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor of the same shape and strides on the meta device, without data; itself if it is one."""
        if tensor.is_meta and id(tensor) in self._values and not self.is_own(tensor):
            return tensor
        twin = self._twins.get(id(tensor))
        if twin is None:
            value = self.value_of(tensor)
            twin = self._twins[id(tensor)] = _without_data(tensor)
            self.enter(twin, value)
        return twin

    # constants ----------------------------------------------------------------------------------------

    def enter_constant(self, tensor: torch.Tensor) -> None:
        """Keep a constant that was computed for real; one that lies in the model's own memory is not written into."""
        if storage_of(tensor) not in self._own_memory:
            self._made.add(id(tensor))
        self._alive.append(tensor)

    def guard_memory(self, tensors: Sequence[torch.Tensor]) -> None:
        """What is computed of these may lie in the memory of the model, which stays as it is."""
        for tensor in tensors:
            if not tensor.is_meta and not self.is_made(tensor):
                self._own_memory.add(storage_of(tensor))

    def is_made(self, tensor: torch.Tensor) -> bool:
        """Whether it is a constant that was computed in the trace, and not the model's."""
        return id(tensor) in self._made

    def lacks_data(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor has no data, or a constant's that were written over by what hangs on sizes or inputs."""
        return tensor.is_meta or (bool(self._stale) and storage_of(tensor) in self._stale)

    def flows(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor is no constant: it is a parameter, or hangs on what goes in."""
        return self.is_parameter(tensor) or self.lacks_data(tensor)

    # what is written into -----------------------------------------------------------------------------

    def write_into(self, tensor: torch.Tensor, value: Value) -> torch.Tensor:
        """Know a tensor by another value from here on; what stands for it in what follows."""
        twin = self.twin(tensor)
        if not tensor.is_meta:
            self._stale.add(storage_of(tensor))
        self._forget_sizes(tensor)
        self._forget_sizes(twin)
        self._values[id(tensor)] = self._values[id(twin)] = value
        return tensor if tensor.is_meta else twin

    def _forget_sizes(self, tensor: torch.Tensor) -> None:
        """Whatever else lies in the same memory no longer holds the sizes that it held."""
        for other in self._sized.pop(storage_of(tensor), ()):
            self._values[id(other)] = without_contents(self._values[id(other)])

    def replace_data(self, tensor: torch.Tensor, given: torch.Tensor) -> None:
        """`x.data = y`: what is known of one is known of the other."""
        self._values[id(tensor)] = self.value_of(given)
        self._twins[id(tensor)] = self.twin(given)


def without_contents(value: Value) -> Value:
    """The same, but for its elements, which are no longer known."""
    return Value(replace(value.tensor, contents=None), value.made, value.name)


def _contents(tensor: torch.Tensor) -> tuple[Any, ...] | None:
    """The elements of a small constant of whole numbers; they carry sizes."""
    if tensor.is_meta or tensor.is_floating_point() or tensor.is_complex() or tensor.is_quantized:
        return None
    if tensor.numel() > _MOST_CONTENTS or tensor.layout is not torch.strided:
        return None
    return tuple([int(number) for number in tensor.detach().reshape(-1).tolist()])


def _without_data(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_quantized:
        return torch.empty(tensor.shape, dtype=torch.float32, device=META)
    if tensor.layout is not torch.strided:
        return torch.empty(tensor.shape, dtype=tensor.dtype, device=META)
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=META)
