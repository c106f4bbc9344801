"""Which layers stand in a container, and whether they are called one after another."""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.errors import LayerTextError
from shapelens.readers.notation.layers import KERAS, PYTORCH
from shapelens.readers.notation.source import Source
from shapelens.readers.notation.syntax import MAXIMUM_LAYERS, Call, Group, Held, Value, Word
from shapelens.records import dataclass

__all__ = [
    "CONTAINERS",
    "HOLDERS",
    "PARAMETER_HOLDERS",
    "Item",
    "check_count",
    "is_chain",
    "items_of",
    "prefix_framework",
]

CONTAINERS = frozenset({"Sequential"})
"""What calls its children one after another, in either framework."""

_WRAPPERS = frozenset(
    {"DataParallel", "DistributedDataParallel", "FullyShardedDataParallel", "OptimizedModule"}
)
"""What holds one child, and calls it."""

_NUMBERED = frozenset(
    (
        *("ASPPConv", "Conv2dNormActivation", "Conv3dNormActivation", "ConvBNActivation", "ConvBNReLU"),
        *("ConvNormActivation", "DeepLabHead", "FCNHead"),
    )
)
_NAMED = {"_Transition": ("norm", "relu", "conv", "pool")}
"""torchvision's kinds of `Sequential`; the labels that their children print under tell them from namesakes."""

HOLDERS = frozenset({"ModuleList", "ModuleDict"})
"""What holds layers and calls none: the module around it does."""

PARAMETER_HOLDERS = frozenset({"BufferDict", "BufferList", "ParameterDict", "ParameterList"})
"""What holds parameters alone."""

_PYTORCH_PREFIXES = {"nn", "torch.nn", "torch", "modules", "torchvision.ops", "ops"}
_KERAS_PREFIXES = {"layers", "models", "keras", "L", "tfkl"}


@dataclass(frozen=True, slots=True)
class Item:
    """One layer in its container.

    Args:
        label: its name there; empty where it has none of its own.
        item: the layer, or what is held, or None where nothing is.
        times: how many stand there alike.
        labels: their names.
    """

    label: str
    item: Call | Held | None
    times: int = 1
    labels: tuple[str, ...] = ()


def prefix_framework(prefix: str) -> str | None:
    """Whose word a layer with this before its name is; None where that is nobody's that is known.

    >>> prefix_framework("tf.keras.layers"), prefix_framework("torch.nn"), prefix_framework("snt")
    ('Keras', 'PyTorch', None)
    """
    if prefix in _PYTORCH_PREFIXES or prefix.startswith("torch.nn.modules"):
        return PYTORCH
    path = prefix.removeprefix("tf.").removeprefix("tensorflow.")
    if path in _KERAS_PREFIXES or path.split(".")[0] == "keras":
        return KERAS
    return None


def is_chain(call: Call) -> bool:
    """Whether its children are called one after another, and nothing else happens."""
    if call.name in CONTAINERS:
        return True
    if call.name in _WRAPPERS and not call.children:
        return bool(call.arguments) and isinstance(call.arguments[0].value.content, Call)
    if call.name and call.name not in _WRAPPERS | _NUMBERED | _NAMED.keys():
        return False
    labels = [label for child in call.children for label in child.labels]
    if call.name in _WRAPPERS:
        return len(labels) == 1
    if call.name in _NAMED:
        return tuple(labels) == _NAMED[call.name]
    # Lines out of a print, without what held them, may start anywhere.
    first = int(labels[0]) if not call.name and labels and labels[0].isdecimal() else 0
    return labels == [str(first + place) for place in range(len(labels))]


def items_of(source: Source, call: Call) -> Iterator[Item]:
    """The layers in a container, in their order.

    Raises:
        LayerTextError: something stands there that is no layer.
    """
    for child in call.children:
        yield Item(child.label, child.item, child.times, child.labels)
    if call.name in _WRAPPERS and call.arguments:
        wrapped = call.arguments[0].value.content
        yield Item("module", wrapped if isinstance(wrapped, Call) else None)
        return
    for argument in call.arguments:
        if argument.keyword in {"name", "trainable"}:
            continue
        if argument.keyword not in {"", "layers", "args"}:
            raise LayerTextError(
                f"{call.name} has no {argument.keyword}",
                at=source.excerpt(argument.keyword_span),
                have=argument.keyword,
                rule=f"{call.name} takes layers",
            )
        yield from _items(source, argument.value)


def _items(source: Source, value: Value) -> Iterator[Item]:
    content = value.content
    if isinstance(content, Call) and content.name == "OrderedDict":
        for argument in content.arguments:
            if argument.keyword and isinstance(argument.value.content, Call):
                yield Item(argument.keyword, argument.value.content)
            else:
                yield from _items(source, argument.value)
    elif isinstance(content, Call):
        yield Item("", content)
    elif isinstance(content, Group):
        for item in content.items:
            named = _named(item)
            if named is None:
                yield from _items(source, item)
            else:
                yield named
    else:
        raise _no_layer(source, value)


def _named(value: Value) -> Item | None:
    """A pair of a name and a layer, as OrderedDict takes them."""
    if not isinstance(value.content, Group) or len(value.content.items) != 2:
        return None
    name, layer = value.content.items
    if isinstance(name.content, str) and isinstance(layer.content, Call):
        return Item(name.content, layer.content)
    return None


def _no_layer(source: Source, value: Value) -> LayerTextError:
    shown = source.shown(value.span)
    is_word = isinstance(value.content, Word)
    what = f"{shown} is a name, and layer text is read, never run" if is_word else f"{shown} is no layer"
    return LayerTextError(
        what,
        at=source.excerpt(value.span),
        have=shown,
        rule="Sequential takes layers, such as ReLU(): with their brackets",
        fix=f"{shown}()" if is_word else "",
    )


def check_count(source: Source, call: Call) -> None:
    """That there are not too many layers.

    Raises:
        LayerTextError: there are.
    """
    if _count(source, call) > MAXIMUM_LAYERS:
        raise LayerTextError(
            "this text stands for more layers than any network has",
            at=source.excerpt(call.name_span),
            have=f"more than {MAXIMUM_LAYERS:,} layers, repeats counted out",
            rule=f"at most {MAXIMUM_LAYERS:,}",
        )


def _count(source: Source, call: Call) -> int:
    total = 1
    for child in call.children:
        total += child.times * (_count(source, child.item) if isinstance(child.item, Call) else 1)
        if total > MAXIMUM_LAYERS:
            return total
    for argument in call.arguments:
        for part in argument.value.walk():
            if isinstance(part.content, Call):
                total += _count(source, part.content)
                if total > MAXIMUM_LAYERS:
                    return total
    return total
