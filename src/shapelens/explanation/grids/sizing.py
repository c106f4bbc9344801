"""What goes into a network, from what is given to go in: the array's shape, or the picture's own size."""

from __future__ import annotations

from shapelens.dims.layout import layout_of
from shapelens.explanation.grids.asked import Asked
from shapelens.network import Evaluation, Step

__all__ = ["size_given"]


def size_given(evaluation: Evaluation, layer: str, asked: Asked) -> tuple[int, ...] | None:
    """The sample that the values or the picture of a layer make; None where it does not take the network's input.

    Args:
        evaluation: the network, at sizes that nobody asked for.
        layer: the layer's name; nothing for the only one.
        asked: what is given.

    Raises:
        UsageError: it is no array, or has too few axes.
        UnreadableError: the file holds no array, or no picture.
    """
    step = _step(evaluation, layer)
    if step is None or len(evaluation.network.inputs) != 1:
        return None
    declared = evaluation.network.inputs[0]
    tensor = step.inputs[0] if step.inputs else None
    if step.node.inputs[:1] != (declared.name,) or tensor is None or not isinstance(tensor.shape, tuple):
        return None
    has_batch = declared.batch_axis is not None and len(tensor.shape) == len(declared.shape or tensor.shape)
    wanted = tensor.shape[1:] if has_batch else tensor.shape
    if asked.values is not None:
        from shapelens.numbers.given import array_of

        shape = tuple(array_of("values", asked.values).shape)
        missing = len(wanted) - len(shape)
        if missing > 0 and all(isinstance(size, int) and size == 1 for size in wanted[:missing]):
            return (*(1,) * missing, *shape)
        return shape if missing == 0 else None
    return _picture_sample(step, wanted, str(asked.image))


def _picture_sample(step: Step, wanted: tuple[object, ...], path: str) -> tuple[int, ...] | None:
    """The picture's own size, with the channels that the layer takes; its own where any will do."""
    from shapelens.numbers.picture import picture_sizes

    if len(wanted) != 3:
        return None
    own, height, width = picture_sizes(path, f"--image {path}")
    layout = layout_of(
        2, channels_last=bool(getattr(step.node.operator, "channels_last", False)), batched=False
    )
    channels = wanted[layout.channel]
    taken = channels if isinstance(channels, int) else own
    return (height, width, taken) if layout.channels_last else (taken, height, width)


def _step(evaluation: Evaluation, layer: str) -> Step | None:
    if layer:
        return evaluation.by_node.get(layer)
    return evaluation.steps[0] if len(evaluation.steps) == 1 else None
