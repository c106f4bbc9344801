"""Imports of the user's own modules, as they import each other; afterwards nothing of it is left on `sys.path`."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from types import CodeType, ModuleType

__all__ = ["import_file", "importable"]

_KEPT = frozenset({"__main__", "numpy", "shapelens", "torch"})
"""These are there once only, whatever a folder holds."""

_numbers = count(1)


@contextmanager
def importable(*folders: str) -> Iterator[None]:
    """Let the modules in these folders be imported, before all others of the same name.

    Two folders may each have a `blocks.py`. A module of that name from elsewhere is set aside for the block, so that
    code in this folder gets this folder's, and is put back afterwards.
    """
    path, path_before = sys.path, list(sys.path)
    aside = _set_aside(folders)
    sys.path[:0] = folders
    importlib.invalidate_caches()
    try:
        yield
    finally:
        path[:] = path_before
        sys.path = path
        for name in aside:
            _forget(name)
        for modules in aside.values():
            sys.modules.update(modules)


def import_file(path: str) -> ModuleType:
    """Import a file from its text as it is, under a name that no other module has.

    Args:
        path: of the file.
    """
    stem = os.path.splitext(os.path.basename(path))[0]
    name = f"_shapelens_{next(_numbers)}_{stem}"
    spec = spec_from_file_location(name, path, loader=_FromText(name, path))
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and annotations look their module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        _forget(name)
        raise
    return module


class _FromText(SourceFileLoader):
    """Compiles the text each time: compiled code that is kept beside it knows its age by the second only."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def _set_aside(folders: tuple[str, ...]) -> dict[str, dict[str, ModuleType]]:
    """Take modules out whose names these folders have too; each with the modules inside it."""
    found: dict[str, str] = {}
    for folder in folders:
        for name, file in _modules_in(folder).items():
            found.setdefault(name, file)
    aside: dict[str, dict[str, ModuleType]] = {}
    for name, file in found.items():
        module = sys.modules.get(name)
        if module is None or name in _KEPT or name in sys.stdlib_module_names:
            continue
        if os.path.realpath(getattr(module, "__file__", None) or "") != os.path.realpath(file):
            aside[name] = _forget(name)
    return aside


def _modules_in(folder: str) -> dict[str, str]:
    """The modules and packages in a folder: each name with its file."""
    found: dict[str, str] = {}
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        return found
    for entry in entries:
        inside = os.path.join(folder, entry, "__init__.py")
        if entry in sys.modules and os.path.isfile(inside):
            found[entry] = inside
        elif entry.endswith(".py") and entry[:-3] in sys.modules:
            found.setdefault(entry[:-3], os.path.join(folder, entry))
    return found


def _forget(name: str) -> dict[str, ModuleType]:
    """Take a module and those inside it out of the imported ones."""
    names = [each for each in list(sys.modules) if each == name or each.startswith(f"{name}.")]
    return {each: sys.modules.pop(each) for each in names}
