"""Workflow commands, and what is escaped in them."""

from __future__ import annotations

from shapelens.analyses.findings import Finding
from shapelens.network import Origin
from shapelens.output.github import github_lines

NET = Origin("torch", "Net", typed="models/net.py:Net")


def line(finding, origin=NET):
    (only,) = github_lines([finding], origin)
    return only


def test_an_error_with_its_line():
    finding = Finding("SL101", "it does not fit", "fc", "fc, net.py:13", "1568", "2048", where="net.py:13")
    assert line(finding) == (
        "::error file=models/net.py,line=13,title=SL101::"
        "SL101  it does not fit%0A  at     fc, net.py:13%0A  have   1568%0A  rule   2048"
    )


def test_severities():
    for severity, command in (("error", "error"), ("warning", "warning"), ("note", "notice")):
        finding = Finding("SL201", "", "", "", "", "", severity=severity)
        assert line(finding).startswith(f"::{command} title=SL201::")


def test_what_ends_a_command_is_escaped():
    finding = Finding("SL101", "50 % of\r\nit::error::", "", "", "", "", where="a,b:c.py:3")
    assert line(finding, Origin("torch", "x")) == (
        "::error file=a%2Cb%3Ac.py,line=3,title=SL101::SL101  50 %25 of\\r%0Ait::error::"
    )


def test_another_file_than_the_one_that_was_named():
    finding = Finding("SL101", "x", "", "", "", "", where="blocks.py:4")
    assert line(finding).startswith("::error file=blocks.py,line=4,")
