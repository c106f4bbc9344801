"""PyTorch's normalisations."""

from __future__ import annotations

from shapelens.dims import Dim
from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    LocalResponseNormalization,
    RMSNormalization,
    Shape,
)
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.arithmetic import nearest_divisor
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, image, vector

_BATCH = (
    "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, "
    "bias=True"
)
_INSTANCE = _BATCH.replace("affine=True, track_running_stats=True", "affine=False, track_running_stats=False")
_SYNCHRONISED = _BATCH.replace("device=None", "process_group=None, device=None")

CALLED = {"scale": "weight", "mean": "running_mean", "variance": "running_var"}
"""What PyTorch calls the weights of a norm."""


def _takes(arguments: Arguments) -> Sample:
    features = arguments.taken("num_features")
    if not arguments.name[-2].isdigit() or arguments.rank == 1:
        return vector(features or "F")
    return image(arguments.rank, features or "C")


def _takes_instance(arguments: Arguments) -> Sample:
    features = arguments.taken("num_features")
    return image(arguments.rank, features or "C")


@layer("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", signature=_BATCH, takes=_takes, keeps=SHAPE)
@layer("SyncBatchNorm", signature=_SYNCHRONISED, takes=_takes, keeps=SHAPE)
@layer(
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    signature=_BATCH.removeprefix("num_features, "),
    takes=_takes,
    keeps=SHAPE,
    prints="num_features",
)
def batch_norm(arguments: Arguments, place: Place) -> None:
    weights = _affine(arguments, _features(arguments, place, 1))
    if arguments.flag("track_running_stats"):
        weights |= _statistics(arguments, place, 1)
    ranks = {"1d": (2, 3), "2d": (4,), "3d": (5,)}.get(arguments.name[-2:], ())
    place.add(BatchNormalization(ranks=ranks), weights, called=CALLED)


@layer("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", signature=_INSTANCE, takes=_takes_instance,
       keeps=SHAPE)  # fmt: skip
@layer(
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    signature=_BATCH.removeprefix("num_features, "),
    takes=_takes_instance,
    keeps=SHAPE,
    prints="num_features",
)
def instance_norm(arguments: Arguments, place: Place) -> None:
    axis = -1 - arguments.rank
    weights = _affine(arguments, _features(arguments, place, axis))
    running = arguments.flag("track_running_stats")
    if running:
        weights |= _statistics(arguments, place, axis)
    operator = InstanceNormalization(spatial_rank=arguments.rank, running=running, wants_several=True)
    place.add(operator, weights, called=CALLED)


def _features(arguments: Arguments, place: Place, axis: int) -> Dim:
    known = arguments.taken("num_features")
    return known or place.size(axis)


def _statistics(arguments: Arguments, place: Place, axis: int) -> dict[str, Shape]:
    features = _features(arguments, place, axis)
    return {"mean": (features,), "variance": (features,)}


def _affine(arguments: Arguments, features: Dim) -> dict[str, Shape]:
    """Scale and bias, where there are such."""
    if not arguments.flag("affine"):
        return {}
    scale: dict[str, Shape] = {"scale": (features,)}
    return {**scale, "bias": (features,)} if arguments.flag("bias") else scale


@layer(
    "GroupNorm",
    signature="num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True",
    takes=lambda arguments: image(2, arguments.integer("num_channels"), is_certain=False),
    keeps=SHAPE,
)
def group_norm(arguments: Arguments, place: Place) -> None:
    groups, channels = arguments.integer("num_groups"), arguments.integer("num_channels")
    if channels % groups:
        near = nearest_divisor(groups, channels)
        raise arguments.error(
            "num_channels must be divisible by num_groups",
            "num_groups",
            "num_channels",
            rule="each group has as many channels: num_channels is a multiple of num_groups",
            fix=arguments.source.replaced([(arguments.span("num_groups"), str(near))]),
        )
    place.add(GroupNormalization(groups=groups), _affine(arguments, channels), called=CALLED)


def _normalized(arguments: Arguments) -> Sample:
    shape = arguments.sequence("normalized_shape")
    return Sample(tuple(shape), len(shape) - 1, is_certain=False)


@layer(
    "LayerNorm",
    signature="normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None",
    takes=_normalized,
    keeps=SHAPE,
)
def layer_norm(arguments: Arguments, place: Place) -> None:
    shape = arguments.sequence("normalized_shape")
    weights: dict[str, Shape] = {}
    if arguments.flag("elementwise_affine"):
        weights = {"scale": shape, "bias": shape} if arguments.flag("bias") else {"scale": shape}
    place.add(LayerNormalization(-len(shape), shape), weights, called=CALLED)


@layer(
    "RMSNorm",
    signature="normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None",
    takes=_normalized,
    keeps=SHAPE,
)
def rms_norm(arguments: Arguments, place: Place) -> None:
    shape = arguments.sequence("normalized_shape")
    weights: dict[str, Shape] = {"scale": shape} if arguments.flag("elementwise_affine") else {}
    place.add(RMSNormalization(-len(shape), shape), weights, called=CALLED)


@layer("LocalResponseNorm", signature="size, alpha=0.0001, beta=0.75, k=1.0", keeps=SHAPE)
@layer("CrossMapLRN2d", signature="size, alpha=0.0001, beta=0.75, k=1", takes=lambda arguments: image(2),
       keeps=SHAPE)  # fmt: skip
def local_response_norm(arguments: Arguments, place: Place) -> None:
    ranks = (4,) if arguments.name == "CrossMapLRN2d" else ()
    place.add(LocalResponseNormalization(arguments.integer("size"), ranks=ranks))
