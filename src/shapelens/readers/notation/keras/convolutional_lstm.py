"""Keras' LSTM whose maps are convolutions: it remembers images.

    >>> from shapelens.operators import Tensor
    >>> kernel, recurrent = Tensor((3, 3, 3, 64)), Tensor((3, 3, 16, 64))
    >>> video = Tensor((8, 10, 32, 32, 3))
    >>> [
    ...     tensor.shape
    ...     for tensor in ConvolutionalLSTM(channels_last=True).evaluate(video, kernel, recurrent).outputs
    ... ]
    [(8, 30, 30, 16), (8, 30, 30, 16), (8, 30, 30, 16)]

Source: Shi et al., "Convolutional LSTM Network", 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, product
from shapelens.operators import Convolution, Filters, Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.arguments import given, optional
from shapelens.operators.reach import Link
from shapelens.operators.windows import Padding
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.convolution import channels_of, check_dilation
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import is_channels_last, window_padding
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample
from shapelens.records import dataclass

_CONV_LSTM = (
    "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, activation='tanh', "
    "recurrent_activation='sigmoid', use_bias=True, kernel_initializer='glorot_uniform', "
    "recurrent_initializer='orthogonal', bias_initializer='zeros', unit_forget_bias=True, kernel_regularizer=None, "
    "recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None, "
    "return_sequences=False, return_state=False, go_backwards=False, stateful=False"
)
_GATES = 4
_STEPS = 1


@dataclass(frozen=True)
class ConvolutionalLSTM(Operator):
    """A long short-term memory of images: `batch × steps × image` goes in, its last output or all come out.

    The kernel is kernel × channels × 4·filters, the recurrent one kernel × filters × 4·filters, and pads so that the
    size stays.

    Args:
        stride: how far the windows over what comes in are apart.
        padding: cells around what comes in.
        dilation: how far the cells of a window are apart.
        channels_last: whether the channels stand last.
        last_only: whether only the output of the last step is wanted.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "kernel", "recurrent_kernel", "bias")
    learned: ClassVar[frozenset[str]] = frozenset(roles[1:])
    family: ClassVar[str] = "recurrent"

    stride: tuple[int, ...] | int = 1
    padding: Padding = ()
    dilation: tuple[int, ...] | int = 1
    channels_last: bool = False
    last_only: bool = True

    @property
    def convolution(self) -> Convolution:
        """The convolution over what comes in at a step, of all gates together."""
        return Convolution(
            self.stride,
            self.padding,
            self.dilation,
            channels_last=self.channels_last,
            filters_last=True,
            batched=True,
        )

    def _of_step(self, inputs: Sequence[Tensor | None]) -> list[Tensor | None]:
        """What the convolution of a step takes."""
        tensor = given(inputs)
        step = tensor.shaped((*tensor.dims[:_STEPS], *tensor.dims[_STEPS + 1 :]))
        return [step, given(inputs, 1), optional(inputs, 3)]

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, kernel, recurrent = given(inputs), given(inputs, 1), given(inputs, 2)
        if tensor.rank != kernel.rank + 1 or kernel.rank != recurrent.rank:
            facts = {"gets": tensor.dims, "wants": (kernel.rank + 1,), "spatial_rank": kernel.rank - 2}
            nothing = Unknown("a convolutional LSTM takes steps of images")
            return Outcome((tensor.shaped(nothing),) * 3, (Requirement("rank", False, facts, spoils=None),))
        outcome = self.convolution.evaluate(*self._of_step(inputs))
        gates = outcome.outputs[0].shape
        if isinstance(gates, Unknown):
            return Outcome((tensor.shaped(gates),) * 3, outcome.requirements)
        state = self._state(gates)
        output = state if self.last_only else (state[0], tensor.dims[_STEPS], *state[1:])
        requirements = tuple([_moved(r, last_only=self.last_only) for r in outcome.requirements])
        return Outcome((tensor.shaped(output), tensor.shaped(state), tensor.shaped(state)), requirements)

    def _state(self, gates: Shape) -> Shape:
        """The shape of what is remembered, by that of the gates side by side."""
        axis = len(gates) - 1 if self.channels_last else 1
        return tuple([dim // _GATES if place == axis else dim for place, dim in enumerate(gates)])

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """At each step both convolutions, of what comes in and of what is remembered."""
        steps, recurrent = given(inputs).dims[_STEPS], given(inputs, 2)
        step = self._of_step(inputs)
        gates = self.convolution.evaluate(*step).outputs
        state = self._state(gates[0].dims)
        places = product(state) // recurrent.dims[-2]
        return (self.convolution.macs(step, gates) + places * recurrent.elements) * steps

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """How far a cell sees grows from step to step."""
        rank = given(inputs).rank
        first = 2 if self.channels_last else 3
        shift = 1 if self.last_only else 0
        spatial = range(first, first + rank - 3)
        return (Link(0, 0, 0), *[Link(0, axis, axis - shift, spans=None) for axis in spatial])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"conv lstm{self.convolution.setting_words(given(inputs, 1))}"

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        found = self.convolution.filters(self._of_step(inputs))
        return None if found is None else replace(found, count=found.count // _GATES)

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return self.convolution.attributes(self._of_step(inputs))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The kernel takes the channels that come in."""
        axis = -1 if self.channels_last else 2
        had, gets = given(before).dims[axis], given(after).dims[axis]
        *extent, channels, gates = given(before, 1).dims
        if had == gets or channels != had or not isinstance(gets, int):
            return Follow(self)
        return Follow(self, {1: (*extent, gets, gates)})


def _moved(requirement: Requirement, *, last_only: bool) -> Requirement:
    """A requirement of a step, told of all of them."""
    facts = dict(requirement.facts)
    if isinstance(facts.get("axis"), int) and facts["axis"] >= _STEPS:
        facts["axis"] += 1
    spoils = requirement.spoils
    if spoils is not None and not last_only:
        spoils = tuple([axis + 1 if axis >= _STEPS else axis for axis in spoils])
    return replace(requirement, facts=facts, spoils=spoils)


def _steps_of_images(arguments: Arguments) -> Sample:
    letters = {1: "W", 2: "HW", 3: "DHW"}[arguments.rank]
    last = is_channels_last(arguments)
    dims = ("T", *letters, "C") if last else ("T", "C", *letters)
    axes = "".join(dims) if arguments.rank < 3 else ""
    return Sample(dims, dims.index("C"), axes, example={"C": 64})


@layer("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", signature=_CONV_LSTM, takes=_steps_of_images)
def convolutional_lstm(arguments: Arguments, place: Place) -> None:
    rank, filters = arguments.rank, arguments.integer("filters")
    kernel = arguments.integers("kernel_size", rank)
    check_dilation(arguments)
    last = is_channels_last(arguments)
    weights: dict[str, Shape] = {
        "kernel": (*kernel, place.size(-1 if last else channels_of(arguments) + 1), _GATES * filters),
        "recurrent_kernel": (*kernel, filters, _GATES * filters),
    }
    if arguments.flag("use_bias"):
        weights["bias"] = (_GATES * filters,)
    operator = ConvolutionalLSTM(
        arguments.integers("strides", rank),
        window_padding(arguments),
        arguments.integers("dilation_rate", rank),
        last,
        last_only=not arguments.flag("return_sequences"),
    )
    place.add(operator, weights, outputs=3 if arguments.flag("return_state") else 1)
