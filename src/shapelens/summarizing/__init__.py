"""`summary()`: torchinfo's call and torchinfo's table, with numbers that are computed and not measured."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from shapelens.errors import UsageError
from shapelens.summarizing.layers import LayerInfo
from shapelens.summarizing.statistics import Summary

__all__ = ["LayerInfo", "Summary", "summary"]


def summary(  # noqa: PLR0913, PLR0917 - torchinfo's own signature
    model: Any,
    input_size: Any = None,
    input_data: Any = None,
    batch_dim: int | None = None,
    cache_forward_pass: bool | None = None,
    col_names: Iterable[str] | None = None,
    col_width: int = 25,
    depth: int = 3,
    device: Any = None,
    dtypes: Any = None,
    mode: str | None = None,
    row_settings: Iterable[str] | None = None,
    verbose: int | None = None,
    **kwargs: Any,
) -> Summary:
    """The summary of a PyTorch model: torchinfo's call, with one import changed.

        >>> import torch
        >>> from shapelens import summary
        >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 64, 3, padding=1), torch.nn.ReLU())
        >>> print(summary(net, (1, 3, 256, 256), col_width=20, verbose=0))
        ================================================================================
        Layer (type:depth-idx)                   Output Shape         Param #
        ================================================================================
        Sequential                               [1, 64, 256, 256]    --
        ├─Conv2d: 1-1                            [1, 64, 256, 256]    1,792
        ├─ReLU: 1-2                              [1, 64, 256, 256]    --
        ================================================================================
        Total params: 1,792
        Trainable params: 1,792
        Non-trainable params: 0
        Total mult-adds (M): 113.25
        ================================================================================
        Input size (MB): 0.79
        Forward/backward pass size (MB): 33.55
        Params size (MB): 0.01
        Estimated Total Size (MB): 34.35
        ================================================================================

    Nothing is run and no weight is read: the model's own forward is traced without data, at any size, on any
    machine. A model that fails has its table too, past the failure, with the finding beneath.

    Functions that a module with modules inside calls have rows of their own, named with brackets: `relu()`. They
    have no number, so that the modules keep those that torchinfo gives them. Each number stands in one row: the
    innermost that is shown, for parameters the first of those that share them; the others say `(recursive)`.

    Multiply-adds are for the whole batch, as torchinfo's are. They are counted for convolutions, linear maps,
    matrix products, attention and recurrent cells, in functions as well as in modules; biases and norms count
    none. Sizes are those of the first tensor where there are several.

    Args:
        model: the module.
        input_size: the size of its input, batch included; a list of sizes for several inputs; a dictionary of
            sizes by the names of forward's arguments. Without input the modules are listed with their parameters.
        input_data: what forward is called with, in place of sizes: a tensor, a list or tuple of arguments, or a
            dictionary of keyword arguments. Only shapes and types are read.
        batch_dim: where the batch's axis is to be put into `input_size`, with one sample; `input_data` holds it.
        cache_forward_pass: taken for torchinfo's sake; nothing is run, so there is nothing to cache.
        col_names: which columns to show: `input_size`, `output_size`, `num_params`, `params_percent`,
            `kernel_size`, `groups`, `mult_adds`, `trainable`.
        col_width: the width of each column.
        depth: how deep a row may stand; what stands deeper is counted in the row around it.
        device: taken for torchinfo's sake; nothing is put on any device.
        dtypes: the type of each input of `input_size`; the model's own float type if not given.
        mode: `eval`, which is the default, `train`, or `same` as the model is. The model is left as it was.
        row_settings: `depth` for the number of each module, `var_names` for the names of modules, `ascii_only`,
            `hide_recursive_layers` without modules that are called again, and `hide_functions` without functions,
            whose multiply-adds then stand in the module that calls them.
        verbose: 0 prints nothing, 1 the summary, 2 the shapes of weights and biases too. The default is 0 where
            Python is used by hand, in a notebook for one, and 1 in a script.
        **kwargs: other arguments of the model's forward.

    Returns:
        The summary, with torchinfo's attributes; `inspection` is the network, for all else that can be asked of it.

    Raises:
        UsageError: "this is no PyTorch module", "neither summary nor the model's forward has an argument …".
    """
    from shapelens.summarizing.building import called_layers, held_layers
    from shapelens.summarizing.calling import check_forward_arguments, formatting_of, inputs_of, mode_of

    if "torch" not in sys.modules or isinstance(model, str):
        raise UsageError(
            "this is no PyTorch module",
            at="model",
            have=f"of type {type(model).__name__}",
            rule="a torch.nn.Module; shapelens.inspect takes files, classics and layer text",
        )
    from shapelens.readers.torch.holdings import holdings_of
    from shapelens.readers.torch.reader import checked

    module = checked(model)
    chosen_verbose = (0 if getattr(sys, "ps1", "") else 1) if verbose is None else verbose
    form = formatting_of(
        col_names,
        col_width,
        depth,
        row_settings,
        chosen_verbose,
        has_input=input_size is not None or input_data is not None,
    )
    chosen_mode = mode_of(mode)
    check_forward_arguments(module, kwargs, _ARGUMENTS)
    inputs, sizes = inputs_of(module, input_size, input_data, batch_dim, dtypes, kwargs)
    holdings = holdings_of(module)
    name = type(module).__name__
    if inputs is None:
        made = Summary(held_layers(holdings, name), sizes, None, form, holdings)
    else:
        from shapelens.inspection import inspect

        inspection = inspect(module, inputs=inputs, mode=chosen_mode)
        layers = called_layers(inspection.evaluation, holdings, name)
        made = Summary(layers, sizes, inspection, form, holdings)
    if chosen_verbose:
        sys.stdout.write(f"{made}\n")
    return made


_ARGUMENTS = tuple([name for name in summary.__annotations__ if name not in {"kwargs", "return"}])
