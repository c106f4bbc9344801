"""Keras' activations and dropouts: what keeps the shape and has no weights, or one for each place."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Unknown
from shapelens.operators import (
    Activation,
    AlongAxis,
    Dropout,
    Identity,
    LpNormalization,
    Outcome,
    ParametricActivation,
    Requirement,
    Tensor,
)
from shapelens.operators.arguments import given
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.functions import function_given
from shapelens.readers.notation.keras.settings import image_taken
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.records import dataclass

_RELU = "max_value=None, negative_slope=0.0, threshold=0.0"
_PRELU = "alpha_initializer='zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None"


# activations --------------------------------------------------------------------------------------------


@layer("Activation", signature="activation", keeps=SHAPE)
def activation(arguments: Arguments, place: Place) -> None:
    place.add(function_given(arguments, "activation") or Identity())


@layer("ReLU", signature=_RELU, keeps=SHAPE)
def relu(arguments: Arguments, place: Place) -> None:
    for name in ("max_value", "negative_slope", "threshold"):
        if arguments.has(name) or name != "max_value":
            _not_negative(arguments, name)
    place.add(Activation("relu6" if arguments.value("max_value") == 6 else "relu"))


@layer("LeakyReLU", signature="negative_slope=0.3", also="alpha", keeps=SHAPE)
def leaky_relu(arguments: Arguments, place: Place) -> None:
    _not_negative(arguments, "alpha" if arguments.has("alpha") else "negative_slope")
    place.add(Activation("leaky_relu"))


def _not_negative(arguments: Arguments, name: str) -> None:
    if arguments.number(name) < 0:
        raise arguments.error(
            f"the {name} of {arguments.name} cannot be negative",
            name,
            rule=f"{name} is a number of at least 0",
        )


@layer("ELU", signature="alpha=1.0", keeps=SHAPE)
def elu(arguments: Arguments, place: Place) -> None:
    arguments.number("alpha")
    place.add(Activation("elu"))


@layer("PReLU", signature=_PRELU, keeps=SHAPE)
def learned_slope(arguments: Arguments, place: Place) -> None:
    """A slope for each place of a sample; along shared axes there is one."""
    shared = arguments.sequence("shared_axes") if arguments.has("shared_axes") else ()
    rank = place.rank
    if rank is None:
        place.add(Activation("prelu"))
        return
    if any(axis >= rank for axis in shared):
        raise arguments.error(
            f"what comes in has {rank} axes",
            "shared_axes",
            rule=f"shared_axes are axes from 1 to {rank - 1}; axis 0 is the batch",
        )
    slope = tuple([1 if axis in shared else place.size(axis) for axis in range(1, rank)])
    place.add(ParametricActivation(), {"slope": slope}, called={"slope": "alpha"})


@dataclass(frozen=True)
class SoftmaxOverAxes(LpNormalization):
    """A softmax over several axes together."""

    @property
    def name(self) -> str:
        """The name of what it is."""
        return "AlongAxis"

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return f"softmax over axes {', '.join(map(str, axes))}"


@layer("Softmax", signature="axis=-1", keeps=SHAPE)
def softmax(arguments: Arguments, place: Place) -> None:
    axes = arguments.sequence("axis", -64)
    place.add(AlongAxis("softmax", axes[0]) if len(axes) == 1 else SoftmaxOverAxes(axes))


# what is done at random while a network learns ------------------------------------------------------------


def _check_share(arguments: Arguments) -> None:
    if not 0 <= arguments.number("rate") <= 1:
        raise arguments.error(
            f"{arguments.source.shown(arguments.span('rate'))} is no share of the elements",
            "rate",
            rule="rate is the share of the elements that are dropped: from 0 to 1",
        )


@layer("Dropout", "AlphaDropout", signature="rate, noise_shape=None, seed=None", keeps=SHAPE)
@layer("GaussianDropout", signature="rate, seed=None", keeps=SHAPE)
def dropout(arguments: Arguments, place: Place) -> None:
    _check_share(arguments)
    place.add(Dropout(share=arguments.number("rate")))


@dataclass(frozen=True)
class SpatialDropout(Dropout):
    """Drops whole channels of images.

    Args:
        rank: how many axes a batch of them has.
    """

    rank: int = 4

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        outcome = super().evaluate(*inputs)
        if isinstance(tensor.shape, Unknown):
            return outcome
        facts = {"gets": tensor.dims, "wants": (self.rank,), "spatial_rank": self.rank - 2}
        return Outcome(outcome.outputs, (Requirement("rank", tensor.rank == self.rank, facts),))


@layer("SpatialDropout1D", signature="rate, seed=None", takes=image_taken, keeps=SHAPE)
@layer("SpatialDropout2D", "SpatialDropout3D", signature="rate, data_format=None, seed=None", takes=image_taken,
       keeps=SHAPE)  # fmt: skip
def spatial_dropout(arguments: Arguments, place: Place) -> None:
    _check_share(arguments)
    place.add(SpatialDropout(share=arguments.number("rate"), apart=(0, -1), rank=arguments.rank + 2))


@layer("GaussianNoise", signature="stddev, seed=None", keeps=SHAPE)
def gaussian_noise(arguments: Arguments, place: Place) -> None:
    _not_negative(arguments, "stddev")
    place.add(Dropout())


@layer("ActivityRegularization", signature="l1=0.0, l2=0.0", keeps=SHAPE)
@layer("Identity", keeps=SHAPE)
@layer("Masking", signature="mask_value=0.0", keeps=SHAPE)
def passed_on(arguments: Arguments, place: Place) -> None:
    place.add(Identity())
