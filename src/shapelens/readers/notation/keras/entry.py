"""The decorator that enters a layer into Keras' table; any layer may declare what goes into it.

A first layer says by `input_shape` what an `Input` before it would say:

    Conv2D(32, 3, input_shape=(28, 28, 1))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.declaring import DECLARING, declared_sample
from shapelens.readers.notation.layers import KERAS, NOTHING, Build, Takes, nothing_said, table
from shapelens.readers.notation.samples import Sample

__all__ = ["layer"]

_enter = table(
    KERAS,
    frozenset(
        (
            *(
                "activity_regularizer",
                "autocast",
                "batch_size",
                "dtype",
                "dynamic",
                "name",
                "trainable",
                "weights",
            ),
            *DECLARING,
        )
    ),
)


def layer(
    *names: str,
    signature: str = "",
    takes: Takes = nothing_said,
    keeps: str = NOTHING,
    also: str = "",
    needs: str = "",
    alias: str = "",
) -> Callable[[Build], Build]:
    """Enter layers into the table.

    Args:
        names: their classes.
        signature: what they take.
        takes: what they say of their input.
        keeps: what of it they pass on.
        also: the names that they take by keyword besides.
        needs: what they take besides their input.
        alias: how their names begin otherwise: `MaxPool` of `MaxPooling2D`.
    """
    return _enter(
        *names, signature=signature, takes=_declaring(takes), keeps=keeps, also=also, needs=needs, alias=alias
    )


def _declaring(takes: Takes) -> Takes:
    @wraps(takes)
    def declared(arguments: Arguments) -> Sample | None:
        return declared_sample(arguments, takes(arguments))

    return declared
