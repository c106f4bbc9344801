"""One row of a summary: a call of a module, or of a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from shapelens.operators import Tensor
from shapelens.records import dataclass

__all__ = ["LayerInfo", "Size"]

Size = list[Any]
"""A size as PyTorch prints it: integers, None for a size that is not known, a text for one that data decide."""


@dataclass(slots=True, eq=False, repr=False)
class LayerInfo:
    """A call of a module or of a function, with torchinfo's names for what is known of it.

    Args:
        class_name: the module's class; the function's name for a function.
        var_name: the module's name in the module around it; empty for a function.
        depth: how deep it stands; the model itself stands at 0.
        path: the module's path in the model; for a function, that of the module that calls it.
        is_function: whether it is a function, which holds nothing.
        module: the module itself; None for a function.
        depth_index: which of the modules of its depth it is, from 1 on; None for a function.
        parent_info: the row that it stands in.
        children: the rows inside, further ones included.
        is_leaf_layer: whether no row stands inside. Those rows together are the whole network, each part once.
        is_recursive: whether the module was called before, or is called inside of one that was.
        executed: whether it was called, and does not only hold what is called.
        input_size: the size of the first tensor that goes in, batch included; empty if none does, None if not
            even its rank is known.
        output_size: the size of the first tensor that comes out, likewise.
        output_bytes: how much memory that takes; None if it is not known.
        kernel_size: its kernel, as the module has it.
        groups: in how many groups it parts its channels; None where it has none.
        macs: its multiply-adds for the whole batch; None if they are not known.
        parameters: the places of its parameters among those of the model, further ones inside included.
        num_params: how many numbers those are.
        trainable_params: how many of them want a gradient.
        param_bytes: how much memory they take.
        layers: the names of the layers of the inspection that it stands for.
        own_parameters: those that the module holds itself, by their names in it.
    """

    class_name: str
    var_name: str
    depth: int
    path: str
    is_function: bool = False
    module: Any = None
    depth_index: int | None = None
    parent_info: LayerInfo | None = None
    children: list[LayerInfo] = field(default_factory=list)
    is_leaf_layer: bool = True
    is_recursive: bool = False
    executed: bool = True
    input_size: Size | None = field(default_factory=list)
    output_size: Size | None = field(default_factory=list)
    output_bytes: int | None = 0
    kernel_size: int | Size | None = None
    groups: int | None = None
    macs: int | None = 0
    parameters: frozenset[int] = frozenset()
    num_params: int = 0
    trainable_params: int = 0
    param_bytes: int = 0
    layers: tuple[str, ...] = ()
    own_parameters: tuple[tuple[str, Tensor], ...] = ()

    @property
    def layer_id(self) -> int:
        """What tells modules apart; the same whenever one is called again."""
        return id(self if self.module is None else self.module)

    @property
    def trainable(self) -> str:
        """`True` if all its parameters are trained, `False` if none is, `Partial`, or `--` without any."""
        if not self.num_params:
            return "--"
        if not self.trainable_params:
            return "False"
        return "True" if self.trainable_params == self.num_params else "Partial"

    @property
    def around(self) -> Iterator[LayerInfo]:
        """The rows that it stands in, the innermost first."""
        outer = self.parent_info
        while outer is not None:
            yield outer
            outer = outer.parent_info

    def get_layer_name(self, show_var_name: bool, show_depth: bool) -> str:
        """What the row is called: `Conv2d (conv1): 1-1`, or `relu()`.

        Args:
            show_var_name: whether the module's name is shown.
            show_depth: whether its depth and place are.
        """
        if self.is_function:
            return f"{self.class_name}()"
        name = f" ({self.var_name})" if show_var_name and self.var_name else ""
        place = f": {self.depth}-{self.depth_index}" if show_depth and self.depth else ""
        return f"{self.class_name}{name}{place}"

    def __repr__(self) -> str:
        return f"{self.class_name}: {self.depth}"
