"""A VGG-16 of 553 MB, read for its shapes: each way in processes of its own, with the most memory that it took."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import alone
from benchmarks.tables import milliseconds, print_table, times
from tests.readers.onnx.encoder import (
    BYTES,
    block,
    integers,
    node,
    number,
    tag,
    tensor,
    tensor_type,
    value,
    varint,
)

STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Filters, and how many convolutions."""

LINEAR = (4096, 4096, 1000)
"""The sizes of the layers behind them."""

Weight = tuple[str, tuple[int, ...]]


def main() -> None:
    with TemporaryDirectory() as folder:
        path, small = Path(folder) / "vgg16.onnx", Path(folder) / "small.onnx"
        write_vgg16(path)
        write_vgg16(small, divisor=64)
        size = path.stat().st_size
        found = {
            name: alone(f"{imports}\n{work.format(path=repr(str(small)))}", work.format(path=repr(str(path))))
            for name, imports, work in ways()
        }
    seconds, peak = found["shapelens, read"]
    rows = [
        [name, milliseconds(took), times(took / seconds), f"{memory / 1e6:,.0f} MB", times(memory / peak)]
        for name, (took, memory) in found.items()
    ]
    print_table(
        f"Reading: a VGG-16 of {size / 1e6:,.0f} MB, medians of 5 processes that have each read a small one",
        ["way", "time", "beside shapelens", "peak memory", "beside shapelens"],
        rows,
        [f"not installed: {name}" for name in ("onnx", "onnxruntime") if not find_spec(name)],
    )


def ways() -> Iterator[tuple[str, str, str]]:
    """What each way is called, what it imports, and what it does."""
    ours = (
        "from shapelens.readers.onnx.reader import read_onnx\nfrom shapelens.network import evaluate_network"
    )
    yield "shapelens, read", ours, "read_onnx({path})"
    yield "shapelens, read and every shape", ours, "evaluate_network(read_onnx({path}), {{}})"
    if find_spec("onnx"):
        theirs = "import onnx, onnx.shape_inference"
        yield "onnx.load", theirs, "onnx.load({path})"
        yield "onnx.load and infer_shapes", theirs, "onnx.shape_inference.infer_shapes(onnx.load({path}))"
        in_place = "onnx.shape_inference.infer_shapes_path({path}, {path} + '.inferred')"
        yield "onnx' infer_shapes_path", theirs, in_place
    if find_spec("onnxruntime"):
        session = "onnxruntime.InferenceSession({path}, providers=['CPUExecutionProvider'])"
        yield "onnxruntime, a session", "import onnxruntime", session


# the file -----------------------------------------------------------------------------------------------


def write_vgg16(path: Path, divisor: int = 1) -> None:
    """Write the network with weights that are all zero: holes in the file, which take no room on the disk.

    Args:
        path: where to.
        divisor: how many times fewer filters and features it has than VGG-16.
    """
    weights: list[Weight] = []
    nodes = b"".join(block(1, each) for each in _nodes(weights, divisor))
    after = (
        block(2, "vgg16"),
        block(11, value("x", tensor_type(1, "N", 3, 224, 224))),
        block(12, value("y", tensor_type(1, "N", LINEAR[-1] // divisor))),
    )
    heads = [_head(name, shape) for name, shape in weights]
    holes = [_bytes(shape) for _, shape in weights]
    graph_size = len(nodes) + sum(map(len, after)) + sum(map(len, heads)) + sum(holes)
    with path.open("wb") as file:
        file.write(number(1, 8) + block(2, "benchmarks") + block(8, block(1, ""), number(2, 17)))
        file.write(tag(7, BYTES) + varint(graph_size) + nodes + b"".join(after))
        for head, hole in zip(heads, holes, strict=True):
            file.write(head)
            file.seek(hole, 1)
        file.truncate(file.tell())


def _head(name: str, shape: tuple[int, ...]) -> bytes:
    """A stored tensor up to its elements."""
    count = _bytes(shape)
    inner = tensor(name, shape) + tag(9, BYTES) + varint(count)
    return tag(5, BYTES) + varint(len(inner) + count) + inner


def _bytes(shape: tuple[int, ...]) -> int:
    count = 4
    for size in shape:
        count *= size
    return count


def _nodes(weights: list[Weight], divisor: int) -> Iterator[bytes]:
    last, channels = "x", 3
    for stage, (all_filters, depth) in enumerate(STAGES):
        filters = all_filters // divisor
        for place in range(depth):
            name = f"conv{stage + 1}_{place + 1}"
            weights += [(f"{name}.weight", (filters, channels, 3, 3)), (f"{name}.bias", (filters,))]
            taken = (last, f"{name}.weight", f"{name}.bias")
            yield node("Conv", taken, (name,), integers("pads", 1, 1, 1, 1), integers("kernel_shape", 3, 3))
            yield node("Relu", (name,), (f"{name}.relu",))
            last, channels = f"{name}.relu", filters
        pooled = f"pool{stage + 1}"
        yield node("MaxPool", (last,), (pooled,), integers("kernel_shape", 2, 2), integers("strides", 2, 2))
        last = pooled
    yield node("Flatten", (last,), ("flat",))
    last, features = "flat", channels * 7 * 7
    for place, whole in enumerate(LINEAR):
        size = whole // divisor
        name = "y" if place == 2 else f"linear{place + 1}"
        weights += [(f"{name}.weight", (features, size)), (f"{name}.bias", (size,))]
        yield node("Gemm", (last, f"{name}.weight", f"{name}.bias"), (name,))
        if place < 2:
            yield node("Relu", (name,), (f"{name}.relu",))
        last, features = f"{name}.relu", size


if __name__ == "__main__":
    main()
