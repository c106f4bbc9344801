"""What a file says of itself and is not so."""

from __future__ import annotations

from shapelens.analyses.findings.catalogue.code import Code
from shapelens.analyses.findings.finding import ERROR, WARNING

__all__ = ["OF_FILES"]

OF_FILES = (
    Code(
        "SL601",
        "the file declares a shape that is not so",
        WARNING,
        "A file may declare the shapes of its values. They are checked against what the operators give, and never "
        "believed. Runtimes that believe them fail, or allocate too little; most often an edited file kept the shapes "
        "of what it was before.",
        "value_info: conv1 N×16×112×112             # its weight has 8 filters",
        "value_info: none, or what is inferred anew",
        ("Take the declared shapes out and infer them anew: del model.graph.value_info[:].",),
    ),
    Code(
        "SL602",
        "nothing gives a value that is taken",
        ERROR,
        "A layer takes what the network is given, what it holds, or what another layer gives. A name that is none of "
        "these is left over from a part that was cut away, or is misspelt.",
        "Add(conv1, skip)                           # nothing is called skip",
        "write the file anew from its source",
        ("Write the file anew from its source.",),
    ),
    Code(
        "SL603",
        "weights are said to be outside of the file's folder",
        WARNING,
        "A file may keep weights in other files beside it, named relative to its folder. One that names a place "
        "elsewhere makes a runtime open what is there. Here no second file is ever opened.",
        "location: ../../etc/passwd",
        "location: weights.bin",
        ("Do not run a file that you do not trust; save your own anew: onnx.save(model, path).",),
    ),
)
"""In the order of their codes."""
