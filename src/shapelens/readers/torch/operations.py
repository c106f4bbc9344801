"""How an operation is written down: what our rule says of it, as far as PyTorch says the same of the example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from shapelens.dims import UndecidedError, Unknown
from shapelens.errors import DimensionError
from shapelens.operators import Opaque, Tensor
from shapelens.readers.torch.catching import may_be_caught
from shapelens.readers.torch.functions import Call, translator_of
from shapelens.readers.torch.holding import Holder
from shapelens.readers.torch.modules import Modules
from shapelens.readers.torch.places import place_of, user_frame
from shapelens.readers.torch.recording import Recording, Value
from shapelens.readers.torch.refusing import Refusals
from shapelens.readers.torch.sizes import TracedInt
from shapelens.readers.torch.structures import flat, mapped, tensors_in, values_in
from shapelens.readers.torch.vocabulary import dtype_name, is_in_place, is_quantized, plain_name

__all__ = ["Operations"]

_NO_TRANSLATION = (
    UndecidedError, DimensionError, TypeError, ValueError, IndexError, AttributeError, KeyError,
    NotImplementedError, AssertionError, ZeroDivisionError,
)  # fmt: skip
"""What a translator raises that is called as it does not expect: there is no rule for that then."""


class Operations:
    """Writes operations down, and knows what they give.

    Args:
        recording: what is written into.
        holder: what is known of every tensor.
        modules: which module runs.
        refusals: the way past what PyTorch refuses.
    """

    def __init__(self, recording: Recording, holder: Holder, modules: Modules, refusals: Refusals) -> None:
        self._recording = recording
        self._holder = holder
        self._modules = modules
        self._refusals = refusals

    def probed(self, name: str, args: Sequence[Any], results: Any, error: Exception | None) -> Any:
        """What PyTorch gives, known by its sizes alone."""
        if error is not None:
            raise error
        given = tensors_in(results)
        for tensor in given:
            self._holder.enter(tensor, Value(Tensor(tuple(tensor.shape), dtype_name(tensor.dtype))))
        if is_in_place(name) and args and isinstance(args[0], torch.Tensor):
            return self._written_into(name, args, [self._holder.value_of(given[0])])
        return results

    def recorded(
        self,
        name: str,
        args: Sequence[Any],
        named: Mapping[str, Any],
        results: Any,
        error: Exception | None,
        ranks: tuple[int, ...],
    ) -> Any:
        """Write an operation down: what our rules say of it, as far as PyTorch agrees.

        Args:
            name: the function's name.
            args: its arguments by position.
            named: its arguments by name.
            results: what PyTorch gives.
            error: why PyTorch gives nothing, where it does not.
            ranks: how many axes the layer takes whose call it is, where it takes no such input; else empty.

        Returns:
            What the author's code is given: the results, or what stands for them.
        """
        given = [] if error is not None else tensors_in(results)
        call = Call(
            self._recording,
            plain_name(name),
            self._modules.calling(name, lambda: self._parameters_in(args, named)),
            place_of(user_frame(4)),
            given,
            reflected=name.startswith("__r") and name != "__rshift__",
            ranks=ranks,
        )
        translated = self._translated(call, name, args, named)
        if any(made.may_refuse for made in call.made) and may_be_caught(user_frame(3)):
            for made in call.made:
                made.may_be_caught = True
        if self._recording.is_changed and translated is not None:
            return self._changed(call, name, args, translated, results)
        if error is not None:
            past = self._refusals.past(call, translated, error, flat((args, named)))
            return self._written_into(name, args, values_in(translated)) if is_in_place(name) else past
        said = None if translated is None else self._agreeing(call, values_in(translated), given)
        if said is None:
            said = self._opaque(call, args, named, given)
        for tensor, value in zip(given, said, strict=True):
            self._holder.enter(tensor, value)
        if is_in_place(name) and args and isinstance(args[0], torch.Tensor) and said:
            return self._written_into(name, args, said)
        return results

    def _parameters_in(self, args: Sequence[Any], named: Mapping[str, Any]) -> list[str]:
        tensors = [t for t in (*args, *named.values()) if isinstance(t, torch.Tensor)]
        return [name for name in map(self._holder.parameter_name, tensors) if name]

    def _written_into(self, name: str, args: Sequence[Any], said: Sequence[Value]) -> Any:
        """What was known of a tensor that is written into is replaced."""
        tensor = self._holder.write_into(args[0], said[0])
        return None if name == "__setitem__" else tensor

    def _translated(self, call: Call, name: str, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """What our rules give, in the structure of what PyTorch gives; None where there is no rule."""
        translator = translator_of(name)
        if translator is None:
            return None

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, torch.Tensor):
                return self._holder.value_of(leaf)
            return leaf.dim if isinstance(leaf, TracedInt) else leaf

        try:
            said = translator(call, *mapped(convert, args), **mapped(convert, named))
        except _NO_TRANSLATION as failed:
            self._recording.disagreements.append(f"{name}: {type(failed).__name__}: {failed} ({call.where})")
            said = None
        if said is None:
            call.forget()
        return said

    def _changed(self, call: Call, name: str, args: Sequence[Any], translated: Any, results: Any) -> Any:
        """What comes out where a layer before was changed: what our rules say, whatever PyTorch does."""
        said = values_in(translated)
        given = tensors_in(results)
        if len(given) == len(said) and all(self._is_like(v, t) for v, t in zip(said, given, strict=True)):
            for value, tensor in zip(said, given, strict=True):
                self._holder.enter(tensor, value)
        else:
            stand_ins = iter([self._refusals.stand_in(value, call) for value in said])
            results = mapped(lambda leaf: next(stand_ins) if isinstance(leaf, Value) else leaf, translated)
        return self._written_into(name, args, said) if is_in_place(name) and said else results

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
                _retype(value, dtype_name(tensor.dtype))
            elif value.made is None or not value.made.is_broken(self._recording.path):
                self._disagree(call, f"{value.tensor.shape} is not {tuple(tensor.shape)}")
                return None
        return said[: len(given)]

    def _disagree(self, call: Call, how: str) -> None:
        self._recording.disagreements.append(f"{call.function}: {how} ({call.where}, {call.called.path})")
        call.forget()

    def _is_like(self, value: Value, tensor: torch.Tensor) -> bool:
        """Whether a tensor has the sizes that a value has at the example, as far as they are known."""
        shape, sizes = value.tensor.shape, tuple(tensor.shape)
        if isinstance(shape, Unknown) or len(shape) != len(sizes):
            return False
        return all(
            isinstance(dim, Unknown) or self._recording.size_of(dim) == size
            for dim, size in zip(shape, sizes, strict=True)
        )

    def _opaque(
        self, call: Call, args: Sequence[Any], named: Mapping[str, Any], given: Sequence[torch.Tensor]
    ) -> list[Value]:
        """An operator without a rule: no size that follows it is known, but how many axes there are."""
        taken = [self._holder.value_of(tensor) for tensor in tensors_in((args, named))]
        values = call.add(Opaque(call.function), *taken, outputs=max(len(given), 1))
        reason = Unknown(f"there is no rule for {call.function}")
        for value, tensor in zip(values, given, strict=False):
            value.tensor = Tensor((reason,) * tensor.dim(), dtype_name(tensor.dtype))
        return list(values[: len(given)])


def _retype(value: Value, dtype: str) -> None:
    """The type that PyTorch computes in, where the operator can be told."""
    made, tensor = value.made, value.tensor
    if tensor.dtype == dtype or is_quantized(tensor.dtype):
        return
    value.tensor = Tensor(tensor.shape, dtype, tensor.contents, tensor.is_held)
    if made is not None and made.outputs[0] is value and "dtype" in made.operator.settings():
        made.operator = made.operator.with_settings(dtype=dtype)
