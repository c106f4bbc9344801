"""The tracer: a model's own forward runs on the meta device, and every operation is written down.

Every function of PyTorch that the model calls comes by here, while no tensor has any data. PyTorch's own meta
kernel gives the concrete shape at the example's size, our rule gives the formula, and the two must agree in every
dim: where they do not, nothing is said. Weights are replaced by twins without data, one by one, as they are met.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from shapelens.readers.torch.data import CONCRETE, Data
from shapelens.readers.torch.holding import Holder, without_contents
from shapelens.readers.torch.measuring import MEASURES, Measures
from shapelens.readers.torch.metas import constant_result, meta_result
from shapelens.readers.torch.modules import Modules
from shapelens.readers.torch.operations import Operations
from shapelens.readers.torch.private import is_library_function, library_name
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import Recording
from shapelens.readers.torch.refusing import Refusals
from shapelens.readers.torch.sizes import TracedInt
from shapelens.readers.torch.structures import flat, tensors_in
from shapelens.readers.torch.vocabulary import (
    ALIASES,
    PLAIN_GETTERS,
    VIEWING_GETTERS,
    is_in_place,
    plain_name,
)

__all__ = ["Tracer"]

_Arguments = tuple[Any, ...]
_Named = dict[str, Any]


class Tracer(TorchFunctionMode):  # type: ignore[misc]
    """Takes every call of a function of PyTorch while it is entered, in its own thread alone.

    Args:
        recording: what is written into.
        model: the model whose forward runs.
        device: where the model believes its tensors to be.

    Attributes:
        holder: what is known of every tensor.
        modules: which module runs.
        measures: what the author's code asks of sizes.
        refusals: what PyTorch refuses.
        is_probing: whether only sizes are looked at, as PyTorch gives them, and no rule is asked.
    """

    def __init__(self, recording: Recording, model: torch.nn.Module, device: torch.device) -> None:
        super().__init__()
        self.recording = recording
        self.device = device
        self.modules = Modules(recording, model)
        self.holder = Holder(recording, model, lambda: self.modules.current.path)
        self.measures = Measures(recording, self.holder)
        self.refusals = Refusals(recording, self.holder)
        self.is_probing = False
        self._data = Data(recording, self.holder, self.measures, self.refusals)
        self._operations = Operations(recording, self.holder, self.modules, self.refusals)

    def __torch_function__(
        self, function: Any, types: Any, args: _Arguments = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        named = dict(kwargs) if kwargs else {}
        name = getattr(function, "__name__", "") or str(function)
        if is_library_function(function):
            name = library_name(function)
        if name == "__get__":
            return self._attribute(function, args)
        if name in {"__set__", "__delete__"}:
            return self._set(function, args)
        measure = MEASURES.get(name)
        if measure is not None and args and isinstance(args[0], torch.Tensor):
            return measure(self.measures, args[0], *args[1:], **named)
        if name in CONCRETE:
            return self._data.read(name, function, args, named)
        if name == "__iter__":
            return iter(self.__torch_function__(torch.Tensor.unbind, types, (args[0], 0)))
        return self._operation(function, name, args, named)

    # attributes ---------------------------------------------------------------------------------------

    def _attribute(self, function: Any, args: _Arguments) -> Any:
        name = function.__self__.__name__
        tensor = args[0]
        if name == "shape":
            return self.measures.shape(tensor)
        if name in PLAIN_GETTERS:
            return function(*args)
        if name == "device":
            return self.device if tensor.is_meta else tensor.device
        if name in {"is_cuda", "is_cpu", "is_meta"}:
            return (self.device.type == name.removeprefix("is_")) if tensor.is_meta else function(*args)
        if name in VIEWING_GETTERS:
            return self._operation(function, name, args, {})
        return function(*args)

    def _set(self, function: Any, args: _Arguments) -> Any:
        tensor, given = args[0], args[1] if len(args) > 1 else None
        if function.__self__.__name__ == "data" and isinstance(given, torch.Tensor):
            return self.holder.replace_data(tensor, given)
        return None if tensor.is_meta or self.holder.is_own(tensor) else function(*args)

    # operations ---------------------------------------------------------------------------------------

    def _operation(self, function: Any, name: str, args: _Arguments, named: _Named) -> Any:
        given = flat((args, named))
        tensors = [leaf for leaf in given if isinstance(leaf, torch.Tensor)]
        is_sized = any(isinstance(leaf, (TracedInt, TracedFloat)) for leaf in given)
        if not is_sized and not any(map(self.holder.flows, tensors)):
            try:
                is_done, result = constant_result(function, name, args, named, tensors, self.holder)
            except Exception as refusal:
                self.refusals.met.append(refusal)
                raise
            if is_done:
                return result
            if is_in_place(name) and self.holder.is_own(tensors[0]):
                # The model counts its calls, or the like. It is not written into; what is read of it is not known.
                return self.holder.write_into(tensors[0], without_contents(self.holder.value_of(tensors[0])))
        for other, own in ALIASES.items() if name != "meshgrid" else ():
            if other in named:
                named[own] = named.pop(other)
        target = named.get("out")
        results, error = meta_result(
            function, name, args, named, self.holder, self.device, is_factory=not tensors
        )
        if name == "__setitem__" and error is None:
            # It gives nothing, and what is written into is another from here on.
            results = self.holder.twin(args[0])
        put_off = self.modules.checks.taken(plain_name(name))
        error = error if put_off is None else put_off.error
        if error is None and not tensors_in(results):
            return results
        if self.is_probing:
            results = self._operations.probed(name, args, results, error)
        else:
            ranks = () if put_off is None else put_off.ranks
            results = self._operations.recorded(name, args, named, results, error, ranks)
        values = [self.holder.value_of(tensor) for tensor in tensors_in(results)]
        self.recording.given.append((name, tuple([value.tensor for value in values])))
        if self.is_probing:
            return results
        if isinstance(target, torch.Tensor) and isinstance(results, torch.Tensor):
            return self.holder.write_into(target, self.holder.value_of(results))
        return results
