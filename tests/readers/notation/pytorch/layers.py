"""Random layers of PyTorch's: for each name settings that it may be given, and a sample that may go in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

__all__ = ["CASES", "Case", "in_words"]


@dataclass(frozen=True)
class Case:
    """A layer and a sample.

    Args:
        name: the layer's class.
        settings: what it is given, in the order of its signature.
        sample: the shape of one sample.
        leading: how many of the settings are given without their names.
        dtype: the type of the input's elements.
    """

    name: str
    settings: dict[str, Any]
    sample: tuple[int, ...]
    leading: int = 0
    dtype: str = "float32"

    @property
    def text(self) -> str:
        """The layer as somebody would type it."""
        return in_words(self.name, self.settings, self.leading)


def in_words(name: str, settings: dict[str, Any], leading: int = 0) -> str:
    """A call in Python's words.

    >>> in_words("Linear", {"in_features": 3, "out_features": 4, "bias": False}, 2)
    'Linear(3, 4, bias=False)'
    """
    given = [
        repr(value) if place < leading else f"{key}={value!r}"
        for place, (key, value) in enumerate(settings.items())
    ]
    return f"{name}({', '.join(given)})"


@dataclass(frozen=True)
class Recipe:
    """How a random case is drawn.

    Args:
        required: the settings that the layer must be given, in order.
        optional: those that it may be given, in order.
        sample: the sizes of a sample, by the settings.
        positional: how many of the first settings may be given without their names.
        dtype: the type of the input's elements.
    """

    required: dict[str, st.SearchStrategy]
    optional: dict[str, st.SearchStrategy]
    sample: Any
    positional: int = 1
    dtype: str = "float32"

    def case(self, name: str) -> st.SearchStrategy[Case]:
        """Random cases of this layer."""

        @st.composite
        def cases(draw: Any) -> Case:
            drawn = draw(st.fixed_dictionaries(self.required, optional=self.optional))
            settings = {key: drawn[key] for key in (*self.required, *self.optional) if key in drawn}
            sample = self.sample
            if callable(sample):
                sample = sample(settings)
            leading = draw(st.integers(0, min(self.positional, len(self.required))))
            return Case(name, settings, draw(sample), leading, self.dtype)

        return cases()


def _sizes(*axes: Any) -> st.SearchStrategy[tuple[int, ...]]:
    """A sample, from a size or a strategy for each axis."""
    return st.tuples(*[st.just(axis) if isinstance(axis, int) else axis for axis in axes])


def _each(strategy: st.SearchStrategy, rank: int) -> st.SearchStrategy:
    """One setting for all axes, or one for each."""
    return st.one_of(strategy, st.tuples(*[strategy] * rank))


SIZE = st.integers(1, 9)
SOME = st.integers(1, 4)
FLAG = st.booleans()
ANY = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
"""Any sample at all."""

CASES: dict[str, st.SearchStrategy[Case]] = {}


def _enter(names: str, recipe: Recipe) -> None:
    for name in names.split():
        CASES[name] = recipe.case(name)


# activations ----------------------------------------------------------------------------------------------

for _name in "CELU ELU Hardsigmoid Hardswish LeakyReLU Mish ReLU ReLU6 SELU SiLU".split():
    _enter(_name, Recipe({}, {"inplace": FLAG}, ANY))
_enter(
    "Sigmoid LogSigmoid Tanh Softsign Tanhshrink Softplus Hardshrink Softshrink Identity", Recipe({}, {}, ANY)
)
_enter("GELU", Recipe({}, {"approximate": st.sampled_from(["none", "tanh"])}, ANY))
_enter("Hardtanh", Recipe({}, {"min_val": st.floats(-3, 0), "max_val": st.floats(1, 2)}, ANY))
_enter("RReLU", Recipe({}, {"lower": st.just(0.1), "upper": st.just(0.4)}, ANY))
_enter("Threshold", Recipe({"threshold": st.just(0.1), "value": st.just(20)}, {"inplace": FLAG}, ANY, 2))
_enter("Softmax LogSoftmax Softmin", Recipe({}, {"dim": st.integers(-3, 3)}, ANY))
_enter("Softmax2d", Recipe({}, {}, _sizes(SOME, SIZE, SIZE)))
_enter("GLU", Recipe({}, {"dim": st.integers(-3, 3)}, ANY))
_enter("Dropout AlphaDropout FeatureAlphaDropout", Recipe({}, {"p": st.floats(0, 1), "inplace": FLAG}, ANY))
for _rank in (1, 2, 3):
    _enter(f"Dropout{_rank}d", Recipe({}, {"p": st.floats(0, 1)}, _sizes(SOME, *[SIZE] * _rank)))
_enter("PReLU", Recipe({}, {"num_parameters": st.integers(1, 2)}, _sizes(st.integers(1, 2), SIZE)))

# convolutions ---------------------------------------------------------------------------------------------


def _convolution(rank: int, transposed: bool = False, lazy: bool = False) -> Recipe:
    kernel = _each(st.integers(1, 4), rank)
    required = {} if lazy else {"in_channels": st.sampled_from([2, 4, 6])}
    required |= {"out_channels": st.sampled_from([2, 4, 6]), "kernel_size": kernel}
    stride, dilation = _each(st.integers(1, 3), rank), _each(st.integers(1, 2), rank)
    padding = _each(st.integers(0, 2), rank)
    optional: dict[str, st.SearchStrategy] = {"stride": stride}
    if transposed:
        optional |= {"padding": padding, "output_padding": _each(st.integers(0, 2), rank)}
    else:
        optional |= {"padding": st.one_of(padding, st.sampled_from(["same", "valid"])), "dilation": dilation}
    optional |= {"groups": st.integers(1, 2), "bias": FLAG}
    if transposed:
        optional["dilation"] = dilation
    else:
        modes = st.sampled_from(["zeros", "reflect", "replicate", "circular"])
        optional["padding_mode"] = modes

    def sample(settings: dict[str, Any]) -> st.SearchStrategy:
        channels = settings.get("in_channels", 4)
        return _sizes(st.sampled_from([channels, channels, channels, channels + 1]), *[SIZE] * rank)

    return Recipe(required, optional, sample, len(required))


for _rank in (1, 2, 3):
    _enter(f"Conv{_rank}d", _convolution(_rank))
    _enter(f"ConvTranspose{_rank}d", _convolution(_rank, transposed=True))
    _enter(f"LazyConv{_rank}d", _convolution(_rank, lazy=True))
    _enter(f"LazyConvTranspose{_rank}d", _convolution(_rank, transposed=True, lazy=True))

# linear layers --------------------------------------------------------------------------------------------

_enter(
    "Linear NonDynamicallyQuantizableLinear",
    Recipe(
        {"in_features": SOME, "out_features": SOME},
        {"bias": FLAG},
        lambda settings: st.lists(SOME, max_size=2).map(lambda head: (*head, settings["in_features"])),
        2,
    ),
)
_enter("LazyLinear", Recipe({"out_features": SOME}, {"bias": FLAG}, ANY))
_enter(
    "Bilinear",
    Recipe(
        {"in1_features": SOME, "in2_features": SOME, "out_features": SOME},
        {"bias": FLAG},
        lambda settings: st.lists(SOME, max_size=2).map(lambda head: (*head, settings["in1_features"])),
        3,
    ),
)
_enter(
    "Embedding",
    Recipe(
        {"num_embeddings": SOME, "embedding_dim": SOME},
        {"padding_idx": st.just(0), "max_norm": st.just(1.5)},
        ANY,
        2,
        "int64",
    ),
)
_enter(
    "EmbeddingBag",
    Recipe(
        {"num_embeddings": SOME, "embedding_dim": SOME},
        {"mode": st.sampled_from(["mean", "sum", "max"])},
        _sizes(SIZE),
        2,
        "int64",
    ),
)

# norms ----------------------------------------------------------------------------------------------------


def _features(rank: int) -> Any:
    def sample(settings: dict[str, Any]) -> st.SearchStrategy:
        channels = settings.get("num_features", 3)
        return _sizes(st.sampled_from([channels, channels, channels, channels + 1]), *[SIZE] * rank)

    return sample


_NORM = {"eps": st.just(1e-3), "momentum": st.sampled_from([0.2, None]), "affine": FLAG}
for _rank in (1, 2, 3):
    _settings = {**_NORM, "track_running_stats": FLAG, "bias": FLAG}
    _instance = {**_settings, "momentum": st.just(0.2)}
    _enter(f"BatchNorm{_rank}d", Recipe({"num_features": SOME}, _settings, _features(_rank)))
    _enter(f"LazyBatchNorm{_rank}d", Recipe({}, _settings, _features(_rank)))
    _enter(f"InstanceNorm{_rank}d", Recipe({"num_features": SOME}, _instance, _features(_rank)))
    _enter(f"LazyInstanceNorm{_rank}d", Recipe({}, _instance, _features(_rank)))
_enter("SyncBatchNorm", Recipe({"num_features": SOME}, {**_NORM, "track_running_stats": FLAG}, _features(2)))
_enter(
    "GroupNorm",
    Recipe(
        {"num_groups": st.integers(1, 3), "num_channels": st.sampled_from([2, 4, 6])},
        {"eps": st.just(1e-3), "affine": FLAG, "bias": FLAG},
        lambda settings: st.lists(SIZE, max_size=3).map(lambda rest: (settings["num_channels"], *rest)),
        2,
    ),
)


def _normalized(settings: dict[str, Any]) -> st.SearchStrategy:
    shape = settings["normalized_shape"]
    tail = (shape,) if isinstance(shape, int) else tuple(shape)
    return st.lists(SOME, max_size=2).map(lambda head: (*head, *tail))


_SHAPE = st.one_of(SOME, st.lists(SOME, min_size=1, max_size=2).map(tuple))
_enter(
    "LayerNorm",
    Recipe({"normalized_shape": _SHAPE}, {"elementwise_affine": FLAG, "bias": FLAG}, _normalized),
)
_enter(
    "RMSNorm",
    Recipe({"normalized_shape": _SHAPE}, {"eps": st.just(1e-3), "elementwise_affine": FLAG}, _normalized),
)
_enter(
    "LocalResponseNorm",
    Recipe(
        {"size": SOME},
        {"alpha": st.just(1e-3), "k": st.just(2.0)},
        st.lists(SIZE, min_size=1, max_size=3).map(tuple),
    ),
)
_enter("CrossMapLRN2d", Recipe({"size": SOME}, {}, _sizes(SOME, SIZE, SIZE)))

# pools ----------------------------------------------------------------------------------------------------


def _pool(rank: int, **more: st.SearchStrategy) -> Recipe:
    kernel = _each(st.integers(1, 4), rank)
    stride = st.one_of(st.none(), _each(st.integers(1, 4), rank))
    optional = {"stride": stride, "padding": _each(st.integers(0, 2), rank), **more}
    return Recipe({"kernel_size": kernel}, optional, _sizes(SOME, *[SIZE] * rank))


for _rank in (1, 2, 3):
    _dilation = _each(st.integers(1, 2), _rank)
    _enter(f"MaxPool{_rank}d", _pool(_rank, dilation=_dilation, return_indices=FLAG, ceil_mode=FLAG))
    _enter(f"AvgPool{_rank}d", _pool(_rank, ceil_mode=FLAG, count_include_pad=FLAG))
    _enter(
        f"LPPool{_rank}d",
        Recipe(
            {"norm_type": st.just(2), "kernel_size": _each(st.integers(1, 4), _rank)},
            {"stride": st.one_of(st.none(), _each(st.integers(1, 4), _rank)), "ceil_mode": FLAG},
            _sizes(SOME, *[SIZE] * _rank),
            2,
        ),
    )
    _out = _each(st.one_of(st.none(), SOME), _rank)
    _enter(f"AdaptiveAvgPool{_rank}d", Recipe({"output_size": _out}, {}, _sizes(SOME, *[SIZE] * _rank)))
    _enter(
        f"AdaptiveMaxPool{_rank}d",
        Recipe({"output_size": _out}, {"return_indices": FLAG}, _sizes(SOME, *[SIZE] * _rank)),
    )
    _enter(
        f"MaxUnpool{_rank}d",
        Recipe(
            {"kernel_size": _each(st.integers(1, 3), _rank)},
            {"stride": _each(st.integers(1, 3), _rank), "padding": _each(st.integers(0, 1), _rank)},
            _sizes(SOME, *[SOME] * _rank),
        ),
    )

for _rank in (2, 3):
    _asked = {"kernel_size": _each(st.integers(1, 3), _rank)}
    CASES[f"FractionalMaxPool{_rank}d"] = st.one_of(
        *[
            Recipe({**_asked, **size}, {"return_indices": FLAG}, _sizes(SOME, *[SIZE] * _rank)).case(
                f"FractionalMaxPool{_rank}d"
            )
            for size in (
                {"output_size": _each(SOME, _rank)},
                {"output_ratio": _each(st.sampled_from([0.29, 0.5, 0.7, 0.9]), _rank)},
            )
        ]
    )

# recurrent layers -----------------------------------------------------------------------------------------


def _steps(settings: dict[str, Any]) -> st.SearchStrategy:
    features = settings["input_size"]
    more = () if settings.get("batch_first") else st.sampled_from([(), (2,)])
    wrong = st.sampled_from([features, features, features, features + 1])
    return st.tuples(SOME, more if more != () else st.just(()), wrong).map(lambda s: (s[0], *s[1], s[2]))


_STACK = {
    "num_layers": st.integers(1, 3),
    "bias": FLAG,
    "batch_first": FLAG,
    "dropout": st.just(0.1),
    "bidirectional": FLAG,
}
_SIZES = {"input_size": SOME, "hidden_size": st.integers(3, 5)}
_enter("GRU", Recipe(_SIZES, _STACK, _steps, 2))
_enter("RNN", Recipe(_SIZES, {**_STACK, "nonlinearity": st.sampled_from(["tanh", "relu"])}, _steps, 2))
_enter("LSTM", Recipe(_SIZES, {**_STACK, "proj_size": st.integers(0, 4)}, _steps, 2))
_CELL = Recipe(_SIZES, {"bias": FLAG}, lambda settings: _sizes(settings["input_size"]), 2)
_enter("GRUCell LSTMCell", _CELL)
_enter(
    "RNNCell",
    Recipe(_SIZES, {"bias": FLAG, "nonlinearity": st.sampled_from(["tanh", "relu"])}, _CELL.sample, 2),
)

# attention ------------------------------------------------------------------------------------------------


def _tokens(width: str) -> Any:
    def sample(settings: dict[str, Any]) -> st.SearchStrategy:
        return _sizes(SOME, settings[width])

    return sample


_enter(
    "MultiheadAttention",
    Recipe(
        {"embed_dim": st.sampled_from([4, 6]), "num_heads": st.integers(1, 3)},
        {
            "bias": FLAG,
            "add_bias_kv": FLAG,
            "add_zero_attn": FLAG,
            "kdim": st.sampled_from([None, 3, 4]),
            "vdim": st.sampled_from([None, 5]),
            "batch_first": FLAG,
        },
        _tokens("embed_dim"),
        2,
    ),
)
_enter(
    "TransformerEncoderLayer",
    Recipe(
        {"d_model": st.sampled_from([4, 6]), "nhead": st.integers(1, 3)},
        {
            "dim_feedforward": SOME,
            "activation": st.sampled_from(["relu", "gelu"]),
            "batch_first": FLAG,
            "norm_first": FLAG,
            "bias": FLAG,
        },
        _tokens("d_model"),
        2,
    ),
)

# reshapes -------------------------------------------------------------------------------------------------

_enter("Flatten", Recipe({}, {"start_dim": st.integers(-3, 3), "end_dim": st.integers(-3, 3)}, ANY))
_enter(
    "Unflatten",
    Recipe(
        {
            "dim": st.integers(-2, 2),
            "unflattened_size": st.lists(st.sampled_from([1, 2, 3, -1]), min_size=1, max_size=3).map(tuple),
        },
        {},
        st.lists(st.sampled_from([2, 4, 6, 9]), min_size=1, max_size=3).map(tuple),
        2,
    ),
)
_FOLD = {
    "dilation": _each(st.integers(1, 2), 2),
    "padding": _each(st.integers(0, 1), 2),
    "stride": _each(st.integers(1, 3), 2),
}
_enter("Unfold", Recipe({"kernel_size": _each(st.integers(1, 3), 2)}, _FOLD, _sizes(SOME, SIZE, SIZE)))


def _columns(settings: dict[str, Any]) -> st.SearchStrategy:
    def pair(name: str, default: int) -> tuple[int, int]:
        value = settings.get(name, default)
        return value if isinstance(value, tuple) else (value, value)

    each = zip(
        *[pair(n, 1) for n in ("output_size", "kernel_size", "dilation")],
        pair("padding", 0),
        pair("stride", 1),
        strict=True,
    )
    counts = [
        (out + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
        for out, kernel, dilation, pad, stride in each
    ]
    kernel = pair("kernel_size", 1)
    rows = kernel[0] * kernel[1]
    count = max(counts[0], 0) * max(counts[1], 0)
    return _sizes(st.sampled_from([rows, 2 * rows, rows + 1]), st.sampled_from([count, count, count + 1]))


_enter(
    "Fold",
    Recipe({"output_size": _each(SIZE, 2), "kernel_size": _each(st.integers(1, 3), 2)}, _FOLD, _columns, 2),
)

# resizes and pads -----------------------------------------------------------------------------------------

_FACTOR = st.sampled_from([0.5, 1, 1.5, 2, 0.29, 3])
_MODES = {
    1: ["nearest", "linear", "area", "nearest-exact"],
    2: ["nearest", "bilinear", "bicubic", "area"],
    3: ["nearest", "trilinear"],
}


def _upsample(rank: int) -> st.SearchStrategy[Case]:
    modes = st.sampled_from(_MODES[rank])
    size, factor = {"size": _each(SOME, rank)}, {"scale_factor": _each(_FACTOR, rank)}
    aligned = {"align_corners": st.sampled_from([None, True, False])}
    more = {**aligned, "recompute_scale_factor": st.sampled_from([None, True])}
    return st.one_of(
        Recipe({**size, "mode": modes}, aligned, _sizes(SOME, *[SIZE] * rank), 0).case("Upsample"),
        Recipe({**factor, "mode": modes}, more, _sizes(SOME, *[SIZE] * rank), 0).case("Upsample"),
    )


CASES["Upsample"] = st.one_of(*[_upsample(rank) for rank in (1, 2, 3)])
for _name in ("UpsamplingNearest2d", "UpsamplingBilinear2d"):
    CASES[_name] = st.one_of(
        Recipe({"size": _each(SOME, 2)}, {}, _sizes(SOME, SIZE, SIZE), 1).case(_name),
        Recipe({"scale_factor": _each(_FACTOR, 2)}, {}, _sizes(SOME, SIZE, SIZE), 0).case(_name),
    )
for _rank in (1, 2, 3):
    _amount = st.integers(-1, 4)
    _sides = st.one_of(_amount, st.tuples(*[_amount] * (2 * _rank)))
    for _kind in ("Zero", "Reflection", "Replication", "Circular"):
        _enter(f"{_kind}Pad{_rank}d", Recipe({"padding": _sides}, {}, _sizes(SOME, *[SIZE] * _rank)))
    _enter(
        f"ConstantPad{_rank}d",
        Recipe({"padding": _sides, "value": st.sampled_from([0, 3.5])}, {}, _sizes(SOME, *[SIZE] * _rank), 2),
    )

# shuffles -------------------------------------------------------------------------------------------------

_GRID = _sizes(st.sampled_from([4, 9, 6]), st.sampled_from([4, 6, 5]), st.sampled_from([4, 6, 3]))
_enter("PixelShuffle", Recipe({"upscale_factor": st.integers(1, 3)}, {}, _GRID))
_enter("PixelUnshuffle", Recipe({"downscale_factor": st.integers(1, 3)}, {}, _GRID))
_enter("ChannelShuffle", Recipe({"groups": st.integers(1, 3)}, {}, _GRID))

# torchvision's --------------------------------------------------------------------------------------------

_enter(
    "StochasticDepth", Recipe({"p": st.floats(0, 1), "mode": st.sampled_from(["row", "batch"])}, {}, ANY, 2)
)
_enter(
    "DropBlock2d",
    Recipe({"p": st.floats(0, 1), "block_size": SOME}, {"inplace": FLAG}, _sizes(SOME, SIZE, SIZE), 2),
)
_enter(
    "DropBlock3d", Recipe({"p": st.floats(0, 1), "block_size": SOME}, {}, _sizes(SOME, SIZE, SIZE, SIZE), 2)
)
_enter("FrozenBatchNorm2d", Recipe({"num_features": st.integers(2, 4)}, {"eps": st.just(1e-3)}, _features(2)))
_enter(
    "LayerNorm2d",
    Recipe(
        {"normalized_shape": SOME},
        {"elementwise_affine": FLAG, "bias": FLAG},
        lambda settings: _sizes(settings["normalized_shape"], SIZE, SIZE),
    ),
)
_enter(
    "DeformConv2d",
    Recipe(
        {
            "in_channels": st.sampled_from([2, 4]),
            "out_channels": st.sampled_from([2, 4]),
            "kernel_size": _each(SOME, 2),
        },
        {
            "stride": _each(st.integers(1, 2), 2),
            "padding": _each(st.integers(0, 2), 2),
            "dilation": _each(st.integers(1, 2), 2),
            "groups": st.integers(1, 2),
            "bias": FLAG,
        },
        lambda settings: _sizes(settings["in_channels"], SIZE, SIZE),
        3,
    ),
)
