"""What is kept while one file is read: its bytes, how much was found, and what repeats."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from shapelens.errors import LimitExceededError
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.limits import BYTES_PER_NAME
from shapelens.readers.onnx.schema import ENTRY_KEY, ENTRY_VALUE
from shapelens.readers.onnx.wire import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapelens.readers.onnx.model import AttributeValue, OnnxTensor, OnnxValue
    from shapelens.readers.onnx.packing import OnnxKind
    from shapelens.readers.onnx.wire import Data

__all__ = ["Reading", "limit_exceeded"]

# Not every system lets go of pages; a page that is wanted again is read again.
_DONTNEED: int = getattr(mmap, "MADV_DONTNEED", 0)
_RELEASED_AT_ONCE = 16 * 1024**2


class Reading:
    """One file while it is read.

    Args:
        data: the bytes of the whole file.
    """

    __slots__ = (
        "data",
        "held",
        "kinds",
        "node_count",
        "released",
        "shared_attributes",
        "shared_sets",
        "shared_tensors",
        "shared_texts",
        "shared_types",
        "tensor_count",
        "value_count",
        "value_names",
    )

    def __init__(self, data: Data) -> None:
        self.data = data
        self.released = 0
        self.node_count = 0
        self.tensor_count = 0
        self.value_count = 0
        # Equal bytes decode to equal data, and what is kept here cannot change: nodes share it.
        self.shared_attributes: dict[bytes, tuple[str, AttributeValue]] = {}
        self.shared_texts: dict[bytes, str] = {}
        self.shared_types: dict[bytes, OnnxValue] = {}
        self.shared_sets: dict[bytes, Mapping[str, AttributeValue]] = {}
        self.shared_tensors: dict[tuple[bytes, bytes | int], OnnxTensor] = {}
        self.kinds: dict[tuple[bytes, int, int, tuple[int, ...]], OnnxKind] = {}
        # What a node takes was given before, and is one text with that.
        self.value_names: dict[str, str] = {}
        self.held = 0

    def hold(self, size: int, position: int) -> None:
        """Count what is kept of the file in memory.

        Args:
            size: how many bytes more that is, about.
            position: where it stands in the file.

        Raises:
            LimitExceededError: "it has names, nodes and settings of 450,000,144 bytes in memory".
        """
        self.held += size
        if self.held > limits.MAXIMUM_HELD_BYTES:
            what, at = "names, nodes and settings", f"byte {position}"
            raise limit_exceeded(what, self.held, limits.MAXIMUM_HELD_BYTES, "bytes in memory", at)

    def passed(self, position: int) -> None:
        """Let go of the pages of the file before a position: what was read of a large graph is not kept twice."""
        if position - self.released < _RELEASED_AT_ONCE:
            return
        start = self.released
        self.released = position - position % _RELEASED_AT_ONCE
        if isinstance(self.data, mmap.mmap) and hasattr(self.data, "madvise"):
            self.data.madvise(_DONTNEED, start, self.released - start)

    def name(self, start: int, end: int) -> str:
        r"""Decode a name.

        Bytes that are no UTF-8 become escapes such as `\xff`, so that names that differ in the file differ.
        """
        if end - start > limits.MAXIMUM_NAME_BYTES:
            raise limit_exceeded("a name", end - start, limits.MAXIMUM_NAME_BYTES, "bytes", f"byte {start}")
        self.hold(end - start + BYTES_PER_NAME, start)
        return self.data[start:end].decode("utf-8", "backslashreplace")

    def value_name(self, start: int, end: int) -> str:
        """Decode the name of a value, which is one text with others of that name."""
        if end - start > limits.MAXIMUM_SHARED_NAME_BYTES:
            return self.name(start, end)
        name = self.data[start:end].decode("utf-8", "backslashreplace")
        known = self.value_names.get(name)
        if known is None:
            self.hold(end - start + BYTES_PER_NAME, start)
            known = self.value_names[name] = name
        return known

    def shared_name(self, start: int, end: int) -> str:
        """Decode a name that many nodes have, such as an operator's, and keep it once."""
        if end - start > limits.MAXIMUM_SHARED_BYTES:
            return self.name(start, end)
        encoded = self.data[start:end]
        known = self.shared_texts.get(encoded)
        if known is None:
            known = self.name(start, end)
            if len(self.shared_texts) < limits.MAXIMUM_SHARED_ENTRIES:
                self.shared_texts[encoded] = known
        return known

    def domain(self, start: int, end: int) -> str:
        """Decode a domain, the empty one for `ai.onnx`."""
        domain = self.shared_name(start, end)
        return "" if domain == "ai.onnx" else domain

    def entry(self, start: int, end: int) -> tuple[str, str | None]:
        """Decode a key and its text, `None` for a text that is too long to be wanted."""
        key = ""
        value: str | None = ""
        for tag, begin, stop in fields(self.data, start, end):
            if tag == ENTRY_KEY:
                key = self.shared_name(begin, stop)
            elif tag == ENTRY_VALUE:
                short = stop - begin <= limits.MAXIMUM_TEXT_BYTES
                self.hold(stop - begin + BYTES_PER_NAME if short else 0, begin)
                value = self.data[begin:stop].decode("utf-8", "replace") if short else None
        return key, value


def limit_exceeded(what: str, have: int, maximum: int, unit: str, at: str) -> LimitExceededError:
    """Make the error that says that a file asks for more than any network needs.

    Args:
        what: the thing, with its article.
        have: how much of it there is.
        maximum: how much there may be.
        unit: what is counted.
        at: where it stands.

    Returns:
        "it has a name of 70,000 bytes".
    """
    return LimitExceededError(
        f"it has {what} of {have:,} {unit}",
        at=at,
        have=f"{have:,} {unit}",
        rule=f"at most {maximum:,} {unit}; no network needs as many",
        fix="if this is a real network, please report it: the limit can be raised",
    )
