from __future__ import annotations

import numpy as np
import pytest

from shapelens.network import evaluate_network
from shapelens.operators import Resize
from shapelens.readers.notation import read_notation
from tests.operators.influence import assert_links_see


def only_step(text, sample):
    (step,) = evaluate_network(read_notation(text, sample), {"input": (1, *sample)}).steps
    assert step.broken == ()
    return step


@pytest.mark.parametrize(
    ("text", "sample", "factors"),
    [
        ("UpSampling1D(3)", (4, 2), (3,)),
        ("UpSampling2D()", (3, 4, 2), (2, 2)),
        ("UpSampling2D((1, 3))", (3, 4, 2), (1, 3)),
        ("UpSampling3D((2, 1, 3))", (2, 3, 2, 1), (2, 1, 3)),
    ],
)
def test_each_cell_is_repeated(text, sample, factors) -> None:
    def repeated(image: np.ndarray) -> np.ndarray:
        for axis, factor in enumerate(factors, start=1):
            image = np.repeat(image, factor, axis=axis)
        return image

    step = only_step(text, sample)
    assert_links_see(step.node.operator, step.inputs, repeated)


@pytest.mark.parametrize(
    ("text", "mode", "follows"),
    [
        ("UpSampling2D(2, interpolation='bilinear')", "linear", True),
        ("UpSampling2D(2, interpolation='bicubic')", "cubic", True),
        ("UpSampling2D(2, interpolation='lanczos5')", "lanczos", False),
        ("Resizing(8, 9)", "linear", True),
        ("Resizing(8, 9, 'nearest')", "nearest", True),
        ("Resizing(8, 9, 'lanczos3')", "lanczos", True),
        ("Resizing(8, 9, 'lanczos5')", "lanczos", False),
        ("Resizing(8, 9, pad_to_aspect_ratio=True)", "linear", False),
        ("CenterCrop(3, 3)", "linear", False),
        ("RandomCrop(3, 3)", "linear", False),
    ],
)
def test_where_a_cell_is_taken_from_is_told_where_it_is_known(text, mode, follows) -> None:
    step = only_step(text, (4, 6, 2))
    operator = step.node.operator
    assert isinstance(operator, Resize)
    assert operator.mode == mode
    spans = {link.input_axis: link.spans for link in operator.links(step.inputs, step.outputs)}
    assert set(spans) == {0, 1, 2, 3}
    assert all((spans[axis] is not None) is follows for axis in (1, 2))
    assert spans[0] is not None
    assert spans[3] is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UpSampling2D(2)", "resize ×2"),
        ("Resizing(8, 9)", "resize to 8×9, linear"),
        ("CenterCrop(3, 3)", "crop to 3×3, linear"),
    ],
)
def test_words(text, words) -> None:
    step = only_step(text, (4, 6, 2))
    assert step.node.operator.words(step.inputs, step.outputs) == words
