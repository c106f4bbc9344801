"""The command line."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit status: 0 fine, 1 errors found, 2 usage, 3 unreadable."""
    import sys

    from shapelens.cli.program import run

    sys.exit(run(sys.argv[1:]))
