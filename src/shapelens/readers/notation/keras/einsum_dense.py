"""Keras' linear layer over any axes, as an equation names them: `abc,cd->abd`."""

from __future__ import annotations

import re

from shapelens.dims import Dim
from shapelens.operators import Einsum, Elementwise, Shape
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.linear import refuse_lora
from shapelens.readers.notation.keras.settings import activate
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, vector
from shapelens.records import dataclass

_EINSUM = (
    "equation, output_shape, activation=None, bias_axes=None, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None, lora_rank=None, lora_alpha=None, gptq_unpacked_column_size=None, "
    "quantization_config=None"
)
_EQUATION = re.compile(
    r"(?P<before>\.\.\.)?(?P<input>[a-zA-Z]+)(?P<after>\.\.\.)?,(?P<kernel>[a-zA-Z]+)->"
    r"(?(before)\.\.\.)(?P<output>[a-zA-Z]+)(?(after)\.\.\.)"
)


@dataclass(frozen=True, slots=True)
class _Equation:
    """The letters of an equation.

    Args:
        input: those of the input's axes.
        kernel: those of the kernel's.
        output: those of the output's.
        elided: where axes have no letter: `before` those that have, `after` them, or nowhere.
    """

    input: str
    kernel: str
    output: str
    elided: str


def _equation(arguments: Arguments) -> _Equation:
    text = arguments.value("equation")
    match = _EQUATION.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    if match is None or (match["before"] and match["after"]):
        raise arguments.error(
            "this equation cannot be read",
            "equation",
            rule="an equation is like 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'",
        )
    elided = "before" if match["before"] else "after" if match["after"] else ""
    letters = _Equation(match["input"], match["kernel"], match["output"], elided)
    unmatched = [letter for letter in letters.kernel if letter not in letters.input + letters.output]
    strange = [letter for letter in letters.output if letter not in letters.input + letters.kernel]
    if unmatched or strange:
        letter = (unmatched or strange)[0]
        where = "kernel" if unmatched else "output"
        raise arguments.error(
            f"the axis {letter} of the {where} stands nowhere else",
            "equation",
            rule="an axis of the kernel is one of the input or the output; one of the output is another's too",
        )
    return letters


def _takes(arguments: Arguments) -> Sample:
    letters = _equation(arguments)
    if letters.elided:
        return vector("F")
    axes = tuple([f"D{axis}" for axis in range(1, len(letters.input))])
    return Sample(axes or ("D1",), max(len(axes) - 1, 0), is_certain=bool(axes))


@layer("EinsumDense", signature=_EINSUM, takes=_takes)
def einsum_dense(arguments: Arguments, place: Place) -> None:
    """A kernel over the axes that the equation names, and a bias over some of them."""
    refuse_lora(arguments)
    letters = _equation(arguments)
    sizes = _input_sizes(letters, place)
    asked = _asked(arguments, letters)
    for letter, size in asked.items():
        had = sizes.get(letter)
        if isinstance(had, int) and had != size:
            raise arguments.error(
                f"the axis {letter} has {had} cells in what comes in, and {size} in output_shape",
                "output_shape",
                "equation",
                rule="an axis that passes through keeps its size; None stands for it in output_shape",
            )
    kernel = tuple([_size(arguments, letter, asked, sizes) for letter in letters.kernel])
    equation = str(arguments.value("equation")).replace(" ", "")
    place.add(Einsum(equation), {"second": kernel}, called={"second": "kernel"})
    bias = _bias(arguments, letters, asked, sizes, place.rank)
    if bias is not None:
        place.then(Elementwise("add"), "bias", {"other": bias}, called={"other": "bias"})
    activate(arguments, place)


def _input_sizes(letters: _Equation, place: Place) -> dict[str, Dim]:
    """The size of each axis of the input that has a letter."""
    first = -len(letters.input) if letters.elided == "before" else 0
    return {letter: place.size(first + axis) for axis, letter in enumerate(letters.input)}


def _asked(arguments: Arguments, letters: _Equation) -> dict[str, int]:
    """The sizes of the output's axes that are given; the batch has none, unless it is among those left out."""
    named = letters.output if letters.elided == "before" else letters.output[1:]
    value = arguments.value("output_shape")
    given = value if isinstance(value, tuple) else (value,)
    fits = all(size is None or (isinstance(size, int) and size >= 1) for size in given)
    if not fits or len(given) != len(named):
        raise arguments.error(
            f"output_shape has not one size for each of {', '.join(named)}",
            "output_shape",
            "equation",
            rule="output_shape has the sizes of the output's axes, the batch and those left out excluded",
        )
    return {letter: size for letter, size in zip(named, given, strict=True) if size is not None}


def _size(arguments: Arguments, letter: str, asked: dict[str, int], sizes: dict[str, Dim]) -> Dim:
    """The size of an axis of the kernel: as it is asked for, or as long as the input's that it meets."""
    if letter in asked:
        return asked[letter]
    if letter in _equation(arguments).output:
        raise arguments.error(
            f"output_shape has no size for {letter}, which is an axis of the kernel too",
            "output_shape",
            "equation",
            rule="a kernel's axis that goes out has the size that output_shape gives it",
        )
    return sizes[letter]


def _bias(
    arguments: Arguments, letters: _Equation, asked: dict[str, int], sizes: dict[str, Dim], rank: int | None
) -> Shape | None:
    """The shape of the bias, from the first of its axes to the last of the output."""
    if not arguments.has("bias_axes"):
        return None
    axes = arguments.text("bias_axes") or ""
    if not axes or any(axis not in letters.output for axis in axes):
        raise arguments.error(
            "bias_axes are axes of the output",
            "bias_axes",
            "equation",
            rule=f"bias_axes are some of {', '.join(letters.output)}",
        )
    first = min(letters.output.index(axis) for axis in axes)
    known = {**sizes, **asked}
    shape = tuple([known[letter] if letter in axes else 1 for letter in letters.output[first:]])
    left_out = 0 if rank is None or letters.elided != "after" else rank - len(letters.output)
    return shape + (1,) * left_out
