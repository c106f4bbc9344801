"""Where a layer's numbers come from: arrays, `.npy` files, pictures, or small integers that a seed makes.

    >>> held("values", [[1, 2], [3, 4]], (1, 2, 2)).array.tolist()
    [[[1, 2], [3, 4]]]
    >>> seeded_input((1, 2, 3), seed=0).whole().tolist()
    [[[3, 3, 2], [0, 3, 0]]]

An array may leave out axes of size 1: `(3, 3)` stands for the one filter `1×1×3×3`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.kinds import exact
from shapelens.numbers.npy import read_npy
from shapelens.numbers.values import Array, Held, Seeded

__all__ = ["array_of", "held", "seeded_bias", "seeded_input", "seeded_weight"]

_INPUT, _WEIGHT, _BIAS = 2, 5, 1
"""Any three that differ. With these the numbers of seed 0 have both signs, and a bias that is not 0."""


def array_of(name: str, given: Any) -> Array:
    """An array, from what can be one: an array, nested lists, a tensor, or the path of an `.npy` file.

    Args:
        name: what it is: `values`, `weights`, `bias`.
        given: the array or the path.

    Raises:
        UsageError: it holds no numbers.
        UnreadableError: the file holds no array.
    """
    at = given_at(name, given)
    if isinstance(given, (str, os.PathLike)):
        return exact(read_npy(os.fspath(given), at), at)
    try:
        # A tensor of PyTorch's may hang on others, or lie elsewhere.
        taken = given.detach().cpu() if hasattr(given, "detach") else given
        array = np.asarray(taken)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"the {name} are no array",
            at=at,
            have=str(error).partition("\n")[0],
            rule="an array, nested lists of numbers, or the path of an .npy file",
        ) from None
    if array.dtype == object and all(type(number) is int for number in array.reshape(-1)):
        return array
    return exact(array, at)


def held(name: str, given: Any, shape: Sequence[int], order: str = "") -> Held:
    """An array of the shape that the layer asks for; axes of size 1 may be left out, or stand in front.

    Args:
        name: what it is: `values`, `weights`, `bias`.
        given: the array or the path.
        shape: what the layer asks for.
        order: the shape's axes in words.

    Raises:
        UsageError: "the weights have another shape than the layer's".
    """
    array, wanted = array_of(name, given), tuple(shape)
    if [size for size in array.shape if size != 1] != [size for size in wanted if size != 1]:
        raise UsageError(
            f"the {name} have another shape than the layer's",
            at=given_at(name, given),
            have=_shape_words(array.shape),
            rule=f"{_shape_words(wanted)}" + (f"   {order}" if order else ""),
            fix=_fix(name, array.shape, wanted),
        )
    return Held(array.reshape(wanted))


def _fix(name: str, gets: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if sorted(gets) == sorted(wanted):
        order = [gets.index(size) for size in wanted] if len(set(gets)) == len(gets) else []
        return (
            f"array.transpose({', '.join(map(str, order))})"
            if order
            else "array.transpose(…), in the layer's order"
        )
    return f"--input {'x'.join(map(str, gets))}" if name == "values" and len(gets) == len(wanted) else ""


def given_at(name: str, given: Any) -> str:
    """What was given, as errors tell it: `--values x.npy`; of an array the argument's name."""
    return f"--{name} {os.fspath(given)}" if isinstance(given, (str, os.PathLike)) else name


def _shape_words(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"


# made -----------------------------------------------------------------------------------------------------


def seeded_input(shape: Sequence[int], seed: int, most: int = 3) -> Seeded:
    """What goes in: whole numbers from 0."""
    return Seeded(tuple(shape), seed, 0, most, _INPUT)


def seeded_weight(shape: Sequence[int], seed: int) -> Seeded:
    """A weight: -1, 0, 1 or 2."""
    return Seeded(tuple(shape), seed, -1, 2, _WEIGHT)


def seeded_bias(shape: Sequence[int], seed: int) -> Seeded:
    """A bias: 0 or 1."""
    return Seeded(tuple(shape), seed, 0, 1, _BIAS)
