"""`python -m shapelens` is `shapelens`."""

from __future__ import annotations

from shapelens.cli import main

if __name__ == "__main__":
    main()
