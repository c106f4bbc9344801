"""LeNet-5: two convolutions, each with a pool, and three more layers, which read the digits on cheques.

                         output    published    dense
    C1     conv 5×5     6×28×28         156       156    6·(1·25 + 1)
    S2     pool 2×2     6×14×14          12         0    a coefficient and a bias for each map
    C3     conv 5×5    16×10×10       1,516     2,416    by the table below; dense 16·(6·25 + 1)
    S4     pool 2×2    16×5×5            32         0
    C5     conv 5×5   120×1×1        48,120    48,120    120·(16·25 + 1)
    F6     linear      84            10,164    10,164    84·(120 + 1)
    output             10                 0       850    distances to drawn digits; dense: linear

As published, no map of C3 but the last sees all six of S2: it breaks the symmetry, and keeps the
connections few. What each sees is told in the paper's table 1. It falls into four parts; each is a
convolution in as many groups as it has maps, over the maps of S2 in the order in which they are seen.

Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998,
section II.B.
"""

from __future__ import annotations

from shapelens.operators import Activation, Elementwise, Gather, Reduce, Unsqueeze
from shapelens.readers.layering import LayerBuilder

__all__ = ["lenet5", "lenet5_dense"]

TABLE = {
    "three": ((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1)),
    "four": ((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2)),
    "apart": ((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    "all": ((0, 1, 2, 3, 4, 5),),
}
"""Which maps of S2 each of the 16 maps of C3 sees: three neighbours, four, two and two apart, or all."""


def lenet5(net: LayerBuilder) -> None:
    """As published."""
    net.convolution(6, 5, name="C1")
    net.activation("tanh", module="Tanh", name="tanh1")
    _subsampling(net, "S2")
    with net.scope("C3", "SparseConvolution"):
        _sparse_convolution(net)
    net.activation("tanh", module="Tanh", name="tanh3")
    _subsampling(net, "S4")
    net.convolution(120, 5, name="C5")
    net.activation("tanh", module="Tanh", name="tanh5")
    net.flatten()
    net.linear(84, name="F6")
    net.activation("tanh", module="Tanh", name="tanh6")
    with net.scope("output", "RadialBasis"):
        _squared_distances(net, 10)


def lenet5_dense(net: LayerBuilder) -> None:
    """As it is taught."""
    net.convolution(6, 5, name="C1")
    net.activation("tanh", module="Tanh", name="tanh1")
    net.pool("average", 2, name="S2")
    net.convolution(16, 5, name="C3")
    net.activation("tanh", module="Tanh", name="tanh3")
    net.pool("average", 2, name="S4")
    net.convolution(120, 5, name="C5")
    net.activation("tanh", module="Tanh", name="tanh5")
    net.flatten()
    net.linear(84, name="F6")
    net.activation("tanh", module="Tanh", name="tanh6")
    net.linear(10, name="output")


def _subsampling(net: LayerBuilder, name: str) -> None:
    """`tanh(coefficient · mean + bias)`, of 2×2 cells; the paper multiplies their sum, which is four means."""
    maps = (net.channels(), 1, 1)
    with net.scope(name, "Subsampling"):
        net.pool("average", 2, name="pool")
        for function, weight in (("multiply", "coefficient"), ("add", "bias")):
            net.function(Elementwise(function), function, weights={"other": maps}, called={"other": weight})
        net.activation("tanh", module="Tanh", name="tanh")


def _sparse_convolution(net: LayerBuilder) -> None:
    came_in = net.here
    parts: list[str] = []
    for name, rows in TABLE.items():
        net.here = came_in
        if len(rows) > 1:
            seen = tuple([place for row in rows for place in row])
            net.function(Gather(axis=1, indices=seen), "getitem", name=f"{name}_seen")
        parts.append(net.convolution(len(rows), 5, groups=len(rows), name=name))
    net.concatenate(parts)


def _squared_distances(net: LayerBuilder, digits: int) -> None:
    """`Σ (x - centre)²` for each digit. The centres are 7×12 drawings of the digits, and are not learned."""
    centres = net.constant("centres", (digits, *net.tensor().dims[-1:]))
    net.function(Unsqueeze((1,)), "unsqueeze")
    net.function(Elementwise("subtract"), "subtract", [net.here, centres])
    net.function(Activation("square"), "square")
    net.function(Reduce("sum", (-1,), keeps_axes=False), "sum")
