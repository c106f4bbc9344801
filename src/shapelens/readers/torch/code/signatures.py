"""Whether a class or function takes the arguments that were typed, and what it would take."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from shapelens.errors import SourceError
from shapelens.readers.onnx.visible import visible
from shapelens.readers.torch.code.naming import PythonSource

__all__ = ["check_arguments"]

LONGEST_SIGNATURE = 160
"""A longer signature is shown without its annotations."""

LONGEST_DEFAULT = 40

_RULE = "what is called gets its arguments in brackets, as literals"
_BY_FUNCTION = "or write a function that returns the module, def build(): return {}(…), and name that"


def check_arguments(source: PythonSource, target: Callable[..., Any]) -> None:
    """Raise if a call would fail for its arguments alone.

    Raises:
        SourceError: `net.py:Net needs width`, `net.py:Net has no argument widht`.
    """
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        return
    parameters = list(signature.parameters.values())
    positional = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    by_name = [p.name for p in parameters if p.kind in {p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY}]
    kinds = {p.kind for p in parameters}
    shown = f"{source.name}{_text(signature)}"
    filled = [p.name for p in positional[: len(source.arguments)]]
    if len(source.arguments) > len(positional) and inspect.Parameter.VAR_POSITIONAL not in kinds:
        raise _too_many(source, shown, len(positional))
    unknown = [name for name in source.keywords if name not in by_name]
    if unknown and inspect.Parameter.VAR_KEYWORD not in kinds:
        raise _unknown(source, shown, unknown, [n for n in by_name if n not in {*filled, *source.keywords}])
    twice = [name for name in source.keywords if name in filled and name in by_name]
    if twice:
        raise _twice(source, shown, twice[0])
    missing = [
        p
        for p in (*positional[len(source.arguments) :], *[p for p in parameters if p.kind is p.KEYWORD_ONLY])
        if p.default is p.empty and p.name not in source.keywords
    ]
    if missing:
        raise _missing(source, shown, missing)


def _missing(source: PythonSource, shown: str, missing: list[inspect.Parameter]) -> SourceError:
    names = [p.name for p in missing]
    if names[0] == "self":
        return SourceError(
            f"{source.target} is a method, and has no module to be called on",
            at=source.text,
            have=shown,
            rule="a class, a function, or a method of the class itself gives a module",
            fix=f"{source.place}:{source.name.rpartition('.')[0]}",
        )
    by_position = [p for p in missing if p.kind is p.POSITIONAL_ONLY]
    filled = [
        *[repr(value) for value in source.arguments],
        *["…"] * len(by_position),
        *[f"{name}={value!r}" for name, value in source.keywords.items()],
        *[f"{p.name}=…" for p in missing if p not in by_position],
    ]
    return SourceError(
        f"{source.target} needs {_listed(names)}",
        at=source.text,
        have=shown,
        rule=_RULE,
        fix=f"{source.target}({', '.join(filled)})\n{_BY_FUNCTION.format(source.name)}",
    )


def _too_many(source: PythonSource, shown: str, most: int) -> SourceError:
    given = "1 argument" if len(source.arguments) == 1 else f"{len(source.arguments)} arguments"
    takes = "none" if most == 0 else f"at most {most}"
    return SourceError(
        f"{source.target} is given {given} by position, and takes {takes}",
        at=source.text,
        have=shown,
        rule=_RULE,
        fix=source.target if most == 0 else "leave the last ones out, or name them",
    )


def _unknown(source: PythonSource, shown: str, unknown: list[str], free: list[str]) -> SourceError:
    found = {name: get_close_matches(name, free, n=1, cutoff=0.5) for name in unknown}
    near = {name: matches[0] for name, matches in found.items() if matches}
    if len(unknown) == 1 and near:
        fixes = [_renamed(source, unknown[0], near[unknown[0]])]
    else:
        fixes = [f"{right}, in place of {name}" for name, right in near.items()]
    return SourceError(
        f"{source.target} has no argument {_listed(unknown, 'or')}",
        at=source.text,
        have=shown,
        rule=_RULE,
        fix="\n".join(fixes) or f"leave {_listed(unknown)} out",
    )


def _renamed(source: PythonSource, name: str, right: str) -> str:
    """What was typed with an argument's right name, if it is plain which part of the text that is."""
    renamed, times = re.subn(rf"(?<![\w.]){name}(?=\s*=)", right, source.brackets)
    return f"{source.target}{renamed}" if times == 1 else f"{right}, in place of {name}"


def _twice(source: PythonSource, shown: str, name: str) -> SourceError:
    return SourceError(
        f"{name} is given twice, by position and by name",
        at=source.text,
        have=shown,
        rule="an argument is given once",
        fix="leave one of them out",
    )


def _listed(names: list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {word} ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), names[-1]])


def _text(signature: inspect.Signature) -> str:
    """A signature, the same text every time."""
    whole = _written(signature, annotated=True)
    shorter = whole if len(whole) <= LONGEST_SIGNATURE else _written(signature, annotated=False)
    return visible(shorter, 2 * LONGEST_SIGNATURE)


def _written(signature: inspect.Signature, *, annotated: bool) -> str:
    parts: list[str] = []
    previous: Any = None
    for parameter in signature.parameters.values():
        kind = parameter.kind
        if previous is parameter.POSITIONAL_ONLY and kind is not previous:
            parts.append("/")
        if kind is parameter.KEYWORD_ONLY and previous not in {
            parameter.KEYWORD_ONLY,
            parameter.VAR_POSITIONAL,
        }:
            parts.append("*")
        parts.append(_parameter(parameter, annotated=annotated))
        previous = kind
    if previous is inspect.Parameter.POSITIONAL_ONLY:
        parts.append("/")
    return f"({', '.join(parts)})"


def _parameter(parameter: inspect.Parameter, *, annotated: bool) -> str:
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else stars
    annotation = _annotation(parameter) if annotated else ""
    name = f"{stars}{parameter.name}"
    if parameter.default is parameter.empty:
        return f"{name}: {annotation}" if annotation else name
    default = _default(parameter.default)
    return f"{name}: {annotation} = {default}" if annotation else f"{name}={default}"


def _annotation(parameter: inspect.Parameter) -> str:
    if parameter.annotation is parameter.empty:
        return ""
    if isinstance(parameter.annotation, str):
        return parameter.annotation.strip("'\"")
    return _steady(inspect.formatannotation(parameter.annotation), "")


def _default(value: Any) -> str:
    """A default as its author wrote it, as far as can be told."""
    name = getattr(value, "__qualname__", None) if callable(value) else None
    try:
        text = name if isinstance(name, str) else repr(value)
    except Exception:
        text = "…"
    steady = _steady(text, "…")
    return steady if len(steady) <= LONGEST_DEFAULT else f"{steady[: LONGEST_DEFAULT - 1]}…"


def _steady(text: str, other: str) -> str:
    """A text that is the same the next time: no address in memory stands in it."""
    return other if " at 0x" in text else text
