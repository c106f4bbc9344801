"""Functions of each element by itself, as functions, as methods and in place."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402

from shapelens.operators import Dropout  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE = (2, 4, 9, 7)
OTHERS = [[(5, 4, 12, 11)], [(1, 4, 16, 2)]]

OF_TORCH = (
    "erf exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh asinh acosh atanh sqrt rsqrt abs "
    "neg negative sign sgn floor ceil round trunc fix frac reciprocal square erfinv erfc logit lgamma digamma i0 "
    "sinc isnan isinf isfinite isneginf isposinf isreal logical_not positive nan_to_num angle conj conj_physical "
    "resolve_conj resolve_neg signbit deg2rad rad2deg absolute arccos arcsin arctan arccosh arcsinh arctanh relu "
    "sigmoid tanh selu celu rrelu frexp"
)
OF_FUNCTIONAL = (
    "relu relu6 elu selu celu gelu silu mish sigmoid tanh logsigmoid hardswish hardsigmoid hardtanh softplus "
    "leaky_relu softsign tanhshrink hardshrink softshrink rrelu"
)
OF_SPECIAL = (
    "bessel_j0 bessel_j1 bessel_y0 bessel_y1 digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 "
    "i1e log1p log_ndtr logit ndtr ndtri psi round sinc"
)
IN_PLACE = (
    "relu_ sigmoid_ tanh_ exp_ sqrt_ abs_ neg_ floor_ ceil_ round_ square_ log_ sin_ trunc_ reciprocal_"
)


@pytest.mark.parametrize("name", OF_TORCH.split())
def test_a_function_of_torch(name) -> None:
    holds_everywhere(getattr(torch, name), IMAGE, others=OTHERS)


@pytest.mark.parametrize("name", OF_FUNCTIONAL.split())
def test_an_activation(name) -> None:
    network = holds_everywhere(getattr(F, name), IMAGE, others=OTHERS)
    assert operators_of(network) == ["Activation"]


@pytest.mark.parametrize("name", OF_SPECIAL.split())
def test_a_special_function(name) -> None:
    holds_everywhere(getattr(torch.special, name), IMAGE, others=OTHERS)


@pytest.mark.parametrize("name", IN_PLACE.split())
def test_in_place_it_is_the_same(name) -> None:
    def changed(x):
        y = x.clone()
        returned = getattr(y, name)()
        return y, returned

    network = holds_everywhere(changed, IMAGE, others=OTHERS)
    assert operators_of(network) == ["Activation"]
    assert network.outputs[0] == network.outputs[1]


@pytest.mark.parametrize(
    "function",
    cases(
        operators=lambda x: (-x, +x, abs(x), ~(x > 0), ~x.int()),
        threshold=lambda x: F.threshold(x, 0, 1),
        threshold_of_torch=lambda x: torch.threshold(x, 0, 1),
        inplace_keyword=lambda x: F.hardtanh(x.clone(), 0, 6, inplace=True),
        round_to_places=lambda x: torch.round(x, decimals=2),
        polygamma=lambda x: torch.polygamma(1, x),
        polygamma_method=lambda x: x.polygamma(2),
        mvlgamma=lambda x: torch.mvlgamma(x + 5, 2),
        softmax=lambda x: F.softmax(x, 1),
        softmax_method=lambda x: x.softmax(dim=-1),
        softmax_in_double=lambda x: F.softmax(x, dim=1, dtype=torch.float64),
        log_softmax=lambda x: torch.log_softmax(x, 1),
        softmin=lambda x: F.softmin(x, dim=1),
        gumbel_softmax=lambda x: F.gumbel_softmax(x, hard=True, dim=1),
        softmax_of_maps=torch.nn.Softmax2d(),
        special_softmax=lambda x: torch.special.log_softmax(x, 1),
        glu=lambda x: F.glu(x, 1),
        glu_module=torch.nn.GLU(dim=-3),
        dropout=lambda x: F.dropout(x, 0.5),
        dropout2d=lambda x: F.dropout2d(x, 0.5, training=True),
        feature_alpha_dropout=lambda x: F.feature_alpha_dropout(x, 0.5),
        alpha_dropout=F.alpha_dropout,
        dropout_of_torch=lambda x: torch.dropout(x, 0.3, True),
        native_dropout=lambda x: torch.native_dropout(x, 0.5, True),
        clamp=lambda x: x.clamp(0, 1),
        clamp_keyword=lambda x: torch.clamp(x, max=6),
        clamp_in_place=lambda x: x.clone().clamp_(min=0),
        clamp_by_tensors=lambda x: torch.clamp(x, x.mean(), x.max()),
        clamp_broadcasts=lambda x: torch.clamp(x.mean(0), min=x),
        clamp_min=lambda x: x.clamp_min(0),
        clamp_max=lambda x: x.clamp_max(1),
        clamp_max_of_a_tensor=lambda x: torch.clamp_max(x, x.mean()),
        clip=lambda x: torch.clip(x, 0.0, 1.0),
        relu_of_integers=lambda x: F.relu(x.int()),
        root_of_integers=lambda x: torch.sqrt(x.int()),
    ),
)
def test_with_settings(function) -> None:
    holds_everywhere(function, IMAGE, others=OTHERS)


@pytest.mark.parametrize("weights", [1, 4])
def test_a_slope_is_learned(weights) -> None:
    network = holds_everywhere(torch.nn.PReLU(weights), IMAGE, others=OTHERS, real=True)
    assert [weight.shape for weight in network.weights.values()] == [(weights,)]


@pytest.mark.parametrize(
    ("rank", "axis"), [(1, 0), (2, 1), (3, 0), (4, 1)], ids=["vector", "matrix", "sequence", "image"]
)
@pytest.mark.filterwarnings("ignore:Implicit dimension choice")
def test_without_an_axis_softmax_takes_pytorchs(rank, axis) -> None:
    network = holds_everywhere(F.softmax, (2, 4, 9, 7)[:rank])
    assert network.nodes[0].operator.axis == axis


@pytest.mark.parametrize(
    ("function", "shape", "share", "apart"),
    [
        (lambda x: F.dropout(x, 0.2), IMAGE, 0.2, None),
        (lambda x: F.dropout(x, p=0.2), IMAGE, 0.2, None),
        (lambda x: F.dropout2d(x, 0.2), IMAGE, 0.2, (0, 1)),
        (lambda x: F.dropout1d(x, 0.2), (2, 4, 9), 0.2, (0, 1)),
        (lambda x: F.dropout1d(x, 0.2), (4, 9), 0.2, (0,)),
        (lambda x: F.dropout3d(x, 0.2), (4, 9, 7, 5), 0.2, (0,)),
    ],
)
def test_what_a_dropout_drops(function, shape, share, apart) -> None:
    operator = holds_everywhere(function, shape).nodes[0].operator
    assert operator == Dropout(share=share, apart=apart)


def test_contents_are_followed_in_the_type_of_the_result() -> None:
    def sized(x):
        half = torch.tensor([x.shape[2], x.shape[3]]) * -1
        return x.new_zeros(torch.abs(half)[0].item(), torch.neg(half)[1].item())

    holds_everywhere(sized, IMAGE, others=OTHERS)
