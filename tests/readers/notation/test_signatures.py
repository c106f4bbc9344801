"""Signatures written as documentation writes them."""

from __future__ import annotations

import pytest

from shapelens.readers.notation.layers import KERAS, PYTORCH, layers_of
from shapelens.readers.notation.signatures import REQUIRED, Parameter, signature_of


def test_a_signature():
    signature = signature_of("kernel_size, stride=None, padding=(0, 1), mode='zeros', *, bias=True")
    assert signature.names == ("kernel_size", "stride", "padding", "mode", "bias")
    assert [p.default for p in signature.parameters] == [REQUIRED, None, (0, 1), "zeros", True]
    assert [p.name for p in signature.positional] == ["kernel_size", "stride", "padding", "mode"]
    assert not signature.takes_all


def test_any_number_of_arguments():
    assert signature_of("*args").takes_all
    assert signature_of("").parameters == ()


def test_a_parameter_more_in_front():
    assert signature_of("out_channels, bias=True").with_first("in_channels").names == (
        "in_channels",
        "out_channels",
        "bias",
    )


def test_what_a_message_lists():
    shown = signature_of("units, kernel_initializer=None, device=None, dtype=None").shown
    assert shown == ("units",)


def test_what_may_be_anything():
    assert Parameter("activation").is_free
    assert Parameter("kernel_initializer").is_free
    assert not Parameter("kernel_size").is_free


@pytest.mark.parametrize("framework", [PYTORCH, KERAS])
def test_every_signature_of_the_tables_can_be_read(framework):
    for name, layer in layers_of(framework).items():
        names = layer.signature.names
        assert len(set(names)) == len(names), name
        required = [p.default is REQUIRED for p in layer.signature.positional]
        assert required == sorted(required, reverse=True), name
        assert set(layer.tells) <= set(names), name
