"""Keras' inputs, which stand first and declare what goes in."""

from __future__ import annotations

from shapelens.dims import Unknown, shape_text
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.declaring import checked_sizes, declared_sample, sample_of
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample

_INPUT = "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, name=None"


def _declared(arguments: Arguments) -> Sample | None:
    """The sample: the shape without its batch."""
    dtype = arguments.text("dtype") or ""
    if arguments.has("shape"):
        return sample_of(checked_sizes(arguments, "shape"), dtype=dtype)
    if arguments.has("batch_shape"):
        return sample_of(checked_sizes(arguments, "batch_shape")[1:], dtype=dtype)
    if any(arguments.has(name) for name in ("input_shape", "batch_input_shape")):
        return None  # what any layer may declare
    raise arguments.error(
        f"this {arguments.name} has no shape",
        rule="shape is that of one sample, without a batch",
        have=arguments.source.shown(arguments.call.span),
        fix=f"{arguments.name}((224, 224, 3))",
    )


@layer("Input", signature=f"{_INPUT}, tensor=None, optional=False", takes=_declared, keeps=SHAPE)
@layer("InputLayer", signature=f"{_INPUT}, input_tensor=None, optional=False", takes=_declared, keeps=SHAPE)
def declare(arguments: Arguments, place: Place) -> None:
    """Nothing is computed; within a network it says again what comes in."""
    declared, tensor = declared_sample(arguments, _declared(arguments)), place.tensor
    if not place.builder.nodes or declared is None or isinstance(tensor.shape, Unknown):
        return
    sizes = zip(declared.dims, tensor.dims[1:], strict=False)
    differs = any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in sizes)
    if differs or len(declared.dims) != tensor.rank - 1:
        raise arguments.error(
            f"an {arguments.name} in the middle declares another shape than comes in",
            rule=f"what comes in is {shape_text(tensor.dims[1:])}",
            have=arguments.source.shown(arguments.call.span),
        )
