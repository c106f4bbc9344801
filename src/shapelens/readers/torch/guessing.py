"""The input that need not be given: what a model itself says of one sample, else what its first layer takes.

A guess is shown as one, and is never right by itself: where it does not fit, the network says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from shapelens.dims import shape_text
from shapelens.records import dataclass

__all__ = ["Guess", "forward_names", "guess_inputs", "said_by", "why_no_guess"]

IMAGE_SIZE = 224
LENGTH = 224
VOLUME_SIZE = 32

_TAKEN = {
    1: (LENGTH, f"the length is taken as {LENGTH}"),
    2: (IMAGE_SIZE, f"height and width are taken as {IMAGE_SIZE}"),
    3: (VOLUME_SIZE, f"depth, height and width are taken as {VOLUME_SIZE}"),
}
_CONVOLUTIONS: tuple[tuple[type[nn.Module], int], ...] = ((nn.Conv1d, 1), (nn.Conv2d, 2), (nn.Conv3d, 3))
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_STEPWISE = (nn.RNNBase, nn.RNNCellBase, nn.MultiheadAttention)


@dataclass(frozen=True, slots=True)
class Guess:
    """The shape of one sample, and how it is known.

    Args:
        shape: without the batch: `(3, 224, 224)`.
        because: a clause that says where it comes from.
    """

    shape: tuple[int, ...]
    because: str


def guess_inputs(model: nn.Module) -> Guess | None:
    """What one sample of a model's input is likely to be; None where nothing tells.

        >>> guess = guess_inputs(nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU()))
        >>> guess.shape, guess.because
        ((1, 224, 224), 'its first convolution, 0, takes 1 channel; height and width are taken as 224')
        >>> guess_inputs(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)))
        Guess(shape=(784,), because='its first layer, 1, takes 784 features')

    Args:
        model: a module, built but never run.
    """
    found = _guess(model)
    return found if isinstance(found, Guess) else None


def why_no_guess(model: nn.Module) -> str:
    """Why there is no guess, as a clause; empty where there is one.

    >>> why_no_guess(nn.Sequential(nn.Embedding(1000, 64), nn.Linear(64, 2)))
    'it begins with an embedding, 0, and how many tokens go in is not known'
    """
    found = _guess(model)
    return "" if isinstance(found, Guess) else found


def forward_names(model: nn.Module) -> tuple[str, ...]:
    """The names of what a model's forward cannot do without.

    >>> forward_names(nn.Bilinear(3, 4, 5))
    ('input1', 'input2')
    """
    return tuple([p.name for p in _parameters(model) if p.default is p.empty and p.kind not in _STARRED])


def _parameters(model: nn.Module) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):
        return [inspect.Parameter("input", inspect.Parameter.POSITIONAL_ONLY)]


def _guess(model: nn.Module) -> Guess | str:
    """A guess, or why there is none."""
    needed = forward_names(model)
    if len(needed) > 1:
        return f"its forward takes {', '.join(needed[:-1])} and {needed[-1]}"
    if not _parameters(model):
        return "its forward takes nothing"
    if getattr(type(model), "forward", None) is nn.Module.forward and "forward" not in vars(model):
        return "it has no forward of its own"
    return _said(model) or _from_layers(model)


# what a model says itself -------------------------------------------------------------------------------


def said_by(model: nn.Module) -> tuple[int, ...] | None:
    """The one sample that a model itself says it is made for; None where it says nothing.

    >>> said_by(nn.Conv2d(3, 8, 3)) is None
    True
    """
    said = _said(model)
    return said.shape if isinstance(said, Guess) else None


def _said(model: nn.Module) -> Guess | str | None:
    return _from_example(model) or _from_config(model) or _from_timm(model) or _from_image_size(model)


def _from_example(model: nn.Module) -> Guess | None:
    """Lightning's own example, with its batch in front."""
    example = _attribute(model, "example_input_array")
    if isinstance(example, (tuple, list)) and len(example) == 1:
        example = example[0]
    elif isinstance(example, Mapping) and len(example) == 1:
        example = next(iter(example.values()))
    if not isinstance(example, torch.Tensor) or example.dim() < 2 or not example.is_floating_point():
        return None
    shape = tuple(example.shape)
    return Guess(shape[1:], f"its example_input_array is {shape_text(shape)}")


def _from_timm(model: nn.Module) -> Guess | None:
    """What timm says of the weights, corrected by what the model was built with in their place."""
    for name in ("pretrained_cfg", "default_cfg"):
        held = _attribute(model, name)
        size = held.get("input_size") if isinstance(held, Mapping) else getattr(held, "input_size", None)
        shape = _sizes(size)
        if shape is not None and len(shape) == 3:
            return _as_built(model, shape, f"timm's {name} says {shape_text(shape)}")
    return None


def _as_built(model: nn.Module, shape: tuple[int, ...], because: str) -> Guess:
    embedding = _attribute(model, "patch_embed")
    built_for = _sizes(_attribute(embedding, "img_size")) if isinstance(embedding, nn.Module) else None
    if built_for is not None and len(built_for) == 2 and built_for != shape[1:]:
        shape, because = (shape[0], *built_for), f"its patch_embed is built for {shape_text(built_for)}"
    layer = _first_layer(model)
    if layer is not None and isinstance(layer[1], nn.Conv2d) and layer[1].in_channels != shape[0]:
        name, convolution = layer
        shape = (convolution.in_channels, *shape[1:])
        because = f"{because}; its first convolution, {name}, takes {_channels(convolution.in_channels)}"
    return Guess(shape, because)


def _from_config(model: nn.Module) -> Guess | str | None:
    """The config of a vision model of transformers; of another model, that it takes no image."""
    config, takes = _attribute(model, "config"), _attribute(model, "main_input_name")
    if config is None or not isinstance(takes, str):
        return None
    if takes != "pixel_values":
        return f"it takes {takes}, and what size they have is not known"
    channels, size = _attribute(config, "num_channels"), _attribute(config, "image_size")
    if type(channels) is not int:
        return None
    if size is None:
        return Guess(
            (channels, IMAGE_SIZE, IMAGE_SIZE), f"its config says {_channels(channels)}; {_TAKEN[2][1]}"
        )
    pair = _sizes(size)
    pair = pair * 2 if pair is not None and len(pair) == 1 else pair
    if pair is None or len(pair) != 2:
        return None
    frames = _attribute(config, "num_frames")
    image = (channels, *pair)
    if type(frames) is int:
        return Guess((frames, *image), f"its config says {frames} frames of {shape_text(image)}")
    return Guess(image, f"its config says {shape_text(image)}")


def _from_image_size(model: nn.Module) -> Guess | None:
    """The one size that torchvision's transformers are made for."""
    size = _sizes(_attribute(model, "image_size"))
    layer = _first_layer(model)
    if size is None or layer is None or not isinstance(layer[1], nn.Conv2d):
        return None
    size = size * 2 if len(size) == 1 else size
    if len(size) != 2:
        return None
    name, convolution = layer
    takes = f"its first convolution, {name}, takes {_channels(convolution.in_channels)}"
    return Guess((convolution.in_channels, *size), f"its image_size is {shape_text(size)}; {takes}")


def _attribute(holder: Any, name: str) -> Any:
    """An attribute; None where there is none, or where looking it up fails."""
    try:
        return getattr(holder, name, None)
    except Exception:
        return None


def _sizes(value: Any) -> tuple[int, ...] | None:
    """A size or several, if that is what it is."""
    sizes = (value,) if type(value) is int else value
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or not sizes:
        return None
    return tuple(sizes) if all(type(size) is int and size > 0 for size in sizes) else None


# what its first layer takes -------------------------------------------------------------------------------


def _from_layers(model: nn.Module) -> Guess | str:
    """What the layer that was registered first takes."""
    found = _first_layer(model)
    if found is None:
        return "it has no layer that says what it takes"
    name, layer = found
    if isinstance(layer, nn.modules.lazy.LazyModuleMixin) and layer.has_uninitialized_params():
        return f"its first layer, {name}, is lazy: what it takes is not known before it runs"
    if isinstance(layer, _EMBEDDINGS):
        return f"it begins with an embedding, {name}, and how many tokens go in is not known"
    if isinstance(layer, _STEPWISE):
        return f"it begins with a {type(layer).__name__}, {name}, and how many steps go in is not known"
    if isinstance(layer, _TRANSPOSED):
        return f"it begins with a transposed convolution, {name}, and what size goes in is not known"
    if isinstance(layer, nn.Linear):
        return Guess((layer.in_features,), f"its first layer, {name}, takes {_features(layer.in_features)}")
    axes = next((axes for kind, axes in _CONVOLUTIONS if isinstance(layer, kind)), 0)
    size, taken = _TAKEN[axes]
    channels = layer.in_channels
    assert isinstance(channels, int)  # of a convolution
    because = f"its first convolution, {name}, takes {_channels(channels)}; {taken}"
    return Guess((channels, *[size] * axes), because)


def _first_layer(model: nn.Module) -> tuple[str, nn.Module] | None:
    """The first layer that says what goes in, in the order in which they were registered."""
    convolutions = tuple([kind for kind, _ in _CONVOLUTIONS])
    kinds = (*convolutions, nn.Linear, *_TRANSPOSED, *_EMBEDDINGS, *_STEPWISE)
    for name, module in model.named_modules():
        if isinstance(module, kinds):
            return name or type(module).__name__, module
    return None


def _channels(count: int) -> str:
    return f"{count} channel{'' if count == 1 else 's'}"


def _features(count: int) -> str:
    return f"{count} feature{'' if count == 1 else 's'}"
