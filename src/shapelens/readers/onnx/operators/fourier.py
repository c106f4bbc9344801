"""Fourier transforms."""

from __future__ import annotations

from shapelens.operators import MelWeights, PairedFourier, PairedShortTimeFourier
from shapelens.readers.onnx.schema import data_type_name
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("DFT")
def transform(call: Call) -> Translation:
    """Before version 20 the axis was an attribute, and 1 if not given."""
    axis = call.attribute("axis", 1) if call.version < 20 else -2
    operator = PairedFourier(axis, bool(call.attribute("inverse", 0)), bool(call.attribute("onesided", 0)))
    return Translation(operator, call.leading(2 if call.version < 20 else 3))


@translates("STFT")
def short_time_transform(call: Call) -> Translation:
    operator = PairedShortTimeFourier(bool(call.attribute("onesided", 1)))
    return Translation(operator, call.leading(4, required=2))


@translates("MelWeightMatrix")
def mel_weights(call: Call) -> Translation:
    operator = MelWeights(data_type_name(call.attribute("output_datatype", 1)))
    return Translation(operator, call.leading(2, required=2))
