"""What is asked first: `inspect()` and `explain()`, for whatever can be a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shapelens.errors import UsageError
from shapelens.inspection.given import ShapeLike, checked_batch, dims_of, typed_shape
from shapelens.inspection.held import Inspection, ModelBehind
from shapelens.network import Network
from shapelens.network.feeding import fed
from shapelens.operators import Shape

if TYPE_CHECKING:
    from shapelens.output.explained import Explanation
    from shapelens.readers.torch.session import ModelAtHand

__all__ = ["explain", "inspect"]


def inspect(
    source: Any,
    sample: Any = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
    inputs: Any = None,
    mode: str = "same",
) -> Inspection:
    """Every shape in a network, without running it.

        >>> net = inspect("vgg16")
        >>> net["features.0"].output_shape
        (N, 64, 224, 224)
        >>> net.parameters
        138357544

    Args:
        source: a PyTorch module; the path of a file, `package.module:name` or `file.py:name`, the name of a
            classic, layer text; or a network.
        sample: the shape of one sample, in the model's own order; symbols stand for free sizes.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name, batch included, for whatever one sample does not tell; of other
            types than floats with the type behind: `"2x16:int64"`.
        inputs: for a PyTorch module, examples in the place of shapes, as the module is called with: a tensor, a
            tuple of arguments, or a dictionary of keyword arguments. Only shapes and types are read.
        mode: for a PyTorch module, `train`, `eval`, or `same` as it is.

    Raises:
        UsageError: the source or a shape cannot be read in this way.
        UnreadableError: the file holds no network.
    """
    batch = checked_batch(batch)
    if isinstance(source, os.PathLike):
        source = os.fspath(source)
    if _is_tensor(sample):
        sample, inputs = None, sample
    given = None if sample is None else dims_of(sample, "--input" if isinstance(sample, str) else "sample")
    typed = {name: typed_shape(shape, f"--shape {name}") for name, shape in (shapes or {}).items()}
    whole = {name: shape for name, (shape, _) in typed.items()}
    dtypes = {name: dtype for name, (_, dtype) in typed.items() if dtype}
    model = _model_at_hand(source, inputs, mode, dtypes)
    if model is not None:
        return _traced(model, given, batch, whole)
    if isinstance(source, Network):
        network = source
    else:
        from shapelens.readers.sources import read_source

        network = read_source(source, given)
    return Inspection(*fed(_with_types(network, dtypes), given, batch, whole))


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _model_at_hand(source: Any, inputs: Any, mode: str, dtypes: Mapping[str, str]) -> ModelAtHand | None:
    """The PyTorch model that is given or named; None where it is something else."""
    if isinstance(source, Network):
        return None
    if isinstance(source, str):
        from shapelens.readers.sources import python_source

        named = python_source(source)
        if named is None:
            return None
        from shapelens.readers.torch.code.loading import load_model

        model = load_model(named)  # which says what is missing, before anything of PyTorch is imported
        from shapelens.readers.torch.session import ModelAtHand

        # Whoever names code wants the network that is used, not the one that is trained.
        mode = "eval" if mode == "same" else mode
        name = f"{named.name}{named.brackets}"
        return ModelAtHand(model, name, named.text, mode, inputs, dtypes)
    if "torch" not in sys.modules:
        raise UsageError(
            "this is nothing that can be inspected",
            at="source",
            have=f"of type {type(source).__name__}",
            rule="a PyTorch module, a file, a classic, layer text or a network",
        )
    from shapelens.readers.torch.session import ModelAtHand

    return ModelAtHand(source, mode=mode, inputs=inputs, dtypes=dtypes)


def _traced(
    model: ModelAtHand, sample: Shape | None, batch: int | None, whole: Mapping[str, Shape]
) -> Inspection:
    """A model traced at the shapes that are given, and shown at them; free sizes at an example that fits."""
    network, arguments = model.network(sample, batch, whole)
    inspection = Inspection(network, arguments.fed, ModelBehind(model, arguments))
    if not inspection.has_free_sizes:
        return inspection
    from shapelens.inspection.fitting import fitting_example

    example = fitting_example(inspection)
    if example is None:
        return inspection
    network, arguments = model.network(sample, batch, whole, example)
    return Inspection(network, arguments.fed, ModelBehind(model, arguments))


def _with_types(network: Network, dtypes: Mapping[str, str]) -> Network:
    """The network with its inputs of the types that are asked for."""
    if not dtypes:
        return network
    inputs = tuple([replace(i, dtype=dtypes.get(i.name, i.dtype)) for i in network.inputs])
    return replace(network, inputs=inputs)


def explain(  # noqa: PLR0913 - one argument for each thing that can be asked
    what: Any,
    sample: Any = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
    cell: str | int | Sequence[int] | None = None,
    filter: int | None = None,
    values: Any = None,
    weights: Any = None,
    bias: Any = None,
    image: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    flipped: bool = False,
    numbers: bool | None = None,
) -> Explanation:
    """A shape, a layer, or a layer of a model, in words and numbers.

        >>> explain("256x256x32").facts["axes"]
        {'height': 256, 'width': 256, 'channels': 32}

    With numbers that can be checked by hand, one cell of a convolution's or a pool's output is taken apart:

        >>> explain("Conv2d(1, 1, 3)", (1, 5, 5), cell=(2, 2)).facts["numbers"]["value"]
        2

    Args:
        what: `256x256x32`, `Conv2d(3, 64, 3)`, `vgg16::features.0`, a pasted model, a PyTorch module, or the code of
            a finding: `SL101`.
        sample: the shape of one sample that goes in; that of the values or the picture if not given.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name.
        cell: a cell of the output, by its place along each spatial axis, from 0.
        filter: which feature map it is of: the filter, or the channel of a pool.
        values: what goes into the layer: an array of one sample in the layer's order, or the path of an `.npy` file.
        weights: the layer's weight, in its own order, or the path of an `.npy` file.
        bias: the layer's bias, or the path of an `.npy` file.
        image: the path of a picture that goes into the layer, in grey for 1 channel, in colour for 3.
        seed: makes the numbers that are not given: small whole ones.
        flipped: whether the kernel is turned by 180° first, as mathematics convolves.
        numbers: whether numbers are shown; by default where they are asked for, and of a small layer alone.

    Raises:
        UsageError: it cannot be read in this way.
        UnreadableError: a file that holds no network, or no numbers.
    """
    from shapelens.explanation.asking import (
        check_not_asked,
        explain_network,
        explain_shape_text,
        is_shape_text,
        split_layer,
    )
    from shapelens.explanation.grids.asked import Asked
    from shapelens.output.explained import Explanation

    asked = Asked.of(
        {"cell": cell, "filter": filter, "values": values, "weights": weights, "bias": bias, "image": image}
        | {"seed": seed, "flipped": flipped, "numbers": numbers}
    )
    if isinstance(what, str) and what.strip()[:2].upper() == "SL":
        from shapelens.analyses.findings.codes import kind_of

        kind = kind_of(what)
        if kind is not None:
            from shapelens.explanation.codes import explain_code

            return Explanation.of(explain_code(kind))
    if isinstance(what, str) and is_shape_text(what):
        check_not_asked(asked)
        return Explanation.of(explain_shape_text(what))
    model, layer = split_layer(what) if isinstance(what, str) else (what, "")
    inspection = inspect(model, sample, batch=batch, shapes=shapes)
    if sample is None and not shapes and asked.has_size:
        from shapelens.explanation.grids.sizing import size_given

        given = size_given(inspection.evaluation, layer, asked)
        if given is not None:
            # Layer text is read for what goes in; other models need not be read again.
            is_text = inspection.network.origin.kind == "notation"
            inspection = inspect(model, given, batch=batch) if is_text else inspection.at(given, batch=batch)
    if layer:
        return inspection.explained(layer, asked)
    return Explanation.of(explain_network(inspection.evaluation, asked))
