"""What a file of Python defines that may be a model, by its text alone: nothing in it is run."""

from __future__ import annotations

import ast
import warnings

from shapelens.records import dataclass

__all__ = ["Defined", "outline"]

_ENDINGS = ("Module", "Sequential")
_PACKAGES = frozenset({"nn", "torch.nn"})


@dataclass(frozen=True, slots=True)
class Defined:
    """Something in a file that may be, or may give, a model.

    Args:
        name: what it is called.
        kind: `class`, `function` or `module`.
        needs: its arguments that have no default.
    """

    name: str
    kind: str
    needs: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """Its name, and what has to be filled in: `Net(width=…)`."""
        return f"{self.name}({', '.join(f'{name}=…' for name in self.needs)})" if self.needs else self.name


def outline(content: bytes) -> tuple[Defined, ...]:
    r"""The classes of modules, then the functions, then the modules that a file's text defines.

        >>> text = (
        ...     b"class Net(nn.Module):\n    def __init__(self, width): ...\ndef build(): ...\nnet = Net(3)"
        ... )
        >>> [defined.called for defined in outline(text)]
        ['Net(width=…)', 'build', 'net']

    Raises:
        SyntaxError: it is no Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(content).body
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "it is nested too deeply") from None
    classes: dict[str, Defined] = {}
    functions: list[Defined] = []
    modules: list[Defined] = []
    for statement in body:
        if isinstance(statement, ast.ClassDef) and _is_module_class(statement, classes):
            classes[statement.name] = Defined(statement.name, "class", _needs_of_class(statement, classes))
        elif isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
            functions.append(Defined(statement.name, "function", _needs(statement.args)))
        elif isinstance(statement, ast.Assign) and _is_module(statement.value, classes):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            modules += [Defined(name, "module") for name in names]
    return (*classes.values(), *functions, *modules)


def _is_module_class(statement: ast.ClassDef, classes: dict[str, Defined]) -> bool:
    """Whether a base's name is a module's: `nn.Module`, `LightningModule`, `nn.Conv2d`, or a class from above."""
    return any(_is_name_of_module(base, classes) for base in statement.bases)


def _is_name_of_module(node: ast.expr, classes: dict[str, Defined]) -> bool:
    path = _dotted(node)
    package, _, name = path.rpartition(".")
    return name.endswith(_ENDINGS) or package in _PACKAGES or path in classes


def _is_module(value: ast.expr, classes: dict[str, Defined]) -> bool:
    """Whether a value is a call of a module's class."""
    return isinstance(value, ast.Call) and _is_name_of_module(value.func, classes)


def _dotted(node: ast.expr) -> str:
    """`torch.nn.Module` as a text; empty for what is no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _needs_of_class(statement: ast.ClassDef, classes: dict[str, Defined]) -> tuple[str, ...]:
    """What a class's own constructor needs, else that of the class from above that it takes after."""
    for inner in statement.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            return _needs(inner.args, bound=1)
    parents = [
        classes[base.id] for base in statement.bases if isinstance(base, ast.Name) and base.id in classes
    ]
    return parents[0].needs if parents else ()


def _needs(arguments: ast.arguments, bound: int = 0) -> tuple[str, ...]:
    """The names of the arguments that have no default."""
    positional = [*arguments.posonlyargs, *arguments.args]
    free = positional[bound : len(positional) - len(arguments.defaults)]
    named = [
        argument
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    return tuple([argument.arg for argument in (*free, *named)])
