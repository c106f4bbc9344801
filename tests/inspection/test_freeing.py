"""Which sizes are free where numbers were given."""

from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.dims.layout import Layout
from shapelens.inspection.freeing import with_free_sizes
from shapelens.network import Input, Network, Origin

N, H, W, T = (symbol(letter) for letter in "NHWT")


def network(*inputs):
    return Network(Origin("notation", "example"), inputs, (), ())


@pytest.mark.parametrize(
    ("inputs", "shapes", "sizes"),
    [
        ([Input("x", (N, 3, 8, 9), layout=Layout("NCHW"))], [(N, 3, H, W)], {"H": 8, "W": 9}),
        ([Input("x", (2, 8, 9, 3), layout=Layout("NHWC"))], [(2, H, W, 3)], {"H": 8, "W": 9}),
        ([Input("x", (N, 3, H, 9), layout=Layout("NCHW"))], [(N, 3, H, W)], {"W": 9}),
        ([Input("x", (N, 16), batched=True)], [(N, T)], {"T": 16}),
        ([Input("x", (16,), batched=False)], [(T,)], {"T": 16}),
        ([Input("x", (N, 3, 16), batched=True)], [(N, 3, 16)], {}),
        ([Input("x", (N, 16), batched=True), Input("y", (N, 4), batched=True)],
         [(N, T), (N, symbol("y_T"))], {"T": 16, "y_T": 4}),
        ([Input("x", (N, 3, 8, 9), layout=Layout("NCHW")), Input("y", (N, 4), batched=True)],
         [(N, 3, H, W), (N, 4)], {"H": 8, "W": 9}),
        ([Input("x", (N, 3, 8, 9), layout=Layout("NCHW")), Input("y", (N, 1, 4, 4), layout=Layout("NCHW"))],
         [(N, 3, H, W), (N, 1, symbol("y_H"), symbol("y_W"))], {"H": 8, "W": 9, "y_H": 4, "y_W": 4}),
    ],
)  # fmt: skip
def test_every_height_width_and_length(inputs, shapes, sizes):
    found = with_free_sizes(network(*inputs), {}, lengths=True)
    assert found == ({declared.name: shape for declared, shape in zip(inputs, shapes, strict=True)}, sizes)


def test_a_length_is_free_where_it_is_asked_for():
    declared = Input("x", (N, 16), batched=True)
    assert with_free_sizes(network(declared), {"x": (N, 16)}, lengths=False) == ({"x": (N, 16)}, {})
