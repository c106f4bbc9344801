"""A fuzz target: any bytes end in a network or in one of our errors.

    pip install atheris
    python -m tests.readers.onnx.fuzz FOLDER_OF_SEEDS

Without atheris it changes the corpus at random for as many rounds as are asked for:

    python -m tests.readers.onnx.fuzz 100000
"""

from __future__ import annotations

import importlib.util
import random
import sys

from tests.readers.onnx.corpus import SMALL
from tests.readers.onnx.endings import ending_of_bytes


def one_input(data: bytes) -> None:
    """What is tried: whatever is raised but a `ShapelensError` is a bug."""
    ending_of_bytes(data)


def main(arguments: list[str]) -> None:
    if arguments and arguments[0].isdigit():
        from tests.readers.onnx.test_hostile_networks import changed

        chance = random.Random()
        seeds = [file.write() for file in SMALL]
        for _ in range(int(arguments[0])):
            one_input(changed(chance.choice(seeds), chance))
    elif importlib.util.find_spec("atheris"):
        import atheris

        atheris.instrument_all()
        atheris.Setup([sys.argv[0], *arguments], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
