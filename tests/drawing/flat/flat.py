"""Classics drawn as flat boxes, what must hold of these besides, and networks of every form."""

from functools import cache
from itertools import pairwise
from random import Random

import numpy as np
import pytest

import shapelens
from shapelens.drawing.flat.boxes import Room
from shapelens.drawing.forms import Extent, Form
from shapelens.drawing.options import Options
from shapelens.drawing.palette import THEMES
from shapelens.drawing.scene import Box, Label, Line, Polygon, Scene
from shapelens.drawing.stations import Graph, Station
from tests.drawing.checks import problems

CLASSICS = (
    *("lenet5", "vgg16", "resnet18", "googlenet", "unet", "squeezenet"),
    *[
        pytest.param(name, marks=pytest.mark.conformance)
        for name in ("resnet152", "densenet121", "unet_padded", "mobilenet_v2", "inception_v3")
    ],
)
"""The larger ones take longer than they tell, and are looked at with the other long comparisons."""

NAMES = ("conv", "層一二三四五六", "<script>alert(1)</script>", "x" * 500, "a.b.c.d.e.f.conv1", "q & 'r'")
TOUCH = 0.25
ROOM = Room(458.0, 0.0, 4000.0)


@cache
def inspected(name, shape=None):
    """A classic, at its own size or at another."""
    return shapelens.inspect(name, shape) if shape else shapelens.inspect(name)


@cache
def drawn_as(style, name, **options):
    """The scene of a classic in a style."""
    return inspected(name).draw(style=style, **options).scene


def flat_problems(scene):
    """Everything that is wrong with a figure of flat boxes, each a sentence."""
    return [*problems(scene), *lines_through(scene)]


def boxes(scene):
    """The rectangle of each box, by the name of its layer."""
    return {
        group.name: Box.around([c for c in group.children if isinstance(c, Polygon)][-1].points)
        for group in scene.groups("block")
    }


def lines_through(scene):
    """Lines that run through a box or a text, each as a sentence."""
    stood = [(leaf.text, leaf.box) for leaf in scene.leaves() if isinstance(leaf, Label)]
    for group in scene.groups("block"):
        outline = [c for c in group.children if isinstance(c, Polygon)][-1]
        stood.append((group.name, outline.box))
    left, top, right, bottom = np.array([(b.left, b.top, b.right, b.bottom) for _, b in stood]).T
    for piece in segments(scene):
        meets = (piece.left + TOUCH < right) & (left + TOUCH < piece.right)
        meets &= (piece.top + TOUCH < bottom) & (top + TOUCH < piece.bottom)
        for place in meets.nonzero()[0]:
            yield f"a line at {piece} runs through {stood[place][0]}"


def segments(scene):
    """Each straight piece of each line that leads from one box to another."""
    for kind in ("arrow", "break"):
        for group in scene.groups(kind):
            for line in group.children:
                if isinstance(line, Line):
                    for (x, y), (right, bottom) in pairwise(line.points):
                        yield Box(
                            min(x, right) - TOUCH, min(y, bottom) - TOUCH,
                            max(x, right) + TOUCH, max(y, bottom) + TOUCH,
                        )  # fmt: skip


def texts(scene, kind=""):
    """All that is written, or all that is written in groups of a kind."""
    return [
        child.text
        for group in (scene.groups(kind) if kind else (scene,))
        for child in (group.children if kind else scene.leaves())
        if isinstance(child, Label)
    ]


def texts_of(group):
    """All that is written in one group."""
    return [child.text for child in group.children if isinstance(child, Label)]


def unknown_shapes(scene, evaluation):
    """Shapes on lines that no tensor of the network has."""
    known = {
        tuple(sorted(str(dim) for dim in tensor.shape if str(dim) != "N"))
        for tensor in evaluation.values.values()
        if isinstance(tensor.shape, tuple)
    }
    known |= {tuple(dim for dim in shape if dim != "1") for shape in known}
    return [
        text
        for text in texts(scene, "shape")
        if tuple(sorted(text.split("×"))) not in known
        and tuple(sorted(dim for dim in text.split("×") if dim != "1")) not in known
    ]


def on_a_page(laid, width=482.0, margin=12.0):
    """What is laid out, on a page of its own."""
    box = laid.box
    right = margin - box.left + max((width - 2 * margin - box.width) / 2, 0.0)
    placed = laid.moved(right, margin - box.top)
    return Scene(width, box.height + 2 * margin, "#ffffff", placed.elements)


def some_graph(seed):
    """A network as nobody would build it: of every form, with names of every kind, broken and unknown in parts."""
    random = Random(seed)
    stations = []
    count = random.randint(1, random.choice([3, 8, 20, 40]))
    joins = random.choice([0.0, 0.2, 0.5])
    for place in range(count):
        parents = ()
        if place and random.random() > 0.05:
            reach = random.choice([2, 6, 100])
            parents = [
                place - 1 if random.random() < 0.6 else random.randint(max(0, place - reach), place - 1)
            ]
            while random.random() < joins:
                parents.append(random.randint(max(0, place - reach), place - 1))
        stations.append(_some_station(random, place, tuple(parents)))
    return Graph(tuple(stations))


def _some_station(random, place, parents):
    sizes = ("7", "224", "ceil(H/32)", "?", "floor(floor(H/2)/2 + W/128)")
    letters = random.choice(["", "HW", "HW", "T", "DHW"])
    form = Form(
        Extent("C", random.choice(["1", "64", "1024"]), 64),
        tuple(Extent(letter, random.choice(sizes), 7) for letter in letters),
    )
    kinds = ("convolution", "pool", "linear", "upsampling", "sum", "concat", "reshape", "other", "attention")
    join = random.choice(["+", "concat", "max", "·", ""]) if len(set(parents)) > 1 else ""
    return Station(
        random.choice(NAMES) + str(place),
        random.choice(kinds) if parents else "input",
        form,
        parents=parents,
        join=join,
        parts=tuple((random.choice(kinds), 64) for _ in parents) if join == "concat" else (),
        times=random.choice([1, 1, 1, 6]),
        module=random.choice(["", "Bottleneck"]),
        bands=random.choice([(), ("norm",), ("norm", "activation"), ("activation",)]),
        broken=random.random() < 0.04,
        is_doubtful=random.random() < 0.1,
        is_open_end=random.random() < 0.05,
    )


def some_options(seed):
    """How such a network is drawn."""
    random = Random(-seed)
    return Options(order=random.choice(["source", "both"]), theme=random.choice(list(THEMES)))
