"""What can be asked of a figure, and how what cannot is refused."""

import pytest

from shapelens import inspect
from shapelens.drawing.options import Options
from shapelens.errors import UsageError


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"style": "volume"}, "there is no style volume"),
        ({"theme": "darkk"}, "there is no theme darkk"),
        ({"order": "last"}, "there is no order last"),
        ({"width": 2}, "a figure cannot be so wide"),
        ({"colour": "red"}, "there is no option colour"),
        ({"upto": "nothing"}, "vgg16 has no layer nothing"),
        ({"highlight": "features.99"}, "vgg16 has no layer features.99"),
        ({"fold": ["head"]}, "vgg16 has no layer head"),
        ({"width": "17"}, "width is a number of centimetres"),
        ({"highlight": 3}, "highlight is a text"),
        ({"fold": [3]}, "fold is a name, or a list of names"),
        ({"inset": "no"}, "inset is True or False"),
    ],
)
def test_one_clear_error(options, says):
    with pytest.raises(UsageError) as refused:
        inspect("vgg16").draw(**options)
    assert says in str(refused.value)


def test_the_nearest_is_offered():
    with pytest.raises(UsageError) as refused:
        Options.of({"style": "volume"})
    assert "style volumes" in str(refused.value)


def test_one_name_stands_for_a_list_of_one():
    assert Options.of({"fold": "layer1", "fonts": "Source Sans 3"}).fold == ("layer1",)


def test_none_is_the_usual():
    assert Options.of({"fold": None, "title": None, "width": None}) == Options()


def test_width_is_in_centimetres():
    for width in (12, 17, 30):
        scene = inspect("vgg16").draw(width=width).scene
        assert scene.width == pytest.approx(width / 2.54 * 72, abs=0.01)
        assert all(0 <= leaf.box.left and leaf.box.right <= scene.width for leaf in scene.leaves())


def test_fonts_come_before_the_usual_ones():
    assert "font-family=\"'Source Sans 3', Helvetica" in inspect("mnist").draw(fonts=["Source Sans 3"]).svg


def texts(figure):
    return [leaf.text for leaf in figure.scene.leaves() if hasattr(leaf, "text")]


def test_title_and_caption():
    figure = inspect("mnist").draw(title="Digits", caption="Of the course.")
    assert texts(figure)[0] == "Digits"
    assert any(text.startswith("Of the course. Scale:") for text in texts(figure))


def test_upto_ends_the_network_there():
    names = [group.name for group in inspect("vgg16").draw(upto="features.9").scene.groups("volume")]
    assert names[-1] == "features.9"
    assert "classifier.0" not in names


def test_unfold_shows_a_block_by_its_layers():
    folded = {group.name for group in inspect("resnet50").draw().scene.groups("volume")}
    opened = {group.name for group in inspect("resnet50").draw(unfold="layer1.0").scene.groups("volume")}
    assert "layer1.0.conv1" not in folded
    assert "layer1.0.conv1" in opened


def test_fold_makes_one_of_a_module():
    names = [group.name for group in inspect("vgg16").draw(fold=["classifier"]).scene.groups()]
    assert "classifier" in names
    assert "classifier.0" not in names


def test_highlight_marks_what_shows_the_layer():
    (mark,) = inspect("resnet50").draw(highlight="layer3.0.conv2").scene.groups("highlight")
    assert mark.name == "layer3.0.conv2"


def test_a_field_is_a_part_of_the_image():
    scene = inspect("vgg16").draw(field="features.5").scene
    (field,) = scene.groups("field")
    image = next(group for group in scene.groups("volume") if group.name == "input")
    assert image.box.left <= field.children[0].box.left
    assert field.children[0].box.right <= image.box.right + 0.01
    # 14 of 224 cells are seen: the windows of two 3×3, a pool and one more 3×3.
    assert field.children[0].box.height < 0.25 * image.box.height
