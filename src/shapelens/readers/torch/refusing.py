"""What PyTorch refuses while a model is traced, and how the trace goes on behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from shapelens.dims import Condition, Dim, Unknown, equal
from shapelens.network.refusals import is_explained
from shapelens.operators import Tensor
from shapelens.readers.torch.functions import Call
from shapelens.readers.torch.holding import META, Holder
from shapelens.readers.torch.recording import Recording, Value
from shapelens.readers.torch.sizes import TracedInt
from shapelens.readers.torch.structures import mapped, values_in
from shapelens.readers.torch.vocabulary import is_quantized

__all__ = ["Refusals"]


class Refusals:
    """Goes past what PyTorch refuses, with what our rule says comes out.

    Args:
        recording: what is refused, and where, is written into it.
        holder: what is known of every tensor.

    Attributes:
        met: the exceptions of PyTorch's that the trace met, whether it got past them or not.
        blind: what was raised for want of data, or of a kernel that does without: a run would not have raised it.
        is_strict: whether what PyTorch refuses is raised at once, as it would be without a trace.
    """

    def __init__(self, recording: Recording, holder: Holder) -> None:
        self.met: list[Exception] = []
        self.blind: list[Exception] = []
        self.is_strict = False
        self._recording = recording
        self._holder = holder

    def past(self, call: Call, said: Any, error: Exception, given: Sequence[Any]) -> Any:
        """What stands for the results of an operator that PyTorch refuses; the refusal itself where nothing can.

        Args:
            call: the call that is refused.
            said: what our rules say it gives; None where there is no rule.
            error: why PyTorch refuses it.
            given: all that it was called with.
        """
        words = str(error).strip().split("\n")[0]
        self.met.append(error)
        lacks_kernel = isinstance(error, NotImplementedError) or "meta tensor" in words.lower()
        # What stands in for a size that is not known is PyTorch's to refuse, and nobody's mistake.
        given_to = [value for made in call.made for value in made.inputs if value is not None]
        taken = [value.tensor for value in given_to if value.made not in call.made]
        is_blind = lacks_kernel or any(tensor.has_unknown for tensor in taken)
        if self.is_strict and not is_blind:
            self._hold(call, given)
            call.forget()
            raise error
        if said is None or any(isinstance(value.tensor.shape, Unknown) for value in values_in(said)):
            self._hold(call, given)
            self.blind += [error] if is_blind else []
            raise error
        broken = [made for made in call.made if made.is_broken(self._recording.path)]
        if call.made and not is_blind:
            self._recording.refusals.append(([*broken, call.made[-1]][0], words))
            if not broken and not is_explained(words):
                self._hold(call, given)
                raise error
        return mapped(lambda leaf: self.stand_in(leaf, call) if isinstance(leaf, Value) else leaf, said)

    def _hold(self, call: Call, given: Sequence[Any]) -> None:
        """Keep where PyTorch refuses: where a requirement of ours does not hold, else at these very sizes alone."""
        recording = self._recording
        truths = [requirement.truth for made in call.made for requirement in made.requirements]
        broken = [t for t in truths if isinstance(t, Condition) and not recording.path.holds(t)]
        if broken:
            recording.ask(broken[0], False, call.where)
            return
        dims: list[Dim] = [leaf.dim for leaf in given if isinstance(leaf, TracedInt)]
        if False not in truths:
            for tensor in [leaf for leaf in given if isinstance(leaf, torch.Tensor)]:
                shape = self._holder.value_of(tensor).tensor.shape
                dims += () if isinstance(shape, Unknown) else shape
        for dim in dims:
            recording.ask(equal(dim, recording.size_of(dim)), True, call.where)

    def stand_in(self, value: Value, call: Call) -> torch.Tensor:
        """A tensor for a value that PyTorch does not give; an axis that has no size is 1, and not known."""
        because = Unknown(f"because of {call.called.path or call.function}")
        sizes = [self._recording.size_of(dim) for dim in value.tensor.dims]
        dims = [dim if size >= 1 else because for dim, size in zip(value.tensor.dims, sizes, strict=True)]
        value.tensor = Tensor(tuple(dims), value.tensor.dtype)
        known = None if is_quantized(value.tensor.dtype) else getattr(torch, value.tensor.dtype, None)
        dtype = known if isinstance(known, torch.dtype) else torch.float32
        return self._holder.enter(torch.empty([max(s, 1) for s in sizes], dtype=dtype, device=META), value)
