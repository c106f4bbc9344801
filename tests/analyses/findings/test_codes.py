"""The catalogue of findings, and what is made from it: `explain` and the pages of the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import shapelens
from docs import finding_pages
from shapelens.analyses.findings.codes import CODES, kind_of
from shapelens.errors import NoSuchModelError

SOURCES = sorted((Path(shapelens.__file__).parent / "analyses" / "findings").glob("*.py"))


def test_the_pages_are_those_of_the_catalogue():
    kept = {path.name: path.read_text(encoding="utf-8") for path in finding_pages.FOLDER.glob("*.md")}
    assert kept == finding_pages.pages(), "python docs/finding_pages.py"


def test_codes_are_in_order_and_by_severity():
    assert list(CODES) == sorted(CODES)
    leading = {"error": "16", "warning": "126", "note": "3"}
    for code, kind in CODES.items():
        assert re.fullmatch(r"SL\d{3}", code)
        assert code == kind.code
        assert code[2] in leading[kind.severity]


def test_every_code_that_is_told_is_in_it_and_every_one_in_it_is_told():
    told = set()
    for path in SOURCES:
        if path.name != "codes.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = [
                n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
            told |= {text for text in texts if re.fullmatch(r"SL\d{3}", text)}
    assert told == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained_at_length(code):
    kind = CODES[code]
    assert kind_of(f" {code.lower()} ") is kind
    explained = shapelens.explain(code)
    text = " ".join(str(explained).split())
    assert text.startswith(f"{code} {kind.title}")
    for said in (kind.why, *kind.mend, *kind.says):
        assert " ".join(said.split()) in text
    assert len(kind.why) > 60
    assert kind.mend
    assert explained.facts == {"code": code, "title": kind.title, "severity": kind.severity}
    assert not explained.has_errors


def test_what_is_no_code_is_no_code():
    assert kind_of("SL999") is None
    with pytest.raises(NoSuchModelError):
        shapelens.explain("SL999")
