"""PyTorch's activations and dropouts: what keeps the shape and has no weights, or one for each channel."""

from __future__ import annotations

from shapelens.operators import (
    Activation,
    AlongAxis,
    Dropout,
    GatedLinearUnit,
    Identity,
    ParametricActivation,
)
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.ranked import Ranked
from shapelens.readers.notation.samples import Sample, image
from shapelens.records import dataclass


@dataclass(frozen=True)
class RankedAlongAxis(Ranked, AlongAxis):
    """A function along an axis of tensors with so many axes."""


@dataclass(frozen=True)
class RankedDropout(Ranked, Dropout):
    """A dropout of tensors with so many axes."""


FUNCTIONS = {
    "CELU": ("celu", "alpha=1.0, inplace=False"),
    "ELU": ("elu", "alpha=1.0, inplace=False"),
    "GELU": ("gelu", "approximate='none'"),
    "Hardshrink": ("hard_shrink", "lambd=0.5"),
    "Hardsigmoid": ("hard_sigmoid", "inplace=False"),
    "Hardswish": ("hard_swish", "inplace=False"),
    "Hardtanh": ("hard_tanh", "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None"),
    "LeakyReLU": ("leaky_relu", "negative_slope=0.01, inplace=False"),
    "LogSigmoid": ("log_sigmoid", ""),
    "Mish": ("mish", "inplace=False"),
    "RReLU": ("rrelu", "lower=0.125, upper=0.3333333333333333, inplace=False"),
    "ReLU": ("relu", "inplace=False"),
    "ReLU6": ("relu6", "inplace=False"),
    "SELU": ("selu", "inplace=False"),
    "SiLU": ("silu", "inplace=False"),
    "Sigmoid": ("sigmoid", ""),
    "Softplus": ("softplus", "beta=1.0, threshold=20.0"),
    "Softshrink": ("soft_shrink", "lambd=0.5"),
    "Softsign": ("softsign", ""),
    "Tanh": ("tanh", ""),
    "Tanhshrink": ("tanh_shrink", ""),
    "Threshold": ("threshold", "threshold, value, inplace=False"),
}
"""The function that each computes, and its signature."""


def activation(arguments: Arguments, place: Place) -> None:
    """A function of each element by itself."""
    place.add(Activation(FUNCTIONS[arguments.name][0]))


for _name, (_, _signature) in FUNCTIONS.items():
    layer(_name, signature=_signature, keeps=SHAPE)(activation)


@layer("Softmax", "LogSoftmax", "Softmin", signature="dim=None", keeps=SHAPE)
def softmax(arguments: Arguments, place: Place) -> None:
    function = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Softmin": "softmin"}[arguments.name]
    # Without an axis PyTorch takes the first of a vector or a volume, the second of a batch of either.
    usual = 0 if place.rank in {0, 1, 3} else 1
    place.add(AlongAxis(function, arguments.integer("dim", -64) if arguments.has("dim") else usual))


@layer("Softmax2d", keeps=SHAPE, takes=lambda arguments: image(2))
def softmax_of_channels(arguments: Arguments, place: Place) -> None:
    place.add(RankedAlongAxis("softmax", -3, ranks=(3, 4)))


@layer("GLU", signature="dim=-1")
def gated_linear_unit(arguments: Arguments, place: Place) -> None:
    place.add(GatedLinearUnit(arguments.integer("dim", -64)))


def _slopes(arguments: Arguments) -> Sample | None:
    slopes = arguments.integer("num_parameters")
    return image(2, slopes, is_certain=False) if slopes > 1 else None


@layer("PReLU", signature="num_parameters=1, init=0.25, device=None, dtype=None", keeps=SHAPE, takes=_slopes)
def learned_slope(arguments: Arguments, place: Place) -> None:
    slope = (arguments.integer("num_parameters"),)
    place.add(ParametricActivation(channel_axis=1), {"slope": slope}, called={"slope": "weight"})


@layer(
    *("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"),
    signature="p=0.5, inplace=False",
    keeps=SHAPE,
)
def dropout(arguments: Arguments, place: Place) -> None:
    share = arguments.number("p")
    if not 0 <= share <= 1:
        raise arguments.error(
            f"{arguments.source.slice(arguments.span('p'))} is no probability",
            "p",
            rule="p is the share of the elements that are dropped: from 0 to 1",
        )
    apart = _apart(arguments.name, place.rank)
    if arguments.name == "Dropout1d":
        place.add(RankedDropout(share=share, apart=apart, ranks=(2, 3)))
    else:
        place.add(Dropout(share=share, apart=apart))


def _apart(name: str, rank: int | None) -> tuple[int, ...] | None:
    """The axes along which cells are dropped one by one: of a layer that drops whole channels, those in front."""
    if name in {"Dropout", "AlphaDropout"}:
        return None
    lone = {"Dropout1d": 2, "Dropout3d": 4}.get(name)  # an image without a batch
    return (0,) if rank is not None and rank == lone else (0, 1)


@layer("Identity", signature="*args", keeps=SHAPE)
def identity(arguments: Arguments, place: Place) -> None:
    place.add(Identity())
