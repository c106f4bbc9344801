"""What PyTorch's own layers check in Python before they call an operator, put off until the operator's rule tells it.

A batch norm looks at the axes of what comes in, a recurrent layer at its features. What they raise would end the trace;
the operator behind says the same of its inputs, and what comes out all the same. So what is raised is kept, and stands
for what PyTorch says of that operator. Where the rule sees nothing wrong, it is raised there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from shapelens.readers.torch.private import INPUT_CHECK, unbatched_rank, without_tracing
from shapelens.records import dataclass

__all__ = ["Checks", "PutOff"]

_NORMS: tuple[tuple[type[nn.Module], tuple[int, ...]], ...] = (
    (nn.BatchNorm1d, (2, 3)),
    (nn.BatchNorm2d, (4,)),
    (nn.BatchNorm3d, (5,)),
)
"""How many axes each takes, which the function that they call does not ask."""

_INSTANCE_NORMS = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
_STEPS_CHECK = "check_forward_args"

_OF_NORMS = frozenset(["batch_norm", "instance_norm"])
_OF_STEPS = frozenset(["lstm", "gru", "rnn_tanh", "rnn_relu"])


@dataclass(frozen=True, slots=True)
class PutOff:
    """What a layer raised before it called its operator.

    Args:
        error: what was raised.
        functions: the functions of PyTorch that it may call.
        ranks: how many axes it takes, where that was wrong.
    """

    error: Exception
    functions: frozenset[str]
    ranks: tuple[int, ...] = ()


class Checks:
    """Puts off the checks of the layers that are called, one call within another.

    Attributes:
        is_lenient: whether any is put off.
    """

    def __init__(self) -> None:
        self.is_lenient = False
        self._kept: PutOff | None = None
        self._changed: list[tuple[nn.Module, dict[str, Any]]] = []

    def begin(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """A call begins: whatever in the module is changed for it is put back when it ends.

        Args:
            module: the layer.
            inputs: what it is called with.
        """
        changes = self._changes(module, inputs) if self.is_lenient and _is_pytorchs(module) else {}
        own = vars(module)
        self._changed.append((module, {name: own.get(name, _NOTHING) for name in changes}))
        own.update(changes)

    def end(self) -> None:
        """The innermost call ends."""
        self._kept = None
        module, before = self._changed.pop()
        for name, value in before.items():
            if value is _NOTHING:
                vars(module).pop(name, None)
            else:
                vars(module)[name] = value

    def taken(self, function: str) -> PutOff | None:
        """What was put off until a function is called, once."""
        kept = self._kept
        if kept is None or function not in kept.functions:
            return None
        self._kept = None
        return kept

    def _changes(self, module: nn.Module, inputs: tuple[Any, ...]) -> dict[str, Any]:
        """What stands in a module in the place of its own, for one call."""
        check = getattr(module, INPUT_CHECK, None)
        for kind, ranks in _NORMS:
            if isinstance(module, kind) and check is not None:
                return {INPUT_CHECK: self._lenient(check, _OF_NORMS, ranks)}
        if isinstance(module, nn.RNNBase):
            return {_STEPS_CHECK: self._lenient(getattr(module, _STEPS_CHECK), _OF_STEPS)}
        if isinstance(module, _INSTANCE_NORMS) and inputs and isinstance(inputs[0], torch.Tensor):
            return self._features(module, inputs[0])
        return {}

    def _lenient(
        self, check: Callable[..., None], functions: frozenset[str], ranks: tuple[int, ...] = ()
    ) -> Callable[..., None]:
        def lenient(*given: Any) -> None:
            try:
                check(*given)
            except Exception as error:
                self._kept = PutOff(error, functions, ranks)

        return lenient

    def _features(self, module: Any, tensor: torch.Tensor) -> dict[str, Any]:
        """An instance norm takes so many axes, and as many features as it scales: it looks at both by itself."""
        sample = unbatched_rank(module)
        if sample is None:
            return {}
        with without_tracing():
            sizes = tuple(tensor.shape)
        axis = len(sizes) - sample
        ranks = () if axis in {0, 1} else (sample, sample + 1)
        if not -len(sizes) <= axis < len(sizes) or (sizes[axis] == module.num_features and not ranks):
            return {}
        gets = {"num_features": int(sizes[axis])}  # what it then has nothing to say of
        if ranks:
            return {**gets, INPUT_CHECK: self._lenient(getattr(module, INPUT_CHECK), _OF_NORMS, ranks)}
        if not module.affine:
            return {}
        words = (
            f"expected input's size at dim={axis} to match num_features ({module.num_features}), "
            f"but got: {sizes[axis]}."
        )
        self._kept = PutOff(ValueError(words), _OF_NORMS)
        return gets


_NOTHING = object()


def _is_pytorchs(module: nn.Module) -> bool:
    """Whether what a module does when it is called is PyTorch's own code, and not an author's in its class."""
    kind = type(module)
    checks = (getattr(kind, name, None) for name in ("forward", INPUT_CHECK, _STEPS_CHECK))
    own = [getattr(check, "__module__", "") for check in checks if check is not None]
    return all(name.startswith("torch.nn.modules.") for name in own) and "forward" not in vars(module)
