"""Pictures in the bytes of a file."""

from __future__ import annotations

from shapelens.operators import DecodeImage
from shapelens.readers.onnx.operators.shapes import count_symbol
from shapelens.readers.onnx.translation import Call, Translation, translates

_CHANNELS = {"RGB": 3, "BGR": 3, "Grayscale": 1}


@translates("ImageDecoder")
def image_decoder(call: Call) -> Translation:
    channels = _CHANNELS[call.word("pixel_format", "RGB", _CHANNELS)]
    counted = count_symbol(call)
    operator = DecodeImage(counted and f"{counted}_height", counted and f"{counted}_width", channels)
    return Translation(operator, (call.given(0),))
