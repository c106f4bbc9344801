"""How long something takes, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

Times = tuple[float, float]
"""The median and the least of several runs, in seconds."""

ROOT = Path(__file__).resolve().parent.parent


def times_of(work: Callable[[], Any], runs: int = 25) -> Times:
    """Several runs, after one that warms up."""
    work()
    taken = [_time(work) for _ in range(runs)]
    return median(taken), min(taken)


def verdict(limit: float, found: Times) -> str:
    """Whether a promise is kept; a busy machine is told from a broken promise by the least time."""
    middle, least = found
    return "kept" if middle < limit else "kept by the least" if least < limit else "BROKEN"


def _time(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def command_times(commands: dict[str, Sequence[str]], runs: int = 15) -> dict[str, Times]:
    """The times of each command; they take turns, so that a busy machine is as hard on all."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            seconds = _time(lambda command=command: _run(command))
            if turn:
                taken[name].append(seconds)
    return {name: (median(seconds), min(seconds)) for name, seconds in taken.items()}


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


# Prints the time of `work()` alone, imports left out, and the most memory that the process ever had.
_ALONE = """
import json, resource, sys, time
{prepare}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit]))
"""


def alone(prepare: str, work: str, runs: int = 5) -> tuple[float, int]:
    """The median time in seconds and the median peak memory in bytes of code in processes of its own.

    Args:
        prepare: what is not timed: imports.
        work: what is.
        runs: how many processes.
    """
    script = _ALONE.format(prepare=prepare, work=work)
    found = [
        json.loads(subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=os.environ))
        for _ in range(runs)
    ]
    return median(seconds for seconds, _ in found), round(median(peak for _, peak in found))
