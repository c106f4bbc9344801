"""SL123: a forward that is called with something else than it takes."""

from __future__ import annotations

import re

from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.network import Evaluation

__all__ = ["tell_call"]

_MISSING = re.compile(r"TypeError: .*missing \d+ required (?:positional|keyword-only) arguments?: (.+)")
_UNEXPECTED = re.compile(r"TypeError: .*got an unexpected keyword argument '?(\w+)'?")
_KEY = re.compile(r"KeyError: '?([^']+)'?\Z")


def tell_call(evaluation: Evaluation) -> Finding | None:
    """A missing argument, one too many, or a key that is not there; None where the forward ended otherwise."""
    facts, network = evaluation.network.facts, evaluation.network
    words, where = facts.get("stopped", ""), facts.get("stopped_at", "")
    kind = CODES["SL123"]
    given = [f"{declared.name}" for declared in network.inputs]
    missing = _MISSING.match(words)
    if missing is not None and not evaluation.steps:
        names = re.findall(r"'(\w+)'", missing.group(1))
        fix = " ".join([f"--shape {name}=…" for name in [*given, *names]])
        return Finding(
            kind.code,
            f"the forward also takes {' and '.join(names)}",
            "",
            where or "forward",
            f"given: {', '.join(given) or 'nothing'}",
            "every argument without a default must be given",
            (Fix(fix),),
            framework=("torch", words),
            where=where,
        )
    key = _KEY.match(words)
    if key is not None:
        roots = {name.partition(".")[0] for name in given if "." in name}
        keys = [name.partition(".")[2] for name in given if "." in name]
        if roots:
            root = sorted(roots)[0]
            return Finding(
                kind.code,
                f"there is no key {key.group(1)} in what is given",
                evaluation.steps[-1].node.name if evaluation.steps else "",
                where or "forward",
                f"{root} has the keys {', '.join(keys)}",
                f"the forward reads {key.group(1)!r}",
                (Fix(f"--shape {root}.{key.group(1)}=…"),),
                framework=("torch", words),
                where=where,
            )
    return None
