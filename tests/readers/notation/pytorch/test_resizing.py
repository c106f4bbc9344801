"""PyTorch's upsampling."""

from __future__ import annotations

import pytest

from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, read


@pytest.mark.parametrize(
    ("text", "sample", "shape"),
    [
        ("Upsample(scale_factor=2)", (3, 8, 9), "N×3×16×18"),
        ("Upsample(scale_factor=2)", (3, 8), "N×3×16"),
        ("Upsample(scale_factor=2)", (3, 4, 8, 9), "N×3×8×16×18"),
        ("Upsample(size=(7, 5))", (3, 8, 9), "N×3×7×5"),
        ("Upsample(7, mode='trilinear')", (3, 4, 8, 9), "N×3×7×7×7"),
        ("Upsample(scale_factor=(2, 0.5), mode='bilinear', align_corners=True)", (3, 8, 9), "N×3×16×4"),
        ("Upsample(scale_factor=0.29)", (3, 100, 100), "N×3×28×28"),
        ("Upsample(scale_factor=2, mode='bicubic')", None, "N×C×2*H×2*W"),
        ("UpsamplingNearest2d(scale_factor=2)", (3, 8, 9), "N×3×16×18"),
        ("UpsamplingBilinear2d((5, 6))", (3, 8, 9), "N×3×5×6"),
    ],
)
def test_shapes(text, sample, shape):
    assert outputs(text, sample) == [shape]


def test_a_mode_takes_so_many_axes():
    assert broken("Upsample(scale_factor=2, mode='bilinear')", (3, 8)) == ["rank"]
    assert broken("Upsample(scale_factor=(2, 2))", (3, 8, 9, 9)) == ["rank"]


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Upsample()", "either size or scale_factor should be defined"),
        ("Upsample(2, 2)", "only one of size and scale_factor should be defined"),
        ("Upsample(scale_factor=0)", "cannot be 0"),
        ("Upsample(scale_factor='2')", "cannot be '2'"),
        ("Upsample(scale_factor=(2, 2), mode='trilinear')", "cannot be (2, 2)"),
        ("Upsample(scale_factor=2, mode='cubic')", "cannot be 'cubic'"),
        ("Upsample(scale_factor=2, align_corners=True)", "align_corners has no meaning for mode='nearest'"),
    ],
)
def test_what_cannot_be(text, summary):
    assert summary in error(text).summary


def spans(text, sample):
    step = read(text, sample).steps[0]
    return [link.spans for link in step.node.operator.links(step.inputs, step.outputs)]


def test_what_a_cell_sees_hangs_on_the_mode():
    nearest = spans("Upsample(scale_factor=2)", (3, 8, 8))
    linear = spans("Upsample(scale_factor=2, mode='bilinear')", (3, 8, 8))
    aligned = spans("Upsample(scale_factor=2, mode='bilinear', align_corners=True)", (3, 8, 8))
    assert nearest[2] == ((0, 0), (0, 0))
    assert linear[2] == ((-1, 0), (0, 1))
    assert len({str(nearest), str(linear), str(aligned)}) == 3


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("Upsample(scale_factor=2.0, mode='nearest')", True),
        ("Upsample(scale_factor=2.0, mode='bilinear')", False),
        ("UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')", True),
        ("UpsamplingNearest2d(size=(16, 16), mode='nearest')", True),
    ],
)
def test_a_print_does_not_tell_whether_corners_lie_on_corners(line, known):
    """The size does not hang on it; what a cell sees does, and is not claimed."""
    text = in_a_print(line)
    assert outputs(text, (3, 8, 8)) == ["N×3×16×16"]
    assert [span is None for span in spans(text, (3, 8, 8))] == [False, False, not known, not known]
    assert read(text, (3, 8, 8)).steps[0].node.operator.name == "Resize"
