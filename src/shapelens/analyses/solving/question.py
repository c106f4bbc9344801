"""What is asked of one layer: what is given, what is left open, what goes in and what is to come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from shapelens.analyses.solving.arithmetic import Rules
from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.setting import ROLES, Axis, Choices, Setting
from shapelens.dims.layout import Layout
from shapelens.operators import Shape
from shapelens.readers.notation.layers import KERAS
from shapelens.readers.notation.unfinished import Unfinished
from shapelens.records import dataclass

__all__ = ["Question"]


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        layer: the layer, and what of it is given.
        rules: how sizes follow from its settings.
        layout: the order of the axes of one sample.
        source: the sample that goes in; a size may be a symbol, and all of it None, where sizes are what is asked for.
        target: the sample that is to come out.
        bounds: how far settings are looked for.
        choices: what there is to choose from, for each spatial axis.
        channels: the arguments that follow from the channels, by name.
    """

    layer: Unfinished
    rules: Rules
    layout: Layout
    source: Shape | None
    target: tuple[int, ...]
    bounds: Bounds
    choices: tuple[Choices, ...]
    channels: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_keras(self) -> bool:
        """Whether it is in Keras' words."""
        return self.layer.layer.framework == KERAS

    @cached_property
    def names(self) -> dict[str, str]:
        """What the layer calls each of the settings that it has."""
        known = self.layer.parameters
        return {role: name for role, names in ROLES.items() for name in names if name in known}

    def count(self, name: str) -> int | None:
        """A number of channels or groups as it is given, or as it follows from the shapes; None where neither tells."""
        if name in self.channels:
            return self.channels[name]
        is_told = name in self.layer.parameters and self.layer.is_given(name)
        return self.layer.arguments.integer(name, least=0) if is_told else None

    @property
    def free(self) -> frozenset[str]:
        """The settings that are not given along all axes."""
        return frozenset().union(*[choices.free for choices in self.choices])

    @property
    def wanted(self) -> tuple[int, ...]:
        """What is to come out along each spatial axis."""
        return tuple([self.target[axis] for axis in self.layout.spatial])

    @property
    def sizes(self) -> tuple[Any, ...]:
        """What goes in along each spatial axis; nothing where that is asked for."""
        return () if self.source is None else tuple([self.source[axis] for axis in self.layout.spatial])

    @property
    def asks_for_inputs(self) -> bool:
        """Whether it is asked what goes in, and not by which settings."""
        return self.source is None or not all(isinstance(size, int) for size in self.source)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What is asked along each spatial axis."""
        asked = zip(self.sizes, self.wanted, self.choices, strict=True)
        return tuple([Axis(size, wanted, choices) for size, wanted, choices in asked])

    def text(self, settings: Sequence[Setting]) -> str:
        """The layer with a setting for each spatial axis, as one would type it."""
        values: dict[str, Any] = dict(self.channels)
        kernels = [setting.kernel for setting in settings]
        for role, name in self.names.items():
            chosen = [getattr(setting, role) for setting in settings]
            if self.layer.is_given(name) or (role == "stride" and self._is_usual_stride(chosen, kernels)):
                continue
            if chosen != [None] * len(chosen):
                values[name] = chosen[0] if len(set(chosen)) == 1 else tuple(chosen)
        return self.layer.text(values)

    def _is_usual_stride(self, strides: list[int], kernels: list[int]) -> bool:
        """Whether a pool's stride is what it is without being told: its window."""
        return self.layer.arguments.value(self.names["stride"]) is None and strides == kernels

    def wanting(self, wanted: Sequence[int]) -> Question:
        """The same question for other sizes that come out."""
        target = list(self.target)
        for axis, size in zip(self.layout.spatial, wanted, strict=True):
            target[axis] = size
        return replace(self, target=tuple(target))
