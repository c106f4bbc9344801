"""Every module's output of real networks, their parameters and their MACs, against PyTorch itself."""

from __future__ import annotations

import gc
import warnings

import pytest

torch = pytest.importorskip("torch")

import shapelens  # noqa: E402 - after the check for PyTorch
from shapelens.dims import Unknown  # noqa: E402
from tests.readers.torch import elsewhere, networks  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.conformance]

BATCH = 2

UNCOUNTED = ("sequencer2d",)
"""PyTorch's counter counts nothing for recurrent cells."""


def cases():
    if networks.torchvision() is None:
        return []
    named = [(name, "torchvision") for name in networks.torchvision_names()]
    try:
        import timm  # noqa: F401
    except ImportError:
        return named
    return [*named, *[(name, "timm") for name in networks.timm_names()]]


@pytest.fixture(autouse=True)
def _free_memory():
    yield
    gc.collect()


@pytest.mark.parametrize(("name", "library"), cases())
def test_every_module_gives_what_a_real_forward_gives(name, library):
    model = networks.build(name, library)
    compare(model, networks.sample_of(model, name), counts=not name.startswith(UNCOUNTED))


@pytest.mark.parametrize(("library", "name", "sample"), list(elsewhere.cases()))
def test_networks_of_other_libraries(library, name, sample):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = elsewhere.build(library, name)
    compare(model, sample, counts=False)


def compare(model, sample, *, counts):
    """Every call of every module, in order, against a real forward; and the totals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inspection = shapelens.inspect(model, sample, batch=BATCH)
    network, values = inspection.network, inspection.evaluation.values
    assert "stopped" not in network.facts

    tensor = torch.empty((BATCH, *sample), device="meta")
    on_meta = model.to("meta")
    calls = networks.module_outputs(on_meta, tensor)
    assert [call.path for call in network.calls] == [path for path, _ in calls]
    for call, (path, shapes) in zip(network.calls, calls, strict=True):
        said = [values[value].shape for _, value in call.outputs]
        assert not any(isinstance(shape, Unknown) for shape in said), (path, said)
        assert said == shapes, path

    assert inspection.parameters == sum(p.numel() for p in model.parameters())
    assert inspection.problems == ()
    if counts:
        assert inspection.macs == pytest.approx(networks.flops(on_meta, tensor) / BATCH, rel=0.001)


def torchvision_weights():
    if networks.torchvision() is None:
        return []
    models = networks.torchvision().models
    listed = [*models.list_models(module=models), *models.list_models(module=models.segmentation)]
    return [name for name in listed if not name.startswith("regnet_y_128gf")]


@pytest.mark.parametrize("name", torchvision_weights())
def test_macs_are_what_torchvision_tells(name):
    models = networks.torchvision().models
    model = networks.build(name, "torchvision")
    told = list(networks.told(models.get_model_weights(name)))
    for meta, side in told[:1]:
        if getattr(model, "image_size", side) != side:
            continue
        inspection = shapelens.inspect(model, (3, side, side))
        assert round(inspection.macs / 1e9, 3) == meta["_ops"]


MULTIPLES = [(1, 1), (2, 1), (3, 3), (4, 7), (5, 5), (8, 6), (9, 9), (10, 12), (12, 10), (16, 16)]
ODD = [
    *[(33, 64), (97, 65), (100, 100), (127, 129), (160, 161)],
    *[(199, 200), (225, 223), (230, 230), (256, 255), (301, 300)],
]
SIZES = [*[(32 * height, 32 * width) for height, width in MULTIPLES], *ODD]

FROM_TORCHVISION = (
    "alexnet convnext_tiny deeplabv3_mobilenet_v3_large deeplabv3_resnet50 densenet121 efficientnet_b0 efficientnet_b4 "
    "efficientnet_v2_s fcn_resnet50 googlenet inception_v3 lraspp_mobilenet_v3_large maxvit_t mnasnet1_0 mobilenet_v2 "
    "mobilenet_v3_large mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18 resnet50 resnext50_32x4d "
    "shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t vgg11 vgg16_bn vit_b_16 wide_resnet50_2"
).split()
FROM_TIMM = (
    "convmixer_768_32 convnextv2_atto coatnet_0_224 cs3darknet_s cspresnet50 darknet53 davit_tiny "
    "deit3_small_patch16_224 dla34 dpn68 edgenext_small efficientformer_l1 ese_vovnet19b_dw fastvit_t8 "
    "focalnet_tiny_srf gernet_s ghostnet_100 hardcorenas_a hgnet_tiny hrnet_w18 inception_next_tiny levit_128 "
    "mambaout_femto mixer_s16_224 mobilenetv4_conv_small mobileone_s0 mobilevit_s nf_resnet26 pvt_v2_b0 regnetx_002 "
    "repvgg_a0 res2net50_26w_4s resnest14d rexnet_100 selecsls42b seresnet18 skresnet18 "
    "swin_tiny_patch4_window7_224 tresnet_m twins_svt_small vit_tiny_patch16_224 xception41"
).split()
ELSEWHERE = [
    *[(name, "torchvision") for name in FROM_TORCHVISION],
    *[(name, "timm") for name in FROM_TIMM],
]


def module_shapes(inspection):
    values = inspection.evaluation.values
    return [
        (call.path, [values[value].shape for _, value in call.outputs]) for call in inspection.network.calls
    ]


@pytest.mark.parametrize(("name", "library"), ELSEWHERE if networks.torchvision() is not None else [])
def test_at_another_size_it_is_what_a_fresh_trace_says(name, library):
    if library == "timm":
        pytest.importorskip("timm")
    model = networks.build(name, library)
    inspection = shapelens.inspect(model, networks.sample_of(model, name))
    for height, width in SIZES:
        there = inspection.at((3, height, width), batch=BATCH)
        fresh = shapelens.inspect(model, (3, height, width), batch=BATCH)
        if there.retraced:
            continue  # a fresh trace itself
        if fresh.network.facts.get("stopped") or fresh.problems:
            # What does not fit there is found in both.
            assert there.problems or there.network.facts.get("stopped"), (height, width)
            continue
        # Constants that hang on sizes are computed for real where these are plain numbers, and are no steps then.
        assert module_shapes(there) == module_shapes(fresh), (height, width)
        assert there.macs == fresh.macs
