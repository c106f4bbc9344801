"""What a layer of an ONNX file is called: the path of its module where the exporter wrote it down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

__all__ = ["Names", "count_name", "module_path"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_CLASSES = "pkg.torch.onnx.class_hierarchy"
_QUOTED = re.compile(r"'([^']*)'")

_KEPT = 256
"""Of so many modules the paths are kept at once."""


def module_path(name: str, metadata: Mapping[str, str]) -> tuple[str, str]:
    """The path of a node's module and its class, each empty where the file does not tell.

    PyTorch's exporters write it into the node's name (`/layer1/layer1.0/conv1/Conv`) or into its metadata.

    >>> module_path("/layer1/layer1.0/conv1/Conv", {})
    ('layer1.0.conv1', '')

    Args:
        name: of the node.
        metadata: what the exporter noted of it.
    """
    if metadata and _SCOPES in metadata:
        scopes = _QUOTED.findall(metadata[_SCOPES])
        if len(scopes) > 1:
            classes = _QUOTED.findall(metadata.get(_CLASSES, ""))
            module = classes[len(scopes) - 2].rsplit(".", 1)[-1] if len(classes) >= len(scopes) - 1 else ""
            return scopes[-2], module
    if not name.startswith("/"):
        return "", ""
    return _path_of(name.rstrip("/").rpartition("/")[0]), ""


@lru_cache(maxsize=_KEPT)
def _path_of(folder: str) -> str:
    """The path that the name of a folder spells; neighbours are in one folder, and share one text."""
    path = ""
    for part in filter(None, folder.split("/")):
        # Each part repeats the path to it: /layer1/layer1.0/conv1 is layer1.0.conv1.
        path = part if not path or part.startswith(path + ".") else f"{path}.{part}"
    return path


def count_name(value: str) -> str:
    """A name for a count that belongs to a value: `k_` and the value's name, as an identifier of its own.

    >>> count_name("boxes")
    'k_boxes'

    Args:
        value: the name of the value.
    """
    if f"k_{value}".isidentifier():
        return f"k_{value}"
    from hashlib import blake2b

    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    letters = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in value[:60])
    return f"k_{letters.strip('_')}_{digest}"


class Names:
    """Gives every node a name of its own.

    Args:
        taken: the names that are not to be given.
        paths: the paths of the modules of all nodes; a module that others stand in lends its name to no operator.
    """

    def __init__(self, taken: set[str], paths: Iterable[str]) -> None:
        self._taken = taken
        self._times: dict[str, int] = {}
        self._containers: set[str] = set()
        for inner in paths:
            path, _, _ = inner.rpartition(".")
            while path and path not in self._containers:
                self._containers.add(path)
                path = path.rpartition(".")[0]

    def of(self, path: str, name: str, operator: str, outputs: Sequence[str]) -> str:
        """The module's path for the operator that gives the module its name, else what the file says.

        Args:
            path: of the node's module; empty where it is not known.
            name: of the node.
            operator: what it is.
            outputs: the names of its values.
        """
        if path and path not in self._taken and path not in self._containers:
            return self._take(path)
        if path:
            return self._take(f"{path}.{operator.lower()}")
        return self._take(name or next((o for o in outputs if o), "") or operator.lower())

    def _take(self, name: str) -> str:
        while name in self._taken:
            times = self._times[name] = self._times.get(name, 1) + 1
            if f"{name}:{times}" not in self._taken:
                name = f"{name}:{times}"
        self._taken.add(name)
        return name
