"""Layers of a text put one after another, and modules whose forward a print does not show put beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from shapelens.dims import Expression
from shapelens.dims.layout import Layout, layout_of
from shapelens.errors import LayerTextError
from shapelens.network import Network
from shapelens.operators import Shape
from shapelens.readers.building import Builder
from shapelens.readers.notation.chains import HOLDERS, PARAMETER_HOLDERS, Item, is_chain, items_of
from shapelens.readers.notation.expecting import expected
from shapelens.readers.notation.layers import KERAS
from shapelens.readers.notation.placing import Place, declare, hold
from shapelens.readers.notation.samples import Sample, image
from shapelens.readers.notation.source import LONGEST_QUOTE, Source
from shapelens.readers.notation.syntax import Call, Held
from shapelens.readers.notation.unprinted import MOST_PARAMETERS, Unprinted
from shapelens.readers.notation.vocabulary import Vocabulary

__all__ = ["Assembler"]

_FORWARD = "forward"
_INPUT = "input"


class Assembler:
    """Builds the network of a text.

    Args:
        source: the text.
        vocabulary: the layers that it may name.
        builder: the network, empty as yet.
    """

    def __init__(self, source: Source, vocabulary: Vocabulary, builder: Builder) -> None:
        self.source = source
        self.vocabulary = vocabulary
        self.builder = builder
        self._names: set[tuple[str, str]] = set()

    def network(self, call: Call, sample: Shape | None) -> Network:
        """The network of a whole text.

        Args:
            call: the outermost layer.
            sample: the shape of one sample, if it is given.
        """
        items = list(items_of(self.source, call)) if is_chain(call) else [Item("", call)]
        if not items:
            raise self._empty(call)
        said = expected(self.vocabulary, items, is_given=sample is not None)
        if is_chain(call):
            self._declare(sample, said, is_known=True)
            self._add_chain(items)
        elif self.vocabulary.layer(call) is None:
            self._declare(sample, None, is_known=False)
            self._add_module(call, None)
        else:
            self._declare(sample, said, is_known=True)
            keras = self.vocabulary.framework == KERAS
            self._add_layer(call, self._label(call) if keras else _snake(call.name))
        return self.builder.network()

    # what goes in -------------------------------------------------------------------------------------

    def _declare(self, sample: Shape | None, said: Sample | None, *, is_known: bool) -> None:
        """Declare the network's input by what was given, else by what the layers say."""
        last = self.builder.channels_last
        if sample is None:
            if is_known:
                declare(self.builder, _INPUT, said or image(2, channels_last=last))
            else:
                self.builder.input_of_unknown_rank(_INPUT)
            return
        dtype = "float32" if said is None else said.dtype
        if said is None or (not said.is_certain and len(said.dims) != len(sample)):
            layout = None if said is not None and not said.axes else _guessed(sample, channels_last=last)
            self.builder.input(sample, dtype=dtype, layout=layout)
        elif len(said.dims) == len(sample):
            example = _example(sample, said)
            self.builder.input(
                sample, dtype=dtype, layout=said.layout, example=example, batched=said.is_batched
            )
        elif not said.is_batched and len(sample) == len(said.dims) + 1:
            # Steps first, then the batch: as PyTorch's recurrent layers take it.
            layout = Layout(f"{said.axes[0]}N{said.axes[1:]}")
            self.builder.input(sample, dtype=dtype, layout=layout, batched=False)
        else:
            # An axis short, a batch would be taken for it: what does not fit is shown as it was given.
            self.builder.input(sample, dtype=dtype, batched=len(sample) >= len(said.dims))

    # chains -------------------------------------------------------------------------------------------

    def _add_chain(self, items: Sequence[Item]) -> None:
        for place, item in enumerate(items):
            labels = item.labels if item.times > 1 else (item.label,)
            for number, label in enumerate(labels):
                repeats = item.times - number - 1
                self._add_item(item.item, label, partial(_rest, items, place, repeats))

    def _add_item(self, call: Call | Held | None, label: str, rest: Callable[[], Iterator[Item]]) -> None:
        """Add one layer of a chain.

        Args:
            call: the layer.
            label: its name in the chain.
            rest: the items after it.
        """
        if label and isinstance(call, Call):
            self._check_name(call, label)
        if not isinstance(call, Call):
            self._add_unreadable(label)
        elif is_chain(call):
            with self.builder.scope(label or None, call.name):
                self._add_chain(list(items_of(self.source, call)))
        elif self.vocabulary.layer(call) is None:
            self._add_module_named(call, label, expected(self.vocabulary, rest()))
        else:
            after = next(rest(), None)
            if self._needs(call) and (after is not None or self.builder.nodes):
                raise self._needs_more(call)
            before = len(self.builder.nodes)
            self._add_layer(call, label or self._label(call))
            count = self._count_given(before)
            if count > 1 and after is not None and self._is_layer(after.item):
                raise self._gives_several(call, count)

    def _label(self, call: Call) -> str:
        """The name of a layer that has none of its own: its number, or as Keras calls it."""
        if self.vocabulary.framework != KERAS:
            return self.builder.next_name()
        from shapelens.readers.notation.keras.naming import given_name

        layer = self.vocabulary.layer(call)
        assert layer is not None
        named = self.vocabulary.arguments(call, layer).text("name")
        if named:
            self._check_name(call, named)
        return named or self.builder.numbered(given_name(layer.name))

    def _check_name(self, call: Call, name: str) -> None:
        """That no other layer beside it has this name."""
        path = (self.builder.scope_path, name)
        if path in self._names:
            raise LayerTextError(
                "two layers have the same name",
                at=self.source.excerpt(call.name_span),
                have=name[:LONGEST_QUOTE],
                rule="each layer of a module has a name of its own",
            )
        self._names.add(path)

    def _add_layer(self, call: Call, label: str, *, beside: str = "") -> None:
        """Add a layer that is known.

        Args:
            call: the layer.
            label: its name.
            beside: the value that stands for whatever it takes besides, in a module whose forward is not shown.
        """
        layer = self.vocabulary.layer(call)
        assert layer is not None
        place = Place(self.builder, label, layer.name, beside)
        try:
            layer.build(self.vocabulary.arguments(call, layer), place)
        except LayerTextError:
            # What a print shows is what there is: a class of this name that takes other values is another one.
            if not call.is_printed or place.nodes:
                raise
            self.vocabulary.disown(call)
            self._add_module_named(call, label, None)

    def _count_given(self, before: int) -> int:
        """How many tensors a layer gives: those that none of its own parts takes.

        Args:
            before: how many nodes there were before it.
        """
        if self.vocabulary.framework != KERAS:
            return len(self.builder.nodes[-1].outputs)
        parts = self.builder.nodes[before:]
        taken = {value for node in parts for value in node.inputs}
        return len([value for node in parts for value in node.outputs if value not in taken])

    def _is_layer(self, item: Call | Held | None) -> bool:
        return isinstance(item, Call) and (is_chain(item) or self.vocabulary.layer(item) is not None)

    def _needs(self, call: Call) -> bool:
        layer = self.vocabulary.layer(call)
        return layer is not None and bool(layer.needs)

    # modules whose forward is not shown -----------------------------------------------------------------

    def _add_module_named(self, call: Call, label: str, given: Sample | None) -> None:
        with self.builder.scope(label or None, call.name):
            self._add_module(call, given)

    def _add_module(self, call: Call, given: Sample | None) -> None:
        """A module of somebody's own class: its forward gives what its children take, and what it gives itself.

        Args:
            call: the module.
            given: what is known of what it gives, by what takes it.
        """
        children = list(_children(call))
        samples = [given]
        for label, child in children:
            self._check_name(child, label)
            samples.append(expected(self.vocabulary, [Item(label, child)]))
            if self._needs(child):
                samples.append(None)
        parameters = [hold(self.builder, name, held) for name, held in _held(call) if held.shape is not None]
        if len(parameters) > MOST_PARAMETERS:
            raise self._too_many(call, len(parameters))
        called = f"{call.name}.{_FORWARD}" if call.name else _FORWARD
        forward = Unprinted(
            called,
            f"a print does not show what {called} does",
            tuple([None if sample is None else _known(sample) for sample in samples]),
            tuple(["float32" if sample is None else sample.dtype for sample in samples]),
        )
        given_back = self.builder.add(
            forward,
            [self.builder.here, *parameters],
            name=_FORWARD,
            source_operator=_FORWARD,
            outputs=len(samples),
        )
        self.builder.facts["parameters"] = "a print does not show what a module itself holds"
        values = iter(self.builder.nodes[-1].outputs[1:])
        for label, child in children:
            self.builder.here = next(values)
            beside = next(values) if self._needs(child) else ""
            self._add_child(child, label, beside)
        self.builder.here = given_back

    def _add_child(self, call: Call, label: str, beside: str) -> None:
        if is_chain(call):
            with self.builder.scope(label, call.name):
                self._add_chain(list(items_of(self.source, call)))
        elif self.vocabulary.layer(call) is None:
            self._add_module_named(call, label, None)
        else:
            self._add_layer(call, label, beside=beside)

    def _add_unreadable(self, label: str) -> None:
        """Something in a chain that does not read like a layer."""
        reason = f"a print does not show what stands at {label or 'this place'}"
        self.builder.add(Unprinted(label, reason), name=label or None, source_operator=_FORWARD)

    # errors -------------------------------------------------------------------------------------------

    def _empty(self, call: Call) -> LayerTextError:
        return LayerTextError(
            "there is no layer in this text",
            at=self.source.excerpt(call.name_span),
            have=self.source.shown(call.span),
            rule="Sequential(…) holds at least one layer",
            fix="Sequential(Conv2d(3, 64, 3), ReLU())",
        )

    def _too_many(self, call: Call, count: int) -> LayerTextError:
        return LayerTextError(
            "this module holds more parameters than can be read",
            at=self.source.excerpt(call.name_span),
            have=f"{count:,} parameters in lists",
            rule=f"at most {MOST_PARAMETERS:,} in one module",
        )

    def _needs_more(self, call: Call) -> LayerTextError:
        layer = self.vocabulary.layer(call)
        assert layer is not None
        return LayerTextError(
            f"{layer.name} takes {layer.needs} besides, and layer text is a chain of layers",
            at=self.source.excerpt(call.name_span),
            have=self.source.shown(call.span),
            rule="in a chain each layer takes what the one before it gives, and nothing else",
            fix=f"{layer.name} alone: its inputs are then the network's",
        )

    def _gives_several(self, call: Call, count: int) -> LayerTextError:
        return LayerTextError(
            f"{call.name} gives {count} tensors, and the layer after it in a chain takes one",
            at=self.source.excerpt(call.name_span),
            have=self.source.shown(call.span),
            rule="in a chain each layer takes what the one before it gives: one tensor",
            fix=f"end the chain with {call.name}",
        )


def _rest(items: Sequence[Item], place: int, repeats: int) -> Iterator[Item]:
    """The items of a chain after one of them, of which some may still be repeated."""
    if repeats:
        yield items[place]
    for following in range(place + 1, len(items)):
        yield items[following]


# what a printed module holds ------------------------------------------------------------------------------


def _children(call: Call, path: str = "") -> Iterator[tuple[str, Call]]:
    """The modules that a module's forward may call: its own, and those in its lists."""
    for child in call.children:
        for label in child.labels:
            if not isinstance(child.item, Call) or child.item.name in PARAMETER_HOLDERS:
                continue
            if child.item.name in HOLDERS:
                yield from _children(child.item, f"{path}{label}.")
            else:
                yield f"{path}{label}", child.item


def _held(call: Call, path: str = "") -> Iterator[tuple[str, Held]]:
    """The parameters in a module's lists, by their names in it."""
    for child in call.children:
        for label in child.labels:
            if isinstance(child.item, Held):
                yield f"{path}{label}", child.item
            elif isinstance(child.item, Call) and child.item.name in HOLDERS | PARAMETER_HOLDERS:
                yield from _held(child.item, f"{path}{label}.")


# samples --------------------------------------------------------------------------------------------------


def _known(sample: Sample) -> tuple[int | None, ...] | None:
    """The sizes of a batch that are known; nothing where there may be another number of axes."""
    if not sample.is_certain or not sample.is_batched:
        return None
    return (None, *[dim if isinstance(dim, int) else None for dim in sample.dims])


def _guessed(sample: Shape, *, channels_last: bool) -> Layout | None:
    """The layout of an image, for a sample that looks like one."""
    return layout_of(len(sample) - 1, channels_last=channels_last) if 2 <= len(sample) <= 4 else None


def _example(sample: Shape, said: Sample) -> dict[str, int]:
    """The sizes that the symbols of a sample are shown with, where the layers say: a count of channels."""
    found: dict[str, int] = {}
    for dim, own in zip(sample, said.dims, strict=True):
        size = own if isinstance(own, int) else said.example.get(own)
        if isinstance(dim, Expression) and size is not None:
            found |= {symbol.name: size for symbol in dim.symbols()}
    return found


def _snake(name: str) -> str:
    """A class's name as Keras makes names of it: `MaxPooling2D` is `max_pooling2d`.

    >>> _snake("MaxPooling2D"), _snake("Conv2d"), _snake("LSTM")
    ('max_pooling2d', 'conv2d', 'lstm')
    """
    spaced = re.sub(r"(?<=[a-z0-9])([A-Z][a-z])", r"_\1", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return spaced.lower()
