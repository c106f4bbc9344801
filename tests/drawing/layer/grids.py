"""The grids of a scene as they are read: a heading, and rows of texts."""

from shapelens.drawing.scene import Label, Polygon


def grids(scene):
    """The heading and the rows of each grid, in the order in which they are drawn."""
    return [(group.title, _rows(group)) for group in scene.groups("grid")]


def _rows(group):
    squares = [child for child in group.children if isinstance(child, Polygon)]
    labels = [child for child in group.children if isinstance(child, Label)]
    rows = {}
    for square in squares:
        box = square.box
        text = next(
            (
                label.text
                for label in labels
                if box.left <= label.at[0] <= box.right and box.top <= label.at[1] <= box.bottom
            ),
            "",
        )
        rows.setdefault(round(box.top, 3), []).append((box.left, text))
    return [[text for _, text in sorted(row)] for _, row in sorted(rows.items())]
