"""What a tensor looks like: a volume, a strip, a cube, rows of tokens, or a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Dim, Expression, Unknown, evaluate
from shapelens.operators import Shape, Tensor
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
        source: every size of a sample as it is written, in the order of the source.
    """

    channels: Extent
    places: tuple[Extent, ...] = ()
    is_known: bool = True
    source: tuple[str, ...] = ()

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

    def text(self, order: str = "source") -> str:
        """The shape in words, `64×112×112`: in the source's order, the `other`, or with channels `first` or `last`."""
        if order == "other":
            return self.text("first" if self.text() == self.text("last") else "last")
        places = [place.text for place in self.places]
        ordered = {"first": [self.channels.text, *places], "last": [*places, self.channels.text]}
        parts = ordered.get(order) or list(self.source) or ordered["first"]
        shown = [part for part in parts if part]
        return "×".join(_bracketed(part) if len(shown) > 1 else part for part in shown)


def form_of(
    tensor: Tensor, letters: str | None, example: Mapping[str, int], batch: Dim | None = None
) -> Form:
    """The form of a tensor whose axes are told by letters.

    The batch itself is left out, once. What only holds it (`5·N` frames, `16·N` windows) is a size like any other, and
    so is an axis of which nothing is known but its size.

    Args:
        tensor: the tensor.
        letters: a letter for each axis, as `axes_of` gives them; None where the rank is not known.
        example: what symbols are drawn at.
        batch: how many samples there are.
    """
    if isinstance(tensor.shape, Unknown) or letters is None:
        return Form(Extent("C", "?", None), is_known=False)
    left_out = _batch_axis(tensor.shape, letters, batch)
    axes = enumerate(zip(letters, tensor.shape, strict=True))
    kept = [(letter, dim) for axis, (letter, dim) in axes if axis != left_out]
    featured = max([place for place, (letter, _) in enumerate(kept) if letter == "C"], default=-1)
    if featured < 0 and len(kept) == 1:
        featured = 0
    channels = _extent("C", kept[featured][1], example) if featured >= 0 else Extent("C", "", 1)
    places = [
        _extent(letter if letter in "DHWT" else ".", dim, example)
        for place, (letter, dim) in enumerate(kept)
        if place != featured
    ]
    places.sort(key=lambda extent: "DHWT.".index(extent.letter))
    return Form(channels, tuple(places), source=tuple([_extent("", dim, example).text for _, dim in kept]))


def _batch_axis(shape: Shape, letters: str, batch: Dim | None) -> int | None:
    """Which axis holds the samples: the one that is called so if it is as large, else another that is."""
    if batch is None:
        return letters.index("N") if "N" in letters else None
    alike = [axis for axis, dim in enumerate(shape) if type(dim) is type(batch) and dim == batch]
    named = [axis for axis in alike if letters[axis] == "N"]
    return next(iter(named or ([] if batch == 1 else alike)), None)


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
    return Form(channels, tuple(places), form.is_known, form.source)


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
