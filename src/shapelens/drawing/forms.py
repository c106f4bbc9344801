"""What a tensor looks like: a volume, a strip, a cube, rows of tokens, or a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Dim, Expression, Unknown, evaluate
from shapelens.operators import Tensor
from shapelens.records import dataclass

__all__ = ["Extent", "Form", "drawn_as", "form_of"]


@dataclass(frozen=True, slots=True)
class Extent:
    """One measure of a tensor.

    Args:
        letter: which axis: `C`, `H`, `W`, `D`, `T`.
        text: how it is written: a number, a formula, or `?`.
        size: how large it is drawn; where it is not known, None.
    """

    letter: str
    text: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Form:
    """The measures of one sample, without the batch.

    Args:
        channels: of what stands in each place; features, for a vector.
        places: the axes along which it has places, in the order depth, height, width; empty for a vector.
        is_known: whether the rank is known.
    """

    channels: Extent
    places: tuple[Extent, ...] = ()
    is_known: bool = True

    @property
    def is_vector(self) -> bool:
        """Whether it has but one place, and is drawn as a bar."""
        return all(place.size == 1 for place in self.places)

    @property
    def letters(self) -> str:
        """Its places: `HW`, `T`, `DHW`."""
        return "".join(place.letter for place in self.places)

    @property
    def spatial(self) -> tuple[str, ...]:
        """What stands on its spatial edges: tensors that share it are drawn at one size."""
        return tuple([place.text for place in self.places])

    def text(self, order: str = "first") -> str:
        """The shape in words: `64×112×112`, with the channels first or last."""
        places = [place.text for place in self.places]
        parts = [self.channels.text, *places] if order == "first" else [*places, self.channels.text]
        return "×".join(_bracketed(part) if len(parts) > 1 else part for part in parts)


def form_of(tensor: Tensor, letters: str | None, example: Mapping[str, int]) -> Form:
    """The form of a tensor whose axes are told by letters.

    Args:
        tensor: the tensor.
        letters: a letter for each axis, as `axes_of` gives them; None where the rank is not known.
        example: what symbols are drawn at.
    """
    if isinstance(tensor.shape, Unknown) or letters is None:
        return Form(Extent("C", "?", None), is_known=False)
    channels: Dim = 1
    places: list[Extent] = []
    for letter, dim in zip(letters, tensor.shape, strict=True):
        if letter in "C.":
            channels = dim if isinstance(channels, int) and channels == 1 else channels * dim
        elif letter != "N":
            places.append(_extent(letter, dim, example))
    places.sort(key=lambda place: "DHWT".index(place.letter))
    return Form(_extent("C", channels, example), tuple(places))


def drawn_as(form: Form, others: Sequence[Form]) -> Form:
    """A form whose unknown sizes are drawn as those of what it is made from; they are written `?` all the same."""
    if all(extent.size is not None for extent in (form.channels, *form.places)):
        return form
    known: dict[str, int] = {}
    for other in others:
        for extent in (other.channels, *other.places):
            if extent.size is not None:
                known.setdefault(extent.letter, extent.size)
    channels, *places = [
        extent if extent.size is not None else replace(extent, size=known.get(extent.letter))
        for extent in (form.channels, *form.places)
    ]
    return Form(channels, tuple(places), form.is_known)


def _extent(letter: str, dim: Dim, example: Mapping[str, int]) -> Extent:
    if isinstance(dim, Unknown):
        return Extent(letter, "?", None)
    if isinstance(dim, Expression):
        size = evaluate(dim, dict(example))
        return Extent(letter, str(dim), size if isinstance(size, int) else None)
    return Extent(letter, str(dim), int(dim))


def _bracketed(text: str) -> str:
    """A formula in a product, in brackets where it is a sum."""
    return f"({text})" if any(sign in text for sign in "+-") and not text.endswith(")") else text
