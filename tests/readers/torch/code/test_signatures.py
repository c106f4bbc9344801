"""Arguments against signatures: what is refused is what Python would refuse."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import SourceError
from shapelens.readers.torch.code.naming import PythonSource, parse_source
from shapelens.readers.torch.code.signatures import check_arguments

RULE = "what is called gets its arguments in brackets, as literals"
FUNCTION = "or write a function that returns the module, def build(): return build(…), and name that"


def none(): ...
def two(width, depth): ...
def defaults(width, depth=3, *, act="relu", bias): ...
def stars(width, *sizes, act="relu", **others): ...
def only(width, /, depth, *, act): ...
def annotated(width: int, act: type[object] = object, *, sizes: list[int] = (1, 2), norm=len): ...


FUNCTIONS = [none, two, defaults, stars, only, annotated]
NAMES = st.sampled_from(["width", "depth", "act", "bias", "sizes", "other"])


@settings(max_examples=300)
@given(st.sampled_from(FUNCTIONS), st.integers(0, 4), st.sets(NAMES))
def test_as_python_decides(function, positional, named):
    keywords = dict.fromkeys(named, 0)
    brackets = f"({', '.join([*['0'] * positional, *[f'{name}=0' for name in named]])})"
    source = PythonSource(f"net:build{brackets}", "net", "build", brackets, (0,) * positional, keywords)
    try:
        inspect.signature(function).bind(*source.arguments, **keywords)
    except TypeError:
        with pytest.raises(SourceError):
            check_arguments(source, function)
    else:
        check_arguments(source, function)


def refused(text, function):
    source = parse_source(text)
    assert source is not None
    with pytest.raises(SourceError) as caught:
        check_arguments(source, function)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "function", "summary", "shown", "fix"),
    [
        ("net:build", two, "net:build needs width and depth", "build(width, depth)",
         f"net:build(width=…, depth=…)\n         {FUNCTION}"),
        ("net:build(3)", two, "net:build needs depth", "build(width, depth)",
         f"net:build(3, depth=…)\n         {FUNCTION}"),
        ("net:build(\n  depth=3,\n)", only, "net:build needs width and act", "build(width, /, depth, *, act)",
         f"net:build(…, depth=3, act=…)\n         {FUNCTION}"),
        ("net:build(1, 2, 3)", two, "net:build is given 3 arguments by position, and takes at most 2",
         "build(width, depth)", "leave the last ones out, or name them"),
        ("net:build(1)", none, "net:build is given 1 argument by position, and takes none",
         "build()", "net:build"),
        ("net:build(1, dept=2)", two, "net:build has no argument dept", "build(width, depth)", "net:build(1, depth=2)"),
        ("net:build(1, 2, dept=2)", two, "net:build has no argument dept", "build(width, depth)", "leave dept out"),
        ("net:build(widt=1, dept=2)", two, "net:build has no argument widt or dept", "build(width, depth)",
         "width, in place of widt\n         depth, in place of dept"),
        ("net:build(1, dept='dept=2')", two, "net:build has no argument dept", "build(width, depth)",
         "depth, in place of dept"),
        ("net:build(1, zzz=2)", two, "net:build has no argument zzz", "build(width, depth)", "leave zzz out"),
        ("net:build(x=2)", annotated, "net:build has no argument x",
         "build(width: int, act: type[object] = object, *, sizes: list[int] = (1, 2), norm=len)", "leave x out"),
    ],
)  # fmt: skip
def test_what_is_said(text, function, summary, shown, fix):
    at = "\n         ".join(text.split("\n"))
    assert refused(text, function) == (
        f"{summary}\n  at     {at}\n  have   {shown}\n  rule   {RULE}\n  fix    {fix}"
    )


def test_an_argument_by_position_and_by_name():
    assert refused("net:build(1, width=2)", two) == (
        "width is given twice, by position and by name\n"
        "  at     net:build(1, width=2)\n"
        "  have   build(width, depth)\n"
        "  rule   an argument is given once\n"
        "  fix    leave one of them out"
    )


def test_a_method_without_a_module():
    class Net:
        def method(self): ...

    assert refused("net:Net.method", Net.method) == (
        "net:Net.method is a method, and has no module to be called on\n"
        "  at     net:Net.method\n"
        "  have   Net.method(self)\n"
        "  rule   a class, a function, or a method of the class itself gives a module\n"
        "  fix    net:Net"
    )


def test_the_same_text_every_time():
    unnamed = object()

    def build(width, act=unnamed, norm=lambda: 0): ...

    assert "have   build(width, act=…, norm=" in refused("net:build", build)
    assert " at 0x" not in refused("net:build", build)


def test_a_long_signature_has_no_annotations():
    names = ", ".join(f"argument{number}: 'a_long_annotation'" for number in range(20))
    space: dict[str, object] = {}
    exec(f"def build({names}): ...", space)  # noqa: S102 - the text above
    said = refused("net:build", space["build"])
    assert "a_long_annotation" not in said
    assert "argument19" in said


def test_what_has_no_signature_is_called():
    check_arguments(PythonSource("net:build", "net", "build"), type)
