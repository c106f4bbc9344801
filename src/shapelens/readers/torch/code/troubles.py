"""What goes wrong while the user's code is imported and called, told as one error each."""

from __future__ import annotations

import os
import pkgutil
import shlex
import sys
from difflib import get_close_matches
from types import FunctionType, ModuleType
from typing import Any

import torch

from shapelens.errors import NoSuchModelError, ShapelensError, SourceError, UserCodeError
from shapelens.readers.classics import CLASSICS
from shapelens.readers.torch.code.naming import FILE_ENDING, MOST_LISTED, PythonSource
from shapelens.readers.torch.code.user_code import (
    RAISED_RULE,
    exception_text,
    frames_outside,
    shown_path,
    user_code_error,
    user_place,
)

__all__ = ["call_trouble", "import_trouble", "no_such_name"]

_MAIN_GUARD = 'put what only the program does under if __name__ == "__main__":'
_INSTALL = "python -m pip install {}, if the package is called so"


def import_trouble(error: BaseException, source: PythonSource) -> ShapelensError:
    """What an exception means that comes from importing the module or the file."""
    if isinstance(error, SystemExit):
        return _ended(error, source.place, "imported", source)
    if isinstance(error, ModuleNotFoundError) and error.name:
        if _is_itself(error, source):
            return _no_such_module(error, source)
        return _missing_import(error, source)
    if isinstance(error, ImportError) and source.is_file and "no known parent package" in str(error):
        return _part_of_package(error, source)
    if isinstance(error, SyntaxError):
        broken = shown_path(error.filename) if error.filename else source.place
        summary = f"{broken} is no Python, and cannot be imported"
        return user_code_error(error, summary, source.place, "correct the line")
    summary = f"{source.place} raised {type(error).__name__} while it was imported"
    return user_code_error(error, summary, source.place, f"{_import_command(source)}, to see all of it")


def call_trouble(error: BaseException, source: PythonSource, doing: str) -> ShapelensError:
    """What an exception means that comes from calling the class or the function."""
    if isinstance(error, SystemExit):
        return _ended(error, source.target, doing, source)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing_import(error, source)
    summary = f"{source.target} raised {type(error).__name__} while it was {doing}"
    return user_code_error(error, summary, source.text, f"{_call_command(source)}, to see all of it")


def _ended(error: SystemExit, what: str, doing: str, source: PythonSource) -> UserCodeError:
    return UserCodeError(
        f"{what} ends the program while it is {doing}",
        at=user_place(error) or source.text,
        have=exception_text(error),
        rule=RAISED_RULE,
        fix=_MAIN_GUARD if doing == "imported" else "return the module, and let the program go on",
    )


# what is missing ------------------------------------------------------------------------------------------


def _is_itself(error: ModuleNotFoundError, source: PythonSource) -> bool:
    """Whether the module that was asked for is missing, and not one that it imports."""
    missing = f"{error.name}."
    return not source.is_file and f"{source.place}.".startswith(missing) and not frames_outside(error)


def _no_such_module(error: ModuleNotFoundError, source: PythonSource) -> NoSuchModelError:
    missing = str(error.name)
    parent, _, name = missing.rpartition(".")
    there = sorted(_modules_in(parent))
    near = get_close_matches(name, there, n=1, cutoff=0.7)
    have = (
        f"{name} is not in {parent}" if parent else f"{name} is neither in the current folder nor installed"
    )
    if parent and 0 < len(there) <= MOST_LISTED:
        have += f", which has {', '.join(there)}"
    if source.place in CLASSICS:
        fix = f"{source.place}::{source.name}, for a layer of the classic"
    elif "is not a package" in str(error):
        fix = f"{parent}:{name}, if {name} is something in it"
    elif near:
        fix = f"did you mean {f'{parent}.{near[0]}' if parent else near[0]}{source.text[len(missing) :]}?"
    elif parent:
        fix = "check the spelling"
    else:
        file = f"path/to/{source.place.replace('.', '/')}.py:{source.name}"
        fix = f"{_INSTALL.format(name)}\na file is named by its path: {file}"
    return NoSuchModelError(
        f"there is no module {missing}",
        at=source.text,
        have=have,
        rule="a module is named as Python imports it, from the current folder on",
        fix=fix,
    )


def _modules_in(parent: str) -> set[str]:
    """The names of what can be imported from a package, or from anywhere."""
    if not parent:
        return {module.name for module in pkgutil.iter_modules()}
    paths = getattr(sys.modules.get(parent), "__path__", ())
    return {module.name for module in pkgutil.iter_modules(list(paths))}


def _missing_import(error: ModuleNotFoundError, source: PythonSource) -> UserCodeError:
    """That the user's code imports something that is not there."""
    missing = str(error.name)
    package, _, rest = missing.partition(".")
    above = _folder_with(package, os.path.dirname(source.path)) if source.is_file else ""
    if above:
        fix = f"run shapelens in the folder {above}, where {package} is"
    elif rest and package in sys.modules:
        fix = f"install another version of {package}, or correct the import"
    else:
        fix = f"{_INSTALL.format(package)}\nor install shapelens where it is"
    return UserCodeError(
        f"{source.place} imports {missing}, which is not there",
        at=user_place(error) or source.text,
        have=exception_text(error),
        rule="the code runs in the environment that shapelens is installed in, and needs what it imports",
        fix=fix,
    )


def _folder_with(package: str, folder: str) -> str:
    """The nearest folder above a file in which a module of this name is."""
    while True:
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
        names = (f"{package}{FILE_ENDING}", os.path.join(package, "__init__.py"))
        if any(os.path.isfile(os.path.join(folder, name)) for name in names):
            return shown_path(folder)


def _part_of_package(error: ImportError, source: PythonSource) -> SourceError:
    """That a file imports its neighbours by their places in a package, which it has only as a module."""
    folder, file = os.path.split(source.path)
    parts = [file[: -len(FILE_ENDING)]]
    while len(parts) == 1 or os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    named = f"{'.'.join(parts)}{source.text[len(source.place) :]}"
    where = "" if folder == os.path.realpath(os.getcwd()) else f", in the folder {shown_path(folder)}"
    return SourceError(
        f"{source.place} is part of a package, and is named as a file",
        at=user_place(error) or source.text,
        have=exception_text(error),
        rule="a file by itself has no package around it to import from with a dot",
        fix=f"{named}{where}",
    )


def no_such_name(module: ModuleType, holder: Any, name: str, source: PythonSource) -> NoSuchModelError:
    """That nothing in the module has this name, and the names of what may be a model in it."""
    before = source.name.split(".")[: source.name.split(".").index(name)]
    where = f"{source.place}:{'.'.join(before)}" if before else source.place
    held = dict(getattr(holder, "__dict__", {})) | dict(getattr(holder, "_modules", {}))
    names = [each for each, value in held.items() if _may_be_model(each, value, holder)]
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    own = [each for each in names if getattr(held[each], "__module__", "") == module.__name__]
    listed = near or (own or names)[:MOST_LISTED]
    prefix = f"{where}." if before else f"{where}:"
    others = "1 other" if len(names) == 1 else f"{len(names) or 'no'} others"
    return NoSuchModelError(
        f"{where} has no {name}",
        at=source.text,
        have=f"no {name}, and {others} that may be a model",
        rule="the name of a module, or of a class or function that gives one",
        fix="\n".join([f"{prefix}{each}" for each in listed]),
    )


def _may_be_model(name: str, value: Any, holder: Any) -> bool:
    if name.startswith("_"):
        return False
    if isinstance(value, FunctionType):
        return not isinstance(holder, type)  # else it is a method, of a module that is not there yet
    is_class = isinstance(value, type) and issubclass(value, torch.nn.Module)
    return is_class or isinstance(value, (staticmethod, classmethod, torch.nn.Module))


# how to see all of it -------------------------------------------------------------------------------------


def _import_command(source: PythonSource) -> str:
    if source.is_file:
        return f"python {shlex.quote(source.place)}"
    return f'python -c "import {source.place}"'


def _call_command(source: PythonSource) -> str:
    called = " ".join(source.called.split())
    if source.is_file:
        return f"python -i {shlex.quote(source.place)}, and there {called}"
    code = f"from {source.place} import {source.name.split('.')[0]}; {called}"
    return (
        f'python -c "{code}"'
        if code.isascii() and not set(code) & set('"$`\\!')
        else f"python -c {shlex.quote(code)}"
    )
