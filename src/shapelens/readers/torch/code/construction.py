"""The line of the author's code that makes a module, as it would read with other arguments.

The author's file is read as text and parsed; nothing in it is run. A line is told only where it is beyond doubt: one
assignment in the class of the module around it, whose call names the module's class, outside of any loop.
"""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Iterator, Mapping
from typing import Any, get_overloads

import torch

from shapelens.readers.torch.places import is_author_file
from shapelens.readers.torch.private import uncompiled

__all__ = ["line_with"]

_REPEATING = (ast.For, ast.While, ast.AsyncFor, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)


def line_with(
    model: Any, path: str, arguments: Mapping[str, str], called: str = ""
) -> tuple[str, str] | None:
    """Where a module is made, and the line as it would read; None where that is not beyond doubt.

    Args:
        model: the model.
        path: where the module stands in it: `features.3`.
        arguments: what would stand there, by the parameters' names.
        called: the class that would stand there, where that is another one.
    """
    model = uncompiled(model)
    try:
        module = model.get_submodule(path)
    except AttributeError:
        return None
    owner, steps = model, path.split(".")
    for place in range(len(steps), 0, -1):
        outer = ".".join(steps[: place - 1])
        owner = model.get_submodule(outer) if outer else model
        file = _file_of(type(owner))
        if file and sum(type(other) is type(owner) for other in model.modules()) > 1:
            return None  # the line makes several modules, and is right for the others
        if file:
            return _rewritten(file, type(owner), steps[place - 1 :], module, arguments, called)
        if type(owner) is not torch.nn.Sequential:
            return None
    return None


def _file_of(kind: type) -> str:
    """The author's file that a class stands in; empty where it is not the author's, or not a file."""
    try:
        file = inspect.getsourcefile(kind) or ""
    except (OSError, TypeError):
        return ""
    return file if is_author_file(file) and os.path.isfile(file) else ""


def _rewritten(
    file: str,
    kind: type,
    steps: list[str],
    module: torch.nn.Module,
    arguments: Mapping[str, str],
    called: str,
) -> tuple[str, str] | None:
    try:
        with open(file, encoding="utf-8") as stream:
            source = stream.read()
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError):
        return None
    definition = _definition(tree, kind)
    if definition is None:
        return None
    assigned = list(_assignments(definition, steps[0]))
    if len(assigned) != 1:
        return None
    call: ast.expr | None = assigned[0].value
    for step in steps[1:]:
        call = _inside(call, step)
    if not isinstance(call, ast.Call) or _called(call) != type(module).__name__:
        return None
    edits = _edits(call, module, arguments)
    if edits is None or call.func.end_col_offset is None:
        return None
    if called:
        end = call.func.end_col_offset
        edits.append((call.func.end_lineno or call.lineno, end - len(type(module).__name__), end, called))
    statement = assigned[0] if assigned[0].lineno == assigned[0].end_lineno else call
    if statement.lineno != statement.end_lineno or any(e[0] != statement.lineno for e in edits):
        return None
    line = source.split("\n")[statement.lineno - 1].encode()
    for _, start, end, text in sorted(edits, key=lambda edit: -edit[1]):
        line = line[:start] + text.encode() + line[end:]
    grown = len(line) - len(source.split("\n")[statement.lineno - 1].encode())
    shown = line[statement.col_offset : (statement.end_col_offset or len(line)) + grown].decode()
    return f"{os.path.basename(file)}:{statement.lineno}", shown


def _definition(tree: ast.Module, kind: type) -> ast.ClassDef | None:
    """The definition of a class, by its qualified name."""
    names = kind.__qualname__.split(".")
    if "<locals>" in names:
        names = [names[-1]]
        found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == names[0]]
        return found[0] if len(found) == 1 else None
    body: list[ast.stmt] = tree.body
    definition: ast.ClassDef | None = None
    for name in names:
        alike = [node for node in body if isinstance(node, ast.ClassDef) and node.name == name]
        if len(alike) != 1:
            return None
        definition = alike[0]
        body = definition.body
    return definition


def _assignments(definition: ast.ClassDef, name: str) -> Iterator[ast.Assign]:
    """Where `self.name = …` stands in a class, outside of what repeats."""

    def walk(node: ast.AST, *, repeats: bool) -> Iterator[ast.Assign]:
        for child in ast.iter_child_nodes(node):
            is_target = isinstance(child, ast.Assign) and any(_is_own(t, name) for t in child.targets)
            if is_target and isinstance(child, ast.Assign):
                yield child
                if repeats or len(child.targets) != 1:
                    yield child  # twice: it is not beyond doubt
            yield from walk(child, repeats=repeats or isinstance(child, _REPEATING))

    yield from walk(definition, repeats=False)


def _is_own(target: ast.expr, name: str) -> bool:
    return (
        isinstance(target, ast.Attribute)
        and target.attr == name
        and isinstance(target.value, ast.Name)
        and target.value.id == "self"
    )


def _inside(call: ast.expr | None, step: str) -> ast.expr | None:
    """The call that makes a part of a `Sequential`, by its place."""
    if not isinstance(call, ast.Call) or _called(call) != "Sequential" or not step.isdigit():
        return None
    if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    return call.args[int(step)] if int(step) < len(call.args) else None


def _called(call: ast.Call) -> str:
    """The last part of the name that is called: `nn.Linear` calls `Linear`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _edits(
    call: ast.Call, module: torch.nn.Module, arguments: Mapping[str, str]
) -> list[tuple[int, int, int, str]] | None:
    """What is written over: line, first and last column in bytes, and what then stands there."""
    names = _parameters(type(module))
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        return None
    edits: list[tuple[int, int, int, str]] = []
    for name, text in arguments.items():
        keyword = next((k for k in call.keywords if k.arg == name), None)
        place = names.index(name) if name in names else -1
        if keyword is not None:
            node: ast.expr = keyword.value
        elif 0 <= place < len(call.args):
            node = call.args[place]
        elif name in names and call.end_col_offset is not None:
            # It is not given yet: it comes last.
            separator = ", " if call.args or call.keywords else ""
            end = call.end_col_offset - 1
            edits.append((call.end_lineno or call.lineno, end, end, f"{separator}{name}={text}"))
            continue
        else:
            return None
        if node.end_col_offset is None or node.lineno != node.end_lineno:
            return None
        edits.append((node.lineno, node.col_offset, node.end_col_offset, text))
    return edits


def _parameters(kind: type) -> list[str]:
    """The names of what a class is made with; where that is anything, those of its first declared form."""
    making = kind.__init__  # type: ignore[misc]
    try:
        forms = [inspect.signature(form) for form in (making, *get_overloads(making))]
    except (TypeError, ValueError):
        return []
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = [
        [n for n, p in form.parameters.items() if p.kind not in starred and n != "self"] for form in forms
    ]
    return next((names for names in named if names), [])
