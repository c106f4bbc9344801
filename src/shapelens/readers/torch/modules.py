"""Which module runs: the calls of modules, from public hooks that are there for one trace and one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from shapelens.operators import Identity
from shapelens.readers.torch.checks import Checks
from shapelens.readers.torch.functions import Call
from shapelens.readers.torch.holding import Holder
from shapelens.readers.torch.lazy import fit
from shapelens.readers.torch.places import place_of, user_frame
from shapelens.readers.torch.recording import Called, Recording
from shapelens.readers.torch.structures import leaves, tensors_in

__all__ = ["Modules"]


class Modules:
    """The calls of modules under way.

    Args:
        recording: where calls are written down.
        model: the model.

    Attributes:
        checks: what PyTorch's own layers check before they call an operator.
    """

    def __init__(self, recording: Recording, model: torch.nn.Module) -> None:
        self._recording = recording
        self._thread = threading.get_ident()
        self._paths: dict[int, str] = {}
        self._leaf_paths: set[str] = set()
        self.classes: dict[str, str] = {}
        for path, module in model.named_modules():
            own = self._paths.setdefault(id(module), path)
            self.classes.setdefault(own, type(module).__name__)
            if not module._modules:
                self._leaf_paths.add(own)
        self._whole = Called("", type(model).__name__, is_leaf=False, first=0)
        self.stack: list[Called] = []
        self.checks = Checks()

    @property
    def current(self) -> Called:
        """The innermost call."""
        return self.stack[-1] if self.stack else self._whole

    @contextmanager
    def followed(self, holder: Holder) -> Iterator[None]:
        """Know which module runs, inside the block.

        Args:
            holder: what knows the tensors that go in and come out.
        """

        def begin(module: torch.nn.Module, inputs: Any) -> None:
            if self._is_ours():
                self._begin(module, inputs, holder)

        def end(module: torch.nn.Module, inputs: Any, output: Any) -> None:
            if self._is_ours() and self.stack:
                self._end(output, holder)

        before = register_module_forward_pre_hook(begin)
        after = register_module_forward_hook(end, always_call=True)
        try:
            yield
        finally:
            before.remove()
            after.remove()

    def _is_ours(self) -> bool:
        """Whether a call is in the trace's own thread: the hooks are everybody's."""
        return threading.get_ident() == self._thread

    def _begin(self, module: torch.nn.Module, inputs: Any, holder: Holder) -> None:
        fit(module, inputs)
        path = self._paths.get(id(module))
        if path is None:
            outer = self.current.path
            path = f"{outer}.{type(module).__name__}" if outer else type(module).__name__
            self._paths[id(module)] = path
        is_leaf = not module._modules
        taken = tuple([holder.value_of(tensor) for tensor in tensors_in(inputs)])
        called = Called(path, type(module).__name__, is_leaf, len(self._recording.made), taken)
        self._recording.calls.append(called)
        self.stack.append(called)
        self.checks.begin(module, inputs)

    def _end(self, output: Any, holder: Holder) -> None:
        self.checks.end()
        called = self.stack.pop()
        given = [(label, t) for label, t in leaves(output) if isinstance(t, torch.Tensor)]
        does_nothing = called.is_leaf and len(self._recording.made) == called.first
        if does_nothing and len(given) == 1 and called.path:
            # A module that gives back what it takes is a layer all the same.
            tensor = given[0][1]
            call = Call(self._recording, "identity", called, place_of(user_frame(3)))
            holder.enter(tensor, call.one(Identity(), holder.value_of(tensor)))
        called.last = len(self._recording.made)
        called.outputs = tuple([(label, holder.value_of(t)) for label, t in given])

    def close(self) -> None:
        """Every call that an exception left open ends here."""
        for called in self.stack:
            called.last = len(self._recording.made)

    def calling(self, function: str, owners: Callable[[], Sequence[str]]) -> Called:
        """Which module's call an operation belongs to, also where its `forward` is called directly and no hook runs.

        Args:
            function: the name of what is called.
            owners: gives the names of the model's parameters that it takes.
        """
        current = self.current
        if current.is_leaf:
            return current
        paths = {name.rpartition(".")[0] for name in owners()}
        if len(paths) != 1 or current.path in paths:
            return current
        path = paths.pop()
        kind = self.classes.get(path, "")
        if function.rstrip("_").replace("_", "") not in kind.lower():
            return current  # a weight of another module is borrowed
        if current.path and not path.startswith(f"{current.path}."):
            return current
        is_leaf = path in self._leaf_paths
        return Called(path, kind, is_leaf, first=0, is_direct=is_leaf)
