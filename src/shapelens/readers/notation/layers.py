"""The tables of layers: every layer that can be read, in PyTorch's words and in Keras'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.signatures import Signature, signature_of
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.readers.notation.arguments import Arguments
    from shapelens.readers.notation.placing import Place

__all__ = ["CHANNELS", "ELEMENTS", "KERAS", "NOTHING", "PYTORCH", "SHAPE", "Layer", "layers_of", "table"]

PYTORCH = "PyTorch"
KERAS = "Keras"

SHAPE = "shape"
CHANNELS = "channels"
ELEMENTS = "elements"
NOTHING = ""
"""What of its input a layer surely passes on: its shape, its rank and channels, its elements, or nothing."""


Build = Callable[["Arguments", "Place"], None]
Takes = Callable[["Arguments"], "Sample | None"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that can be read.

    Args:
        name: its class.
        framework: whose word that is.
        text: its signature.
        build: adds it to a network.
        takes: what it says of its input.
        keeps: what of its input it surely passes on.
        others: the names that it takes by keyword besides those of its signature.
        prints: what it prints first, where its signature lacks that: `in_channels` for a lazy layer.
        tells: the arguments that its print always shows; what prints without them is another class of its name.
        needs: what it takes besides its input, which no chain gives.
    """

    name: str
    framework: str
    text: str
    build: Build
    takes: Takes
    keeps: str = NOTHING
    others: frozenset[str] = frozenset()
    prints: str = ""
    needs: str = ""
    tells: tuple[str, ...] = ()

    @property
    def signature(self) -> Signature:
        """Its parameters."""
        return signature_of(self.text, self.others)

    @property
    def takes_words(self) -> str:
        """What it takes, for messages: `Linear takes in_features, out_features, bias`."""
        names = self.signature.shown
        return f"{self.name} takes {', '.join(names) if names else 'no arguments'}"


def nothing_said(arguments: Arguments) -> Sample | None:
    """A layer that says nothing of its input."""
    return None


class Table(Mapping[str, Layer]):
    """A framework's layers by name. A family is imported when one of its layers is first asked for.

    Args:
        package: where the families are; its `FAMILIES` says which layers each has.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.entered: dict[str, Layer] = {}

    @cached_property
    def modules(self) -> dict[str, str]:
        """The family of each layer that the package lists; what it lists not, it has imported itself."""
        families: Mapping[str, str] = getattr(import_module(self.package), "FAMILIES", {})
        return {name: family for family, names in families.items() for name in names.split()}

    def __getitem__(self, name: str) -> Layer:
        if name in self.modules and name not in self.entered:
            import_module(f"{self.package}.{self.modules[name]}")
        return self.entered[name]

    def __contains__(self, name: object) -> bool:
        return name in self.modules or name in self.entered

    def __iter__(self) -> Iterator[str]:
        for family in dict.fromkeys(self.modules.values()):
            import_module(f"{self.package}.{family}")
        return iter(self.entered)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_TABLES = {
    PYTORCH: Table("shapelens.readers.notation.pytorch"),
    KERAS: Table("shapelens.readers.notation.keras"),
}


def layers_of(framework: str) -> Mapping[str, Layer]:
    """The layers in a framework's words, by name."""
    return _TABLES[framework]


def table(framework: str, others: frozenset[str] = frozenset()) -> Callable[..., Callable[[Build], Build]]:
    """The decorator that enters layers into a framework's table.

    Args:
        framework: whose table.
        others: the names that all of its layers take by keyword.
    """

    def layer(
        *names: str,
        signature: str = "",
        takes: Takes = nothing_said,
        keeps: str = NOTHING,
        prints: str = "",
        also: str = "",
        needs: str = "",
        tells: str = "",
        alias: str = "",
    ) -> Callable[[Build], Build]:
        named, told = others | frozenset(also.split()), tuple(tells.split())

        def register(build: Build) -> Build:
            for name in names:
                entered = Layer(name, framework, signature, build, takes, keeps, named, prints, needs, told)
                _TABLES[framework].entered[name] = entered
                if alias:
                    _TABLES[framework].entered[re.sub("^[A-Za-z]+", alias, name)] = entered
            return build

        return register

    return layer
