"""A model traced again and again: at whatever sizes are asked for, and compared with what its code does at others."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.dims import Expression, evaluate
from shapelens.network import Network
from shapelens.operators import Shape
from shapelens.readers.torch.confirming import first_difference, held
from shapelens.readers.torch.inputs import Arguments
from shapelens.readers.torch.recording import Recording
from shapelens.readers.torch.session import ModelAtHand, may_differ

__all__ = ["Retracing"]


class Retracing:
    """Traces one model at other sizes.

    Args:
        hand: the model.
        arguments: what it was called with.
        network: what came of it.
        shapes: the shape of each input, with the symbols by which sizes are told.
    """

    def __init__(
        self, hand: ModelAtHand, arguments: Arguments, network: Network, shapes: Mapping[str, Shape]
    ) -> None:
        self.hand = hand
        self.arguments = arguments.opened(shapes)
        self.origin = network.origin
        self.assumptions = network.assumptions
        self.shapes = shapes
        self._recordings: dict[int, Recording] = {}
        self._kept: list[Network] = []

    def traced(self, sizes: Mapping[str, int]) -> Network:
        """The network with formulas, as the model's code goes at some sizes."""
        network, recording = self.hand.retraced(self.arguments.at(self._filled(sizes)), self.origin)
        self._recordings[id(network)] = recording
        self._kept.append(network)
        return network

    def may_differ(self, network: Network) -> bool:
        """Whether the code was given sizes, and may do otherwise than the formulas say."""
        return may_differ(network)

    def refuses(self, sizes: Mapping[str, int]) -> bool:
        """Whether PyTorch, or the model's own code, refuses some sizes on the meta device."""
        return self.hand.is_refused(self.arguments.at(self._filled(sizes)))

    def difference(self, network: Network, sizes: Mapping[str, int]) -> int | None:
        """The first node that is not what the code does at other sizes; None where all are."""
        shapes = self._filled(sizes)
        there = self.arguments.at(shapes)
        recording = self._recordings.get(id(network))
        if recording is not None and self.hand.is_foretold(recording, there):
            return None
        again, _ = self.hand.retraced(there, self.origin)
        return first_difference(network, again, shapes)

    def held(self, network: Network, place: int, sizes: Mapping[str, int]) -> Network:
        """The network, held to some sizes from a node on."""
        own: dict[str, int] = {}
        filled = self._filled(sizes)
        for declared in network.inputs:
            for dim, size in zip(declared.shape or (), filled[declared.name], strict=True):
                if isinstance(dim, Expression) and isinstance(size, int):
                    own[str(dim)] = size
        return held(network, place, own)

    def _filled(self, sizes: Mapping[str, int]) -> dict[str, Shape]:
        return {name: tuple([evaluate(dim, sizes) for dim in shape]) for name, shape in self.shapes.items()}
