"""What can be asked of a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from shapelens.drawing.palette import THEMES
from shapelens.errors import UsageError
from shapelens.records import dataclass

__all__ = ["LAYER_OPTIONS", "ORDERS", "STYLES", "Options"]

STYLES = ("volumes", "maps", "blocks", "graph")
ORDERS = ("source", "both")
LAYER_OPTIONS = ("theme", "width", "title", "caption", "fonts")
"""What can be asked of the figure of one layer."""
_POINTS = 72 / 2.54
_NARROWEST, _WIDEST = 7.0, 200.0
_SEVERAL = frozenset({"fold", "unfold", "fonts"})


@dataclass(frozen=True, slots=True)
class Options:
    """How a figure is drawn.

    Args:
        style: `volumes`, `maps`, `blocks` or `graph`.
        theme: `light`, `dark` or `print`.
        width: in centimetres.
        title: over it; the network's name if not given.
        caption: under it, before what the figure says itself.
        order: `source`, or `both` to write shapes with the channels first and last.
        fold: modules that are drawn as one block.
        unfold: modules and layers that are drawn by themselves.
        highlight: the layer that is marked.
        upto: the layer that the figure ends with.
        field: the layer whose receptive field is drawn on the input.
        fonts: families of type, the best first.
        inset: whether one of the blocks is opened under the figure, where there is room.
    """

    style: str = "volumes"
    theme: str = "light"
    width: float = 17.0
    title: str | None = None
    caption: str = ""
    order: str = "source"
    fold: Sequence[str] = ()
    unfold: Sequence[str] = ()
    highlight: str = ""
    upto: str = ""
    field: str = ""
    fonts: Sequence[str] = ()
    inset: bool = True

    def __post_init__(self) -> None:
        _one_of("style", self.style, STYLES)
        _one_of("theme", self.theme, tuple(THEMES))
        _one_of("order", self.order, ORDERS)
        if not _NARROWEST <= self.width <= _WIDEST:
            raise UsageError(
                "a figure cannot be so wide",
                at="width",
                have=f"{self.width:g} cm",
                rule=f"from {_NARROWEST:g} to {_WIDEST:g} cm",
                fix="width 17",
            )

    @classmethod
    def of(cls, given: Mapping[str, Any], known: Sequence[str] = ()) -> Options:
        """Options as keyword arguments, with one error for a name that is none.

        Args:
            given: the arguments.
            known: the names that there are, if not all.
        """
        names = known or [f.name for f in fields(cls)]
        for name in given:
            _one_of("option", name, tuple(names))
        settings = {name: value for name, value in given.items() if value is not None}
        for name, value in settings.items():
            settings[name] = _checked(name, value)
        return cls(**settings)

    @property
    def points(self) -> float:
        """Its width in points."""
        return self.width * _POINTS


def _checked(name: str, value: Any) -> Any:
    """An option of the type that it is of: several names from one, too; else one error."""
    if name in _SEVERAL:
        names = (value,) if isinstance(value, str) else value
        if isinstance(names, (list, tuple, set, frozenset)) and all(isinstance(one, str) for one in names):
            return tuple(names)
        raise _of_another_type(name, value, "a name, or a list of names")
    if name == "width":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        raise _of_another_type(name, value, "a number of centimetres")
    wanted: type = bool if name == "inset" else str
    if not isinstance(value, wanted):
        raise _of_another_type(name, value, "True or False" if wanted is bool else "a text")
    return value


def _of_another_type(name: str, value: object, rule: str) -> UsageError:
    return UsageError(
        f"{name} takes something else",
        at=name,
        have=f"{value!r:.60}, of type {type(value).__name__}",
        rule=f"{name} is {rule}",
        fix={"width": "width=17", "inset": "inset=False"}.get(name, f'{name}="…"'),
    )


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        from difflib import get_close_matches

        near = get_close_matches(value, known, n=1)
        raise UsageError(
            f"there is no {name} {value}",
            at=name,
            have=value,
            rule=f"{name} is one of {', '.join(known)}",
            fix=f"{name} {near[0] if near else known[0]}",
        )
