"""Which of 4096 sizes work: asked at once, against a trace of the model at each."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.tables import milliseconds, print_table, times

COUNT = 4096
TRACED = 12
RUNS = 5

# --- the networks ----------------------------------------------------------------------------------------


def unet() -> Any:
    """A U-Net with four poolings, as deep and as wide as the paper's."""
    from tests.analyses.sizes.own_networks import UNet

    return UNet(4, width=64).eval()


def swin() -> Any:
    """Swin-T, whose code pads and shifts windows in other ways for small images."""
    from tests.readers.classics.oracle import torchvision

    return torchvision().models.swin_t(weights=None).eval()


QUESTIONS: list[tuple[str, Callable[[], Any], str, int, int]] = [
    ("U-Net, 64 heights × 64 widths", unet, "1xHxW", 2, 1000),
    ("Swin-T, 4096 squares", swin, "3xSxS", 1, 300),
]
"""What is asked: the network, its sample, how many axes are free, and how many times faster it has to be."""


def grids(axes: int) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """4096 sizes: all of one axis, or as many of both."""
    if axes == 1:
        return [np.arange(1, COUNT + 1)]
    side = np.arange(1, 65) * 8
    return [grid.ravel() for grid in np.meshgrid(side, side, indexing="ij")]


# --- the measures ----------------------------------------------------------------------------------------


def seconds_at_once(model: Any, sample: str, vectors: list[Any]) -> tuple[float, Any]:
    """From the model to the answers, the first trace and every further one included."""
    import shapelens

    start = perf_counter()
    sizes = shapelens.inspect(model, sample).sizes(maximum=int(max(vector.max() for vector in vectors)))
    answers = sizes.contains(*vectors)
    seconds = perf_counter() - start
    assert all(answer is not None for answer in answers)
    return seconds, sizes


def seconds_of_a_trace(model: Any, sizes: Any, vectors: list[Any]) -> Iterator[float]:
    """One trace at each of a few of the sizes that fit."""
    import shapelens

    points = [point for point in zip(*vectors, strict=True) if sizes.contains(*point)]
    channels = sizes.shapes[sizes.network.inputs[0].name][1]
    for point in points[:: len(points) // TRACED][:TRACED]:
        sides = [int(side) for side in (point * 2 if len(point) == 1 else point)]
        start = perf_counter()
        shapelens.inspect(model, (channels, *sides))
        yield perf_counter() - start


def measured(model: Any, sample: str, vectors: list[Any]) -> tuple[float, float, float, Any]:
    """Seconds of all answers at once and of one trace, and how many times faster, of runs that take turns."""
    seconds_at_once(model, sample, vectors)  # what is done once in a process is done
    wholes, traces, ratios = [], [], []
    for _ in range(RUNS):
        whole, sizes = seconds_at_once(model, sample, vectors)
        each = median(seconds_of_a_trace(model, sizes, vectors))
        wholes.append(whole)
        traces.append(each)
        ratios.append(each * COUNT / whole)
    return median(wholes), median(traces), median(ratios), sizes


def seconds_of_the_proof(sizes: Any) -> float:
    """From what is known of the sizes that were looked at to all that there are."""
    start = perf_counter()
    assert sizes.is_proved
    return perf_counter() - start


def main() -> int:
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    rows, broken = [], []
    for name, build, sample, axes, promise in QUESTIONS:
        whole, each, ratio, sizes = measured(build(), sample, grids(axes))
        proof = seconds_of_the_proof(sizes)
        kept = "kept" if ratio >= promise else "BROKEN"
        broken += [name] if ratio < promise else []
        traces = str(sizes.exploration.traces)
        figures = [milliseconds(whole), traces, milliseconds(each), times(ratio), f"{promise} ×: {kept}"]
        rows.append([name, *figures, milliseconds(proof)])
        rows.append([f"  {sizes}", "", "", "", "", "", ""])
    print_table(
        f"Which of {COUNT} sizes work: all answers, a trace (of {TRACED}), medians of {RUNS} turns",
        [
            "what",
            "all at once",
            "traces",
            "one trace",
            "faster than 4096 traces",
            "promise",
            "proof of all sizes",
        ],
        rows,
    )
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
