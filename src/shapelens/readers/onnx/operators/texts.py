"""Texts."""

from __future__ import annotations

from shapelens.operators import NGrams, NormalizeTexts, SplitTexts
from shapelens.readers.onnx.operators.shapes import count_symbol
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates


@translates("StringNormalizer")
def normalize(call: Call) -> Translation:
    operator = NormalizeTexts(count_symbol(call), drops=bool(call.attribute("stopwords", ())))
    return Translation(operator, (call.given(0),))


@translates("StringSplit")
def split(call: Call) -> Translation:
    operator = SplitTexts(count_symbol(call), call.attribute("maxsplit", kind=int))
    return Translation(operator, (call.given(0),))


@translates("TfIdfVectorizer")
def count_phrases(call: Call) -> Translation:
    places = call.integers("ngram_indexes")
    if not places or min(places) < 0:
        raise TranslationError("it does not say where its phrases are counted")
    return Translation(NGrams(max(places) + 1), (call.given(0),))
