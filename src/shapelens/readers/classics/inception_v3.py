"""Inception v3: GoogLeNet with its large kernels taken apart.

A 5×5 becomes two 3×3, and a 7×7 a 1×7 and a 7×1: as much is seen, with fewer parameters. The image shrinks in
modules that convolve with stride 2 beside a pool, so that no step is a bottleneck.

      3×299×299
    192×35×35     Conv2d_1a … 4a and two pools: 299 → 149 → 147 → 147 → 73 → 73 → 71 → 35
    288×35×35     Mixed_5b, 5c, 5d    1×1, 5×5, two 3×3, pool
    768×17×17     Mixed_6a            35 → 17: stride 2
    768×17×17     Mixed_6b … 6e       1×1, 7×7 taken apart, twice, pool
    1280×8×8      Mixed_7a            17 → 8: stride 2
    2048×8×8      Mixed_7b, 7c        1×3 and 3×1 side by side
    1000          avgpool, fc

Source: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2015; torchvision's
form, which is that of TensorFlow's slim.
"""

from __future__ import annotations

from shapelens.operators import Pool
from shapelens.readers.building import symmetric
from shapelens.readers.classics.googlenet import basic_convolution
from shapelens.readers.layering import LayerBuilder

__all__ = ["inception_v3"]

Step = tuple[str, int, int | tuple[int, int]]
"""A convolution of a branch: its name, how many filters, and their kernel."""


_TWO_THREES: tuple[Step, ...] = (
    ("branch3x3dbl_1", 64, 1),
    ("branch3x3dbl_2", 96, 3),
    ("branch3x3dbl_3", 96, 3),
)


def inception_v3(net: LayerBuilder) -> None:
    """Without its auxiliary head, which helps training alone."""
    basic_convolution(net, 32, 3, stride=2, name="Conv2d_1a_3x3")
    basic_convolution(net, 32, 3, name="Conv2d_2a_3x3")
    basic_convolution(net, 64, 3, padding=1, name="Conv2d_2b_3x3")
    net.pool("max", 3, stride=2, name="maxpool1")
    basic_convolution(net, 80, 1, name="Conv2d_3b_1x1")
    basic_convolution(net, 192, 3, name="Conv2d_4a_3x3")
    net.pool("max", 3, stride=2, name="maxpool2")
    for letter, pooled in (("b", 32), ("c", 64), ("d", 64)):
        with net.scope(f"Mixed_5{letter}", "InceptionA"):
            _fives(net, pooled)
    with net.scope("Mixed_6a", "InceptionB"):
        _shrink_by_threes(net)
    for letter, inside in (("b", 128), ("c", 160), ("d", 160), ("e", 192)):
        with net.scope(f"Mixed_6{letter}", "InceptionC"):
            _sevens_apart(net, inside)
    with net.scope("Mixed_7a", "InceptionD"):
        _shrink_by_sevens(net)
    for letter in "bc":
        with net.scope(f"Mixed_7{letter}", "InceptionE"):
            _threes_side_by_side(net)
    net.adaptive_pool(1, name="avgpool")
    net.dropout("dropout")
    net.flatten()
    net.linear(1000, name="fc")


def _fives(net: LayerBuilder, pooled: int) -> None:
    """InceptionA: 1×1, a 5×5, a 5×5 as two 3×3, and a pool."""
    came_in = net.here
    ones = _branch(net, came_in, ("branch1x1", 64, 1))
    fives = _branch(net, came_in, ("branch5x5_1", 48, 1), ("branch5x5_2", 64, 5))
    threes = _branch(net, came_in, *_TWO_THREES)
    net.concatenate([ones, fives, threes, _pooled(net, came_in, pooled)])


def _shrink_by_threes(net: LayerBuilder) -> None:
    """InceptionB: 3×3, two 3×3, and a pool, each with stride 2 at its end."""
    came_in = net.here
    threes = _branch(net, came_in, ("branch3x3", 384, 3), shrinks=True)
    twice = _branch(net, came_in, *_TWO_THREES, shrinks=True)
    net.concatenate([threes, twice, _shrunk(net, came_in)])


def _sevens_apart(net: LayerBuilder, inside: int) -> None:
    """InceptionC: 1×1, a 7×7 as 1×7 and 7×1, the same twice, and a pool."""
    came_in = net.here
    lying, standing = (1, 7), (7, 1)
    ones = _branch(net, came_in, ("branch1x1", 192, 1))
    once = _branch(
        net,
        came_in,
        ("branch7x7_1", inside, 1),
        ("branch7x7_2", inside, lying),
        ("branch7x7_3", 192, standing),
    )
    twice = _branch(
        net,
        came_in,
        ("branch7x7dbl_1", inside, 1),
        ("branch7x7dbl_2", inside, standing),
        ("branch7x7dbl_3", inside, lying),
        ("branch7x7dbl_4", inside, standing),
        ("branch7x7dbl_5", 192, lying),
    )
    net.concatenate([ones, once, twice, _pooled(net, came_in, 192)])


def _shrink_by_sevens(net: LayerBuilder) -> None:
    """InceptionD: 3×3, a 7×7 taken apart with a 3×3 after it, and a pool, each with stride 2 at its end."""
    came_in = net.here
    threes = _branch(net, came_in, ("branch3x3_1", 192, 1), ("branch3x3_2", 320, 3), shrinks=True)
    sevens = _branch(
        net,
        came_in,
        ("branch7x7x3_1", 192, 1),
        ("branch7x7x3_2", 192, (1, 7)),
        ("branch7x7x3_3", 192, (7, 1)),
        ("branch7x7x3_4", 192, 3),
        shrinks=True,
    )
    net.concatenate([threes, sevens, _shrunk(net, came_in)])


def _threes_side_by_side(net: LayerBuilder) -> None:
    """InceptionE: 1×1, a 3×3 as 1×3 beside 3×1, the same after a 3×3, and a pool."""
    came_in = net.here
    lying, standing = (1, 3), (3, 1)
    ones = _branch(net, came_in, ("branch1x1", 320, 1))

    narrow = _branch(net, came_in, ("branch3x3_1", 384, 1))
    once = net.concatenate([
        _branch(net, narrow, ("branch3x3_2a", 384, lying)),
        _branch(net, narrow, ("branch3x3_2b", 384, standing)),
    ])  # fmt: skip

    narrow = _branch(net, came_in, ("branch3x3dbl_1", 448, 1), ("branch3x3dbl_2", 384, 3))
    twice = net.concatenate([
        _branch(net, narrow, ("branch3x3dbl_3a", 384, lying)),
        _branch(net, narrow, ("branch3x3dbl_3b", 384, standing)),
    ])  # fmt: skip
    net.concatenate([ones, once, twice, _pooled(net, came_in, 192)])


def _branch(net: LayerBuilder, start: str, *steps: Step, shrinks: bool = False) -> str:
    """Convolutions in a row that keep the size; or whose last has stride 2 and no padding."""
    net.here = start
    for step, (name, filters, kernel) in enumerate(steps, 1):
        if shrinks and step == len(steps):
            basic_convolution(net, filters, kernel, stride=2, name=name)
        else:
            height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
            basic_convolution(net, filters, kernel, padding=(height // 2, width // 2), name=name)
    return net.here


def _pooled(net: LayerBuilder, start: str, filters: int) -> str:
    """The branch that averages 3×3 cells, and then mixes channels."""
    averaging = Pool("average", (3, 3), (1, 1), symmetric(1, 2), half_padding=True)
    averaged = net.function(averaging, "avg_pool2d", [start])
    return _branch(net, averaged, ("branch_pool", filters, 1))


def _shrunk(net: LayerBuilder, start: str) -> str:
    """The branch that keeps every other cell: the largest of 3×3."""
    return net.function(Pool("max", (3, 3), (2, 2), half_padding=True), "max_pool2d", [start])
