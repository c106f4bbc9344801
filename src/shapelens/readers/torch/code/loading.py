"""From the name of Python code to the module that it gives: imported, called and checked.

This runs the user's own code, and is the only place that does, apart from the model's own forward. The model is
built without its weights where it can be, since none of them is ever read.
"""

from __future__ import annotations

import importlib
import os
from contextlib import nullcontext, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from shapelens.errors import MissingPackageError, ShapelensError, SourceError
from shapelens.readers.torch.code.naming import PythonSource, no_such_file

if TYPE_CHECKING:
    import torch

__all__ = ["load_model", "require_torch"]

_NAME_THAT = "name a class of modules, or a function that returns one"


def load_model(source: PythonSource) -> torch.nn.Module:
    """The module that Python code gives.

    Args:
        source: where it is, and what it is called with.

    Raises:
        MissingPackageError: PyTorch is not installed.
        NoSuchModelError: `there is no module torchvison`, `net.py has no Nett`.
        UserCodeError: `net.py:Net raised ValueError while it was built`.
        SourceError: `net.py:Net needs width`, `net.py:weights is a dict of tensors, and no module`.
    """
    require_torch()
    from shapelens.readers.torch.code.importing import importable
    from shapelens.readers.torch.code.user_code import running_user_code

    folders = []
    if source.is_file:
        if not os.path.isfile(source.path):
            raise no_such_file(source.place)
        folders.append(os.path.dirname(source.path))
    with suppress(OSError):  # the current folder may be gone
        folders.append(os.path.realpath(os.getcwd()))
    with running_user_code(), importable(*dict.fromkeys(folders)):
        value = _named(_imported(source), source)
        return _module(value, source)


def require_torch() -> None:
    """Raise if PyTorch cannot be imported.

    Raises:
        MissingPackageError: `PyTorch is not installed`.
    """
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise _broken_torch(error) from None
        raise MissingPackageError(
            "PyTorch is not installed",
            at="import torch",
            have="no package torch in the environment that shapelens runs in",
            rule="a model in Python is traced with PyTorch; files, classics and layer text need none",
            fix="python -m pip install torch\nor install shapelens where PyTorch is",
        ) from None
    except Exception as error:
        raise _broken_torch(error) from None


def _broken_torch(error: Exception) -> MissingPackageError:
    return MissingPackageError(
        "PyTorch is installed, and cannot be imported",
        at="import torch",
        have=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}",
        rule="a model in Python is traced with PyTorch; files, classics and layer text need none",
        fix='see what is wrong with it: python -c "import torch"',
    )


# the three steps ------------------------------------------------------------------------------------------


def _imported(source: PythonSource) -> ModuleType:
    """The file or the module, imported."""
    from shapelens.readers.torch.code.troubles import import_trouble
    from shapelens.readers.torch.private import define_missing_operator

    try:
        return _import(source)
    except (Exception, SystemExit) as error:
        if not isinstance(error, RuntimeError) or not define_missing_operator(error):
            raise import_trouble(error, source) from None
    try:
        return _import(source)
    except (Exception, SystemExit) as error:
        raise import_trouble(error, source) from None


def _import(source: PythonSource) -> ModuleType:
    from shapelens.readers.torch.code.importing import import_file

    return import_file(source.path) if source.is_file else importlib.import_module(source.place)


def _named(module: ModuleType, source: PythonSource) -> Any:
    """What has the name in it."""
    from shapelens.readers.torch.code.troubles import call_trouble, no_such_name

    value: Any = module
    for name in source.name.split("."):
        try:
            inner = getattr(value, name)
        except AttributeError:
            raise no_such_name(module, value, name, source) from None
        except (Exception, SystemExit) as error:
            raise call_trouble(error, source, "looked up") from None
        value = inner
    return value


def _module(value: Any, source: PythonSource) -> torch.nn.Module:
    """The module itself: as it is, or what the class or function gives."""
    import torch

    if isinstance(value, torch.nn.Module):
        if source.brackets:
            raise SourceError(
                f"{source.target} is a module already",
                at=source.text,
                have=f"a {type(value).__name__}, which calling would run",
                rule="arguments are for classes and functions",
                fix=source.target,
            )
        return _checked(value, source, "is")
    if isinstance(value, type) and not issubclass(value, torch.nn.Module):
        raise _no_module(value, source, "is")
    if not callable(value):
        raise _no_module(value, source, "is")
    from shapelens.readers.torch.code.signatures import check_arguments

    check_arguments(source, value)
    return _checked(_built(value, source), source, "is" if isinstance(value, type) else "gives")


def _built(target: Any, source: PythonSource) -> Any:
    """What a class or function gives: without weights where that can be."""
    import torch

    from shapelens.readers.torch.code.troubles import call_trouble
    from shapelens.readers.torch.code.weightless import without_weights

    try:
        with without_weights():
            return target(*source.arguments, **source.keywords)
    except SystemExit as error:
        raise call_trouble(error, source, "built") from None
    except Exception as error:
        # It may read its weights; or one of them is larger than this machine's memory, even before it has values.
        first = error if _is_out_of_memory(error) else None
    try:
        with nullcontext() if first is None else torch.device("meta"):
            return target(*source.arguments, **source.keywords)
    except (Exception, SystemExit) as error:
        raise call_trouble(first or error, source, "built") from None


def _is_out_of_memory(error: Exception) -> bool:
    words = str(error)
    return isinstance(error, MemoryError) or "allocate memory" in words or "not enough memory" in words


# what is no module ----------------------------------------------------------------------------------------


def _checked(value: Any, source: PythonSource, verb: str) -> torch.nn.Module:
    import torch

    if isinstance(value, torch.nn.Module) and not isinstance(value, torch.jit.ScriptModule):
        return value
    raise _no_module(value, source, verb)


def _no_module(value: Any, source: PythonSource, verb: str) -> ShapelensError:
    """That something is no module, what it is instead, and what to name in its place."""
    what, rule, fix = _described(value, source, verb)
    return SourceError(
        f"{source.target} {verb} {what}", at=source.text, have=_kind(value), rule=rule, fix=fix
    )


def _described(value: Any, source: PythonSource, verb: str) -> tuple[str, str, str]:
    """What it is, what must hold, and what to do."""
    import torch

    rule = "a torch.nn.Module, or a class or function that gives one"
    build = "write a function that returns the module alone, and name that"
    is_exported = type(value).__name__ == "ExportedProgram" and type(value).__module__.startswith(
        "torch.export"
    )
    if isinstance(value, torch.jit.ScriptModule):
        rule = "a model is traced through its own forward, in Python"
        return (
            "a scripted module, which cannot be traced",
            rule,
            "name the module that was scripted or traced",
        )
    if is_exported:
        given = source.called if verb == "gives" else source.name
        fix = f"def build(): return {given}.module(), and name that"
        return "an exported program, and no module", rule, fix
    if isinstance(value, torch.Tensor):
        return "a tensor, and no module", rule, _NAME_THAT
    if isinstance(value, dict) and _holds_tensors(value):
        return "a dict of weights, without the network that they belong to", rule, _NAME_THAT
    if isinstance(value, type) and verb == "gives":
        return f"the class {value.__name__}, and not a module of it", rule, build
    if isinstance(value, type):
        return f"the class {value.__name__}, and no torch.nn.Module", rule, _NAME_THAT
    if isinstance(value, ModuleType):
        fix = f"{value.__name__}:…, with the name of a class or function in it"
        return "a module of Python's, and no network", rule, fix
    if value is None:
        return "None, and no module", rule, f"a return at the end of {source.name}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}, and no module", rule, build
    return f"a {type(value).__name__}, and no module", rule, build if callable(value) else _NAME_THAT


def _holds_tensors(value: dict[Any, Any]) -> bool:
    """Whether it is a state, or a checkpoint with one in it."""
    import torch

    return any(
        isinstance(item, torch.Tensor) or (isinstance(item, dict) and _holds_tensors(item))
        for item in value.values()
    )


def _kind(value: Any) -> str:
    """Its type, and how much of it there is."""
    import torch

    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if value is None or isinstance(value, ModuleType):
        return "None" if value is None else value.__name__
    if isinstance(value, type):
        bases = ", ".join([base.__name__ for base in value.__bases__])
        return f"class {value.__name__}({bases})"
    if isinstance(value, dict):
        return f"{type(value).__name__} with {len(value)} entries"
    if isinstance(value, (tuple, list)):
        return f"({', '.join([type(item).__name__ for item in value[:6]])}{', …' if len(value) > 6 else ''})"
    return f"of type {type(value).__module__}.{type(value).__qualname__}"
