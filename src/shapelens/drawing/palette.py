"""Colours: one hue for each kind of operator, the same in every figure, told apart also by who sees no red or green.

The hues are of Okabe and Ito's set. Pools are the darkest tint on purpose: they stay apart from up-sampling and input
by lightness alone.
"""

from __future__ import annotations

from functools import cache

from shapelens.records import dataclass

__all__ = ["KINDS", "THEMES", "Shades", "Theme", "blend"]

_NEUTRAL = "#8a8f96"
_HUES = {
    "convolution": "#0072b2",
    "pool": "#cc79a7",
    "linear": "#e3d12b",
    "upsampling": "#009e73",
    "attention": "#56b4e9",
    "recurrent": "#56b4e9",
    "sum": "#66707c",
    "concat": "#66707c",
    "input": _NEUTRAL,
    "reshape": _NEUTRAL,
    "other": _NEUTRAL,
}
_STRENGTHS = {
    "pool": 1.85,
    "linear": 1.35,
    "input": 0.6,
    "reshape": 0.6,
    "other": 0.8,
    "attention": 1.4,
    "recurrent": 1.4,
}
_LETTERS = {
    "convolution": "C", "pool": "P", "linear": "F", "upsampling": "U", "attention": "A", "recurrent": "R", "sum": "+",
    "concat": "", "input": "", "reshape": "", "other": "",
}  # fmt: skip
_PRINT_FRONTS = {
    "convolution": "#f0f0f0", "pool": "#ffffff", "linear": "#cfcfcf", "upsampling": "#e4e4e4",
    "attention": "#f7f7f7", "recurrent": "#f7f7f7",
}  # fmt: skip
_HATCHES = {
    "pool": "slanted",
    "linear": "level",
    "upsampling": "dotted",
    "attention": "crossed",
    "recurrent": "crossed",
}

KINDS = {
    "input": "input",
    "convolution": "convolution",
    "pool": "pool",
    "linear": "fully connected",
    "upsampling": "up-sampling",
    "attention": "attention",
    "recurrent": "recurrent",
    "sum": "add",
    "concat": "concat",
    "reshape": "reshape",
    "other": "other",
}
"""The kinds, in the order of a legend, in words."""


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of one kind.

    Args:
        front: of the face in front.
        top: of the face above.
        side: of the face to the right.
        stroke: of its edges.
        band: of an activation's band.
        hatch: what is drawn on the front where colours are not to be had: `slanted`, `level`, `dotted`, `crossed`.
        letter: what is written on it there.
    """

    front: str
    top: str
    side: str
    stroke: str
    band: str
    hatch: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a figure.

    Args:
        page: behind everything.
        text: of what is read first.
        second: of what is read next.
        line: of arrows.
        hairline: between parts of the page.
        norm: of a norm's band.
        filter_fill: of a filter and its window.
        filter_line: of their edges.
        filter_text: of what is written about them.
        error: of what is broken.
        shades: by kind.
    """

    page: str
    text: str
    second: str
    line: str
    hairline: str
    norm: str
    filter_fill: str
    filter_line: str
    filter_text: str
    error: str
    shades: dict[str, Shades]


@cache
def blend(under: str, over: str, amount: float) -> str:
    """A colour laid over another.

    >>> blend("#ffffff", "#0072b2", 0.25)
    '#bfdcec'
    """
    mixed = [
        round(int(under[i : i + 2], 16) * (1 - amount) + int(over[i : i + 2], 16) * amount) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _light(kind: str) -> Shades:
    hue, strength = _HUES[kind], _STRENGTHS.get(kind, 1.0)
    return Shades(
        front=blend("#ffffff", hue, 0.25 * strength),
        top=blend("#ffffff", hue, 0.125 * strength),
        side=blend("#ffffff", hue, 0.38 * strength),
        stroke=blend(hue, "#000000", 0.48 if kind == "linear" else 0.34),
        band=blend("#ffffff", hue, 0.66 * min(strength, 1.35)),
    )


def _dark(kind: str) -> Shades:
    page, hue = "#11161c", _HUES[kind]
    stroke = blend(hue, "#ffffff", 0.38)
    return Shades(
        front=blend(page, hue, 0.46),
        top=blend(page, hue, 0.62),
        side=blend(page, hue, 0.32),
        stroke=stroke,
        band=blend(page, stroke, 0.76),
    )


def _print(kind: str) -> Shades:
    front = _PRINT_FRONTS.get(kind, "#ffffff")
    return Shades(
        front, "#ffffff", blend(front, "#000000", 0.08), "#1a1a1a", "#8c8c8c", _HATCHES.get(kind, ""), _LETTERS[kind]
    )  # fmt: skip


THEMES = {
    "light": Theme(
        page="#ffffff", text="#1c2128", second="#57606a", line="#6b7480", hairline="#c9ced6", norm="#fbfdfe",
        filter_fill="#e69f00", filter_line="#b36b00", filter_text="#8a5200", error="#b84300",
        shades={kind: _light(kind) for kind in KINDS},
    ),
    "dark": Theme(
        page="#11161c", text="#e8ebef", second="#a9b3bf", line="#8b96a3", hairline="#3a434e", norm="#e3e8ee",
        filter_fill="#e69f00", filter_line="#ffc14d", filter_text="#ffc14d", error="#ff8a47",
        shades={kind: _dark(kind) for kind in KINDS},
    ),
    "print": Theme(
        page="#ffffff", text="#000000", second="#404040", line="#404040", hairline="#b0b0b0", norm="#ffffff",
        filter_fill="#ffffff", filter_line="#000000", filter_text="#000000", error="#000000",
        shades={kind: _print(kind) for kind in KINDS},
    ),
}  # fmt: skip
"""The themes, by name."""
