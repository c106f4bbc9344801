"""What must hold besides of flat boxes: where lines run, and which shapes are written."""

from itertools import pairwise

from shapelens.drawing.scene import Box, Group, Line, Polygon, Scene
from tests.drawing.checks import problems

TOUCH = 0.25


def flat_problems(scene):
    """Everything that is wrong with a figure of flat boxes, each a sentence."""
    return [*problems(scene), *lines_through(scene)]


def boxes(scene):
    """The rectangle of each box, with the name of its layer."""
    return [
        (group.name, Box.around([c for c in group.children if isinstance(c, Polygon)][-1].points))
        for group in scene.groups("block")
    ]


def lines_through(scene):
    """Lines that run through a box or a text, each as a sentence."""
    labels = [(leaf.text, leaf.box) for leaf in scene.leaves() if getattr(leaf, "text", "")]
    stood = [*boxes(scene), *labels]
    for segment in segments(scene):
        for name, box in stood:
            if segment.overlaps(box, TOUCH):
                yield f"a line at {segment} runs through {name}"


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


def written_shapes(scene):
    """The shapes that are written on lines, by the layer that gives them: the lines of each put together."""
    found = {}
    for group in scene.groups("shape"):
        found.setdefault(group.name, []).append("".join(label.text for label in group.children))
    return found


def on_a_page(laid, width=482.0, margin=12.0):
    """What is laid out, on a page of its own."""
    box = laid.box
    placed = laid.moved(margin - box.left + max((width - 2 * margin - box.width) / 2, 0.0), margin - box.top)
    return Scene(width, box.height + 2 * margin, "#ffffff", placed.elements)


__all__ = ["Group", "boxes", "flat_problems", "lines_through", "on_a_page", "segments", "written_shapes"]
