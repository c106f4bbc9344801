"""Which operators have a rule."""

from __future__ import annotations

from shapelens import inspect
from shapelens.analyses.coverage import Covered, coverage_of
from shapelens.explanation.document import plain_text
from shapelens.network import Input, Network, Node, Origin, evaluate_network
from shapelens.operators import Activation, Opaque
from shapelens.output.coverage import coverage_data, coverage_lines


def network():
    nodes = (
        Node("a", Activation("relu"), ("x",), ("a",), "Relu"),
        Node("b", Opaque("Mystery"), ("a",), ("b",), "Mystery"),
        Node("c", Activation("relu"), ("b",), ("c",), "Relu"),
        Node("d", Opaque("Mystery", "a loop that never ends"), ("c",), ("d",), "Mystery"),
    )
    return Network(Origin("onnx", "net"), (Input("x", (1, 3)),), ("d",), nodes)


def test_what_has_no_rule_comes_first_with_its_reason_and_place():
    covered = coverage_of(evaluate_network(network(), {}))
    assert covered == [
        Covered("Mystery", 2, (), "there is no rule for Mystery", "b"),
        Covered("Relu", 2, ("Activation",)),
    ]
    assert [plain_text(line).rstrip() for line in coverage_lines("net", covered)] == [
        "net   4 calls of 2 operators: 1 kind without a rule",
        "",
        "operator  calls  rule",
        "Mystery   2      none: there is no rule for Mystery, first in b",
        "Relu      2      Activation",
    ]
    assert coverage_data(covered)[0] == {
        "operator": "Mystery",
        "calls": 2,
        "rules": [],
        "reason": "there is no rule for Mystery",
        "layer": "b",
    }


def test_every_call_is_counted():
    evaluation = inspect("resnet18").evaluation
    assert sum(covered.calls for covered in coverage_of(evaluation)) == len(evaluation.steps)
