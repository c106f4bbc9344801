"""Whether code catches what is raised in it: where that is so, something is raised there and looked for."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress

import pytest

pytestmark = pytest.mark.torch
pytest.importorskip("torch")

from shapelens.readers.torch.catching import may_be_caught  # noqa: E402 - after the check for PyTorch


class RaisedError(RuntimeError):
    """RaisedError at the place that is asked about, and carries the answer."""


def ask():
    raise RaisedError(may_be_caught(sys._getframe(1)))


def run_forward_of_model(function):
    """Whether the answer comes out, and the answer."""
    try:
        function()
    except RaisedError as raised:
        return True, raised.args[0]
    return False, None


def without():
    ask()


def in_a_try():
    with suppress(KeyError):
        {}["missing"]
    try:
        ask()
    except RuntimeError:
        return


def in_a_try_for_others():
    try:
        ask()
    except KeyError:
        return


def bare():
    try:
        ask()
    except:  # noqa: E722 - what catches all
        return


def in_the_handler():
    try:
        {}["missing"]
    except KeyError:
        ask()


def behind_a_try():
    try:
        sum([])
    except KeyError:
        return
    ask()


def in_a_block():
    with nullcontext():
        ask()


def in_a_try_in_a_block():
    with nullcontext():
        try:
            ask()
        except RuntimeError:
            return


def in_a_block_in_a_try():
    try:
        with nullcontext(), nullcontext():
            ask()
    except RuntimeError:
        return


def suppressed():
    with suppress(RuntimeError):
        ask()


def called_in_a_try():
    try:
        without()
    except RuntimeError:
        return


def in_a_loop():
    for _ in range(2):
        try:
            ask()
        except RuntimeError:
            continue


def in_a_list():
    return [ask() for _ in range(1)]


def in_what_is_left_out():
    try:
        sum([])
    except KeyError:
        return
    else:
        in_a_block()


@pytest.mark.parametrize(
    "function",
    [in_a_try, bare, in_a_try_in_a_block, in_a_block_in_a_try, suppressed, called_in_a_try, in_a_loop],
)
def test_what_is_caught_may_be(function):
    """The frame that asks stands outside, so that only what is inside of the function counts."""
    answers = []

    def looked():
        try:
            function()
        finally:
            pass

    def ask_instead():
        answers.append(may_be_caught(sys._getframe(1)))
        raise RaisedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "ask", ask_instead)
        assert run_forward_of_model(looked) == (False, None)
    assert answers
    assert all(answers)


@pytest.mark.parametrize(
    "function",
    [without, in_the_handler, behind_a_try, in_a_block, in_a_list, in_what_is_left_out],
)
def test_what_comes_out_is_not(function):
    assert run_forward_of_model(function) == (True, False)


def test_where_in_doubt_it_may_be():
    """Whether a handler is for this exception is not asked."""
    assert run_forward_of_model(in_a_try_for_others) == (True, True)
