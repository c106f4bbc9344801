"""What a layer of an ONNX file is called: the path of its module where the exporter wrote it down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from shapelens.readers.onnx.model import OnnxNode

__all__ = ["Names", "module_path"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_CLASSES = "pkg.torch.onnx.class_hierarchy"
_QUOTED = re.compile(r"'([^']*)'")

_KEPT = 256
"""Of so many modules the paths are kept at once."""


def module_path(node: OnnxNode) -> tuple[str, str]:
    """The path of a node's module and its class, each empty where the file does not tell.

    PyTorch's exporters write it into the node's name (`/layer1/layer1.0/conv1/Conv`) or into its metadata.
    """
    if _SCOPES in node.metadata:
        scopes = _QUOTED.findall(node.metadata[_SCOPES])
        if len(scopes) > 1:
            classes = _QUOTED.findall(node.metadata.get(_CLASSES, ""))
            module = classes[len(scopes) - 2].rsplit(".", 1)[-1] if len(classes) >= len(scopes) - 1 else ""
            return scopes[-2], module
    if not node.name.startswith("/"):
        return "", ""
    return _path_of(node.name.rstrip("/").rpartition("/")[0]), ""


@lru_cache(maxsize=_KEPT)
def _path_of(folder: str) -> str:
    """The path that the name of a folder spells; neighbours are in one folder, and share one text."""
    path = ""
    for part in filter(None, folder.split("/")):
        # Each part repeats the path to it: /layer1/layer1.0/conv1 is layer1.0.conv1.
        path = part if not path or part.startswith(path + ".") else f"{path}.{part}"
    return path


class Names:
    """Gives every node a name of its own.

    Args:
        taken: the names that are not to be given.
        nodes: the nodes; a module that others stand in lends its name to no single operator.
    """

    def __init__(self, taken: set[str], nodes: Iterable[OnnxNode]) -> None:
        self._taken = taken
        self._times: dict[str, int] = {}
        self._containers: set[str] = set()
        for node in nodes:
            path, _, _ = module_path(node)[0].rpartition(".")
            while path and path not in self._containers:
                self._containers.add(path)
                path = path.rpartition(".")[0]

    def of(self, node: OnnxNode) -> str:
        """The module's path for the operator that gives the module its name, else what the file says."""
        return self.within(node, module_path(node)[0])

    def within(self, node: OnnxNode, path: str) -> str:
        """The same, for a node whose module's path is known."""
        if path and path not in self._taken and path not in self._containers:
            return self._take(path)
        if path:
            return self._take(f"{path}.{node.operator.lower()}")
        return self._take(node.name or next((o for o in node.outputs if o), "") or node.operator.lower())

    def _take(self, name: str) -> str:
        while name in self._taken:
            times = self._times[name] = self._times.get(name, 1) + 1
            if f"{name}:{times}" not in self._taken:
                name = f"{name}:{times}"
        self._taken.add(name)
        return name
