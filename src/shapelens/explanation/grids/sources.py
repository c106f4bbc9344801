"""From a layer and what is asked to a layer with its numbers; and where each of them comes from, in words."""

from __future__ import annotations

import os
from typing import Any

from shapelens.errors import UsageError
from shapelens.explanation.costs import weight_order
from shapelens.explanation.grids.asked import Asked
from shapelens.explanation.subject import Subject
from shapelens.numbers import NumberedLayer, Values, numbered
from shapelens.numbers.given import held, seeded_bias, seeded_input, seeded_weight
from shapelens.operators import Convolution, Pool, Shape

__all__ = ["numbered_subject", "source_words"]

_MOST_IN_A_POOL = 9
"""What goes into a pool is not multiplied: larger numbers leave fewer ties."""


def numbered_subject(subject: Subject, asked: Asked) -> NumberedLayer:
    """The layer with the numbers that are asked for.

    Args:
        subject: the layer, all of whose sizes are known.
        asked: what is asked.

    Raises:
        UsageError: what is given does not fit the layer.
        UnreadableError: a file holds no numbers.
    """
    operator, seed = subject.step.node.operator, asked.seed or 0
    if isinstance(operator, Pool):
        for name in ("weights", "bias"):
            if getattr(asked, name) is not None:
                raise _without(name, "a pool has no filters")
        return numbered(operator, _input(subject, asked), flipped=asked.flipped)
    assert isinstance(operator, Convolution)
    weight, bias = subject.step.inputs[1], subject.bias
    assert weight is not None
    shape = _plain(weight.dims)
    order = weight_order(operator, len(shape))
    kernels: Values = (
        seeded_weight(shape, seed) if asked.weights is None else held("weights", asked.weights, shape, order)
    )
    if bias is None:
        if asked.bias is not None:
            raise _without("bias", "the layer has no bias")
        return numbered(operator, _input(subject, asked), kernels, flipped=asked.flipped)
    sizes = _plain(bias.dims)
    added: Values = (
        seeded_bias(sizes, seed) if asked.bias is None else held("bias", asked.bias, sizes, "filters")
    )
    return numbered(operator, _input(subject, asked), kernels, added, flipped=asked.flipped)


def _plain(shape: Shape) -> tuple[int, ...]:
    return tuple([int(size) for size in shape])


def _without(name: str, reason: str) -> UsageError:
    return UsageError(
        f"there is no place for --{name}", at=f"--{name}", have=reason, fix=f"leave --{name} out"
    )


def _input(subject: Subject, asked: Asked) -> Values:
    source = subject.source
    assert isinstance(source, tuple)
    shape, layout = _plain(source), subject.layout
    if asked.image is not None:
        return _picture(subject, asked.image, shape)
    if asked.values is not None:
        return held("values", asked.values, shape, "" if layout is None else layout.spaced)
    is_pool = isinstance(subject.step.node.operator, Pool)
    seed = asked.seed or 0
    return seeded_input(shape, seed, _MOST_IN_A_POOL) if is_pool else seeded_input(shape, seed)


def _picture(subject: Subject, path: str, shape: tuple[int, ...]) -> Values:
    """A picture of the very size that goes in."""
    from shapelens.numbers import Held
    from shapelens.numbers.picture import picture_sizes, read_picture

    layout, at = subject.layout, f"--image {path}"
    if layout is None or len(layout.spatial) != 2:
        raise UsageError(
            "a picture has two spatial axes",
            at=at,
            have=f"what goes in is {'×'.join(map(str, shape))}",
            rule="height, width and channels",
            fix="--values x.npy",
        )
    channels, sizes = shape[layout.channel], tuple([shape[axis] for axis in layout.spatial])
    _, height, width = picture_sizes(path, at)
    if (height, width) != sizes:
        own = {"C": channels, "H": height, "W": width}
        raise UsageError(
            "the picture has another size than what goes in",
            at=at,
            have=f"{height}×{width} pixels",
            rule=f"{sizes[0]}×{sizes[1]}: the picture is not scaled, so that its numbers stay its own",
            fix=f"--input {'x'.join([str(own[letter]) for letter in layout.axes])}",
        )
    pixels = read_picture(path, channels, at)
    return Held(pixels.transpose(1, 2, 0) if layout.channels_last else pixels)


def source_words(subject: Subject, asked: Asked) -> str:
    """`values of x.npy, weights of k.npy`; `small integers from seed 0; --values and --image take yours`."""
    is_pool, has_bias = isinstance(subject.step.node.operator, Pool), subject.bias is not None
    given = [_given_words("values", asked.values)] if asked.values is not None else []
    if asked.image is not None:
        given.append(f"the pixels of {os.path.basename(asked.image)}, 0 to 255")
    given += [_given_words(name, getattr(asked, name)) for name in ("weights", "bias")
              if getattr(asked, name) is not None]  # fmt: skip
    made = [] if asked.values is not None or asked.image is not None else ["values"]
    made += ["weights"] if not is_pool and asked.weights is None else []
    made += ["bias"] if has_bias and asked.bias is None else []
    if not made:
        return ", ".join(given)
    integers = f"small integers from seed {asked.seed or 0}" + (
        "" if subject.is_alone else ", not the network's own"
    )
    options = {"values": ["--values", "--image"], "weights": ["--weights"], "bias": ["--bias"]}
    if not given:
        return f"{integers}; --values and --image take yours"
    takes = [option for name in made for option in options[name]]
    listed = " and ".join([part for part in (", ".join(takes[:-1]), takes[-1]) if part])
    verb = "takes" if len(takes) == 1 else "take"
    return f"{', '.join(given)}; {' and '.join(made)}: {integers}; {listed} {verb} yours"


def _given_words(name: str, given: Any) -> str:
    if isinstance(given, (str, os.PathLike)):
        return f"{name} of {os.path.basename(os.fspath(given))}"
    return f"{name} as given"
