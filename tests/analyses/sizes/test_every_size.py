"""The sizes that networks accept, against a real forward on the CPU at every size."""

from __future__ import annotations

import gc
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import shapelens  # noqa: E402 - after the check for PyTorch
from shapelens.readers.torch.structures import leaves  # noqa: E402
from tests.analyses.sizes.own_networks import NETWORKS  # noqa: E402
from tests.readers.classics.oracle import torchvision  # noqa: E402
from tests.readers.torch import networks  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.conformance]

SQUARES = [(size, size) for size in range(1, 161)]
UNEQUAL = [
    (height, width)
    for height in (1, 2, 3, 7, 16, 31, 33, 64, 96, 100, 127)
    for width in (1, 4, 8, 15, 32, 48, 63, 65, 97, 128)
]
BATCH = 2
MOST_UNKNOWN = 0.02

FROM_TORCHVISION = (
    "alexnet vgg11 squeezenet1_1 densenet121 mobilenet_v2 mobilenet_v3_small shufflenet_v2_x0_5 mnasnet0_5 googlenet "
    "inception_v3 convnext_tiny swin_t regnet_y_400mf resnet18 efficientnet_b0 lraspp_mobilenet_v3_large "
    "deeplabv3_mobilenet_v3_large"
).split()
FROM_TIMM = {
    "levit_128s": {"img_size": 96},
    "dla34": {},
    "hrnet_w18_small": {},
    "tresnet_m": {},
    "coatnet_nano_rw_224": {"img_size": 96},
    "swin_tiny_patch4_window7_224": {"img_size": 56},
    "swin_s3_tiny_224": {"img_size": 112, "strict_img_size": False},
    "swinv2_tiny_window8_256": {"img_size": 64, "strict_img_size": False},
    "swinv2_cr_tiny_ns_224": {"img_size": 96, "window_size": 3},
    "maxvit_pico_rw_256": {"img_size": 64},
    "mobilevit_xxs": {},
    "mobilevitv2_050": {},
    "pvt_v2_b0": {},
    "twins_svt_small": {},
    "fastvit_t8": {},
    "edgenext_xx_small": {},
    "mixer_s16_224": {"img_size": 96},
    "davit_tiny": {},
    "convit_tiny": {"img_size": 96},
    "visformer_tiny": {"img_size": 96},
    "vit_tiny_patch16_224": {"img_size": 96},
    "vit_tiny_patch16_224, any size": {"dynamic_img_size": True},
}
"""Their settings: made for sizes below 160, where they are made for one."""


def cases():
    named = [("own", name) for name in NETWORKS if name != "counted"]
    if torchvision() is None:
        return named
    named += [("torchvision", name) for name in FROM_TORCHVISION]
    try:
        import timm  # noqa: F401
    except ImportError:
        return named
    return [*named, *[("timm", name) for name in FROM_TIMM]]


def build(library, name):
    """A network that computes, and the shape of one sample."""
    torch.manual_seed(0)
    if library == "own":
        return NETWORKS[name]().eval(), (1, 96, 96)
    if library == "timm":
        import timm

        model = timm.create_model(name.partition(",")[0], **FROM_TIMM[name]).eval()
        side = FROM_TIMM[name].get("img_size", 224)
        return model, (3, side, side)
    models = torchvision().models
    settings = {"init_weights": False} if name in {"googlenet", "inception_v3"} else {}
    if name in models.list_models(module=models.segmentation):
        settings["weights_backbone"] = None
    model = models.get_model(name, weights=None, **settings).eval()
    return model, networks.sample_of(model, name)


def forward(model, channels, height, width):
    """The shapes that a real forward gives; None where it raises an exception."""
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = model(torch.zeros(BATCH, channels, height, width))
    except Exception:
        return None
    return [tuple(t.shape) for _, t in leaves(given) if isinstance(t, torch.Tensor)]


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    gc.collect()


@pytest.mark.parametrize(("library", "name"), cases())
def test_they_are_those_of_a_real_forward(library, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, sample = build(library, name)
        sizes = shapelens.inspect(model, sample).sizes(maximum=160)
    points = [*SQUARES, *UNEQUAL]
    answers = sizes.contains(*np.array(points).T)
    wrong = []
    for (height, width), answer in zip(points, answers, strict=True):
        if answer is None:
            continue
        given = forward(model, sample[0], height, width)
        told = sizes.at(height, width, batch=BATCH)
        if (given is None) == answer or (answer and list(told) != given):
            wrong.append((height, width, answer, told, given))
    assert wrong == []
    unknown = sum(answer is None for answer in answers) / len(points)
    assert unknown <= MOST_UNKNOWN
    assert sizes.share_unknown <= MOST_UNKNOWN
