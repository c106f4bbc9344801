"""What is fed to a network: the shape of every input, from one sample, a batch and whole shapes by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shapelens.dims import Dim, symbol
from shapelens.errors import InputMismatchError
from shapelens.network.graph import Input, Network
from shapelens.operators import Shape

__all__ = ["fed"]


def fed(
    network: Network, sample: Shape | None, batch: int | None = None, whole: Mapping[str, Shape] | None = None
) -> tuple[Network, dict[str, Shape]]:
    """A network as it takes what is given, and the shape of each of its inputs.

    Args:
        network: the network.
        sample: the shape of one sample, for the only input or the only image.
        batch: the number of samples; as declared if not given.
        whole: whole shapes of inputs by name.

    Raises:
        InputMismatchError: "one sample does not say which input it is for".
    """
    whole = whole or {}
    if sample is not None:
        target = _target(network, whole)
        if target.shape is not None and len(sample) < len(target.shape) - 1 and target.batched:
            # With a batch in front a sample that lacks an axis would be taken for another that lacks none.
            alone = replace(target, batched=False, layout=None)
            inputs = tuple([alone if declared is target else declared for declared in network.inputs])
            network = replace(network, inputs=inputs)
    return network, _shapes(network, sample, batch, whole)


def _shapes(
    network: Network, sample: Shape | None, batch: int | None, whole: Mapping[str, Shape]
) -> dict[str, Shape]:
    """The shape of every input: as given, else as declared."""
    names = [declared.name for declared in network.inputs]
    for name in whole:
        if name not in names:
            raise InputMismatchError(
                f"the network has no input {name}",
                at=f"--shape {name}=…",
                have=name,
                rule=f"its inputs are {', '.join(names) or 'none'}",
            )
    shapes: dict[str, Shape] = {}
    for declared in network.inputs:
        shape = whole.get(declared.name, declared.shape)
        if shape is not None and declared.name not in whole:
            shape = _with_batch(declared, shape, batch)
        if shape is not None:
            shapes[declared.name] = shape
    if sample is not None:
        target = _target(network, whole)
        shapes[target.name] = _with_sample(target, sample, batch)
    return shapes


def _with_batch(declared: Input, shape: Shape, batch: int | None) -> Shape:
    """The shape with the batch as asked for."""
    axis = declared.batch_axis
    if batch is None or axis is None or axis >= len(shape):
        return shape
    return (*shape[:axis], batch, *shape[axis + 1 :])


def _target(network: Network, whole: Mapping[str, Shape]) -> Input:
    """The input that one sample is for: the only one, or the only image."""
    free = [declared for declared in network.inputs if declared.name not in whole]
    images = [declared for declared in free if declared.layout is not None]
    for candidates in (free, images):
        if len(candidates) == 1:
            return candidates[0]
    raise InputMismatchError(
        "one sample does not say which input it is for" if free else "the network has no input left",
        at="--input",
        have=f"{len(free)} inputs: {', '.join(d.name for d in free)}" if free else "no input",
        rule="--input gives the network's only input, or its only image",
        fix="\n".join(f"--shape {d.name}=…" for d in free[:4]),
    )


def _with_sample(declared: Input, sample: Shape, batch: int | None) -> Shape:
    """The shape of an input whose sample is given: with the batch in front, where there it stands."""
    if declared.batch_axis not in {None, 0} or not declared.batched:
        return _with_batch(declared, sample, batch)
    if declared.layout is not None and declared.batch_axis is None:
        return sample
    leading: Dim = batch if batch is not None else declared.shape[0] if declared.shape else symbol("N")
    return (leading, *sample)
