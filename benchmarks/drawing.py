"""Networks as pictures: how long each tool takes, how large its picture is, and what of it can be read in a paper."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from textwrap import indent
from time import perf_counter
from typing import Any

from benchmarks.legibility import LAYERS, LEGIBLE, Picture, Text, svg_picture
from benchmarks.measuring import ROOT
from benchmarks.netron_export import BROWSERS, program_of
from benchmarks.tables import milliseconds, print_table

CENTIMETRE = 72 / 2.54
"""In points."""

WIDTH, HEIGHT = 17 * CENTIMETRE, 25 * CENTIMETRE
"""The text of an A4 page."""

RUNS = 3

# --- the networks ----------------------------------------------------------------------------------------

NETWORKS = {
    "VGG-16": ("vgg16", (3, 224, 224)),
    "ResNet-152": ("resnet152", (3, 224, 224)),
    "U-Net": ("unet_padded", (1, 256, 256)),
}
"""What each is called among the classics, and the sample that it takes."""


def model_of(name: str, device: str = "meta") -> Any:
    """A network of PyTorch, ready to be used."""
    import torch

    with torch.device(device):
        if name == "unet_padded":
            return _unet()
        from tests.readers.classics.oracle import torchvision

        return torchvision().models.get_model(name, weights=None).eval()


def _unet() -> Any:
    import torch
    from torch import nn

    def twice(channels: int, filters: int) -> nn.Sequential:
        convolutions = [nn.Conv2d(c, filters, 3, padding=1) for c in (channels, filters)]
        return nn.Sequential(convolutions[0], nn.ReLU(), convolutions[1], nn.ReLU())

    class UNet(nn.Module):
        """Its layers are called as those of the classic."""

        def __init__(self) -> None:
            super().__init__()
            channels = 1
            for height, width in enumerate((64, 128, 256, 512), 1):
                self.add_module(f"enc{height}", twice(channels, width))
                self.add_module(f"pool{height}", nn.MaxPool2d(2))
                channels = width
            self.middle = twice(512, 1024)
            for height, width in zip((4, 3, 2, 1), (512, 256, 128, 64), strict=True):
                self.add_module(f"up{height}", nn.ConvTranspose2d(2 * width, width, 2, 2))
                self.add_module(f"dec{height}", twice(2 * width, width))
            self.head = nn.Conv2d(64, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            """`N×1×H×W` to `N×2×H×W`, where 16 divides H and W."""
            skips = []
            for height in (1, 2, 3, 4):
                x = self.get_submodule(f"enc{height}")(x)
                skips.append(x)
                x = self.get_submodule(f"pool{height}")(x)
            x = self.middle(x)
            for height in (4, 3, 2, 1):
                x = torch.cat([skips.pop(), self.get_submodule(f"up{height}")(x)], dim=1)
                x = self.get_submodule(f"dec{height}")(x)
            scores: torch.Tensor = self.head(x)
            return scores

    return UNet().eval()


@cache
def channels_of(name: str, sample: tuple[int, ...]) -> tuple[dict[str, int], frozenset[str]]:
    """How many channels leave each module, by PyTorch's own word, and which of the modules are layers."""
    import torch

    model = model_of(name)
    paths = {module: path for path, module in model.named_modules()}
    found: dict[str, int] = {}

    def leave(module: Any, _: Any, output: Any) -> None:
        found[paths[module]] = output.shape[1]

    for module in paths:
        module.register_forward_hook(leave)
    with torch.no_grad():
        model(torch.empty(1, *sample, device="meta"))
    return found, frozenset(path for module, path in paths.items() if type(module).__name__ in LAYERS)


# --- the tools -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tool:
    """A tool that draws.

    Args:
        work: what is timed, its import included.
        ending: of the picture's file.
        device: where the model is, or "" where none is needed.
        packages: what must be installed.
        programs: what must be there besides; one of several names.
    """

    work: str
    ending: str = "svg"
    device: str = ""
    packages: tuple[str, ...] = ()
    programs: tuple[tuple[str, ...], ...] = ()

    @property
    def lacking(self) -> list[str]:
        """What is not installed."""
        programs = [names[0] for names in self.programs if not program_of(names)]
        return [name for name in self.packages if not find_spec(name)] + programs


# Of its own accord it writes nothing into a picture; asked to, the shapes and the kinds of layers, in Pillow's type.
VISUALTORCH = """
from PIL import ImageDraw
plain = ImageDraw.ImageDraw.text
def text(self, place, words, *arguments, font, **options):
    texts.append((words, font.size))
    plain(self, place, words, *arguments, font=font, **options)
ImageDraw.ImageDraw.text = text
import visualtorch
image = visualtorch.render(model, (1, *sample), style={style!r}, show_dimension=True, legend=True)
image.save(file)
size = image.size
"""
DOT = ("dot",)
CLASSIC = "shapelens draw"

TOOLS = {
    CLASSIC: Tool(""),
    "shapelens, from PyTorch": Tool(
        "import shapelens\nshapelens.inspect(model, sample).draw(file)", device="meta"
    ),
    "visualtorch, layers": Tool(VISUALTORCH.format(style="flow"), "png", "cpu", ("visualtorch", "aggdraw")),
    "visualtorch, graph": Tool(VISUALTORCH.format(style="graph"), "png", "cpu", ("visualtorch", "aggdraw")),
    "torchview": Tool(
        "import torchview\n"
        "graph = torchview.draw_graph(model, input_size=(1, *sample), device='meta')\n"
        "graph.visual_graph.render(outfile=file, cleanup=True)",
        device="meta",
        packages=("torchview", "graphviz"),
        programs=(DOT,),
    ),
    "Netron": Tool(
        "export_by_netron(onnx_file, file, later)",
        packages=("netron", "onnx", "onnxscript"),
        programs=(BROWSERS,),
    ),
}

SCRIPT = """
import json, time, warnings
from contextlib import ExitStack
from pathlib import Path
warnings.filterwarnings("ignore")
from benchmarks.drawing import model_of
from benchmarks.netron_export import export_by_netron
file, onnx_file, sample = {file!r}, {onnx_file!r}, {sample!r}
texts, size = [], None
if {device!r}:
    import torch
    torch.set_num_threads(1)
    model = model_of({name!r}, {device!r})
with ExitStack() as later:
    start = time.perf_counter()
{work}
    seconds = time.perf_counter() - start
print(json.dumps([seconds, size, texts]))
"""

# The weights stand in a file beside it, which no picture needs.
EXPORT = """
torch.onnx.export(model, (torch.zeros(1, *sample),), file, dynamo=True, external_data=True, verbose=False)
Path(file + ".data").unlink()
"""


def _run(
    work: str, name: str, sample: tuple[int, ...], file: Path, device: str, onnx_file: Path
) -> list[Any]:
    script = SCRIPT.format(
        work=indent(work.strip(), " " * 4),
        name=name,
        sample=sample,
        file=str(file),
        device=device,
        onnx_file=str(onnx_file),
    )
    # As installed: compiled modules are kept from one process to the next.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    output = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=environment, text=True)
    found: list[Any] = json.loads(output.strip().splitlines()[-1])
    return found


def _run_command(name: str, file: Path) -> list[Any]:
    """The whole command, with Python's own start."""
    start = perf_counter()
    command = [sys.executable, "-m", "shapelens", "draw", name, "-o", str(file)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [perf_counter() - start, None, []]


# --- the table -------------------------------------------------------------------------------------------


def main(kept: str = "") -> None:
    """Draw, and print the table; the pictures stay in a folder where one is named."""
    missing = [name for name in ("torch", "torchvision") if not find_spec(name)]
    if missing:
        print(f"Drawing: {' and '.join(missing)} not installed")
        return
    notes = [
        f"not installed: {', '.join(tool.lacking)} ({name})" for name, tool in TOOLS.items() if tool.lacking
    ]
    tools = {name: tool for name, tool in TOOLS.items() if not tool.lacking}
    with ExitStack() as later:
        folder = Path(kept or later.enter_context(TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        rows = [row for network in NETWORKS for row in _rows(network, tools, folder, notes)]
    print_table(
        f"Drawing: a picture in a file, medians of {RUNS} processes, and what of it can be read when it is 17 cm wide",
        ["network", "tool", "time", "picture", "file", "then high", "smallest text", "median text",
         f"layers ≥ {LEGIBLE} pt", "all of it on a page"],
        rows,
        [
            "layers: convolutions, pools and linear layers whose name or shape can be read; of ours, whose channels",
            "stand beside them, and those folded into a block of which that is so; a page: 17×25 cm, all in one piece",
            f"{CLASSIC}: the whole command; the others: from their import on, the model there already",
            "visualtorch: with shapes and legend, which it leaves out unless asked; its overlapping texts count",
            *notes,
            _versions(tools),
        ],
    )  # fmt: skip


def _rows(network: str, tools: Mapping[str, Tool], folder: Path, notes: list[str]) -> Iterator[list[str]]:
    name, sample = NETWORKS[network]
    onnx_file = folder / f"{name}.onnx"
    if "Netron" in tools:
        seconds = _run(EXPORT, name, sample, onnx_file, "cpu", onnx_file)[0]
        notes.append(
            f"Netron: the export of {network} to ONNX before, {milliseconds(seconds)}, is not counted"
        )
    files = {tool: folder / f"{name} {tool}.{tools[tool].ending}" for tool in tools}
    runs: dict[str, list[list[Any]]] = {tool: [] for tool in tools}
    for _ in range(RUNS):  # they take turns, so that a busy machine is as hard on all
        for tool, how in tools.items():
            file = files[tool]
            done = (
                _run(how.work, name, sample, file, how.device, onnx_file)
                if how.work
                else _run_command(name, file)
            )
            runs[tool].append(done)
    channels, layers = channels_of(name, sample)
    for tool, file in files.items():
        _, size, texts = runs[tool][-1]
        picture = (
            Picture(size[0], size[1], "pixels", [Text(*text) for text in texts])
            if size
            else svg_picture(file)
        )
        scale = WIDTH / picture.width
        sizes = [text.size * scale for text in picture.texts]
        yield [
            f"{network}, {len(layers)} layers",
            tool,
            milliseconds(median(run[0] for run in runs[tool])),
            f"{picture.width:,.0f} × {picture.height:,.0f} {picture.unit}",
            f"{file.stat().st_size / 1000:,.0f} kB",
            f"{picture.height * scale / CENTIMETRE:,.1f} cm",
            f"{min(sizes):.2f} pt",
            f"{median(sizes):.2f} pt",
            *(
                _count(*picture.legible(points, channels, layers))
                for points in (scale, min(scale, HEIGHT / picture.height))
            ),
        ]


def _count(alone: int, inside: int) -> str:
    return f"{alone} + {inside} in blocks" if inside else f"{alone}"


def _versions(tools: Mapping[str, Tool]) -> str:
    packages = {"torch"}.union(*(tool.packages for tool in tools.values()))
    found = [f"{package} {version(package)}" for package in sorted(packages)]
    for names, option in ((DOT, "-V"), (BROWSERS, "--version")):
        if program := program_of(names):
            answer = subprocess.run([program, option], capture_output=True, text=True, check=False)
            number = re.search(r"\d[\d.]+", answer.stdout or answer.stderr)
            found.append(f"{names[0]} {number[0] if number else '?'}")
    return ", ".join(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
