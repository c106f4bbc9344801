"""The classics: the networks that every course draws, by name, at no cost and with no framework.

    >>> network = read_classic("resnet50")
    >>> network.inputs[0].shape, network.origin.variant
    ((N, 3, 224, 224), "torchvision's: the stride sits in the 3×3")

Each family has one file, to be read beside its paper. Layers are named as torchvision names them where it
has the network. Listing the classics builds none of them, and reading one imports no other.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from shapelens.errors import NoSuchModelError
from shapelens.readers.classics.catalogue import CLASSICS, Classic

if TYPE_CHECKING:
    from shapelens.network import Network
    from shapelens.operators import Shape

__all__ = ["CLASSICS", "Classic", "nearest_classics", "read_classic"]


def read_classic(name: str, input_sample: Shape | None = None) -> Network:
    """Build a classic.

    Its weights are those of the published network, whatever comes in: an input that does not fit is found
    as it would be found in the network itself.

        >>> read_classic("vgg16", (3, 160, 160)).weights["classifier.0.weight"].shape
        (4096, 25088)

    Args:
        name: its name, one of `CLASSICS`.
        input_sample: the shape of one sample, channels first; that of the published network if not given.
            Symbols are free, and are shown at the published size.

    Raises:
        NoSuchModelError: `no classic is called resnet51`.
    """
    if name not in CLASSICS:
        raise _no_such_classic(name)
    network = _built(name)
    return network if input_sample is None else _fed(network, tuple(input_sample))


def nearest_classics(name: str) -> list[str]:
    """The classics whose names are most like this one, the likeliest first.

    >>> nearest_classics("VGG-16")
    ['vgg16', 'vgg19', 'vgg13']
    """
    from difflib import get_close_matches

    plain = {_plain(known): known for known in CLASSICS}
    wanted = _plain(name)
    near = get_close_matches(wanted, plain, n=3, cutoff=0.6)
    return [plain[match] for match in sorted(near, key=lambda match: sorted(match) != sorted(wanted))]


@cache
def _built(name: str) -> Network:
    from shapelens.network import Origin
    from shapelens.readers.layering import LayerBuilder

    classic = CLASSICS[name]
    builder = LayerBuilder(Origin("classic", name, classic.variant), module=classic.module)
    builder.image(classic.sample)
    getattr(import_module(f"{__name__}.{classic.file}"), name)(builder)
    return builder.network(
        title=classic.title, heading=classic.heading, year=str(classic.year), paper=classic.paper
    )


def _fed(network: Network, sample: Shape) -> Network:
    """The network with another input."""
    from shapelens.dims import Expression

    declared = network.inputs[0]
    batch, *published = declared.shape or ()
    if len(sample) != len(published):
        return network
    pairs = zip(sample, published, strict=True)
    example = {s.name: size for dim, size in pairs if isinstance(dim, Expression) for s in dim.symbols()}
    fed = replace(declared, shape=(batch, *sample), example=example)
    return replace(network, inputs=(fed, *network.inputs[1:]))


def _plain(name: str) -> str:
    return "".join([letter for letter in name.lower() if letter.isalnum()])


def _no_such_classic(name: str) -> NoSuchModelError:
    from textwrap import fill

    nearest = nearest_classics(name)
    return NoSuchModelError(
        f"no classic is called {name}",
        at=name,
        have=f"none of the {len(CLASSICS)} classics",
        rule=fill("the classics are " + ", ".join(sorted(CLASSICS)), width=95),
        fix="\nor ".join(nearest) or "one of these names",
        following=f"shapelens show {nearest[0] if nearest else 'resnet50'}",
    )
