"""Texts: ONNX' own cases."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case

OPERATORS = ("StringNormalizer", "StringSplit", "TfIdfVectorizer")

pytestmark = pytest.mark.onnx


@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 19
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


def test_what_only_the_texts_decide_is_a_count_and_all_else_is_known() -> None:
    found = {case.name: evaluate_case(case).unknown for case in cases(*OPERATORS)}
    reasons = {reason.partition(":")[0] for unknown in found.values() for reason in unknown}
    assert reasons == {"a count"}
    assert found["test_strnormalizer_nostopwords_nochangecase"] == ()
    assert not any(unknown for name, unknown in found.items() if "tfidf" in name)


def test_phrases_that_are_counted_nowhere() -> None:
    node = OnnxNode("TfIdfVectorizer", "", "", ("x",), ("y",), {"ngram_indexes": ()}, {})
    operator = translated(Call(node, 9, {})).operator
    (found,) = apply(operator, [Tensor((3, 5), "int64")]).outputs
    reason = "TfIdfVectorizer cannot be read: it does not say where its phrases are counted"
    assert found.shape == Unknown(reason)
