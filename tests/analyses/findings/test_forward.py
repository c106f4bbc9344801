"""What a framework says itself while a model's own forward runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


@pytest.mark.torch
def test_what_pytorchs_larger_modules_check_is_told_by_its_words():
    torch = pytest.importorskip("torch")
    from torch import nn

    import shapelens

    class Translator(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(6, 48)
            self.layers = nn.Transformer(64, 4, 1, 1, batch_first=True)

        def forward(self, x):
            return self.layers(self.embed(x), self.embed(x))

    class Resized(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.up = nn.Conv2d(3, 8, 3, stride=2), nn.ConvTranspose2d(8, 3, 3, stride=2)

        def forward(self, x):
            return self.up(self.down(x), output_size=(40, 40))

    (finding,) = shapelens.inspect(Translator(), (5, 6)).findings
    assert (finding.code, finding.layer) == ("SL119", "layers")
    assert finding.have == "src N×5×48, tgt N×5×48"
    assert finding.rule == "Transformer takes src and tgt of 64 features; the trace ends there"
    (finding,) = shapelens.inspect(Resized(), (3, 32, 32)).findings
    assert (finding.code, finding.layer, finding.have) == ("SL116", "up", "output_size (40, 40), of 8×15×15")
    assert "makes [31, 31] to [32, 32] of it" in finding.rule
    fed = Resized()
    assert fed.up(fed.down(torch.zeros(1, 3, 32, 32)), output_size=(32, 32)).shape[-1] == 32


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
