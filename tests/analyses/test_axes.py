"""What each axis of a tensor is, on networks whose authors know."""

import pytest

from shapelens import inspect
from shapelens.analyses.axes import axes_of


def letters(source, sample=None):
    return axes_of(inspect(source, sample).evaluation)


@pytest.mark.parametrize(
    ("text", "sample", "expected"),
    [
        ("Sequential(Conv2d(3, 8, 3), Flatten(), Linear(8, 2))", (3, 3, 3), ["NCHW", "NC", "NC"]),
        ("Sequential(Conv1d(3, 8, 3), AdaptiveAvgPool1d(1), Flatten())", (3, 9), ["NCT", "NCT", "NC"]),
        ("Sequential(Conv3d(3, 8, 3), MaxPool3d(2))", (3, 9, 9, 9), ["NCDHW", "NCDHW"]),
        ("Sequential(Conv2d(3, 8, 3), Flatten(2))", (3, 9, 9), ["NCHW", "NCT"]),
        ("Conv2D(8, 3)", (9, 9, 3), ["NHWC"]),
        ("Sequential([Conv2D(8, 3), GlobalAveragePooling2D(), Dense(4)])", (9, 9, 3), ["NHWC", "NC", "NC"]),
    ],
)  # fmt: skip
def test_layers_of_a_text(text, sample, expected):
    inspection = inspect(text, sample)
    found = axes_of(inspection.evaluation)
    assert [found[step.node.outputs[0]] for step in inspection.evaluation.steps][: len(expected)] == expected


def test_every_tensor_of_known_rank_has_a_letter_for_each_axis():
    for name in ("resnet18", "densenet121", "googlenet", "unet"):
        evaluation = inspect(name).evaluation
        found = axes_of(evaluation)
        for step in evaluation.steps:
            for value, tensor in zip(step.node.outputs, step.outputs, strict=True):
                assert len(found[value]) == tensor.rank
                assert found[value][0] == "N"


@pytest.mark.torch
def test_tokens_are_a_row_of_features():
    from torch import nn

    class Patches(nn.Module):
        def __init__(self):
            super().__init__()
            self.cut = nn.Conv2d(3, 32, 8, 8)
            self.mix = nn.Linear(32, 64)

        def forward(self, x):
            x = self.cut(x)
            x = self.mix(x.flatten(2).transpose(1, 2))
            return x.transpose(1, 2).reshape(x.shape[0], 64, 4, 4).permute(0, 2, 3, 1)

    found = axes_of(inspect(Patches(), (3, 32, 32)).evaluation)
    assert [found[name] for name in ("cut", "flatten", "transpose", "mix", "transpose:2")] == [
        "NCHW", "NCT", "NTC", "NTC", "NCT",
    ]  # fmt: skip
    assert found["reshape"] == "NCHW"
    assert found["permute"] == "NHWC"
