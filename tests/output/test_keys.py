"""Keys out of the bytes of a terminal, in whatever parts these arrive."""

import pytest

from shapelens.output.keys import Keys


class Arriving(Keys):
    """Keys whose bytes come in these parts, each at once when it is waited for; None where nothing comes in time."""

    def __init__(self, *parts):
        self._read = b""
        self._parts = list(parts)

    def _reads(self, _):
        part = self._parts.pop(0) if self._parts else None
        self._read += part or b""
        return part is not None

    def all(self):
        return list(iter(lambda: self.wait(1.0), None))


@pytest.mark.skipif("sys.platform == 'win32'")
@pytest.mark.parametrize(
    ("parts", "keys"),
    [
        ((b"\x1b", b"[C"), ["right"]),
        ((b"\x1b[", b"C"), ["right"]),
        ((b"\x1b", b"[", b"6", b"~"), ["page down"]),
        ((b"\x1bO", b"A"), ["up"]),
        ((b"\x1b[H\x1b", b"[Cq"), ["home", "right", "q"]),
        ((b"\x1b", None, b"q"), ["escape", "q"]),
        ((b"\x1b[H\x1b", None), ["home", "escape"]),
        ((b" q",), ["space", "q"]),
    ],
)
def test_a_key_that_comes_in_parts_is_one(parts, keys):
    assert Arriving(*parts).all() == keys
