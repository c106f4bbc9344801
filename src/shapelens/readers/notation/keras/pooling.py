"""Keras' pools."""

from __future__ import annotations

from shapelens.operators import AdaptivePool, GlobalPool, Pool
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import image_taken, is_channels_last, window_padding
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place

_POOL = "pool_size, strides=None, padding='valid', data_format=None"
_GLOBAL = "data_format=None, keepdims=False"
_ADAPTIVE = "output_size, data_format=None"


def _kind(arguments: Arguments) -> str:
    return "max" if "Max" in arguments.name else "average"


@layer("AveragePooling1D", "AveragePooling2D", "AveragePooling3D", signature=_POOL, takes=image_taken,
       keeps=CHANNELS, alias="AvgPool")  # fmt: skip
@layer("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", signature=_POOL.replace("pool_size", "pool_size=2"),
       takes=image_taken, keeps=CHANNELS, alias="MaxPool")  # fmt: skip
def pool(arguments: Arguments, place: Place) -> None:
    size = arguments.integers("pool_size", arguments.rank)
    strides = arguments.integers("strides", arguments.rank) if arguments.has("strides") else size
    operator = Pool(
        _kind(arguments),
        size,
        strides,
        window_padding(arguments),
        channels_last=is_channels_last(arguments),
        batched=True,
        count_include_pad=False,
    )
    place.add(operator)


@layer("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", signature=_GLOBAL,
       takes=image_taken, alias="GlobalAvgPool")  # fmt: skip
@layer("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", signature=_GLOBAL, takes=image_taken,
       alias="GlobalMaxPool")  # fmt: skip
def global_pool(arguments: Arguments, place: Place) -> None:
    last, keeps = is_channels_last(arguments), arguments.flag("keepdims")
    place.add(GlobalPool(_kind(arguments), arguments.rank, keeps, channels_last=last, batched=True))


@layer("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", signature=_ADAPTIVE,
       takes=image_taken, keeps=CHANNELS)  # fmt: skip
@layer("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", signature=_ADAPTIVE,
       takes=image_taken, keeps=CHANNELS)  # fmt: skip
def adaptive_pool(arguments: Arguments, place: Place) -> None:
    sizes = arguments.integers("output_size", arguments.rank)
    place.add(AdaptivePool(_kind(arguments), sizes, is_channels_last(arguments), batched=True))
