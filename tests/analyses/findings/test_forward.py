"""What a framework says itself while a model's own forward runs."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings import findings_of
from shapelens.network import Input, Network, Node, Origin, evaluate_network
from shapelens.operators import Activation


def network(**facts):
    node = Node("act", Activation("relu"), ("x",), ("act",), "relu", "ReLU", "act", "net.py:7")
    return Network(Origin("torch", "net"), (Input("x", (1, 3)),), ("act",), (node,), facts=facts)


def test_a_healthy_network_has_none():
    assert findings_of(evaluate_network(network(), {})) == ()


def test_what_pytorch_refuses_and_no_rule_explains():
    refused = replace(network(), refusals={"act": "relu is closed today"})
    (finding,) = findings_of(evaluate_network(refused, {}))
    assert finding.message == (
        "SL191  PyTorch refuses relu\n"
        "  at     act (ReLU), net.py:7\n"
        "  have   input 3\n"
        "  rule   no rule of ours says why; PyTorch's words do\n"
        "  torch  relu is closed today"
    )


def test_the_authors_exception_ends_the_table():
    stopped = network(stopped="ValueError: enough", stopped_at="net.py:9")
    (finding,) = findings_of(evaluate_network(stopped, {}))
    assert finding.message == (
        "SL190  the model's own forward raises an exception\n"
        "  at     net.py:9, behind act\n"
        "  have   ValueError: enough\n"
        "  rule   a network is known as far as its forward goes; the table ends there"
    )


def test_an_exception_that_a_finding_explains_is_not_told_twice():
    both = replace(
        network(stopped="RuntimeError: relu is closed today", stopped_at="net.py:7"),
        refusals={"act": "relu is closed today"},
    )
    assert [finding.code for finding in findings_of(evaluate_network(both, {}))] == ["SL191"]
