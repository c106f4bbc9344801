"""The user's code: its output and its random numbers stay out of ours, and its exceptions have a place."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from shapelens.readers.torch.code.user_code import (  # noqa: E402
    MOST_LINES,
    exception_text,
    running_user_code,
    user_place,
)


def test_what_it_prints_goes_to_standard_error(capfd):
    sys.stdout.write("before\n")
    with running_user_code():
        print("mine")  # noqa: T201 - as the code of others does
        sys.stdout.write("written\n")
        sys.__stdout__.write("past it\n")
        os.write(1, b"past Python\n")
        subprocess.run([sys.executable, "-c", "print('another program')"], check=True)
    sys.stdout.write("after\n")
    out, err = capfd.readouterr()
    assert out == "before\nafter\n"
    assert sorted(err.splitlines()) == ["another program", "mine", "past Python", "past it", "written"]


def test_output_comes_back_after_an_exception(capfd):
    with pytest.raises(KeyboardInterrupt), running_user_code():
        raise KeyboardInterrupt
    sys.stdout.write("after\n")
    os.write(1, b"written\n")
    assert sorted(capfd.readouterr().out.split()) == ["after", "written"]


def test_it_runs_without_any_standard_output():
    code = (
        "import os, sys\n"
        "os.close(1); sys.stdout = sys.__stdout__ = None\n"
        "from shapelens.readers.torch.code.user_code import running_user_code\n"
        "with running_user_code():\n"
        "    print('mine')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "mine\n"


def test_random_numbers_are_given_back():
    numpy = pytest.importorskip("numpy")

    def drawn():
        return random.random(), float(torch.rand(1)), float(numpy.random.rand())

    for seed in (random.seed, torch.manual_seed, numpy.random.seed):
        seed(3)
    expected = drawn()
    for seed in (random.seed, torch.manual_seed, numpy.random.seed):
        seed(3)
    with running_user_code():
        random.seed(7)
        torch.manual_seed(7)
        numpy.random.seed(7)
        drawn()
    assert drawn() == expected


class SilentError(Exception):
    def __str__(self):
        raise ValueError("no text")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("bad width"), "ValueError: bad width"),
        (ValueError(), "ValueError"),
        (KeyError("x"), "KeyError: 'x'"),
        (SystemExit(2), "SystemExit: 2"),
        (SilentError(), "SilentError"),
        (ValueError("a\n\n  b  \nc"), "ValueError: a\n  b\nc"),
        (ValueError("\x1b[2Jx"), "ValueError: \\x1b[2Jx"),
        (ValueError("x" * 5000), f"ValueError: {'x' * 200}…"),
        (SyntaxError("invalid syntax", ("net.py", 3, 1, "x ==")), "SyntaxError: invalid syntax"),
    ],
)
def test_the_text_of_an_exception(error, text):
    assert exception_text(error) == text


def test_a_long_text_is_cut():
    lines = exception_text(ValueError("\n".join(map(str, range(99))))).splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "…"


def raised(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def test_the_innermost_of_the_users_own_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "import torch, json\ndef outer():\n    inner()\ndef inner():\n    {0}\n"
    for call in ("torch.nn.Linear(3)", "json.loads('{')", "torch.zeros(2, 3).view(7)", "1 / 0"):
        (tmp_path / "net.py").write_text(text.format(call))
        space = {}
        exec(compile(text.format(call), str(tmp_path / "net.py"), "exec"), space)  # noqa: S102 - the text above
        assert user_place(raised(space["outer"])) == f"net.py:5, in inner\n{call}"


def test_a_package_s_line_where_none_is_the_users():
    error = raised(torch.nn.Linear(3, 4), torch.zeros(2, 5))
    error.__traceback__ = error.__traceback__.tb_next.tb_next
    assert user_place(error).startswith(f"torch{os.sep}nn{os.sep}modules{os.sep}")


def test_the_line_of_what_is_no_python():
    error = raised(compile, "x = 1\n  y ==\n", "net.py", "exec")
    assert user_place(error) == "net.py:2\ny =="


def test_an_exception_without_a_place():
    assert user_place(ValueError("x")) == ""
