"""torchvision's own networks on the meta device: what they hold, and what they call in a forward pass."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache

SETTINGS = {
    "squeezenet": ("squeezenet1_0", {}),
    "googlenet": ("googlenet", {"aux_logits": False, "init_weights": False}),
    "inception_v3": ("inception_v3", {"aux_logits": False, "init_weights": False}),
}
"""torchvision's function for a classic, and its settings, where they are not the classic's name and none."""

FUNCTIONS = {"add_": "add"}
"""What torch calls an operator, in the words of the classics."""

_kept: list[object] = []
"""The library that holds the missing schemas; they are gone when it is."""


@cache
def torchvision():
    """The package, or None where it is not installed."""
    try:
        import torch
        import torchvision
    except ImportError:
        return None
    except RuntimeError:
        # A torch for the CPU beside a torchvision for CUDA: two operators lack their schemas, and nothing else.
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)
        import torchvision
    return torchvision


@cache
def model(name):
    """Its network of a classic, ready to be used, without memory for its weights."""
    import torch

    function, settings = SETTINGS.get(name, (name, {}))
    with torch.device("meta"):
        return getattr(torchvision().models, function)(weights=None, **settings).eval()


def calls(network, sample):
    """Every call of a forward pass, in order: the module's path, what is called there, and what shape comes out.

    A module without modules inside is called by its class; a function that another module calls, by its name.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    paths = {module: path for path, module in network.named_modules()}
    found, inside = [], []

    def enter(module, _):
        inside.append(module)

    def leave(module, _, output):
        inside.pop()
        if not list(module.children()):
            found.append((paths[module], type(module).__name__, tuple(output.shape)))

    class Functions(TorchFunctionMode):  # type: ignore[misc] # torch is looked at in the tests alone
        def __torch_function__(self, function, types, args=(), kwargs=None):
            output = function(*args, **(kwargs or {}))
            called = getattr(function, "__name__", "")
            if isinstance(output, torch.Tensor) and called != "__get__" and list(inside[-1].children()):
                found.append((paths[inside[-1]], FUNCTIONS.get(called, called), tuple(output.shape)))
            return output

    image = torch.empty(2, *sample, device="meta")
    with _hooked(network, enter, leave), Functions(), torch.no_grad():
        network(image)
    return found


@contextmanager
def _hooked(network, enter, leave):
    hooks = [module.register_forward_pre_hook(enter) for module in network.modules()]
    hooks += [module.register_forward_hook(leave) for module in network.modules()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
