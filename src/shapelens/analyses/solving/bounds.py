"""How far settings are looked for."""

from __future__ import annotations

from dataclasses import fields

from shapelens.errors import UsageError
from shapelens.records import dataclass

__all__ = ["MOST_COUNTED", "Bounds"]

MOST_COUNTED = 300_000
"""No more settings of one axis than these are counted through."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest kernel, stride, padding and dilation that are looked at; what a layer is given may be larger.

    Args:
        kernel: from 1.
        stride: from 1.
        padding: from 0, on each side.
        dilation: from 1.
    """

    kernel: int = 11
    stride: int = 8
    padding: int = 10
    dilation: int = 3

    def checked(self) -> Bounds:
        """The bounds, if they are some.

        Raises:
            UsageError: `max_stride is no bound`.
        """
        for field in fields(self):
            value, least = getattr(self, field.name), 0 if field.name == "padding" else 1
            if type(value) is not int or not least <= value <= MOST_COUNTED:
                raise UsageError(
                    f"max_{field.name} is no bound",
                    at=f"max_{field.name}",
                    have=repr(value),
                    rule=f"a whole number, at least {least} and at most {MOST_COUNTED:,}",
                    fix=f"max_{field.name}={field.default}",
                )
        return self
