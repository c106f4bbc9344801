"""Real networks, built without memory for their weights, and what PyTorch itself says of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache

import torch

from shapelens.readers.torch.structures import leaves
from tests.readers.classics.oracle import torchvision

__all__ = [
    "build",
    "flops",
    "module_outputs",
    "sample_of",
    "timm_names",
    "torchvision_names",
]

SETTINGS = {"weights": None}
BACKBONES = {"weights": None, "weights_backbone": None}


@cache
def torchvision_names() -> tuple[str, ...]:
    """Classification, segmentation, video, and the float halves of the quantised ones."""
    models = torchvision().models
    listed = models.list_models
    return (
        *listed(module=models),
        *listed(module=models.segmentation),
        *listed(module=models.video),
        *listed(module=models.quantization),
    )


@cache
def timm_names() -> tuple[str, ...]:
    """Up to four of each of timm's files, from its smallest name to its largest."""
    import timm

    found: dict[str, None] = {}
    for module in timm.list_modules():
        names = timm.list_models(module=module)
        last = len(names) - 1
        for place in sorted({0, last // 3, 2 * last // 3, last}) if names else ():
            found[names[place]] = None
    return tuple(found)


def build(name: str, library: str) -> torch.nn.Module:
    """A network on the meta device; on the CPU where its constructor reads numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "timm":
            import timm

            try:
                with torch.device("meta"):
                    return timm.create_model(name).eval()
            except (RuntimeError, NotImplementedError):
                return timm.create_model(name).eval()
        models = torchvision().models
        segments = name in models.list_models(module=models.segmentation)
        settings = dict(BACKBONES if segments else SETTINGS)
        if name.startswith("quantized_"):
            settings["quantize"] = False
        try:
            with torch.device("meta"):
                return models.get_model(name, **settings).eval()
        except (RuntimeError, NotImplementedError):
            return models.get_model(name, **settings).eval()


def sample_of(model: torch.nn.Module, name: str) -> tuple[int, ...]:
    """The shape of one sample that a network is made for."""
    config = getattr(model, "pretrained_cfg", None)
    if config and config.get("input_size"):
        return tuple(config["input_size"])
    models = torchvision().models
    if name in models.list_models(module=models.video):
        side = 224 if "mvit" in name or "swin" in name or "s3d" in name else 112
        return (3, 16, side, side)
    side = getattr(model, "image_size", 299 if "inception" in name else 224)
    return (3, side, side)


def module_outputs(model: torch.nn.Module, tensor: torch.Tensor) -> list[tuple[str, list[tuple[int, ...]]]]:
    """Every call of a module in a real forward, in the order in which they begin, with the shapes that come out."""
    paths: dict[int, str] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        paths.setdefault(id(module), path)
    calls: list[list] = []
    under_way: list[list] = []

    def begin(module: torch.nn.Module, inputs: object) -> None:
        calls.append([paths.get(id(module)), []])
        under_way.append(calls[-1])

    def end(module: torch.nn.Module, inputs: object, output: object) -> None:
        under_way.pop()[1] = [tuple(t.shape) for _, t in leaves(output) if isinstance(t, torch.Tensor)]

    hooks = [
        hook
        for module in model.modules()
        for hook in (module.register_forward_pre_hook(begin), module.register_forward_hook(end))
    ]
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model(tensor)
    finally:
        for hook in hooks:
            hook.remove()
    return [(path, shapes) for path, shapes in calls]


def flops(model: torch.nn.Module, tensor: torch.Tensor) -> int:
    """Half of what PyTorch's own counter counts."""
    from torch.utils.flop_counter import FlopCounterMode

    was_fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        # With gradients: its tracker of modules asks for them.
        with warnings.catch_warnings(), FlopCounterMode(display=False) as counter:
            warnings.simplefilter("ignore")
            model(tensor)
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fast)
    return counter.get_total_flops() // 2


def told(weights: object) -> Iterator[tuple[dict, int]]:
    """What torchvision tells of each of a network's weights, and the size that it was measured at."""
    for entry in weights:
        crop = entry.transforms.keywords.get("crop_size")
        if "_ops" in entry.meta and crop is not None:
            yield entry.meta, crop[0] if isinstance(crop, (list, tuple)) else crop
