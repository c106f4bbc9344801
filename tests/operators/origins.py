"""Where each output cell of an operator that only rearranges comes from, told by NumPy.

    assert_links_hold(Transpose((1, 0)), [(2, 3)], lambda x: x.T)

Every element of the inputs is numbered; the operator is done by NumPy on the numbers; then every link must
lead from each output cell to the very cell that stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from shapelens.operators import Operator, Outcome, Tensor, apply


def assert_links_hold(
    operator: Operator,
    shapes: Sequence[tuple[int, ...]],
    function: Callable[..., np.ndarray],
    *told: Tensor,
) -> Outcome:
    """Compare an operator's shape, contents and links with what NumPy does.

    Args:
        operator: the operator.
        shapes: the shapes of its inputs that are rearranged.
        function: the same with NumPy; its first output.
        told: further inputs, whose contents tell the operator what to do.
    """
    sizes = [int(np.prod(shape)) for shape in shapes]
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    numbered = [
        start + np.arange(size).reshape(s) for start, size, s in zip(starts, sizes, shapes, strict=True)
    ]
    true = function(*numbered)
    tensors = [Tensor(array.shape, "int64", tuple(array.reshape(-1).tolist())) for array in numbered]
    outcome = apply(operator, [*tensors, *told])
    output = outcome.outputs[0]
    assert outcome.broken == ()
    assert output.shape == true.shape
    assert output.contents is None or output.contents == tuple(true.reshape(-1).tolist())
    inputs = [*tensors, *told]
    for link in operator.links(inputs, outcome.outputs):
        if link.input >= len(shapes) or link.spans is None:
            continue
        shape, start, size = shapes[link.input], starts[link.input], sizes[link.input]
        for cell in np.ndindex(true.shape):
            number = int(true[cell]) - start
            if not 0 <= number < size:
                continue
            place = np.unravel_index(number, shape)[link.input_axis]
            turn, phase = divmod(cell[link.output_axis], link.period)
            first, last = link.spans[phase]
            assert first <= place - turn * link.advance <= last, (link, cell, place)
    return outcome
