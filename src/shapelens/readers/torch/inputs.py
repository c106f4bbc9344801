"""What goes into a model while it is traced: tensors on the meta device, and the symbols of their sizes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from shapelens.dims import Dim, Expression, evaluate, symbol
from shapelens.dims.layout import Layout, layout_of
from shapelens.errors import InputMismatchError
from shapelens.network import Input
from shapelens.operators import Shape
from shapelens.readers.building import BATCH, EXAMPLE_SIZE
from shapelens.readers.torch.structures import leaves, mapped
from shapelens.readers.torch.vocabulary import dtype_name
from shapelens.records import dataclass

__all__ = ["Arguments", "arguments_of"]

_TRACED_BATCH = 2
"""The batch that a model is traced with: in training a batch norm refuses one sample."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a model is called with.

    Args:
        positional: its positional arguments, tensors on the meta device.
        named: its keyword arguments.
        inputs: the declared inputs, one for each tensor, in order.
        tensors: the tensors, in the order of the inputs.
        example: the size of each symbol.
        asked: the shape of each input as it was asked for; None for a batch that nobody named.
    """

    positional: tuple[Any, ...]
    named: dict[str, Any]
    inputs: tuple[Input, ...]
    tensors: tuple[torch.Tensor, ...]
    example: dict[str, int]
    asked: tuple[tuple[Dim | None, ...], ...]

    @property
    def fed(self) -> dict[str, Shape]:
        """The shape of each input as it was asked for: the batch's symbol where no batch was given."""
        return {
            declared.name: tuple(
                [own if dim is None else dim for own, dim in zip(declared.shape or (), asked, strict=True)]
            )
            for declared, asked in zip(self.inputs, self.asked, strict=True)
        }

    @property
    def fixed(self) -> Arguments:
        """The same arguments with every size that was given as a number held at it: a trace of them is quicker."""
        inputs: list[Input] = []
        for declared, asked in zip(self.inputs, self.asked, strict=True):
            dims = [
                dim if isinstance(dim, int) else own
                for own, dim in zip(declared.shape or (), asked, strict=True)
            ]
            inputs.append(replace(declared, shape=tuple(dims)))
        return replace(self, inputs=tuple(inputs))

    def with_example(self, sizes: Mapping[str, int]) -> Arguments:
        """The same arguments, with an example of the symbols that were asked for.

        Args:
            sizes: a size for each of them.
        """
        if not sizes:
            return self
        known = {**self.example, **sizes}
        shapes: dict[str, Shape] = {}
        for declared, asked in zip(self.inputs, self.asked, strict=True):
            pairs = zip(declared.shape or (), asked, strict=True)
            shapes[declared.name] = tuple(
                [evaluate(own if dim is None else dim, known) for own, dim in pairs]
            )
        return replace(self.at(shapes), asked=self.asked)

    def opened(self, shapes: Mapping[str, Shape]) -> Arguments:
        """The same arguments with a symbol for every size that is one in some shapes, and was held as a number.

        Args:
            shapes: the shape of each input, by name.
        """
        example = dict(self.example)
        inputs: list[Input] = []
        for declared in self.inputs:
            own = list(declared.shape or ())
            sizes = dict(declared.example)
            for axis, wanted in enumerate(shapes.get(declared.name, ())):
                size = own[axis]
                if isinstance(size, int) and isinstance(wanted, Expression) and wanted == symbol(str(wanted)):
                    own[axis] = wanted
                    example[str(wanted)] = sizes[str(wanted)] = size
            inputs.append(replace(declared, shape=tuple(own), example=sizes))
        return replace(self, inputs=tuple(inputs), example=example)

    def at(self, shapes: Mapping[str, Shape]) -> Arguments:
        """The same arguments at other sizes.

        Args:
            shapes: the shape of each input, by name; symbols in it keep their size.
        """
        example = dict(self.example)
        tensors: dict[int, torch.Tensor] = {}
        inputs: list[Input] = []
        asked: list[tuple[Dim | None, ...]] = []
        for declared, old in zip(self.inputs, self.tensors, strict=True):
            wanted = shapes.get(declared.name, declared.shape or ())
            own = declared.shape or ()
            sizes: list[int] = []
            dims: list[Dim] = []
            for axis, dim in enumerate(wanted):
                was = own[axis] if len(own) == len(wanted) else dim
                size = dim if isinstance(dim, int) else int(evaluate(dim, self._sizes(dim)))
                if isinstance(was, Expression):
                    example[str(was)] = size
                sizes.append(size)
                dims.append(was if isinstance(was, Expression) else size)
            is_free = (
                bool(wanted) and isinstance(wanted[0], Expression) and wanted[0] == (own[0] if own else None)
            )
            asked.append((None, *wanted[1:]) if is_free and declared.batched else wanted)
            tensors[id(old)] = torch.empty(sizes, dtype=old.dtype, device="meta")
            own_example = {name: example[name] for name in declared.example}
            inputs.append(replace(declared, shape=tuple(dims), example=own_example))

        def other(leaf: Any) -> Any:
            return tensors.get(id(leaf), leaf)

        return Arguments(
            mapped(other, self.positional),
            mapped(other, self.named),
            tuple(inputs),
            tuple(tensors.values()),
            example,
            tuple(asked),
        )

    def _sizes(self, dim: Expression) -> dict[str, int]:
        return {s.name: self.example.get(s.name, EXAMPLE_SIZE) for s in dim.symbols()}


def arguments_of(
    model: torch.nn.Module,
    sample: Shape | None,
    batch: int | None,
    whole: Mapping[str, Shape],
    dtypes: Mapping[str, str],
    given: Any = None,
) -> Arguments:
    """What a model is called with, from the shape of one sample, whole shapes by name, or examples.

    Args:
        model: the model.
        sample: the shape of one sample, for the first input.
        batch: the number of samples.
        whole: whole shapes by the names of inputs.
        dtypes: the types of inputs, by name.
        given: examples as the model is called with: a tensor, a tuple, or a dictionary of keyword arguments.

    Raises:
        InputMismatchError: an input that the model does not take, or too few.
    """
    builder = _Builder(_float_type(model), _image_axes(model), steps_lead=_steps_lead(model))
    names, takes_more = _parameters(model)
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = {}
    if given is not None:
        positional, named = _as_called(given)
        positional = tuple(
            [
                builder.like(names[i] if i < len(names) else f"input{i}", item)
                for i, item in enumerate(positional)
            ]
        )
        named = {name: builder.like(name, item) for name, item in named.items()}
        return builder.arguments(positional, named)
    wanted = dict(whole)
    order: list[str] = [name for name in names if name in wanted]
    unknown = [name for name in wanted if name.split(".")[0] not in names]
    if unknown and not takes_more:
        raise InputMismatchError(
            f"the model has no input {unknown[0]}",
            at=f"--shape {unknown[0]}=…",
            have=unknown[0],
            rule=f"its forward takes {', '.join(names) or 'nothing'}",
            fix="\n".join(f"--shape {name}=…" for name in names if name not in wanted),
        )
    if sample is not None:
        target = next((name for name in names if name not in wanted), None)
        if target is None and not takes_more:
            raise InputMismatchError(
                "one sample does not say which input it is for",
                at="--input",
                rule=f"the model's forward takes {', '.join(names) or 'nothing'}, all of which have a shape",
            )
        target = target or "input"
        dtype = dtypes.get(target) or _sample_type(model, sample)
        if _steps_lead(model) and len(sample) == 2:
            # Steps come before the batch: one sample goes in without one.
            shape = sample if batch is None else (sample[0], batch, sample[1])
            tensor = builder.steps(target, shape, dtype)
        else:
            tensor = builder.sample(target, sample, batch, dtype)
        if not order and (not names or target == names[0]):
            positional = (tensor,)
        else:
            named[target] = tensor
    for name, shape in wanted.items():
        tensor = builder.whole(name, shape, dtypes.get(name))
        _place(named, name.split("."), tensor)
    return builder.arguments(positional, named)


def _place(named: dict[str, Any], parts: list[str], tensor: torch.Tensor) -> None:
    """`batch.image` is the entry `image` of the dictionary `batch`."""
    for part in parts[:-1]:
        named = named.setdefault(part, {})
    named[parts[-1]] = tensor


def _as_called(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(given, Mapping):
        return (), dict(given)
    if isinstance(given, (tuple, list)):
        *rest, last = given or (None,)
        if len(given) == 2 and isinstance(given[0], (tuple, list)) and isinstance(last, Mapping):
            return tuple(rest[0]), dict(last)
        return tuple(given), {}
    return (given,), {}


def _parameters(model: torch.nn.Module) -> tuple[list[str], bool]:
    """The names of what forward takes, and whether it takes anything else."""
    try:
        parameters = inspect.signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return ["input"], True
    names = [
        p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY}
    ]
    return names, any(p.kind in {p.VAR_POSITIONAL, p.VAR_KEYWORD} for p in parameters)


def _float_type(model: torch.nn.Module) -> torch.dtype:
    """The type of the model's own numbers."""
    floating = (p.dtype for p in model.parameters() if p.is_floating_point())
    return next(floating, torch.float32)


def _image_axes(model: torch.nn.Module) -> int | None:
    """Over how many axes its first convolution slides: an input with one axis more is an image without a batch."""
    for module in model.modules():
        for axes, kind in enumerate((torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d), 1):
            if isinstance(module, kind):
                return axes
    return None


def _steps_lead(model: torch.nn.Module) -> bool:
    """Whether it begins with a recurrent layer that takes steps first."""
    first = _first_layer(model)
    return isinstance(first, torch.nn.RNNBase) and not first.batch_first


def _first_layer(model: torch.nn.Module) -> torch.nn.Module | None:
    """The first layer that has no other inside."""
    return next((module for module in model.modules() if not module._modules), None)


def _sample_type(model: torch.nn.Module, sample: Shape) -> str | None:
    """Tokens for a model that begins with an embedding."""
    return "int64" if isinstance(_first_layer(model), torch.nn.Embedding) and len(sample) == 1 else None


class _Builder:
    """Inputs, as they are declared."""

    def __init__(self, float_type: torch.dtype, image_axes: int | None, *, steps_lead: bool) -> None:
        self.float_type = float_type
        self.steps_lead = steps_lead
        self.image_axes = image_axes
        self.inputs: list[Input] = []
        self.tensors: list[torch.Tensor] = []
        self.example: dict[str, int] = {}
        self.asked: list[tuple[Dim | None, ...]] = []

    def arguments(self, positional: tuple[Any, ...], named: dict[str, Any]) -> Arguments:
        return Arguments(
            positional, named, tuple(self.inputs), tuple(self.tensors), self.example, tuple(self.asked)
        )

    def sample(self, name: str, sample: Shape, batch: int | None, dtype: str | None) -> torch.Tensor:
        """An input from the shape of one sample."""
        traced = _TRACED_BATCH if batch is None else batch
        return self._declare(name, (traced, *sample), dtype, batched=True, is_batch_free=batch is None)

    def steps(self, name: str, shape: Shape, dtype: str | None) -> torch.Tensor:
        """An input whose steps come first, with a batch behind them or without one."""
        layout = Layout("TC" if len(shape) == 2 else "TNC")
        return self._declare(name, shape, dtype, batched=len(shape) == 3, layout=layout)

    def whole(self, name: str, shape: Shape, dtype: str | None) -> torch.Tensor:
        """An input from its whole shape."""
        return self._declare(name, shape, dtype, batched=self._is_batched(shape))

    def like(self, name: str, structure: Any) -> Any:
        """What is like an example: tensors without their data, everything else as it is."""
        labels = iter([label for label, leaf in leaves(structure, name) if isinstance(leaf, torch.Tensor)])

        def convert(leaf: Any) -> Any:
            if not isinstance(leaf, torch.Tensor):
                return leaf
            shape = tuple(leaf.shape)
            return self._declare(next(labels), shape, dtype_name(leaf.dtype), batched=self._is_batched(shape))

        return mapped(convert, structure)

    def _is_batched(self, shape: Shape) -> bool:
        """Whether the first axis of a whole shape is a batch's."""
        is_image_alone = self.image_axes is not None and len(shape) == self.image_axes + 1 and len(shape) > 2
        return len(shape) > 1 and not is_image_alone

    def _declare(
        self,
        name: str,
        shape: Shape,
        dtype: str | None,
        *,
        batched: bool,
        is_batch_free: bool = False,
        layout: Layout | None = None,
    ) -> torch.Tensor:
        kind = self.float_type if dtype is None else getattr(torch, dtype, None)
        if not isinstance(kind, torch.dtype):
            raise InputMismatchError(
                f"{dtype} is no type of elements",
                at=f"--shape {name}=…:{dtype}",
                rule="float32, int64, bool, …",
            )
        spatial = len(shape) - (2 if batched else 1)
        is_image = kind.is_floating_point and 1 <= spatial <= 3 and len(shape) > 2
        if layout is None and is_image:
            # Without a convolution over one axis, one axis of places is one of tokens, with their features behind.
            is_sequence = spatial == 1 and self.image_axes != 1
            is_free = [isinstance(dim, Expression) for dim in shape[-2:]]
            if spatial == 1 and any(is_free) and not all(is_free):
                is_sequence = is_free[0]  # What is free is the length.
            layout = layout_of(spatial, batched=batched, channels_last=is_sequence)
            if is_sequence and self.steps_lead:
                layout = Layout("TNC")
        declared: list[Dim] = []
        sizes: list[int] = []
        example: dict[str, int] = {}
        for axis, dim in enumerate(shape):
            letter = self._letter(axis, len(shape), layout, kind, batched=batched)
            size = dim if isinstance(dim, int) else _TRACED_BATCH if axis == 0 and batched else EXAMPLE_SIZE
            is_shared = letter == BATCH and self.example.get(BATCH, size) == size
            if letter in self.example and not is_shared:
                letter = f"{name}_{letter}"
            if isinstance(dim, Expression) and not letter:
                letter = str(dim)
            if letter in example:
                letter = f"{letter}_{axis}"
            sizes.append(size)
            declared.append(symbol(letter) if letter else dim)
            if letter:
                example[letter] = size
        self.example.update(example)
        self.asked.append((None, *shape[1:]) if is_batch_free else shape)
        self.inputs.append(Input(name, tuple(declared), dtype_name(kind), layout, example, batched))
        tensor = torch.empty(sizes, dtype=kind, device="meta")
        self.tensors.append(tensor)
        return tensor

    @staticmethod
    def _letter(axis: int, rank: int, layout: Any, kind: torch.dtype, *, batched: bool) -> str:
        """The symbol of an axis whose size is free; empty for one that stays as it is."""
        if layout is not None:
            letter: str = layout.axes[axis]
            return letter if letter == BATCH or axis in layout.spatial else ""
        if axis == 0 and batched:
            return BATCH
        return "L" if not kind.is_floating_point and axis == rank - 1 else ""
