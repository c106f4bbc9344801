"""Every figure of the gallery: what a reader would stumble over is looked for on its scene."""

import os
import re
import subprocess
import sys
import warnings
from functools import cache
from importlib.util import find_spec

import pytest

from docs import gallery
from shapelens.dims import Expression
from shapelens.drawing.scene import Label
from tests.drawing.checks import problems


def marked(subject):
    marks = [pytest.mark.torch] if "torch" in subject.needs else []
    if "onnx" in subject.needs:
        marks.append(pytest.mark.skipif(find_spec("onnx") is None, reason="onnx carries the file along"))
    return pytest.param(subject, id=subject.name, marks=marks)


SUBJECTS = [marked(subject) for subject in gallery.subjects()]


@cache
def inspected(name):
    """The network of a figure, read once for all that is asked of it."""
    subject = next(subject for subject in gallery.subjects() if subject.name == name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return subject.build()


@cache
def drawn(name):
    subject = next(subject for subject in gallery.subjects() if subject.name == name)
    return inspected(name).draw(**subject.options)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_overlaps_leaves_the_page_or_is_too_small(subject):
    assert problems(drawn(subject.name).scene) == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_size_is_the_networks_own(subject):
    inspection, figure = inspected(subject.name), drawn(subject.name)
    known = {
        str(dim)
        for tensor in inspection.evaluation.values.values()
        if isinstance(tensor.shape, tuple)
        for dim in tensor.shape
    }
    for group in (*figure.scene.groups("volume"), *figure.scene.groups("bar")):
        for _, size in group.values:
            is_symbolic = any(
                isinstance(dim, Expression) for s in inspection.shapes.values() for dim in s[1:]
            )
            assert str(size) in known or is_symbolic, (group.name, size)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_columns_of_the_table_add_up(subject):
    inspection, scene = inspected(subject.name), drawn(subject.name).scene
    for table in scene.groups("table"):
        labels = [child for child in table.children if isinstance(child, Label)]
        row = next(label.at[1] for label in labels if label.text == "parameters")
        counts = [label.text for label in labels if label.at[1] == row and label.text != "parameters"]
        added = sum(int(count.replace(",", "")) for count in counts)
        if "upto" not in subject.options:
            assert added == inspection.parameters - sum(inspection.costs.unused.values())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_has_a_title(subject):
    assert re.search(r"<title[^>]*>[^<]+</title>", drawn(subject.name).svg)


@pytest.mark.parametrize("subject", SUBJECTS[::4])
def test_the_same_network_gives_the_same_scene(subject):
    """All are compared with the figure that is kept; some are drawn twice."""
    assert drawn(subject.name).scene == inspected(subject.name).draw(**subject.options).scene


def test_another_process_gives_the_same_bytes():
    hashed = "import sys, hashlib; from shapelens import inspect; f = inspect('unet').draw();" + (
        "print(hashlib.sha256((f.svg + f.tikz).encode()).hexdigest())"
    )
    printed = {
        subprocess.check_output([sys.executable, "-c", hashed], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("subject", [s for s in SUBJECTS if not s.values[0].needs])
def test_the_gallery_shows_what_is_drawn(subject):
    """`make gallery` draws it anew."""
    assert (gallery.FOLDER / f"{subject.name}.svg").read_text(encoding="utf-8") == drawn(subject.name).svg
