"""torchvision's operators, its transforms inside of a model, and its detection networks as a whole."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.dims import Path, shape_text  # noqa: E402
from shapelens.network import Origin, evaluate_network  # noqa: E402
from shapelens.operators import Opaque, RegionPool  # noqa: E402
from shapelens.readers.torch import reader  # noqa: E402
from shapelens.readers.torch.inputs import arguments_of  # noqa: E402
from tests.readers.torch.agreement import Function, traced  # noqa: E402
from tests.readers.torch.functions.tables import holds_everywhere, operators_of  # noqa: E402
from tests.readers.torch.functions.torchvision_operators import defined  # noqa: E402

pytestmark = pytest.mark.torch

IMAGES, MORE = (2, 8, 16, 12), (3, 8, 20, 20)


def shapes_at(network, *shapes):
    """The shapes of the outputs."""
    fed = {declared.name: shape for declared, shape in zip(network.inputs, shapes, strict=True)}
    return [tensor.shape for _, tensor in evaluate_network(network, fed).outputs]


def of(function, *shapes):
    return traced(Function(function), [torch.empty(shape, device="meta") for shape in shapes])


@pytest.mark.parametrize(
    ("name", "settings", "channels", "outputs"),
    [
        ("roi_align", {"output_size": (3, 4)}, 8, 1),
        ("roi_align", {"output_size": (3, 4), "aligned": True, "sampling_ratio": 2}, 8, 1),
        ("roi_pool", {"output_size": (3, 4)}, 8, 1),
        ("ps_roi_align", {"output_size": (2, 2)}, 2, 1),
        ("ps_roi_pool", {"output_size": (2, 2)}, 2, 1),
    ],
)
def test_pooling_over_regions(name, settings, channels, outputs) -> None:
    """Nothing computes it here; the shapes are those of torchvision's documentation."""
    function = getattr(defined().ops, name)
    network = of(lambda x, boxes: function(x, boxes, **settings), IMAGES, (5, 5))
    assert shapes_at(network, IMAGES, (5, 5)) == [(5, channels, *settings["output_size"])] * outputs
    assert shapes_at(network, MORE, (9, 5)) == [(9, channels, *settings["output_size"])] * outputs
    operator = network.nodes[-1].operator
    assert isinstance(operator, RegionPool)
    assert operator.position_sensitive == name.startswith("ps")
    assert operator.aligned == name.endswith("align")


def test_regions_in_a_list() -> None:
    """Boxes of each image come apart, and get the number of their image."""
    function = defined().ops.roi_align
    network = of(lambda x, first, second: function(x, [first, second], 3), IMAGES, (5, 4), (6, 4))
    assert shapes_at(network, IMAGES, (5, 4), (6, 4)) == [(11, 8, 3, 3)]
    assert shapes_at(network, IMAGES, (1, 4), (2, 4)) == [(3, 8, 3, 3)]


def test_how_many_boxes_stay_is_a_symbol() -> None:
    function = defined().ops.nms
    network = of(lambda boxes: boxes[function(boxes, boxes[:, 0], 0.5)[:100]], (50, 4))
    for count in (50, 5000):
        ((kept, four),) = shapes_at(network, (count, 4))
        assert (str(kept), four) == ("min(k, 100)", 4)


@pytest.mark.parametrize("name", ["box_iou", "generalized_box_iou", "distance_box_iou"])
def test_boxes_meet_each_other(name) -> None:
    function = getattr(defined().ops, name)
    holds_everywhere(lambda x: function(x, x + 1), (5, 4), others=[[(9, 4)]])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: defined().ops.clip_boxes_to_image(x, (10, 10)),
        lambda x: defined().ops.box_convert(x, "xyxy", "cxcywh"),
        defined().ops.box_area,
        lambda x: defined().ops.sigmoid_focal_loss(x, x, reduction="mean"),
        lambda x: defined().ops.stochastic_depth(x, 0.5, "row"),
        lambda x: defined().ops.stochastic_depth(x, 0.5, "batch", training=False),
    ],
)
def test_functions_of_boxes(function) -> None:
    holds_everywhere(function, (5, 4), others=[[(9, 4)]], real=True)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda f, x: f.normalize(x, [0.5] * 3, [0.2] * 3), (4, 3, 20, 30)),
        (lambda f, x: f.resize(x, [16, 24], antialias=True), (4, 3, 16, 24)),
        (lambda f, x: f.rgb_to_grayscale(x), (4, 1, 20, 30)),
        (lambda f, x: f.rgb_to_grayscale(x, 3), (4, 3, 20, 30)),
        (lambda f, x: f.hflip(x), (4, 3, 20, 30)),
        (lambda f, x: f.pad(x, [1, 2]), (4, 3, 24, 32)),
    ],
)
def test_transforms_inside_of_a_model(function, wanted) -> None:
    defined()
    from torchvision.transforms import functional

    network = of(lambda x: function(functional, x), (2, 3, 12, 18))
    assert shapes_at(network, (4, 3, 20, 30)) == [wanted]


def test_frozen_batch_norms_and_other_layers() -> None:
    ops = defined().ops
    holds_everywhere(ops.FrozenBatchNorm2d(8), IMAGES, others=[[MORE]], real=True)
    holds_everywhere(ops.SqueezeExcitation(8, 2), IMAGES, others=[[MORE]], real=True)
    holds_everywhere(ops.Conv2dNormActivation(8, 4, 3, stride=2).eval(), IMAGES, others=[[MORE]], real=True)
    network = holds_everywhere(ops.MLP(8, [16, 4]).eval(), (2, 8), others=[[(5, 8)]], real=True)
    assert operators_of(network)[0] == "Linear"


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("retinanet_resnet50_fpn", 300),
        ("fcos_resnet50_fpn", 100),
        ("ssdlite320_mobilenet_v3_large", 300),
        ("ssd300_vgg16", 200),
        ("fasterrcnn_mobilenet_v3_large_320_fpn", 100),
        ("maskrcnn_resnet50_fpn", 100),
        ("keypointrcnn_resnet50_fpn", 100),
    ],
)
def test_detection_networks(name, most) -> None:
    """All of it is followed, and at most so many boxes come out."""
    build = getattr(defined().models.detection, name)
    model = build(weights=None, weights_backbone=None).eval()
    arguments = arguments_of(model, None, None, {}, {}, ([torch.empty(3, 320, 400, device="meta")],))
    network, recording = reader.traced(model, arguments, Origin("torch", name))
    assert not network.facts.get("stopped")
    assert recording.disagreements == []
    assert [node.operator.called for node in network.nodes if isinstance(node.operator, Opaque)] == []
    supposed = {name: size for name, size in recording.path.example.items() if name.startswith("k")}
    fed = {network.inputs[0].name: (3, 320, 400)}
    boxes = dict(evaluate_network(network, fed, Path(supposed)).outputs)[network.outputs[0]]
    assert shape_text(boxes.shape).startswith("min(k")
    assert shape_text(boxes.shape).endswith(f", {most})×4")
