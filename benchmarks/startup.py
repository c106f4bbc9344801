"""How long somebody waits who types a command, beside what other packages take to be imported."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measuring import command_times, verdict
from benchmarks.tables import milliseconds, print_table, times

BARE = "python"
IMPORT = "import shapelens"
EXPLAIN = 'shapelens explain "Conv2d(3, 64, 3)"'
SHOW = "shapelens show resnet50"
OTHERS = ("onnx", "onnxruntime", "torch")


def main() -> None:
    command = [sys.executable, "-m", "shapelens"]
    script = Path(sys.executable).with_name("shapelens")
    if script.exists():
        command = [str(script)]
    commands = {
        BARE: [sys.executable, "-c", "pass"],
        IMPORT: [sys.executable, "-c", "import shapelens"],
        EXPLAIN: [*command, "explain", "Conv2d(3, 64, 3)"],
        SHOW: [*command, "show", "resnet50"],
        f"{SHOW} --format json": [*command, "show", "resnet50", "--format", "json"],
    }
    installed = [name for name in OTHERS if find_spec(name)]
    commands |= {f"import {name}": [sys.executable, "-c", f"import {name}"] for name in installed}
    found = command_times(commands)
    bare, least_bare = found[BARE]
    rows = []
    for name, (middle, least) in found.items():
        promise = ""
        if name == IMPORT:
            promise = f"adds under 60 ms: {verdict(0.060, (middle - bare, least - least_bare))}"
        elif name == EXPLAIN:
            promise = f"under 300 ms: {verdict(0.300, (middle, least))}"
        added = "" if name == BARE else milliseconds(middle - bare)
        beside = times(middle / found[EXPLAIN][0])
        rows.append([name, milliseconds(middle), milliseconds(least), added, beside, promise])
    print_table(
        "Startup: whole commands, medians of 15",
        ["command", "time", "least", "beside a bare python", "beside explain", "promise"],
        rows,
        [f"not installed: {name}" for name in OTHERS if name not in installed],
    )


if __name__ == "__main__":
    main()
