"""PyTorch's meta kernels without what they import for sizes that are no plain numbers: a second for many a trace.

A meta kernel that checks a size imports PyTorch's symbolic shapes, and SymPy with them; one that is written in Python
imports the compiler, to keep it away. All that they ask of these is known for plain sizes without either. So while a
model's forward runs, and only where nobody has imported them, something stands in their place that answers for plain
sizes. Whoever asks it for anything else gets the module itself, imported at that moment.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import and_, or_
from types import ModuleType
from typing import Any

__all__ = ["lightly"]

_SYMBOLIC = "torch.fx.experimental.symbolic_shapes"
_COMPILER = "torch._dynamo"
_ALGEBRA = "sympy"


@contextmanager
def lightly() -> Iterator[None]:
    """Keep what is not needed for plain sizes from being imported, inside the block."""
    standing = [kind() for kind in (_Symbolic, _Compiler, _Algebra) if kind.name not in sys.modules]
    for each in standing:
        sys.modules[each.name] = each
    try:
        yield
    finally:
        for each in standing:
            each.leave()


class _StandIn(ModuleType):
    """In a module's place until somebody asks for more than it knows."""

    name = ""
    is_package = False

    def __init__(self) -> None:
        super().__init__(self.name)

    def leave(self) -> None:
        """Leave the place."""
        if sys.modules.get(self.name) is self:
            del sys.modules[self.name]

    def __getattr__(self, attribute: str) -> Any:
        if attribute == "__path__" and not self.is_package:
            raise AttributeError(attribute)
        self.leave()
        return getattr(importlib.import_module(self.name), attribute)


class _Symbolic(_StandIn):
    """Answers for truths that are plain ones, and leaves symbolic ones to PyTorch."""

    name = _SYMBOLIC

    def __init__(self) -> None:
        super().__init__()
        for function in ("expect_true", "guard_or_true", "guard_or_false", "guard_size_oblivious"):
            setattr(self, function, self._plainly(function, lambda truth, *_: truth))
        for function in ("guard_bool", "statically_known_true"):
            setattr(self, function, self._plainly(function, lambda truth: truth))
        self.sym_and = self._plainly("sym_and", lambda *truths: reduce(and_, truths))
        self.sym_or = self._plainly("sym_or", lambda *truths: reduce(or_, truths))
        self.sym_eq = self._plainly("sym_eq", _equal, are_plain=_are_sizes)
        self.guarding_hint_or_throw = self._plainly(
            "guarding_hint_or_throw", lambda size: size, are_plain=_are_sizes
        )
        self.has_guarding_hint = self._plainly("has_guarding_hint", lambda size: True, are_plain=_are_sizes)
        self.is_nested_int = self._plainly("is_nested_int", lambda size: False, are_plain=_are_sizes)

    def _plainly(
        self, name: str, answer: Callable[..., Any], are_plain: Callable[..., bool] | None = None
    ) -> Callable[..., Any]:
        """PyTorch's function of this name, answered here where what it is given is plain."""
        are_plain = are_plain or _are_truths

        def function(*given: Any) -> Any:
            return answer(*given) if are_plain(*given) else self.__getattr__(name)(*given)

        return function


def _are_truths(first: Any, *others: Any) -> bool:
    return type(first) is bool and all(type(other) in {bool, int} for other in others)


def _are_sizes(*given: Any) -> bool:
    return all(
        _are_sizes(*item) if isinstance(item, (tuple, list)) else type(item) in {int, bool, float}
        for item in given
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (tuple, list)):
        return isinstance(other, (tuple, list)) and tuple(one) == tuple(other)
    return bool(one == other)


class _Compiler(_StandIn):
    """Keeps a function from being compiled by leaving it alone: nothing is compiled here."""

    name = _COMPILER
    is_package = True

    def __init__(self) -> None:
        super().__init__()
        self._left_alone: list[Any] = []

        def disable(function: Any = None, *settings: Any, **named: Any) -> Any:
            if function is None:
                return self.__getattr__("disable")(function, *settings, **named)
            self._left_alone.append(function)
            return function

        self.disable = disable

    def leave(self) -> None:
        """Leave the place, and let what was left alone be disabled when the compiler comes."""
        super().leave()
        for function in self._left_alone:
            vars(function).pop("__dynamo_disable", None)
        self._left_alone.clear()


class _Algebra(_StandIn):
    """SymPy for the one question whether an operand is one of its expressions: none is before it is imported."""

    name = _ALGEBRA
    is_package = True

    def __getattr__(self, attribute: str) -> Any:
        asking = sys._getframe(1).f_globals.get("__name__")
        if attribute == "Basic" and asking == "torch._prims_common":
            return _NoExpression
        return super().__getattr__(attribute)


class _NoExpression:
    """What no operand is."""
