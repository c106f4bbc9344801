"""Every benchmark in turn, each in a process of its own: `make bench`, or `python benchmarks/run.py reading`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ("startup", "evaluation", "reading", "onnx_inference", "pytorch", "sizes", "drawing")


def main(wanted: list[str]) -> int:
    unheard = [name for name in wanted if name not in BENCHMARKS]
    if unheard:
        print(f"no benchmark is called {unheard[0]}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    failed = [name for name in wanted or BENCHMARKS if _run(name)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _run(name: str) -> int:
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
