"""What `summary()` is called with, checked, and made into what the model is called with."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from shapelens.errors import UsageError
from shapelens.summarizing.formatting import COLUMNS, ROW_SETTINGS, Formatting

__all__ = ["Inputs", "check_forward_arguments", "formatting_of", "inputs_of", "mode_of"]

Inputs = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments of a model's forward."""

_MODES = ("eval", "train", "same")
_NEEDING_INPUT = ("input_size", "output_size", "mult_adds")
_SIZE_RULE = (
    "a size with the batch in front, a list of sizes for several inputs, or a dictionary of sizes by name"
)
_SIZE_FIX = "\n".join(
    [
        "input_size=(1, 3, 224, 224)",
        "input_size=[(1, 3, 224, 224), (1, 10)]",
        "input_size={'image': (1, 3, 224, 224)}",
    ]
)


# how it is shown --------------------------------------------------------------------------------------


def formatting_of(
    col_names: Iterable[str] | None,
    col_width: int,
    depth: int,
    row_settings: Iterable[str] | None,
    verbose: int,
    *,
    has_input: bool,
) -> Formatting:
    """How a summary is asked to be shown.

    Raises:
        UsageError: "there is no column flops", "mult_adds is not known without an input".
    """
    default = ("output_size", "num_params") if has_input else ("num_params",)
    columns = _chosen(col_names, default, tuple(COLUMNS), "col_names", "column")
    settings = _chosen(row_settings, ("depth",), ROW_SETTINGS, "row_settings", "row setting")
    if not has_input:
        needing = [column for column in columns if column in _NEEDING_INPUT]
        if needing:
            raise UsageError(
                f"{needing[0]} is not known without an input",
                at="col_names",
                have="neither input_size nor input_data",
                rule="what a layer takes, gives and costs depends on what goes in",
                fix="input_size=(1, 3, 224, 224), or whatever the model takes",
            )
    _check_number("col_width", col_width, 1)
    _check_number("depth", depth, 0)
    _check_choice("verbose", verbose, (0, 1, 2), "0 is quiet, 1 prints the summary, 2 weights and biases too")
    return Formatting(depth, verbose, columns, col_width, frozenset(settings))


def _chosen(
    given: Iterable[str] | None, default: tuple[str, ...], known: tuple[str, ...], at: str, word: str
) -> tuple[str, ...]:
    if given is None:
        return default
    names = [given] if isinstance(given, str) else [str(getattr(name, "value", name)) for name in given]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(
                f"there is no {word} {name}",
                at=at,
                have=repr(name),
                rule=f"one of {', '.join(known)}",
                fix=f"did you mean {near[0]}?" if near else "",
            )
    return tuple(names)


def _check_number(name: str, value: Any, least: int) -> None:
    if not isinstance(value, int) or value < least:
        raise UsageError(f"{name} is no number of at least {least}", at=name, have=repr(value))


def _check_choice(name: str, value: Any, choices: Sequence[Any], rule: str) -> None:
    if value not in choices:
        raise UsageError(f"there is no {name} {value!r}", at=name, have=repr(value), rule=rule)


def mode_of(mode: Any) -> str:
    """The mode that a model is traced in; `eval` if none is asked for.

    Raises:
        UsageError: "there is no mode 'test'".
    """
    chosen = "eval" if mode is None else str(getattr(mode, "value", mode))
    _check_choice("mode", chosen, _MODES, "eval, train, or same as the model is")
    return chosen


# what goes in -----------------------------------------------------------------------------------------


def inputs_of(
    model: Any, input_size: Any, input_data: Any, batch_dim: int | None, dtypes: Any, named: Mapping[str, Any]
) -> tuple[Inputs | None, Any]:
    """What a model is called with, and the sizes as they were given; None where nothing was.

    Raises:
        UsageError: "both input_size and input_data are given", "0 is no size of an axis".
    """
    from shapelens.readers.torch.blanks import blank, sizes_in

    if input_size is not None and input_data is not None:
        raise UsageError(
            "both input_size and input_data are given",
            at="input_size, input_data",
            have="two descriptions of one input",
            rule="sizes, or examples in their place",
            fix="leave one of them out",
        )
    if input_data is not None:
        if isinstance(input_data, Mapping):
            return ((), {**input_data, **named}), sizes_in(dict(input_data))
        positional = tuple(input_data) if isinstance(input_data, (tuple, list)) else (input_data,)
        return (positional, dict(named)), sizes_in(input_data)
    if input_size is None:
        return None, []
    sizes = _sizes(input_size)
    types = _types(dtypes, list(sizes))
    blanks = {
        name: blank(_with_batch(size, batch_dim), dtype, model)
        for (name, size), dtype in zip(sizes.items(), types, strict=True)
    }
    if isinstance(input_size, Mapping):
        return ((), {**{str(name): tensor for name, tensor in blanks.items()}, **named}), sizes
    return (tuple(blanks.values()), dict(named)), list(sizes.values())


def _sizes(given: Any) -> dict[Any, tuple[int, ...]]:
    """Sizes by name, or by place."""
    if isinstance(given, Mapping) and given:
        return {name: _size(size) for name, size in given.items()}
    if not isinstance(given, (tuple, list)) or not given:
        raise _no_size(given)
    if any(isinstance(size, (tuple, list)) for size in given):
        return {place: _size(size) for place, size in enumerate(given)}
    return {0: _size(given)}


def _size(given: Any) -> tuple[int, ...]:
    if not isinstance(given, (tuple, list)):
        raise _no_size(given)
    for size in given:
        if isinstance(size, bool) or not hasattr(size, "__index__") or size.__index__() < 1:
            raise UsageError(
                f"{size} is no size of an axis",
                at="input_size",
                have=repr(tuple(given)),
                rule="every axis has a size of at least 1",
            )
    return tuple([size.__index__() for size in given])


def _no_size(given: Any) -> UsageError:
    return UsageError(
        "input_size holds no size", at="input_size", have=repr(given), rule=_SIZE_RULE, fix=_SIZE_FIX
    )


def _with_batch(size: tuple[int, ...], batch_dim: int | None) -> tuple[int, ...]:
    """A size with an axis of 1 for the batch where there is none yet.

    >>> _with_batch((3, 224, 224), 0), _with_batch((5, 16), 1), _with_batch((1, 8), None)
    ((1, 3, 224, 224), (5, 1, 16), (1, 8))
    """
    if batch_dim is None:
        return size
    rank = len(size) + 1
    if not -rank <= batch_dim < rank:
        raise UsageError(
            f"there is no axis {batch_dim} for the batch",
            at="batch_dim",
            have=f"input_size {size}",
            rule=f"an axis from 0 to {rank - 1}; input_size does not hold the batch where batch_dim is given",
        )
    place = batch_dim % rank
    return (*size[:place], 1, *size[place:])


def _types(dtypes: Any, names: Sequence[Any]) -> list[Any]:
    """The type of each input, None for the model's own."""
    if dtypes is None:
        return [None] * len(names)
    if isinstance(dtypes, Mapping):
        return [dtypes.get(name) for name in names]
    types = list(dtypes) if isinstance(dtypes, (tuple, list)) else [dtypes]
    if len(types) != len(names):
        raise UsageError(
            f"there are {len(names)} inputs and {len(types)} types",
            at="dtypes",
            have=", ".join(map(str, types)),
            rule="one type for each input, in their order",
        )
    return types


def check_forward_arguments(model: Any, named: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise if an argument is neither one of `summary` nor one of the model's forward.

    Args:
        model: the model.
        named: the arguments that `summary` does not have.
        known: those that it has.

    Raises:
        UsageError: "neither summary nor the model's forward has an argument input_shape".
    """
    try:
        parameters = inspect.signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return
    taken = [p.name for p in parameters if p.kind in {p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY}]
    for name in named:
        if name not in taken:
            near = get_close_matches(name, [*known, *taken], n=1)
            raise UsageError(
                f"neither summary nor the model's forward has an argument {name}",
                at=f"{name}=…",
                have=f"forward takes {', '.join(taken) or 'nothing'}",
                rule="what summary does not take itself is given to the model's forward",
                fix=f"did you mean {near[0]}?" if near else "leave it out",
            )
