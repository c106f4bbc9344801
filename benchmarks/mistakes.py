"""Six mistakes, and what each tool says of them: `python benchmarks/mistakes.py` writes docs/comparison.md anew.

Everything is run, each tool in a process of its own; what is counted is read from what the tool says, and not from
what it could say.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import torch
import torch.nn.functional as F
from torch import nn

import shapelens

RAISED = "raised: "
PAGE = Path(__file__).parent.parent / "docs" / "comparison.md"


class Features(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.fc = nn.Linear(2048, 10)

    def forward(self, x: Any) -> Any:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(torch.flatten(x, 1))


class Colour(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3)
        self.head = nn.Conv2d(64, 8, 3)

    def forward(self, x: Any) -> Any:
        return self.head(F.relu(self.stem(x)))


class Pools(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.pool1, self.pool2, self.pool3 = nn.MaxPool2d(2), nn.MaxPool2d(2), nn.MaxPool2d(2)

    def forward(self, x: Any) -> Any:
        return self.pool3(self.pool2(self.pool1(self.conv(x))))


class Skips(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enc = nn.Conv2d(1, 8, 3, padding=1)
        self.mid = nn.Conv2d(8, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.dec = nn.Conv2d(16, 2, 3, padding=1)

    def forward(self, x: Any) -> Any:
        skip = F.relu(self.enc(x))
        x = self.up(F.relu(self.mid(F.max_pool2d(skip, 2))))
        return self.dec(torch.cat([skip, x], 1))


class Folds(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 4)
        self.fc = nn.Linear(16 * 4 * 4, 10)

    def forward(self, x: Any) -> Any:
        return self.fc(self.conv(x).view(-1, 16 * 4 * 4))


@dataclass(frozen=True)
class Mistake:
    """A mistake.

    Args:
        title: in words.
        model: the network.
        shape: what is fed, batch included.
        layer: where it is.
        numbers: the two that do not go together.
        line: what the author's line holds.
        keras: the same in Keras' words; None where they cannot say it.
    """

    title: str
    model: Callable[[], nn.Module]
    shape: tuple[int, ...]
    layer: str
    numbers: tuple[str, str]
    line: str
    keras: Callable[[Any], None] | None


def _keras_features(keras: Any) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((36, 36, 3)), layers.Conv2D(16, 3, padding="same"), layers.MaxPooling2D(),
         layers.Conv2D(32, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)]
    )  # fmt: skip
    model(torch.zeros(1, 32, 32, 3))


def _keras_colour(keras: Any) -> None:
    model = keras.Sequential([keras.Input((28, 28, 3)), keras.layers.Conv2D(64, 3, name="stem")])
    model(torch.zeros(1, 28, 28, 1))


def _keras_last(keras: Any) -> None:
    model = keras.Sequential(
        [
            keras.Input((28, 28, 3)),
            keras.layers.Conv2D(64, 3, name="stem"),
            keras.layers.Conv2D(8, 3, name="head"),
        ]
    )
    model(torch.zeros(1, 3, 28, 28))


def _keras_pools(keras: Any) -> None:
    layers = keras.layers
    keras.Sequential(
        [keras.Input((7, 7, 1)), layers.Conv2D(8, 3, padding="same"),
         *[layers.MaxPooling2D(name=f"pool{place}") for place in (1, 2, 3)]]
    )  # fmt: skip


def _keras_skips(keras: Any) -> None:
    layers = keras.layers
    given = keras.Input((25, 25, 1))
    skip = layers.Conv2D(8, 3, padding="same")(given)
    up = layers.Conv2DTranspose(8, 2, strides=2, name="up")(layers.MaxPooling2D()(skip))
    layers.Concatenate(name="cat")([skip, up])


def _keras_folds(keras: Any) -> None:
    layers = keras.layers
    keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(16, 4), layers.Reshape((256,), name="view")])


MISTAKES = (
    Mistake("a linear layer for another image size", Features, (32, 3, 32, 32), "fc", ("1568", "2048"),
            "self.fc(torch.flatten", _keras_features),
    Mistake("a grey image into a network for colour", Colour, (32, 1, 28, 28), "stem", ("3", "1"),
            "self.stem(x)", _keras_colour),
    Mistake("channels last into a network for channels first", Colour, (32, 28, 28, 3), "stem", ("28", "3"),
            "self.stem(x)", _keras_last),
    Mistake("an image that is pooled to nothing", Pools, (32, 1, 7, 7), "pool3", ("1", "2"), "self.pool3(",
            _keras_pools),
    Mistake("a skip that is one larger", Skips, (32, 1, 25, 25), "cat", ("25", "24"), "torch.cat(", _keras_skips),
    Mistake("samples that a view mixes", Folds, (32, 3, 8, 8), "view", ("400", "256"), ".view(-1", _keras_folds),
)  # fmt: skip


# the tools ------------------------------------------------------------------------------------------------


def _torch(mistake: Mistake) -> None:
    mistake.model()(torch.zeros(mistake.shape))


def _torchinfo(mistake: Mistake) -> None:
    import torchinfo

    print(torchinfo.summary(mistake.model(), input_size=mistake.shape, verbose=0))


def _torchlens(mistake: Mistake) -> None:
    import torchlens

    trace = getattr(torchlens, "log_forward_pass", None) or torchlens.trace
    print(trace(mistake.model(), torch.zeros(mistake.shape)))


def _keras(mistake: Mistake) -> None:
    import keras

    if mistake.keras is not None:
        mistake.keras(keras)


def _shapelens(mistake: Mistake) -> None:
    net = shapelens.inspect(mistake.model(), mistake.shape[1:])
    print(net)


TOOLS: tuple[tuple[str, str, Callable[[Mistake], None]], ...] = (
    ("PyTorch", "torch", _torch),
    ("torchinfo", "torchinfo", _torchinfo),
    ("TorchLens", "torchlens", _torchlens),
    ("Keras", "keras", _keras),
    ("shapelens", "shapelens", _shapelens),
)


def said_by(run: Callable[[Mistake], None], mistake: Mistake) -> str:
    """Run a tool, and keep what it says: what it prints, and the words of its exception and of that one's causes."""
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        warnings.simplefilter("ignore")
        try:
            run(mistake)
        except Exception as error:
            cause: BaseException | None = error
            while cause is not None:
                printed.write(f"\n{RAISED}{cause}")
                cause = cause.__cause__ or cause.__context__
    return printed.getvalue()


def said_by_all(package: str) -> list[str]:
    """What a tool says of each mistake, in a process of its own: some change PyTorch for good."""
    command = [sys.executable, __file__, "--say", package]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told: list[str] = json.loads(shown.strip().split("\n")[-1])
    return told


def marks(said: str, mistake: Mistake) -> Iterator[str]:
    """What can be counted: yes or no."""
    text = re.sub(r"0x[0-9a-f]+", "", said)
    speaks = RAISED in text or "SL1" in text
    yield "yes" if speaks else "**no**"
    if not speaks:
        yield from ["-"] * 4
        return
    yield _yes(re.search(rf"\b{mistake.layer}\b", text))
    place = next(
        i
        for i, line in enumerate(Path(__file__).read_text(encoding="utf-8").split("\n"), 1)
        if mistake.line in line
    )
    yield _yes(re.search(rf"mistakes\.py:{place}\b", text))
    yield _yes(all(re.search(rf"(?<![\d.]){number}(?![\d.])", text) for number in mistake.numbers))
    fixes = text.count("✓ verified")
    yield str(fixes) if fixes else "none"


def _yes(found: object) -> str:
    return "yes" if found else "no"


HEADER = """\
# Six mistakes, and what tools say of them

Made by `python benchmarks/mistakes.py`, which runs all of it; the versions are those that it found. Each tool is given
the same network and 32 samples; Keras the same mistake in its own layers. What is counted stands in what the tool
itself says, tracebacks left out: whether it says anything; whether it names the layer, and the line of the author's
code; whether both numbers that do not go together are there; and how many fixes it tried and found to work.
"""


def page() -> str:
    """The whole page."""
    lines = [HEADER]
    versions = [f"{name} {_version(package)}" for name, package, _ in TOOLS if find_spec(package)]
    missing = [name for name, package, _ in TOOLS if not find_spec(package)]
    lines.append(f"{', '.join(versions)}." + (f" Not installed: {', '.join(missing)}." if missing else ""))
    told_by = {name: said_by_all(package) for name, package, _ in TOOLS if find_spec(package)}
    total: dict[str, list[int]] = {}
    for number, mistake in enumerate(MISTAKES, 1):
        size = "×".join(map(str, mistake.shape))
        lines += ["", f"## {number}. {mistake.title[0].upper()}{mistake.title[1:]}", ""]
        lines.append(f"`{mistake.model.__name__}` of `benchmarks/mistakes.py`, fed {size}.")
        lines += ["", "| | says so | the layer | the line | both numbers | fixes that were tried |"]
        lines.append("|---|---|---|---|---|---|")
        for name, texts in told_by.items():
            told = list(marks(texts[number - 1], mistake))
            lines.append(f"| {name} | {' | '.join(told)} |")
            counts = total.setdefault(name, [0] * 5)
            for place, mark in enumerate(told):
                counts[place] += int(mark) if mark.isdigit() else mark == "yes"
    lines += [
        "",
        "## In all",
        "",
        "| | says so | the layer | the line | both numbers | fixes that were tried |",
    ]
    lines.append("|---|---|---|---|---|---|")
    for name, counts in total.items():
        of = [f"{count} of {len(MISTAKES)}" for count in counts[:4]]
        lines.append(f"| {name} | {' | '.join(of)} | {counts[4]} |")
    lines += ["", *_whole()]
    return "\n".join(lines) + "\n"


def _whole() -> list[str]:
    """What shapelens prints of two of them, in full."""
    lines = [
        "## In full",
        "",
        "Of the sixth, on which PyTorch says nothing at 32 samples; its words here are those at two:",
        "",
    ]
    for number in (6, 5):
        if number == 5:
            lines += ["Of the fifth:", ""]
        mistake = MISTAKES[number - 1]
        net = shapelens.inspect(mistake.model(), mistake.shape[1:])
        lines += ["```text", *[finding.message for finding in net.problems], "```", ""]
    return lines[:-1]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"


def main(arguments: list[str]) -> None:
    """Write the page; or, for one tool, print what it says."""
    if arguments[:1] == ["--say"]:
        run = next(run for _, package, run in TOOLS if package == arguments[1])
        print(json.dumps([said_by(run, mistake) for mistake in MISTAKES]))
        return
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
