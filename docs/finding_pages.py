"""A page for each kind of finding: `python docs/finding_pages.py` writes docs/findings anew from the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

from shapelens.analyses.findings.codes import CODES, Code

FOLDER = Path(__file__).parent / "findings"
EXAMPLES = Path(__file__).parent.parent / "tests" / "analyses" / "findings" / "golden"
"""What is printed of one of each kind, as the tests hold it."""

MEANS = {
    "error": "it will fail, or compute the wrong thing",
    "warning": "it runs, and is hardly meant",
    "note": "it may be meant, and is good to know",
}


def page(kind: Code) -> str:
    """The page of one kind."""
    lines = [
        f"# {kind.code}: {kind.title}",
        "",
        f"*{kind.severity}*: {MEANS[kind.severity]}.",
        "",
        kind.why,
        "",
    ]
    if kind.wrong != "…":
        lines += ["```python", f"{kind.wrong}", "```", "", "and as it is meant:", ""]
        lines += ["```python", f"{kind.right}", "```", ""]
    lines += ["## How it is mended", *[f"- {way}" for way in kind.mend], ""]
    if kind.says:
        lines += ["## What PyTorch says", *[f"- `{words}`" for words in kind.says], ""]
    example = EXAMPLES / f"{kind.code}.txt"
    if example.exists():
        told = example.read_text(encoding="utf-8").rstrip()
        told = told.replace("broken_torch.py", "net.py").replace("_Made", "Net")
        lines += ["## What shapelens says", "```text", told, "```", ""]
    ignore = f"`shapelens check MODEL --ignore {kind.code}` leaves it out; `shapelens explain {kind.code}` prints this."
    return "\n".join([*lines, ignore]) + "\n"


def index() -> str:
    """The page that lists them."""
    lines = [
        "# Findings",
        "",
        "What `shapelens check` finds, by code. Errors are 1xx, warnings 2xx, notes 3xx; what a file says of itself "
        "and is not so is 6xx.",
        "",
        "| | | |",
        "|---|---|---|",
    ]
    lines += [f"| [{k.code}]({k.code}.md) | {k.severity} | {k.title} |" for k in CODES.values()]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every page, by its file."""
    return {"README.md": index(), **{f"{kind.code}.md": page(kind) for kind in CODES.values()}}


def main() -> None:
    """Write every page, and take away those of codes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, content in written.items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    sys.stdout.write(f"wrote {len(written)} pages to {FOLDER}\n")


if __name__ == "__main__":
    main()
