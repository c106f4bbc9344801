"""Checks for tests: what does not fit is raised, with the whole text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shapelens.errors import MisfitError, UsageError
from shapelens.inspection.asking import inspect
from shapelens.inspection.given import ShapeLike

if TYPE_CHECKING:
    from shapelens.analyses.findings import Finding
    from shapelens.inspection.held import Inspection

__all__ = ["check", "checked_codes", "counted", "raise_for"]


def check(
    model: Any,
    sample: Any = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
    inputs: Any = None,
    mode: str = "same",
    strict: bool = False,
    ignore: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """A model's findings; where one is an error, it is raised. Made for tests.

        >>> check("resnet18")
        ()

    Args:
        model: as for `inspect`.
        sample: the shape of one sample.
        batch: the number of samples.
        shapes: whole shapes of inputs by name.
        inputs: for a PyTorch module, examples as it is called with.
        mode: for a PyTorch module, `train`, `eval`, or `same` as it is.
        strict: whether warnings raise too.
        ignore: codes that are left out.

    Raises:
        MisfitError: with the whole text of what was found.
    """
    inspection = inspect(model, sample, batch=batch, shapes=shapes, inputs=inputs, mode=mode)
    inspection.raise_for_findings(strict=strict, ignore=ignore)
    codes = checked_codes(ignore)
    return tuple([finding for finding in inspection.findings if finding.code not in codes])


def raise_for(inspection: Inspection, *, strict: bool = False, ignore: Sequence[str] = ()) -> None:
    """Raise where something does not fit.

    Raises:
        MisfitError: with the whole text of what was found.
    """
    codes = checked_codes(ignore)
    wanted = {"error", "warning"} if strict else {"error"}
    found = tuple([f for f in inspection.findings if f.severity in wanted and f.code not in codes])
    if found:
        text = "\n\n".join([finding.message for finding in found])
        raise MisfitError(f"{counted(found)} in {inspection.network.name}", text, found)


def checked_codes(codes: Iterable[str]) -> frozenset[str]:
    """Codes that are to be ignored, each of which there is.

    Raises:
        UsageError: "there is no finding SL999".
    """
    from shapelens.analyses.findings.codes import CODES

    wanted = [code.strip().upper() for code in codes]
    for code in wanted:
        if code not in CODES:
            from difflib import get_close_matches

            near = get_close_matches(code, CODES, n=1, cutoff=0.6)
            raise UsageError(
                f"there is no finding {code}",
                at=f"--ignore {code}",
                have=code,
                rule=f"the codes are {', '.join(CODES)}",
                fix=f"--ignore {near[0]}" if near else "",
                following="shapelens explain SL101",
            )
    return frozenset(wanted)


def counted(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity: `1 error, 2 warnings`."""
    parts = []
    for severity in ("error", "warning", "note"):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return ", ".join(parts)
