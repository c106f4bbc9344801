"""How much work something is, counted and not measured: the same on every machine, however busy it is."""

import sys


def calls(work):
    """How many functions are called in it, those that are written in C too."""
    counted = 0

    def count(_, event, __):
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
