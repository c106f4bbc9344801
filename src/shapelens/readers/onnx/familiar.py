"""A node whose like was met before: its names are all that is read of it.

Programs write the fields of a node in the order of their numbers: inputs, outputs, its name, and then what it shares
with other nodes, byte for byte. These last bytes, with how many values stood before them, tell what kind of node it
is. A node that is written otherwise is read field by field, as is the first of each kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shapelens.readers.onnx import limits
from shapelens.readers.onnx.limits import BYTES_PER_NAME, BYTES_PER_NODE
from shapelens.readers.onnx.schema import NODE_INPUT, NODE_NAME, NODE_OPERATOR, NODE_OUTPUT

if TYPE_CHECKING:
    from shapelens.readers.onnx.packing import PackedNodes
    from shapelens.readers.onnx.reading import Reading

__all__ = ["Stranger", "enter_familiar"]


class Stranger(NamedTuple):
    """A node of a kind that was not met before, whose values are entered.

    Args:
        key: what its kind is known by from here on: the bytes behind its names, how many inputs and outputs it has,
            and which of these are left out.
        name: its name.
        spans: where the rest of it stands in the file.
    """

    key: tuple[bytes, int, int, tuple[int, ...]]
    name: bytes
    spans: tuple[tuple[int, int], ...]


def enter_familiar(reading: Reading, nodes: PackedNodes, start: int, end: int) -> Stranger | bool:
    """Enter a node into a row, if it is of a kind that was met before.

    Args:
        reading: the file.
        nodes: the row.
        start: where the message begins.
        end: where it ends.

    Returns:
        Whether it is entered: not where its fields do not stand in their usual order, or it is long. Of a kind that
        was not met before, what is to be read still.
    """
    size = end - start
    if size > limits.MAXIMUM_TEXT_BYTES:
        return False
    message = reading.data[start:end]
    values, known = nodes.values, reading.value_names
    entered, held = len(values), 0
    takes = gives = position = 0
    omitted: tuple[int, ...] = ()
    name = b""
    try:
        tag = message[0]
        while tag == NODE_INPUT or tag == NODE_OUTPUT:
            length = message[position + 1]
            begin = position + 2
            if length > 127:
                length, begin = _long_length(message, position + 1)
            position = begin + length
            value = message[begin:position].decode("utf-8", "backslashreplace")
            # What a node takes was mostly given before, and is one text with that.
            shared = known.get(value)
            if shared is None:
                known[value] = shared = value
                held += length + BYTES_PER_NAME
            values.append(shared)
            if not length:
                omitted += (takes + gives,)
            if tag == NODE_OUTPUT:
                gives += 1
            elif gives:
                raise IndexError("an input behind outputs")
            else:
                takes += 1
            tag = message[position]
        rest = names_end = position
        if tag == NODE_NAME:
            name, names_end = _name(message, position)
            rest = names_end
        elif tag == NODE_OPERATOR:
            # Some write the name behind the operator.
            rest = position + 2 + message[position + 1]
            if rest < size and message[rest] == NODE_NAME:
                name, names_end = _name(message, rest)
            else:
                rest = names_end = position
    except IndexError:
        reading.hold(held, start)
        del values[entered:]
        return False
    reading.hold(held + BYTES_PER_NODE + len(name) + 8 * (takes + gives), start)
    ending = message[names_end:] if rest == names_end else message[position:rest] + message[names_end:]
    key = ending, takes, gives, omitted
    kind = reading.kinds.get(key)
    if kind is None:
        spans = ((start + names_end, end),)
        return Stranger(key, name, spans if rest == names_end else ((start + position, start + rest), *spans))
    nodes.add(kind, name)
    return True


def _name(message: bytes, position: int) -> tuple[bytes, int]:
    """The name that a field holds, and where the field ends."""
    length = message[position + 1]
    begin = position + 2
    if length > 127:
        length, begin = _long_length(message, position + 1)
    end = begin + length
    if end > len(message):
        raise IndexError("a name that goes on behind its node")
    return message[begin:end], end


def _long_length(message: bytes, position: int) -> tuple[int, int]:
    """A length of two bytes, and the position behind it."""
    low, high = message[position], message[position + 1]
    if high > 127:
        raise IndexError("a length of more than two bytes")
    return low & 127 | high << 7, position + 2
