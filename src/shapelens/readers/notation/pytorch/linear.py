"""PyTorch's linear layers and embeddings."""

from __future__ import annotations

from shapelens.dims import Dim, Unknown, symbol
from shapelens.operators import Bilinear, Embedding, Linear, Reduce
from shapelens.operators.backward import Kept, Run
from shapelens.readers.building import BATCH
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer, with_bias
from shapelens.readers.notation.ranked import Ranked
from shapelens.readers.notation.samples import Sample, vector
from shapelens.records import dataclass

_LINEAR = "in_features, out_features, bias=True, device=None, dtype=None"
_EMBEDDING = (
    "num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, "
    "sparse=False, _weight=None, _freeze=False, device=None, dtype=None"
)
_BAG = (
    "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', "
    "sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None"
)


@dataclass(frozen=True)
class RankedEmbedding(Ranked, Embedding):
    """An embedding of tensors with so many axes, of which each bag is reduced: one kernel for PyTorch."""

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        return Unknown("what EmbeddingBag keeps for the backward pass is not known")


def _features(arguments: Arguments) -> Sample:
    return vector(arguments.taken("in_features") or "F")


@layer("Linear", "NonDynamicallyQuantizableLinear", signature=_LINEAR, takes=_features)
@layer("LazyLinear", signature=_LINEAR.removeprefix("in_features, "), takes=_features, prints="in_features")
def linear(arguments: Arguments, place: Place) -> None:
    out = arguments.integer("out_features")
    into: Dim = arguments.taken("in_features") or place.size(-1)
    place.add(Linear(), with_bias(arguments, (out, into), out))


@layer(
    "Bilinear",
    signature="in1_features, in2_features, out_features, bias=True, device=None, dtype=None",
    takes=lambda arguments: vector(arguments.integer("in1_features")),
    needs="a second input",
)
def bilinear(arguments: Arguments, place: Place) -> None:
    left, right, out = [arguments.integer(name) for name in ("in1_features", "in2_features", "out_features")]
    shape = place.tensor.shape
    other = place.input(
        "input2", (symbol(BATCH), right) if isinstance(shape, Unknown) else (*shape[:-1], right)
    )
    place.add(Bilinear(), with_bias(arguments, (out, left, right), out), inputs=(place.here, other))


def _indices(arguments: Arguments) -> Sample:
    return Sample(("T",), axes="", dtype="int64", is_certain=False)


@layer("Embedding", signature=_EMBEDDING, takes=_indices)
def embedding(arguments: Arguments, place: Place) -> None:
    rows, width = arguments.integer("num_embeddings"), arguments.integer("embedding_dim")
    place.add(Embedding(), {"weight": (rows, width)})


@layer("EmbeddingBag", signature=_BAG, takes=_indices)
def embedding_bag(arguments: Arguments, place: Place) -> None:
    """Rows of a table, and over each bag their mean, their sum or their largest values."""
    rows, width = arguments.integer("num_embeddings"), arguments.integer("embedding_dim")
    mode = arguments.choice("mode", ("mean", "sum", "max"))
    place.add(RankedEmbedding(ranks=(1, 2)), {"weight": (rows, width)})
    place.then(Reduce(mode, (1,), keeps_axes=False), mode)
