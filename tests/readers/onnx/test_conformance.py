"""The whole reader against onnx' suite of operator cases and against networks of others, every shape of them."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from shapelens.analyses.findings import findings_of
from shapelens.dims import Unknown, symbol
from shapelens.network import evaluate_network
from tests.readers.onnx.data_decided import decided_by_data
from tests.readers.onnx.judging import (
    Verdict,
    compare,
    fixed_network,
    network_from,
    other_sizes,
    static,
    symbolic,
    symbolic_network,
)
from tests.readers.onnx.real_networks import IMAGENET, NUDENET, RAPIDOCR, RealNetwork, real_networks
from tests.readers.onnx.suite import cases, collected

pytestmark = [pytest.mark.conformance, pytest.mark.onnx]

NOT_SHOWN = {"test_nonmaxsuppression_single_box", "test_range_bfloat16_type_positive_delta_expanded"}
"""The data decide these too, which no execution shows: one box is always kept, and nothing runs the other."""

RUNS_WITHOUT_A_WINDOW = {"test_MaxPool1d", "test_MaxPool1d_stride"}
"""The runtime divides towards zero: its pool of 4 finds a window in 3 cells. onnx' own evaluator finds none, as we."""


@cache
def static_verdicts() -> dict[str, Verdict]:
    return {case.name: static(case) for case in cases()}


@cache
def symbolic_verdicts() -> dict[str, Verdict]:
    return {case.name: symbolic(case) for case in cases() if case.image is not None}


def share(verdicts) -> float:
    return sum(verdict.is_full for verdict in verdicts) / len(verdicts)


def wrong(verdicts) -> dict[str, list[str]]:
    return {verdict.name: verdict.wrong for verdict in verdicts if verdict.wrong}


# the suite ----------------------------------------------------------------------------------------------


def test_the_suite_is_all_there() -> None:
    assert len({case.name for case in cases()}) == len(cases()) >= 1999
    assert sum(case.is_convnet for case in cases()) >= 350
    assert sum(case.is_core for case in cases()) >= 170


def test_no_shape_is_wrong() -> None:
    assert wrong(static_verdicts().values()) == {}


OF_WHAT_IS_FED = {
    "test_constantofshape_float_ones",
    "test_constantofshape_int_shape_zero",
    "test_constantofshape_int_zeros",
}
"""Cases whose outputs are as large as the elements of an input say."""


def unknown(chosen=lambda case: True) -> set[str]:
    return {case.name for case in cases() if chosen(case) and static_verdicts()[case.name].unknown}


@pytest.mark.parametrize(("kind", "count", "fed"), [("is_core", 176, 0), ("is_convnet", 357, 3)])
def test_every_size_in_a_convolutional_network_is_known(kind, count, fed) -> None:
    """Three are formulas of what is fed: they take the shape of what they fill as the input that flows."""
    chosen = {case.name for case in cases() if getattr(case, kind)}
    assert len(chosen) >= count
    assert unknown(lambda case: getattr(case, kind)) == set()
    assert len(chosen & decided_by_data()) == len(chosen & OF_WHAT_IS_FED) == fed


def test_every_size_is_known_that_the_data_do_not_decide(capsys) -> None:
    verdicts = static_verdicts().values()
    reasons = Counter(next(iter(verdict.unknown.values())) for verdict in verdicts if verdict.unknown)
    told = [f"{share(verdicts):.1%} of {len(verdicts)} cases full and right; what is not known:"]
    told += [f"{count:5}  {reason}" for reason, count in reasons.most_common()]
    with capsys.disabled():
        print("", *told, sep="\n")  # noqa: T201 - the count is the point
    by_data = (decided_by_data() | NOT_SHOWN) & {case.name for case in cases()}
    assert unknown() == by_data - OF_WHAT_IS_FED
    assert len(decided_by_data()) >= 64


def test_nothing_that_a_case_declares_is_doubted() -> None:
    """The suite's files declare what is so, before it is taken out: no finding says otherwise."""
    doubted = {}
    for name, model, _, _ in collected():
        network = network_from(model)
        shapes = {declared.name: declared.shape for declared in network.inputs if declared.shape is not None}
        found = [
            f.message for f in findings_of(evaluate_network(network, shapes)) if f.code.startswith("SL6")
        ]
        if found:
            doubted[name] = found
    assert doubted == {}


def test_what_is_left_is_what_only_data_decide() -> None:
    """A count is a symbol whose bounds hold the true one; nothing is left without a rule."""
    reasons = [next(iter(v.unknown.values())) for v in static_verdicts().values() if v.unknown]
    told = ("the data decide", "is computed from data")
    assert [reason for reason in reasons if not any(words in reason for words in told)] == []


def test_no_formula_is_wrong_at_any_size_that_runs() -> None:
    assert wrong(symbolic_verdicts().values()) == {}


def test_formulas_of_convolutional_networks_are_compared_at_many_sizes() -> None:
    verdicts = [symbolic_verdicts()[case.name] for case in cases() if case.is_convnet and case.image]
    assert {verdict.name for verdict in verdicts if verdict.refused} == RUNS_WITHOUT_A_WINDOW
    assert sum(verdict.sizes for verdict in verdicts) >= 1500
    assert sum(verdict.sizes > 0 for verdict in verdicts) >= 0.9 * len(verdicts)


@pytest.mark.parametrize(("kind", "least"), [("is_core", 1.0), ("is_convnet", 1.0)])
def test_sizes_come_out_as_formulas(kind, least) -> None:
    verdicts = symbolic_verdicts()
    found = [verdicts[case.name] for case in cases() if case.name in verdicts and getattr(case, kind)]
    assert share(found) >= least, {v.name: v.unknown for v in found if v.unknown}


# networks -----------------------------------------------------------------------------------------------


def network_called(name: str) -> RealNetwork:
    if name not in real_networks():
        package = "nudenet" if name == NUDENET else "rapidocr-onnxruntime"
        pytest.skip(f"{name}: the package `{package}` is not installed (pip install --no-deps {package})")
    return real_networks()[name]


@pytest.mark.parametrize("name", [*IMAGENET, NUDENET, *RAPIDOCR])
def test_every_tensor_of_a_real_network_is_known(name) -> None:
    verdict = fixed_network(network_called(name))
    assert (verdict.wrong, verdict.unknown) == ([], {})


@pytest.mark.parametrize("name", [*IMAGENET, NUDENET, *RAPIDOCR])
def test_tensors_of_a_real_network_are_formulas(name) -> None:
    network = network_called(name)
    verdict = symbolic_network(network)
    assert verdict.wrong == []
    assert verdict.sizes >= 2
    assert verdict.unknown == {}


# that they can fail -------------------------------------------------------------------------------------

H = symbol("H")


@pytest.mark.parametrize(
    ("found", "is_full", "is_wrong"),
    [
        ((2, H // 2), True, False),
        ((2, (H + 1) // 2), False, True),
        ((2, H // 2, 1), False, True),
        ((2, Unknown("the data decide it")), False, False),
        ((2, symbol("k", maximum=3)), False, False),
        ((2, symbol("k", maximum=2)), False, True),
        (Unknown("no rank"), False, False),
    ],
)
def test_what_is_wrong_is_told_from_what_is_right_and_from_what_is_not_known(
    found, is_full, is_wrong
) -> None:
    verdict = Verdict("a case")
    compare(verdict, {"y": found}, {"y": (2, 3)}, {"H": 7}, "at 7")
    assert (verdict.is_full, bool(verdict.wrong)) == (is_full, is_wrong)


def test_an_output_that_is_missing_is_not_known() -> None:
    verdict = Verdict("a case")
    compare(verdict, {}, {"y": (2, 3)}, {}, "")
    assert verdict.unknown == {"y": "nothing in the network gives it"}


def test_other_sizes_are_others() -> None:
    sizes = other_sizes((1, 3, 7, 7))
    assert len(sizes) >= 5
    assert (1, 3, 7, 7) not in sizes
    assert {channels for _, channels, *_ in sizes} == {3}
