"""ResNet-50 evaluated: at one size, at many at once, as formulas, and as a recorded program."""

from __future__ import annotations

import numpy as np

from benchmarks.measuring import times_of, verdict
from benchmarks.tables import milliseconds, print_table, times
from shapelens.dims import Path, symbol
from shapelens.dims.recorder import replay
from shapelens.network import evaluate_network
from shapelens.network.replay import evaluate_lanes, record
from shapelens.readers.classics import read_classic

SIDES = np.arange(33, 33 + 64)
EXAMPLE = {"N": 1, "H": 224, "W": 224}


def main() -> None:
    network = read_classic("resnet50")
    name = network.inputs[0].name
    shapes = {name: (symbol("N"), 3, symbol("H"), symbol("W"))}
    height, width = (sides.reshape(-1) for sides in np.meshgrid(SIDES, SIDES, indexing="ij"))
    sizes = {"N": 1, "H": height, "W": width}
    values = [node.outputs[0] for node in network.nodes]
    program = record(network, shapes, EXAMPLE, values)
    works = {
        "one size, 224×224": (lambda: evaluate_network(network, {name: (1, 3, 224, 224)}), 0.015),
        f"{height.size} sizes at once": (lambda: evaluate_lanes(network, shapes, sizes), 0.005),
        f"{height.size} sizes at once, and which work": (
            lambda: evaluate_lanes(network, shapes, sizes).works(),
            None,
        ),
        "formulas in N, H, W": (lambda: evaluate_network(network, shapes, Path(EXAMPLE)), None),
        "recording the program": (lambda: record(network, shapes, EXAMPLE, values), None),
        f"replaying it ({len(program['steps'])} steps)": (lambda: replay(program, EXAMPLE), None),
    }
    found = {work: times_of(run) for work, (run, _) in works.items()}
    one, _ = found["one size, 224×224"]
    rows = []
    for work, (_, limit) in works.items():
        middle, least = found[work]
        promise = "" if limit is None else f"under {milliseconds(limit)}: {verdict(limit, found[work])}"
        rows.append([work, milliseconds(middle), milliseconds(least), times(middle / one), promise])
    print_table(
        f"Evaluation: ResNet-50, {len(network.nodes)} operators, medians of 25",
        ["what", "time", "least", "beside one size", "promise"],
        rows,
    )


if __name__ == "__main__":
    main()
