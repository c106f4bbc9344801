"""What must hold of every figure, looked at on its scene."""

from itertools import combinations, takewhile

from shapelens.drawing.scene import Box, Label, Line

LEAST_TYPE = 6.0
WIDEST, TALLEST = 3.0, 1.4


def problems(scene):
    """Everything that is wrong with a figure, each a sentence; none for one that may be published."""
    return [
        *_outside(scene),
        *_small_type(scene),
        *_badly_shaped(scene),
        *_bodies_over_one_another(scene),
        *_labels_over_one_another(scene),
        *_labels_over_bodies(scene),
        *_larger_drawn_smaller(scene),
    ]


def _outside(scene):
    page = Box(0, 0, scene.width, scene.height)
    for leaf in scene.leaves():
        box = leaf.box
        if box.left < 0 or box.top < 0 or box.right > page.right or box.bottom > page.bottom:
            yield f"{_said(leaf)} leaves the page: {box}"


def _small_type(scene):
    for leaf in scene.leaves():
        if isinstance(leaf, Label) and leaf.size < LEAST_TYPE:
            yield f"{_said(leaf)} is {leaf.size} pt"


def _badly_shaped(scene):
    if scene.width > WIDEST * scene.height or scene.height > TALLEST * scene.width:
        yield f"the page is {scene.width} by {scene.height}"


def _fronts(scene):
    """The upright rectangle of each body that is not seen from the side."""
    for group in (
        *scene.groups("volume"),
        *scene.groups("bar"),
        *scene.groups("block"),
        *scene.groups("chip"),
    ):
        outline = next(c for c in reversed(group.children) if type(c).__name__ == "Polygon")
        xs = sorted({round(x, 4) for x, _ in outline.points})
        points = outline.points
        if len(points) == 4:
            yield group, Box.around(points)
        else:
            # bottom left, top left, back top left, back top right, back bottom right, bottom right
            yield group, Box(points[0][0], points[1][1], points[5][0], points[0][1])
        assert xs


def _bodies_over_one_another(scene):
    for (one, front), (other, behind) in combinations(_fronts(scene), 2):
        if front.overlaps(behind, 0.01):
            yield f"{one.name} and {other.name} overlap"


def _labels(scene):
    return [leaf for leaf in scene.leaves() if isinstance(leaf, Label) and leaf.text]


def _labels_over_one_another(scene):
    # Each is measured once, and not for each of the others.
    placed = [(label, label.corners, label.box) for label in _labels(scene)]
    # From left to right: what begins where a label has ended does not meet it, nor does anything after that.
    placed.sort(key=lambda each: each[2].left)
    for place, (one, corners, box) in enumerate(placed):
        for other, others, behind in takewhile(lambda e, end=box.right: e[2].left < end, placed[place + 1 :]):
            if box.overlaps(behind, 0.2) and _meet(corners, others, 0.2):
                yield f"{_said(one)} and {_said(other)} overlap"


def _labels_over_bodies(scene):
    fronts = [(group, front, {id(child) for child in _all(group)}) for group, front in _fronts(scene)]
    for label in _labels(scene):
        placed, box = label.corners, label.box
        for group, front, own in fronts:
            if id(label) in own or not box.overlaps(front):
                continue
            corners = ((front.left, front.top), (front.right, front.top),
                       (front.right, front.bottom), (front.left, front.bottom))  # fmt: skip
            inside = all(
                front.left - 0.1 <= x <= front.right + 0.1 and front.top <= y <= front.bottom
                for x, y in placed
            )
            if not inside and _meet(placed, corners, 0.3):
                yield f"{_said(label)} lies over {group.name}"


def _larger_drawn_smaller(scene):
    drawn = {}
    for group in scene.groups():
        for (name, size), (_, length) in zip(group.values, group.extents, strict=True):
            drawn.setdefault((name, group.kind), []).append((size, length, group.name))
    for (name, _), found in drawn.items():
        for one, other in combinations(found, 2):
            (size, length, _), (larger, other_length, _) = sorted([one, other])
            if size < larger and length > other_length + 1e-6:
                yield f"{name} {larger} of {other[2]} is drawn smaller than {size} of {one[2]}"
            if size == larger and abs(length - other_length) > 1e-6:
                yield f"{name} {size} is drawn at two lengths: {one[2]}, {other[2]}"


def _all(element):
    yield element
    for child in getattr(element, "children", ()):
        yield from _all(child)


def _meet(one, other, slack):
    """Whether two convex shapes share more than a strip: no line parts them."""
    for shape in (one, other):
        for (ax, ay), (bx, by) in zip(shape, (*shape[1:], shape[0]), strict=True):
            length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
            if not length:
                continue
            nx, ny = (by - ay) / length, (ax - bx) / length
            first = [x * nx + y * ny for x, y in one]
            second = [x * nx + y * ny for x, y in other]
            if max(first) <= min(second) + slack or max(second) <= min(first) + slack:
                return False
    return True


def _said(leaf):
    return f"{leaf.text!r}" if isinstance(leaf, Label) else f"a {type(leaf).__name__.lower()}"


def crossed(scene):
    """Labels that a line runs through."""
    lines = [leaf for leaf in scene.leaves() if isinstance(leaf, Line)]
    return [
        (label.text, line) for label in _labels(scene) for line in lines if label.box.overlaps(line.box, 1.0)
    ]
