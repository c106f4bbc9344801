"""The arguments that a layer takes: their names, their order, their defaults.

They are the frameworks' own, written as their documentation writes them:

    >>> signature_of("in_features, out_features, bias=True, device=None, dtype=None").names
    ('in_features', 'out_features', 'bias', 'device', 'dtype')
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import Word
from shapelens.records import dataclass

__all__ = ["REQUIRED", "Parameter", "Signature", "signature_of"]


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = _Required()
"""The default of a parameter that has none."""

_FREE_ENDINGS = ("_initializer", "_regularizer", "_constraint", "activation", "_cell", "_layer")
_FREE = frozenset(
    [
        "device",
        "dtype",
        "layer",
        "layers",
        "cell",
        "cells",
        "module",
        "modules",
        "args",
        "function",
        "mode",
        "transform",
        "input_tensor",
        "quantization_config",
        "max_norm",
        "value",
        "norm",
    ]
)
_UNSAID = frozenset(["device", "dtype", "_weight", "_freeze", "_random_samples", "min_value", "max_value"])
"""Left out where a message lists what a layer takes."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a layer.

    Args:
        name: its name.
        default: what it is where nothing is given, or `REQUIRED`.
        by_keyword: whether it is given by its name alone.
    """

    name: str
    default: Any = REQUIRED
    by_keyword: bool = False

    @property
    def is_free(self) -> bool:
        """Whether anything may be given, a name or a call too: it says nothing of shapes."""
        return self.name in _FREE or self.name.endswith(_FREE_ENDINGS)


@dataclass(frozen=True)
class Signature:
    """The parameters of a layer, in their order.

    Args:
        parameters: each of them.
        takes_all: whether it takes any number of positional arguments.
        others: the names that it takes by keyword besides.
    """

    parameters: tuple[Parameter, ...]
    takes_all: bool = False
    others: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in their order."""
        return tuple(self.by_name)

    @property
    def positional(self) -> tuple[Parameter, ...]:
        """Those that may be given without their name."""
        return tuple([p for p in self.parameters if not p.by_keyword])

    @property
    def shown(self) -> tuple[str, ...]:
        """The names for a message: those that have to do with shapes and numbers."""
        return tuple([p.name for p in self.parameters if p.name not in _UNSAID and not _is_detail(p.name)])

    def with_first(self, name: str) -> Signature:
        """The signature with one required parameter more in front."""
        return Signature((Parameter(name), *self.parameters), self.takes_all, self.others)


def _is_detail(name: str) -> bool:
    return name.endswith(("_initializer", "_regularizer", "_constraint"))


@cache
def signature_of(text: str, others: frozenset[str] = frozenset()) -> Signature:
    """The signature that a text such as `kernel_size, stride=None` says.

    After `*,` come those that are given by name alone; `*args` takes any number.
    """
    takes_all = text.startswith("*args")
    before, _, after = text.removeprefix("*args").partition("*, ")
    parameters = [*_parameters(before.strip(", "), False), *_parameters(after, True)]
    return Signature(tuple(parameters), takes_all, others)


def _parameters(text: str, by_keyword: bool) -> list[Parameter]:
    found: list[Parameter] = []
    for argument in parse_layer_text(Source(f"_({text})")).arguments:
        if argument.keyword:
            found.append(Parameter(argument.keyword, argument.value.plain, by_keyword))
        else:
            assert isinstance(argument.value.content, Word)
            found.append(Parameter(argument.value.content.text, REQUIRED, by_keyword))
    return found
