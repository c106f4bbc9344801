"""The tracer: a model's own forward runs on the meta device, and every operation is written down.

Every function of PyTorch that the model calls comes by here, while no tensor has any data. PyTorch's own meta
kernel gives the concrete shape at the example's size, our rule gives the formula, and the two must agree in every
dim: where they do not, nothing is said. Weights are replaced by twins without data, one by one, as they are met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from shapelens.dims import Condition, Dim, Expression, Truth, UndecidedError, Unknown, equal
from shapelens.errors import DimensionError
from shapelens.network.refusals import is_explained
from shapelens.operators import Opaque, Tensor
from shapelens.readers.torch.catching import may_be_caught
from shapelens.readers.torch.data import CONCRETE, assumed
from shapelens.readers.torch.functions import Call, translator_of
from shapelens.readers.torch.holding import META, Holder, without_contents
from shapelens.readers.torch.metas import constant_result, meta_result
from shapelens.readers.torch.modules import Modules
from shapelens.readers.torch.places import place_of, user_frame
from shapelens.readers.torch.private import is_library_function, library_name
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import DataNeededError, Made, Recording, Value
from shapelens.readers.torch.sizes import TracedInt, traced
from shapelens.readers.torch.structures import flat, mapped, tensors_in
from shapelens.readers.torch.vocabulary import (
    ALIASES,
    PLAIN_GETTERS,
    VIEWING_GETTERS,
    dtype_name,
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
        refused: the exceptions of PyTorch's that the trace could not get past.
        blind: what was raised for want of data, or of a kernel that does without: a run would not have raised it.
        reads_sizes: whether the author's code was given a size that may be another one elsewhere.
        is_strict: whether what PyTorch refuses is raised at once, as it would be without a trace.
        is_probing: whether only sizes are looked at, as PyTorch gives them, and no rule is asked.
    """

    def __init__(self, recording: Recording, model: torch.nn.Module, device: torch.device) -> None:
        super().__init__()
        self.recording = recording
        self.device = device
        self.modules = Modules(recording, model)
        self.holder = Holder(recording, model, lambda: self.modules.current.path)
        self.refused: list[Exception] = []
        self.blind: list[Exception] = []
        self.reads_sizes = False
        self.is_strict = False
        self.is_probing = False
        self._sizes: dict[Expression, int] = {}

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
        measure = _MEASURES.get(name)
        if measure is not None and args and isinstance(args[0], torch.Tensor):
            return measure(self, args[0], *args[1:], **named)
        if name in CONCRETE:
            return self._read(name, function, args, named)
        if name == "__iter__":
            return iter(self.__torch_function__(torch.Tensor.unbind, types, (args[0], 0)))
        return self._operation(function, name, args, named)

    # attributes ---------------------------------------------------------------------------------------

    def _attribute(self, function: Any, args: _Arguments) -> Any:
        name = function.__self__.__name__
        tensor = args[0]
        if name == "shape":
            return self._shape(tensor)
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

    # sizes that are asked -----------------------------------------------------------------------------

    def ask(self, truth: Truth, answer: bool) -> None:
        """A question about sizes was answered so."""
        if not isinstance(truth, bool):
            self.recording.ask(truth, answer, place_of(user_frame(3)))

    def pin(self, dim: Dim, value: int) -> None:
        """From here on a dim is taken to have this value."""
        truth = equal(dim, value)
        if not isinstance(truth, bool):
            self.recording.ask(truth, True, place_of(user_frame(3)))

    def _shape(self, tensor: torch.Tensor) -> torch.Size:
        """A tensor's shape, with sizes that remember where they come from."""
        value = self.holder.known(tensor)
        sizes = tensor.size()
        if value is None:
            return sizes
        self.recording.measured[id(value)] = value
        shape = value.tensor.shape
        dims = (shape,) * len(sizes) if isinstance(shape, Unknown) else shape
        self.reads_sizes = self.reads_sizes or any(isinstance(dim, Expression) for dim in dims)
        return torch.Size([traced(size, dim, self) for size, dim in zip(sizes, dims, strict=True)])

    def _size(self, tensor: torch.Tensor, dim: int | None = None) -> Any:
        shape = self._shape(tensor)
        return shape if dim is None else shape[dim]

    def _count(self, tensor: torch.Tensor) -> int:
        value = self.holder.known(tensor)
        if value is None:
            return int(tensor.numel())
        self.recording.measured[id(value)] = value
        self.reads_sizes = True
        return traced(tensor.numel(), value.tensor.elements, self)

    def _length(self, tensor: torch.Tensor) -> int:
        if not tensor.dim():
            return len(tensor)
        length = self._shape(tensor)[0]
        return (
            length.pinned() if isinstance(length, TracedInt) else int(length)
        )  # `len` gives a plain integer

    def _stride(self, tensor: torch.Tensor, dim: int | None = None) -> Any:
        """How far the elements of each axis lie apart: the sizes of the axes behind it, which are held."""
        value = self.holder.known(tensor)
        shape = () if value is None or isinstance(value.tensor.shape, Unknown) else value.tensor.shape
        for own in shape[1:]:
            if isinstance(own, Expression):
                self.reads_sizes = True
                self.pin(own, self.size_of(own))
        return tensor.stride() if dim is None else tensor.stride(dim)

    def _rank(self, tensor: torch.Tensor) -> int:
        return int(tensor.dim())

    def size_of(self, dim: Dim) -> int:
        """A dim at the example's size; 1 where it is not known."""
        if isinstance(dim, int):
            return dim
        if not isinstance(dim, Expression):
            return 1
        size = self._sizes.get(dim)
        if size is None:
            size = self._sizes[dim] = self.recording.path.size(dim)
        return size

    # data that is read --------------------------------------------------------------------------------

    def _read(self, name: str, function: Any, args: _Arguments, named: _Named) -> Any:
        """What the model reads of a tensor: its real value for a constant, else what is assumed."""
        tensors = tensors_in((args, named))
        if tensors and not any(map(self._flows, tensors)):
            # An array of NumPy's shares the memory that it is made of.
            return (
                function(*mapped(_copied, args), **named)
                if name in {"numpy", "__array__"}
                else function(*args, **named)
            )
        if args and isinstance(args[0], torch.Tensor):
            found = self._sizes_read(name, args[0])
            if found is not None:
                return found
        try:
            answer, sentence = assumed(name, args[0] if args else None, user_frame(3))
            self.recording.assume(sentence)
        except DataNeededError as needed:
            self.blind.append(needed)
            raise
        # A size that is made of it is not known either.
        return (
            TracedInt(answer, Unknown("the data decide it"), self)
            if type(answer) is int and name == "item"
            else answer
        )

    def _sizes_read(self, name: str, tensor: torch.Tensor) -> Any:
        """What is read of a tensor that holds sizes; None where its elements are not known."""
        contents = self.holder.value_of(tensor).tensor.contents
        if contents is None or name not in {"item", "tolist", "__int__", "__index__", "__bool__"}:
            return None
        numbers = [self._number(element) for element in contents]
        if any(number is None for number in numbers):
            return None
        self.recording.hold_decisions(place_of(user_frame(4)))
        if name == "tolist":
            return _nested(numbers, tensor.shape)
        if len(numbers) != 1:
            return None
        if name in {"__int__", "__index__"}:
            return int(numbers[0])  # Python takes nothing else than its own, so the size is held
        return bool(numbers[0]) if name == "__bool__" else numbers[0]

    def _number(self, element: Any) -> Any:
        if isinstance(element, Expression):
            return traced(self.size_of(element), element, self)
        return element if isinstance(element, (int, float)) else None

    def _flows(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor is no constant: it is a parameter, or hangs on what goes in."""
        return self.holder.is_parameter(tensor) or self.holder.lacks_data(tensor)

    # operations ---------------------------------------------------------------------------------------

    def _operation(self, function: Any, name: str, args: _Arguments, named: _Named) -> Any:
        given = flat((args, named))
        tensors = [leaf for leaf in given if isinstance(leaf, torch.Tensor)]
        is_sized = any(isinstance(leaf, (TracedInt, TracedFloat)) for leaf in given)
        if not is_sized and not any(map(self._flows, tensors)):
            try:
                is_done, result = constant_result(function, name, args, named, tensors, self.holder)
            except Exception as refusal:
                self.refused.append(refusal)
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
            results = self.holder.twin(
                args[0]
            )  # it gives nothing, and what is written into is another from here on
        put_off = self.modules.checks.taken(plain_name(name))
        error = error if put_off is None else put_off.error
        if error is None and not tensors_in(results):
            return results
        if self.is_probing:
            results = self._probed(name, args, results, error)
        else:
            ranks = () if put_off is None else put_off.ranks
            results = self._recorded(name, args, named, results, error, ranks)
        values = [self.holder.value_of(tensor) for tensor in tensors_in(results)]
        self.recording.given.append((name, tuple([value.tensor for value in values])))
        if self.is_probing:
            return results
        if isinstance(target, torch.Tensor) and isinstance(results, torch.Tensor):
            return self.holder.write_into(target, self.holder.value_of(results))
        return results

    def _probed(self, name: str, args: _Arguments, results: Any, error: Exception | None) -> Any:
        """What PyTorch gives, known by its sizes alone."""
        if error is not None:
            raise error
        given = tensors_in(results)
        for tensor in given:
            self.holder.enter(tensor, Value(Tensor(tuple(tensor.shape), dtype_name(tensor.dtype))))
        if is_in_place(name) and args and isinstance(args[0], torch.Tensor):
            return self._written_into(name, args, [self.holder.value_of(given[0])])
        return results

    def _recorded(
        self,
        name: str,
        args: _Arguments,
        named: _Named,
        results: Any,
        error: Exception | None,
        ranks: tuple[int, ...],
    ) -> Any:
        """Write an operation down: what our rules say of it, as far as PyTorch agrees."""
        given = [] if error is not None else tensors_in(results)
        call = Call(
            self.recording,
            plain_name(name),
            self.modules.calling(name, lambda: self._parameters_in(args, named)),
            place_of(user_frame(4)),
            given,
            reflected=name.startswith("__r") and name != "__rshift__",
            ranks=ranks,
        )
        translated = self._translated(call, name, args, named)
        if any(map(_may_refuse, call.made)) and may_be_caught(user_frame(3)):
            for made in call.made:
                made.may_be_caught = True
        if self.recording.is_changed and translated is not None:
            return self._changed(call, name, args, translated, results)
        if error is not None:
            past = self._past(call, translated, error, given=flat((args, named)))
            return self._written_into(name, args, _values_in(translated)) if is_in_place(name) else past
        said = None if translated is None else self._agreeing(call, _values_in(translated), given)
        if said is None:
            said = self._opaque(call, args, named, given)
        for tensor, value in zip(given, said, strict=True):
            self.holder.enter(tensor, value)
        if is_in_place(name) and args and isinstance(args[0], torch.Tensor) and said:
            return self._written_into(name, args, said)
        return results

    def _parameters_in(self, args: _Arguments, named: _Named) -> list[str]:
        tensors = [t for t in (*args, *named.values()) if isinstance(t, torch.Tensor)]
        return [name for name in map(self.holder.parameter_name, tensors) if name]

    def _written_into(self, name: str, args: _Arguments, said: Sequence[Value]) -> Any:
        """What was known of a tensor that is written into is replaced."""
        tensor = self.holder.write_into(args[0], said[0])
        return None if name == "__setitem__" else tensor

    def _translated(self, call: Call, name: str, args: _Arguments, named: _Named) -> Any:
        """What our rules give, in the structure of what PyTorch gives; None where there is no rule."""
        translator = translator_of(name)
        if translator is None:
            return None

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, torch.Tensor):
                return self.holder.value_of(leaf)
            return leaf.dim if isinstance(leaf, TracedInt) else leaf

        try:
            said = translator(call, *mapped(convert, args), **mapped(convert, named))
        except _NO_TRANSLATION as failed:
            self.recording.disagreements.append(f"{name}: {type(failed).__name__}: {failed} ({call.where})")
            said = None
        if said is None:
            self._forget(call)
        return said

    def _forget(self, call: Call) -> None:
        """Nothing was recorded after all."""
        for made in call.made:
            self.recording.made.remove(made)
        call.made.clear()

    # where both agree, and where not ------------------------------------------------------------------

    def _agreeing(self, call: Call, said: list[Value], given: Sequence[torch.Tensor]) -> list[Value] | None:
        """What our rules say, as long as PyTorch's meta kernel says the same of the example."""
        if len(said) < len(given):
            self._disagree(call, f"{len(said)} of {len(given)}")
            return None
        for value, tensor in zip(said, given, strict=False):
            if isinstance(value.tensor.shape, Unknown):
                continue
            if self._is_like(value, tensor):
                self._retype(value, dtype_name(tensor.dtype))
            elif value.made is None or not self._is_broken(value.made):
                self._disagree(call, f"{value.tensor.shape} is not {tuple(tensor.shape)}")
                return None
        return said[: len(given)]

    def _disagree(self, call: Call, how: str) -> None:
        self.recording.disagreements.append(f"{call.function}: {how} ({call.where}, {call.called.path})")
        self._forget(call)

    def _is_like(self, value: Value, tensor: torch.Tensor) -> bool:
        """Whether a tensor has the sizes that a value has at the example, as far as they are known."""
        shape, sizes = value.tensor.shape, tuple(tensor.shape)
        if isinstance(shape, Unknown) or len(shape) != len(sizes):
            return False
        return all(
            isinstance(dim, Unknown) or self.size_of(dim) == size
            for dim, size in zip(shape, sizes, strict=True)
        )

    @staticmethod
    def _retype(value: Value, dtype: str) -> None:
        """The type that PyTorch computes in, where the operator can be told."""
        made, tensor = value.made, value.tensor
        if tensor.dtype == dtype or _is_quantized(tensor):
            return
        value.tensor = Tensor(tensor.shape, dtype, tensor.contents, tensor.is_held)
        if made is not None and made.outputs[0] is value and "dtype" in made.operator.settings():
            made.operator = made.operator.with_settings(dtype=dtype)

    def _is_broken(self, made: Made) -> bool:
        """Whether one of an operator's requirements does not hold at the example's size."""
        for requirement in () if made.outcome is None else made.outcome.requirements:
            truth = requirement.truth
            if truth is False or (isinstance(truth, Condition) and not self.recording.path.holds(truth)):
                return True
        return False

    def _opaque(
        self, call: Call, args: _Arguments, named: _Named, given: Sequence[torch.Tensor]
    ) -> list[Value]:
        """An operator without a rule: no size that follows it is known, but how many axes there are."""
        taken = [self.holder.value_of(tensor) for tensor in tensors_in((args, named))]
        values = call.add(Opaque(call.function), *taken, outputs=max(len(given), 1))
        reason = Unknown(f"there is no rule for {call.function}")
        for value, tensor in zip(values, given, strict=False):
            value.tensor = Tensor((reason,) * tensor.dim(), dtype_name(tensor.dtype))
        return list(values[: len(given)])

    # past what PyTorch refuses ------------------------------------------------------------------------

    def _past(self, call: Call, said: Any, error: Exception, given: Sequence[Any]) -> Any:
        """Go on behind an operator that PyTorch refuses, with what our rule says comes out."""
        words = str(error).strip().split("\n")[0]
        self.refused.append(error)
        lacks_kernel = isinstance(error, NotImplementedError) or "meta tensor" in words.lower()
        # What stands in for a size that is not known is PyTorch's to refuse, and nobody's mistake.
        given_to = [value for made in call.made for value in made.inputs if value is not None]
        taken = [value.tensor for value in given_to if value.made not in call.made]
        is_blind = lacks_kernel or any(tensor.has_unknown for tensor in taken)
        if self.is_strict and not is_blind:
            self._hold_refusal(call, given)
            self._forget(call)
            raise error
        if said is None or any(isinstance(value.tensor.shape, Unknown) for value in _values_in(said)):
            self._hold_refusal(call, given)
            self.blind += [error] if is_blind else []
            raise error
        broken = [made for made in call.made if self._is_broken(made)]
        if call.made and not is_blind:
            self.recording.refusals.append(([*broken, call.made[-1]][0], words))
            if not broken and not is_explained(words):
                self._hold_refusal(call, given)
                raise error
        return mapped(lambda leaf: self._standing_in(leaf, call) if isinstance(leaf, Value) else leaf, said)

    def _hold_refusal(self, call: Call, given: Sequence[Any]) -> None:
        """Keep where PyTorch refuses: where a requirement of ours does not hold, else at these very sizes alone."""
        requirements = [
            r for made in call.made if made.outcome is not None for r in made.outcome.requirements
        ]
        truths = [requirement.truth for requirement in requirements]
        broken = [t for t in truths if isinstance(t, Condition) and not self.recording.path.holds(t)]
        if broken:
            self.recording.ask(broken[0], False, call.where)
            return
        dims: list[Dim] = [leaf.dim for leaf in given if isinstance(leaf, TracedInt)]
        for tensor in (
            [leaf for leaf in given if isinstance(leaf, torch.Tensor)] if False not in truths else []
        ):
            shape = self.holder.value_of(tensor).tensor.shape
            dims += () if isinstance(shape, Unknown) else shape
        for dim in dims:
            self.recording.ask(equal(dim, self.size_of(dim)), True, call.where)

    def _changed(self, call: Call, name: str, args: _Arguments, translated: Any, results: Any) -> Any:
        """What comes out where a layer before was changed: what our rules say, whatever PyTorch does."""
        said = _values_in(translated)
        given = tensors_in(results)
        if len(given) == len(said) and all(self._is_like(v, t) for v, t in zip(said, given, strict=True)):
            for value, tensor in zip(said, given, strict=True):
                self.holder.enter(tensor, value)
        else:
            stand_ins = iter([self._standing_in(value, call) for value in said])
            results = mapped(lambda leaf: next(stand_ins) if isinstance(leaf, Value) else leaf, translated)
        return self._written_into(name, args, said) if is_in_place(name) and said else results

    def _standing_in(self, value: Value, call: Call) -> torch.Tensor:
        """A tensor for a value that PyTorch refuses to give; an axis that has no size is 1, and not known."""
        because = Unknown(f"because of {call.called.path or call.function}")
        sizes = [self.size_of(dim) for dim in value.tensor.dims]
        dims = [dim if size >= 1 else because for dim, size in zip(value.tensor.dims, sizes, strict=True)]
        value.tensor = Tensor(tuple(dims), value.tensor.dtype)
        known = None if _is_quantized(value.tensor) else getattr(torch, value.tensor.dtype, None)
        dtype = known if isinstance(known, torch.dtype) else torch.float32
        return self.holder.enter(torch.empty([max(s, 1) for s in sizes], dtype=dtype, device=META), value)


_NO_TRANSLATION = (
    UndecidedError, DimensionError, TypeError, ValueError, IndexError, AttributeError, KeyError,
    NotImplementedError, AssertionError, ZeroDivisionError,
)  # fmt: skip
"""What a translator raises that is called as it does not expect: there is no rule for that then."""

_MEASURES: dict[str, Callable[..., Any]] = {
    "size": Tracer._size,
    "numel": Tracer._count,
    "nelement": Tracer._count,
    "__len__": Tracer._length,
    "dim": Tracer._rank,
    "ndimension": Tracer._rank,
    "stride": Tracer._stride,
}


def _copied(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, torch.Tensor) else leaf


def _may_refuse(made: Made) -> bool:
    """Whether an operator refuses some sizes."""
    return made.outcome is not None and any(r.truth is not True for r in made.outcome.requirements)


def _values_in(said: Any) -> list[Value]:
    """The values in what a translator gives, in order."""
    return [value for value in flat(said) if isinstance(value, Value)]


def _is_quantized(tensor: Tensor) -> bool:
    """Whether its type is one of quantised numbers, which the meta device lacks: there floats stand for them."""
    return tensor.dtype.startswith("q")


def _nested(numbers: list[Any], shape: Sequence[int]) -> Any:
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return numbers
    step = len(numbers) // shape[0] if shape[0] else 0
    return [_nested(numbers[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
