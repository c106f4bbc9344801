"""Every kind of finding in full, and that a fix which is called verified works."""

from __future__ import annotations

import pytest

from shapelens import inspect

TEXTS = {
    ("Conv2d(3, 64, 3)", (1, 28, 28)): """\
SL102  this Conv2d takes 3 channels and gets 1
  at     Conv2d(3, 64, 3), input 1×28×28
  have   1 channel in 1×28×28
  rule   weight 64×3×3×3 wants 3, gets 1
  fix    Conv2d(1, 64, 3)                   ✓ verified   gives N×64×26×26
         or in code  x.repeat(1, 3, 1, 1)   ✓ verified   gives N×64×26×26
  torch  Given groups=1, weight of size [64, 3, 3, 3], expected input[1, 1, 28, 28] to have 3 channels, \
but got 1 channels instead""",
    ("Conv2d(3, 64, 7, stride=2, padding=3)", (224, 224, 3)): """\
SL103  this Conv2d takes 3 channels and gets 224
  at     Conv2d(3, 64, 7, stride=2, padding=3), input 224×224×3
  have   read as C×H×W, PyTorch's order: 224 channels of 224×3
  rule   weight 64×3×7×7 wants 3, gets 224; the 3 stands last, as in H×W×C
  fix    --input 3x224x224                   ✓ verified   gives 64×112×112
         or in code  x.permute(0, 3, 1, 2)   ✓ verified   gives N×64×112×112
  torch  Given groups=1, weight of size [64, 3, 7, 7], expected input[1, 224, 224, 3] to have 3 channels, \
but got 224 channels instead""",
    ("Conv2d(3, 64, 3)", (224, 224)): """\
SL104  an axis is missing
  at     Conv2d(3, 64, 3), input 224×224
  have   224×224: 2 axes
  rule   Conv2d takes 3 or 4 axes: one sample is C×H×W, a batch N×C×H×W
  fix    --input 3x224x224   ✓ verified   gives 64×222×222
  torch  Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [224, 224]""",
    ("Conv2d(3, 8, 4)", (3, 3, 3)): """\
SL105  the kernel is larger than the padded input
  at     Conv2d(3, 8, 4), input 3×3×3
  have   3×3×3: height and width 3, and windows of 4
  rule   at least one window must fit: the padded size is at least 4
  fix    feed at least 3×4×4   ✓ verified   gives 8×1×1
  torch  Calculated padded input size per channel: (3 x 3). Kernel size: (4 x 4). Kernel size can't be \
greater than actual input size""",
    ("ConvTranspose2d(3, 8, 1, padding=1)", (3, 2, 5)): """\
SL105  nothing is left of the output
  at     ConvTranspose2d(3, 8, 1, padding=1), input 3×2×5
  have   3×2×5: 2 grows to 0
  rule   (in - 1)·stride - pad - pad + dilation·(kernel - 1) + output_padding + 1 is at least 1
  fix    feed at least 3×3×3   ✓ verified   gives 8×1×1""",
    ("Sequential(Flatten(), Linear(2048, 10))", (32, 7, 7)): """\
SL101  features do not fit a linear layer
  at     1 (Linear)
  have   1568 features = 32 × 7 × 7 from 0
  rule   Linear(2048, 10) takes 2048 = 32 × 8 × 8
  fix    Linear(1568, 10)                                ✓ verified   gives N×10
         or feed 32×8×8                                  ✓ verified   gives 10
         or nn.AdaptiveAvgPool2d(8) before the flatten   ✓ verified   gives N×10
  torch  mat1 and mat2 shapes cannot be multiplied (1x1568 and 2048x10)""",
    ("Sequential(Conv2d(3, 32, 3), BatchNorm2d(64))", (3, 8, 8)): """\
SL113  this norm is for 64 and gets 32
  at     1 (BatchNorm2d)
  have   32 channels in 32×6×6 from 0
  rule   a norm has one scale for each of them, here 64
  fix    num_features=32   ✓ verified   gives N×32×6×6""",
}


@pytest.mark.parametrize(("model", "sample"), TEXTS, ids=str)
def test_a_finding_in_full(model, sample):
    (finding,) = inspect(model, sample).findings
    assert [line.rstrip() for line in finding.message.splitlines()] == TEXTS[model, sample].splitlines()
    assert finding.severity == "error"
    assert finding.to_dict()["message"] == finding.message


def test_the_smallest_input_of_a_whole_network():
    (finding,) = inspect("vgg16", (3, 16, 16)).findings
    assert (finding.code, finding.layer) == ("SL106", "features.30")
    assert "16 → 8 → 4 → 2 → 1" in finding.have
    fix, other = finding.fixes
    assert fix.text.startswith("feed at least 3×32×32")
    assert other.text == "leave out this pooling, features.30"
    assert inspect("vgg16", (3, 32, 32)).findings == ()
    assert inspect("vgg16", (3, 31, 31)).findings != ()


def test_a_skip_that_does_not_fit_tells_both_chains():
    findings = inspect("unet_padded", (1, 100, 100)).findings
    assert findings[0].code == "SL107"
    assert "100 → 50 → 25 → 12" in findings[0].have
    assert inspect("unet_padded", (1, 96, 96)).findings == ()


def test_all_findings_in_one_run_and_in_order():
    net = inspect(
        "Sequential(Conv2d(3, 8, 3), Conv2d(9, 8, 3), Conv2d(8, 8, 9), Conv2d(7, 4, 1))", (3, 10, 10)
    )
    assert [(f.layer, f.code) for f in net.findings] == [("1", "SL102"), ("2", "SL105"), ("3", "SL102")]


def test_what_fits_has_no_findings():
    for name in ("vgg16", "resnet50", "googlenet", "unet", "densenet121", "lenet5"):
        assert inspect(name).findings == ()


def test_channels_first_into_layers_that_read_them_last():
    (finding,) = inspect("Conv2D(64, 7)", (3, 224, 224)).findings
    assert finding.code == "SL105"
    assert [fix.text for fix in finding.fixes] == ["--input 224x224x3: the channels last"]
