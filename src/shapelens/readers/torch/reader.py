"""Reading a PyTorch model: its own forward, traced on the meta device, as a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

import torch

from shapelens.dims import Path
from shapelens.errors import UsageError
from shapelens.garbage import collections_paused
from shapelens.network import Network, Origin
from shapelens.operators import Tensor
from shapelens.readers.torch.inputs import Arguments
from shapelens.readers.torch.keeping import kept
from shapelens.readers.torch.lazy import set_aside
from shapelens.readers.torch.light import lightly
from shapelens.readers.torch.places import is_author_file, is_own_file, place_of
from shapelens.readers.torch.private import eager, is_lazy, uncompiled, unwrap_inside
from shapelens.readers.torch.recording import DataNeededError, Recording, Value
from shapelens.readers.torch.structures import leaves
from shapelens.readers.torch.tracing import Tracer

if TYPE_CHECKING:
    from shapelens.readers.torch.changing import Change

__all__ = ["CAUGHT", "SIZES_READ", "checked", "probed", "trace", "traced"]

SIZES_READ = "sizes read"
"""The fact of a network whose author's code was given sizes that may be others elsewhere: some of it may be lost."""

CAUGHT = "caught"
"""The fact of a network whose author's code caught what PyTorch raised, and may do otherwise at other sizes."""

_one_at_a_time = RLock()
"""A model is put back as it was found, which two traces of it at once could not do."""


def checked(model: Any) -> torch.nn.Module:
    """The module to trace, unwrapped.

    Raises:
        UsageError: "this is no PyTorch module", "a scripted module cannot be traced".
    """
    model = uncompiled(model)
    if isinstance(model, torch.jit.ScriptModule):
        raise UsageError(
            "a scripted module cannot be traced",
            at=type(model).__name__,
            have="torch.jit has compiled it, so that its own forward is no longer Python",
            rule="a model is traced through its own forward",
            fix="give the module that was scripted",
        )
    if not isinstance(model, torch.nn.Module):
        kind = "a class" if isinstance(model, type) else f"of type {type(model).__name__}"
        raise UsageError(
            "this is no PyTorch module",
            at="source",
            have=kind,
            rule="a torch.nn.Module, a file, a classic or layer text",
            fix=f"give an instance: {model.__name__}(…)" if isinstance(model, type) else "",
        )
    return model


def trace(
    model: torch.nn.Module,
    arguments: Arguments,
    origin: Origin,
    *,
    mode: str = "same",
    change: Change | None = None,
    catches: bool = False,
) -> tuple[Network, Recording]:
    """A model's network: its forward runs without data, and what it does is written down.

    Args:
        model: the module.
        arguments: what it is called with.
        origin: where it comes from.
        mode: `train`, `eval`, or `same` as it is.
        change: what is changed in it, where something is.
        catches: whether it ends where the code does that catches what PyTorch refuses; else it goes on as if nothing
            were refused, and shows more.

    Returns:
        The network, and the trace that it was made from.
    """
    network, recording = traced(model, arguments, origin, mode=mode, change=change)
    if network.refusals and change is None:
        # The author may expect that PyTorch refuses something, and go on in another way.
        caught = traced(model, arguments, origin, mode=mode, is_strict=True)
        if "stopped" not in caught[0].facts or (catches and recording.refusals[0][0].may_be_caught):
            return caught
    return network, recording


def traced(
    model: torch.nn.Module,
    arguments: Arguments,
    origin: Origin,
    *,
    mode: str = "same",
    change: Change | None = None,
    is_strict: bool = False,
) -> tuple[Network, Recording]:
    """A model's network, and the trace that it was made from."""
    recording = Recording(Path(dict(arguments.example)), change)
    facts: dict[str, str] = {}
    outputs: list[tuple[str, Value]] = []
    with _ready(model, mode):
        tracer = Tracer(recording, model, _device(model))
        tracer.refusals.is_strict = is_strict
        tracer.modules.checks.is_lenient = not is_strict
        for declared, tensor in zip(arguments.inputs, arguments.tensors, strict=True):
            tracer.holder.enter(
                tensor, Value(Tensor(declared.shape or (), declared.dtype), name=declared.name)
            )
        ended: Exception | None = None
        try:
            given = run_forward_of_model(tracer, model, arguments)
        except Exception as error:
            if not _is_foreign(error, tracer):
                raise
            ended = error
            facts |= _stopped(error)
            outputs = [("", Value(Tensor(()), name="output"))]
        else:
            outputs = [
                (label, tracer.holder.value_of(t))
                for label, t in leaves(given)
                if isinstance(t, torch.Tensor)
            ]
        tracer.modules.close()
        for parameter in model.parameters():
            if not is_lazy(parameter):
                tracer.holder.value_of(parameter)
        if tracer.measures.reads_sizes:
            facts[SIZES_READ] = "yes"
        if any(refused is not ended for refused in tracer.refusals.met):
            facts[CAUGHT] = "yes"
        for needed in [needed for needed in tracer.refusals.blind if needed is not ended]:
            # The author's code took for a mistake that there are no data.
            facts |= {**_stopped(needed), "stopped_for": "data"}
    return recording.network(
        origin, arguments.inputs, outputs, dict(tracer.modules.classes), facts
    ), recording


def probed(model: torch.nn.Module, arguments: Arguments, *, mode: str = "same") -> Recording | None:
    """A trace of sizes alone: every module's call with what PyTorch gives, and no rule; None where it fails.

    Args:
        model: the module.
        arguments: what it is called with.
        mode: `train`, `eval`, or `same` as it is.
    """
    recording = Recording(Path(dict(arguments.example)))
    with _ready(model, mode):
        tracer = Tracer(recording, model, _device(model))
        tracer.is_probing = True
        for declared, tensor in zip(arguments.inputs, arguments.tensors, strict=True):
            tracer.holder.enter(
                tensor, Value(Tensor(tuple(tensor.shape), declared.dtype), name=declared.name)
            )
        try:
            run_forward_of_model(tracer, model, arguments)
        except Exception:
            return None
        tracer.modules.close()
    return recording


@contextmanager
def _ready(model: torch.nn.Module, mode: str) -> Iterator[None]:
    """A model in the state in which it is traced, inside the block; put back as it was found behind it."""
    with _one_at_a_time, collections_paused(), kept(model):
        unwrap_inside(model)
        set_aside(model)
        if mode != "same":
            _set_mode(model, is_training=mode == "train")
        yield


def _set_mode(model: torch.nn.Module, *, is_training: bool) -> None:
    """Training or evaluation, as the model does it; one that contains itself is told module by module."""
    try:
        model.train(is_training)
    except RecursionError:
        for module in model.modules():
            module.training = is_training


def run_forward_of_model(tracer: Tracer, model: torch.nn.Module, arguments: Arguments) -> Any:
    """Call the model, with every function that it calls coming by the tracer."""
    with (
        torch.no_grad(),
        eager(),
        lightly(),
        tracer.modules.followed(tracer.holder),
        tracer,
        catch_warnings(),
    ):
        # A loss whose operands broadcast is told by a finding.
        filterwarnings("ignore", message="Using a target size")
        return model(*arguments.positional, **arguments.named)


def _device(model: torch.nn.Module) -> torch.device:
    """Where the model believes itself to be; a model without data believes to be on the CPU."""
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None or first.is_meta else first.device


def _is_foreign(error: Exception, tracer: Tracer) -> bool:
    """Whether the author's code or PyTorch raised it; what our own code raises is a bug of ours, and is not hidden."""
    if isinstance(error, (DataNeededError, RecursionError)) or any(
        error is refused for refused in tracer.refusals.met
    ):
        return True
    frame, before = error.__traceback__, None
    while frame is not None and frame.tb_next is not None:
        frame, before = frame.tb_next, frame
    if isinstance(error, ZeroDivisionError) and before is not None:
        # Its own numbers, divided by zero: a traced size does what Python does.
        return is_author_file(before.tb_frame.f_code.co_filename)
    return frame is None or not is_own_file(frame.tb_frame.f_code.co_filename)


def _stopped(error: Exception) -> dict[str, str]:
    """What ended the trace: the author's own exception, or PyTorch's where no rule tells how to go on."""
    trace_back, place = error.__traceback__, ""
    while trace_back is not None:
        if is_author_file(trace_back.tb_frame.f_code.co_filename):
            place = place_of(trace_back.tb_frame).rpartition(":")[0] + f":{trace_back.tb_lineno}"
        trace_back = trace_back.tb_next
    words = str(error).strip().split("\n")[0]
    if isinstance(error, DataNeededError) or "meta tensor" in words.lower():
        return {"stopped": words, "stopped_at": place, "stopped_for": "data"}
    return {
        "stopped": f"{type(error).__name__}: {words}" if words else type(error).__name__,
        "stopped_at": place,
    }
