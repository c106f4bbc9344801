"""The framework's own words, as it says them: who searches for its message finds ours."""

from __future__ import annotations

import ast

import pytest

from shapelens import inspect

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

CASES = [
    ("Conv1d(3, 8, 9)", (3, 5)),
    ("Conv2d(3, 8, 4)", (3, 3, 3)),
    ("Conv2d(3, 8, 5, padding=(1, 0))", (3, 2, 5)),
    ("Conv2d(3, 8, 3, dilation=2)", (3, 2, 5)),
    ("Conv3d(1, 8, 3, padding=(0, 1, 0))", (1, 4, 4, 2)),
    ("Conv2d(3, 64, 3)", (1, 28, 28)),
    ("Conv2d(4, 8, 3, groups=2)", (6, 8, 8)),
    ("Conv2d(3, 64, 7, stride=2, padding=3)", (224, 224, 3)),
    ("Conv2d(3, 64, 3)", (224, 224)),
    ("Conv2d(3, 64, 3)", (2, 3, 8, 8)),
    ("Conv1d(3, 64, 3)", (5,)),
    ("Linear(2048, 10)", (1568,)),
]


@pytest.mark.parametrize(("text", "sample"), CASES, ids=str)
def test_they_are_pytorchs(text, sample):
    layer = built(text)
    (finding,) = inspect(text, sample).findings
    batched = (1, *sample) if len(sample) > 1 or isinstance(layer, torch.nn.Linear) else sample
    fed = sample if finding.code == "SL104" and len(sample) < 3 else batched
    with pytest.raises(RuntimeError) as refused:
        layer(torch.zeros(fed))
    framework, said = finding.framework
    assert framework == "torch"
    assert said == str(refused.value)


def built(text):
    """PyTorch's layer: the text's numbers are looked up, nothing is run."""
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    return getattr(torch.nn, call.func.id)(*map(ast.literal_eval, call.args), **named)
