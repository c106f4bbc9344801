"""Shape errors of PyTorch told in full while a model trains; nothing is done until one comes."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from shapelens.errors import MisfitError

__all__ = ["Watching", "watch"]

_OF_ITS_OWN = frozenset(["SL122", "SL123", "SL190", "SL191", "SL192"])
"""What is no matter of shapes, or what we know no more of than PyTorch says."""


def watch() -> Watching:
    """Turn PyTorch's own shape errors into ours, inside a `with` block.

    It costs nothing where nothing fails: no hook, no wrapper. When an exception that PyTorch raised comes out of a
    module's call, the module is inspected with the shapes that it was called with; if that explains it, a
    `MisfitError` is raised from it. Every other exception passes through as it is: the author's own, those of
    code outside of modules, and what PyTorch says of types, of devices, and of an index or an axis that there is not.

    ```python
    with shapelens.watch():
        loss = criterion(model(x), y)
    ```
    """
    return Watching()


class Watching:
    """The block that is watched; it holds nothing."""

    __slots__ = ()

    def __enter__(self) -> Watching:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace_back: TracebackType | None
    ) -> None:
        if error is None or trace_back is None:
            return
        misfit = _told(error, trace_back)
        if misfit is not None:
            raise misfit from error


def _told(error: BaseException, trace_back: TracebackType) -> MisfitError | None:
    """What an exception means, if PyTorch raised it because shapes do not fit; None for any other."""
    import sys

    if "torch" not in sys.modules:
        return None
    from shapelens.network.refusals import is_of_shapes
    from shapelens.readers.torch.code.calls import failed_call

    call = failed_call(error, trace_back) if is_of_shapes(str(error)) else None
    if call is None:
        return None
    from shapelens.inspection.asking import inspect

    given: Any = (call.arguments, call.named)
    try:
        inspection = inspect(call.module, inputs=given)
        findings = inspection.findings
    except Exception:
        # Whatever fails here, what PyTorch raised goes on as it is.
        return None
    errors = [f for f in findings if f.severity == "error"]
    # What is told must be what was raised: in PyTorch's words, or at the author's line where it was raised.
    by_words = [f for f in errors if f.framework[1] and f.framework[1] in str(error)]
    told = by_words or [f for f in errors if f.where == call.where]
    if not told or told[0].code in _OF_ITS_OWN:
        return None
    errors = [f for f in errors if f.code not in _OF_ITS_OWN]
    from shapelens.inspection.checking import counted

    name = inspection.network.name
    text = "\n\n".join([finding.message for finding in errors])
    return MisfitError(f"{counted(errors)} in {name}", text, tuple(errors))
