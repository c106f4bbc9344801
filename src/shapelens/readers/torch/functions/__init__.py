"""What PyTorch's functions are in operators: a file for each family, a translator for each function.

A translator takes what the function takes: tensors as values, sizes as dims, all else as it is. It adds
operators to the call and gives back what the function gives back, with values in the place of tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from threading import RLock
from typing import Any, TypeVar

from shapelens.dims import Dim
from shapelens.operators import Constant, Operator
from shapelens.readers.torch.recording import Called, Made, Recording, Value
from shapelens.readers.torch.vocabulary import dtype_name

__all__ = ["Call", "Translator", "axis_of", "integers", "translates", "translator_of"]

Translator = Callable[..., Any]
"""A function of a call and of what the function of PyTorch was called with."""

_FAMILIES = iter(
    "convolution normalization activation pooling elementwise linear reshaping joining padding indexing "
    "arranging creation reduction attention resizing shuffling counting recurrent vision linear_algebra fourier loss "
    "quantized".split()
)
"""The families that are not imported yet, those first that most networks are made of."""

_importing = RLock()

_TRANSLATORS: dict[str, Translator] = {}

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Call:
    """One call of a function of PyTorch, under translation.

    Args:
        recording: what operators are added to.
        function: the function's name.
        called: the module's call that it stands in.
        where: the author's file and line.
        results: the tensors that PyTorch gave, in order; empty where it refused.
        reflected: whether the operands of an operation stand the other way round: `2 - x`.
        ranks: how many axes the layer takes whose call it is, where it takes no such input; else empty.
    """

    __slots__ = ("called", "function", "made", "ranks", "recording", "reflected", "results", "where")

    def __init__(
        self,
        recording: Recording,
        function: str,
        called: Called,
        where: str,
        results: Sequence[Any] = (),
        *,
        reflected: bool = False,
        ranks: tuple[int, ...] = (),
    ) -> None:
        self.recording = recording
        self.function = function
        self.called = called
        self.where = where
        self.results = results
        self.reflected = reflected
        self.ranks = ranks
        self.made: list[Made] = []

    @property
    def dtype(self) -> str | None:
        """The type of what PyTorch gave first; None where it refused."""
        return dtype_name(self.results[0].dtype) if self.results else None

    def add(self, operator: Operator, *inputs: Value | None, outputs: int = 1) -> tuple[Value, ...]:
        """Add an operator that gives several values."""
        made = self.recording.add(
            operator, inputs, outputs, function=self.function, called=self.called, where=self.where
        )
        self.made.append(made)
        return made.outputs

    def one(self, operator: Operator, *inputs: Value | None) -> Value:
        """Add an operator that gives one value."""
        return self.add(operator, *inputs)[0]

    def forget(self) -> None:
        """Nothing was recorded after all."""
        for made in self.made:
            self.recording.made.remove(made)
        self.made.clear()

    def number(self, operand: Any, like: Value) -> Value:
        """A value of an operand; a number among tensors is a constant."""
        if isinstance(operand, Value):
            return operand
        return self.one(Constant((), like.tensor.dtype, (operand,)))


def translates(names: str) -> Callable[[_Function], _Function]:
    """Enter a translator under the names of functions, parted by spaces."""

    def enter(function: _Function) -> _Function:
        for name in names.split():
            assert name not in _TRANSLATORS, f"{name} is translated twice"
            _TRANSLATORS[name] = function
        return function

    return enter


def translator_of(name: str) -> Translator | None:
    """The translator of a function, by its name; a name that ends in `_` works in place and is the same.

    Families are imported one after another until the name is found, so that a network does not wait for functions
    that it never calls.
    """
    bare = name[:-1] if name.endswith("_") and not name.endswith("__") else name
    found = _TRANSLATORS.get(name) or _TRANSLATORS.get(bare)
    if found is not None:
        return found
    with _importing:
        while (found := _TRANSLATORS.get(name) or _TRANSLATORS.get(bare)) is None:
            family = next(_FAMILIES, None)
            if family is None:
                return None
            import_module(f"{__name__}.{family}")
    return found


def integers(given: Any) -> tuple[Dim, ...]:
    """Sizes given one by one, or as one list: `view(2, 3)` and `view((2, 3))`."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        return tuple(given[0])
    return tuple(given)


def axis_of(axis: int, value: Value) -> int:
    """An axis counted from the front."""
    return axis % max(value.tensor.rank, 1)
