"""One summary of a PyTorch network: each tool in processes of its own, first and again, with the memory it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

from benchmarks.measuring import ROOT
from benchmarks.tables import milliseconds, print_table, times

# Torchvision imports much of PyTorch that somebody's own network does not: the last one is of torch.nn alone.
OF_TORCHVISION = """
from tests.readers.classics.oracle import torchvision
model = torchvision().models.get_model({name!r}, weights=None).eval()
"""
OWN = """
from benchmarks.own_network import OwnNetwork
model = OwnNetwork().eval()
"""
NETWORKS = {
    name: OF_TORCHVISION.format(name=name)
    for name in ("resnet50", "vgg16", "convnext_tiny", "swin_t", "vit_b_16", "densenet121")
} | {"own, 18 layers": OWN}
RUNS = 3
AGAIN = 5

OURS = "shapelens, whole table"
DEFAULT = "torchinfo, its default"
COLD = "TorchLens"

TOOLS: dict[str, tuple[str, str, str]] = {
    OURS: ("shapelens", "", "inspection = shapelens.inspect(model, (3, 224, 224)); str(inspection)"),
    "shapelens, shapes and MACs": ("shapelens", "", "shapelens.inspect(model, (3, 224, 224)).macs"),
    DEFAULT: ("torchinfo", "", "str(torchinfo.summary(model, (1, 3, 224, 224), verbose=0))"),
    "torchinfo, on meta": (
        "torchinfo",
        "model.to('meta')",
        "str(torchinfo.summary(model, (1, 3, 224, 224), verbose=0, device='meta'))",
    ),
    "FlopCounterMode, on meta": (
        "torch.utils.flop_counter",
        "model.to('meta')",
        "with torch.no_grad(), torch.utils.flop_counter.FlopCounterMode(display=False):\n"
        "        model(torch.empty(1, 3, 224, 224, device='meta'))",
    ),
    COLD: ("torchlens", "", "torchlens.trace(model, torch.rand(1, 3, 224, 224))"),
}
"""What each tool imports, what comes before the clock starts, and what is timed."""

# Prints the first time, the import of the tool included, the median of the later ones, and the memory that was added.
SCRIPT = """
import json, resource, sys, time, warnings
warnings.filterwarnings("ignore")
import torch
torch.set_num_threads(1)
{build}
{prepare}
unit = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
start = time.perf_counter()
import {module}
def work():
    {work}
work()
first = time.perf_counter() - start
again = []
for _ in range({again}):
    start = time.perf_counter()
    work()
    again.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(json.dumps([first, sorted(again)[len(again) // 2], peak - before]))
"""


def main() -> None:
    missing = [
        module for module in ("torch", "torchvision", "torchinfo", "torchlens") if not find_spec(module)
    ]
    if "torch" in missing or "torchvision" in missing:
        print("PyTorch: torch and torchvision are not installed")
        return
    tools = {name: tool for name, tool in TOOLS.items() if tool[0].split(".")[0] not in missing}
    rows = []
    for network in NETWORKS:
        found = _measured(network, tools)
        ours, ours_again, _ = found[OURS]
        for name, (first, again, memory) in found.items():
            rows.append([
                network,
                name,
                milliseconds(first),
                times(first / ours),
                milliseconds(again),
                times(again / ours_again),
                f"{memory / 1e6:,.0f} MB",
                _promise(name, first / ours, again / ours_again),
            ])  # fmt: skip
    print_table(
        f"PyTorch: one summary at 224×224, one thread, medians of {RUNS} processes",
        ["network", "tool", "first, with its import", "ratio", "again", "ratio", "memory added", "promise"],
        rows,
        [f"not installed: {name}" for name in missing],
    )
    _largest()


def _measured(network: str, tools: dict[str, tuple[str, str, str]]) -> dict[str, tuple[float, float, float]]:
    """Each tool's times and memory; the tools take turns, so that a busy machine is as hard on all."""
    taken: dict[str, list[list[float]]] = {name: [] for name in tools}
    for _ in range(RUNS):
        for name, (module, prepare, work) in tools.items():
            script = SCRIPT.format(
                build=NETWORKS[network], module=module, prepare=prepare, work=work, again=AGAIN
            )
            taken[name].append(_run(script))
    return {
        name: (median(r[0] for r in runs), median(r[1] for r in runs), median(r[2] for r in runs))
        for name, runs in taken.items()
    }


def _run(script: str) -> list[float]:
    # As installed: compiled modules are kept from one process to the next.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    output = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=environment, text=True)
    result: list[float] = json.loads(output.strip().splitlines()[-1])
    return result


def _promise(name: str, first: float, again: float) -> str:
    if name == DEFAULT:
        return "never slower: " + ("kept" if min(first, again) >= 1 else "BROKEN")
    if name == COLD:
        return "10 times faster: " + ("kept" if min(first, again) >= 10 else "BROKEN")
    return ""


LARGEST = """
import json, resource, sys, time
import torch
from torch import nn
import shapelens
unit = 1 if sys.platform == "darwin" else 1024
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
{warm}
{build}
before = peak()
start = time.perf_counter()
net = shapelens.inspect(model, {sample})
net.macs
print(json.dumps([time.perf_counter() - start, peak(), peak() - before, net.parameters, net.macs]))
"""

# What any first trace loads, PyTorch's own code for the meta device included, is not what a model's weights take.
WARM = "shapelens.inspect(nn.Sequential(nn.Linear(4, 4, bias=False)), (4,)).macs"

BUILDS = {
    "6.6 billion parameters, built on meta": (
        "",
        "with torch.device('meta'):\n"
        "    block = lambda: nn.TransformerEncoderLayer(4096, 32, 16384, batch_first=True)\n"
        "    model = nn.Sequential(*[block() for _ in range(33)]).eval()",
        "(128, 4096)",
    ),
    "512 MB of real weights": (
        "",
        "model = nn.Sequential(*[nn.Linear(4096, 4096, bias=False) for _ in range(8)])",
        "(4096,)",
    ),
    "the same, after a small one": (
        WARM,
        "model = nn.Sequential(*[nn.Linear(4096, 4096, bias=False) for _ in range(8)])",
        "(4096,)",
    ),
}


def _largest() -> None:
    rows = []
    for name, (warm, build, sample) in BUILDS.items():
        seconds, whole, added, parameters, macs = _run(LARGEST.format(warm=warm, build=build, sample=sample))
        memory = [f"{number / 1e6:,.0f} MB" for number in (whole, added)]
        rows.append([name, milliseconds(seconds), *memory, f"{parameters:,.0f}", f"{macs:,.0f}"])
    print_table(
        "PyTorch: large networks",
        ["network", "time", "memory of the process", "of it added", "parameters", "MACs"],
        rows,
    )


if __name__ == "__main__":
    main()
