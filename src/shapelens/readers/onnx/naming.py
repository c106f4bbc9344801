"""What a layer of an ONNX file is called: the path of its module where the exporter wrote it down."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shapelens.readers.onnx.model import OnnxNode

__all__ = ["Names", "module_path"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_CLASSES = "pkg.torch.onnx.class_hierarchy"
_QUOTED = re.compile(r"'([^']*)'")


def module_path(node: OnnxNode) -> tuple[str, str]:
    """The path of a node's module and its class, each empty where the file does not tell.

    PyTorch's exporters write it into the node's name (`/layer1/layer1.0/conv1/Conv`) or into its metadata.
    """
    scopes = _QUOTED.findall(node.metadata.get(_SCOPES, ""))
    if len(scopes) > 1:
        classes = _QUOTED.findall(node.metadata.get(_CLASSES, ""))
        module = classes[len(scopes) - 2].rsplit(".", 1)[-1] if len(classes) >= len(scopes) - 1 else ""
        return scopes[-2], module
    if not node.name.startswith("/"):
        return "", ""
    parts = [part for part in node.name.split("/") if part][:-1]
    path = ""
    for part in parts:
        # Each part repeats the path to it: /layer1/layer1.0/conv1 is layer1.0.conv1.
        path = part if not path or part.startswith(path + ".") else f"{path}.{part}"
    return path, ""


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
        path, _ = module_path(node)
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
