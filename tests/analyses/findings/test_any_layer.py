"""Any layers and any sample: what does not fit is told, whatever it is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens import explain, inspect
from shapelens.analyses.findings.verifying import fails
from shapelens.errors import ShapelensError

LAYERS = """
AdaptiveAvgPool2d({a})
AvgPool2d({a}, padding={p})
BatchNorm1d({a})
BatchNorm2d({a})
ChannelShuffle({s})
Conv1d({a}, {b}, {c}, stride={s}, padding={p})
Conv2d({a}, {b}, ({c}, {a}), dilation={s})
Conv2d({a}, {b}, {c}, padding='same')
Conv3d({a}, {b}, {c})
Conv2d({s}*{a}, {s}*{b}, {c}, groups={s})
ConvTranspose2d({a}, {b}, {c}, stride={s}, padding={p})
Embedding({a}, {b})
Flatten()
Fold(({a}, {b}), {s})
GLU(dim=-{s})
GRU({a}, {b}, batch_first=True)
GroupNorm({s}, {a})
InstanceNorm2d({a}, affine=True)
LayerNorm({a})
Linear({a}, {b})
LocalResponseNorm({a})
LPPool2d(2, {a})
LSTM({a}, {b}, bidirectional=True)
MaxPool1d({a}, padding={p})
MaxPool2d({a}, stride={s}, ceil_mode=True)
MaxPool3d({a})
MultiheadAttention(4*{a}, {s})
PixelShuffle({s})
PixelUnshuffle({s})
PReLU({a})
ReflectionPad2d({p})
Softmax(dim={s})
Unflatten(1, ({a}, {b}))
Unfold({s})
Upsample(scale_factor={s}.5)
ZeroPad2d(-{p})
""".split("\n")[1:-1]
SIZES = st.integers(1, 9)


@st.composite
def layers(draw):
    chosen = draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=3))
    small = st.integers(1, 3)
    filled = [
        c.format(a=draw(SIZES), b=draw(SIZES), c=draw(SIZES), s=draw(small), p=draw(small)) for c in chosen
    ]
    return filled[0] if len(filled) == 1 else f"Sequential({', '.join(filled)})"


@settings(max_examples=250)
@given(
    text=layers(),
    sample=st.one_of(
        st.none(),
        st.lists(SIZES, min_size=1, max_size=4).map(tuple),
        st.sampled_from(["3xHxW", "CxHxW", "Tx8", "n"]),
    ),
)
def test_it_is_told(text, sample):
    """What is broken has a finding that says where; all that can be asked for is answered."""
    try:
        inspection = inspect(text, sample)
    except ShapelensError:
        return  # no sample would fit such settings, or there are several inputs
    for finding in inspection.findings:
        assert finding.at
        assert finding.have
        assert finding.rule
        assert finding.layer in {step.node.name for step in inspection.evaluation.steps}
    evaluation, is_error = inspection.evaluation, any(f.severity == "error" for f in inspection.findings)
    assert is_error or not evaluation.broken
    # What hangs on the number of samples alone may fail at the example's.
    assert not is_error or any(fails(evaluation, r) for step in evaluation.steps for r in step.requirements)
    assert str(inspection)
    assert str(explain(text, sample))
    assert inspection.to_dict()["layers"]
