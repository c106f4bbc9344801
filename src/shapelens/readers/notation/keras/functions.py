"""Keras' activation functions by their names: `'relu'`, `tf.nn.relu` and `ReLU()` are all relu."""

from __future__ import annotations

from difflib import get_close_matches

from shapelens.operators import Activation, AlongAxis, GatedLinearUnit, Operator
from shapelens.readers.notation.arguments import Arguments

__all__ = ["FUNCTIONS", "function_given"]

_EACH = (
    *(
        "celu",
        "elu",
        "exponential",
        "gelu",
        "hard_shrink",
        "hard_sigmoid",
        "hard_silu",
        "hard_swish",
        "hard_tanh",
    ),
    *(
        "leaky_relu",
        "log_sigmoid",
        "mish",
        "relu",
        "relu6",
        "selu",
        "sigmoid",
        "silu",
        "soft_shrink",
        "softplus",
    ),
    *("softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh", "tanh_shrink", "threshold"),
)
_ALONG = ("log_softmax", "softmax", "sparsemax")

FUNCTIONS: dict[str, Operator | None] = {
    **{name: Activation(name) for name in _EACH},
    **{name: AlongAxis(name, -1) for name in _ALONG},
    "glu": GatedLinearUnit(-1),
    "linear": None,
}
"""What each function computes; nothing for the one that passes everything on."""

_BY_LETTERS = {name.replace("_", ""): name for name in FUNCTIONS}


def function_given(arguments: Arguments, name: str) -> Operator | None:
    """The function that an argument names; None where nothing is computed.

    Raises:
        LayerTextError: `Keras has no activation relv`.
    """
    word = arguments.word(name)
    known = _BY_LETTERS.get(word.replace("_", ""))
    if known is not None:
        return FUNCTIONS[known]
    near = get_close_matches(word, FUNCTIONS, n=1)
    shown = arguments.source.shown(arguments.span(name))
    raise arguments.error(
        f"Keras has no activation {word}",
        name,
        rule="an activation is named by a text, such as 'relu' or 'softmax'; what other code computes is not known",
        have=shown,
        fix=arguments.source.replaced([(arguments.span(name), repr(near[0]))]) if near else "",
    )
