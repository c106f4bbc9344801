"""Operators of classical machine learning, which stand before and after networks: by element, or by row."""

from __future__ import annotations

from shapelens.dims import Unknown
from shapelens.operators import Activation, Fill, JoinRows, OneHot, Opaque, PickColumns, RowWise
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.schema import UNDEFINED
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates

MACHINE_LEARNING = "ai.onnx.ml"

_DTYPES = {"Binarizer": None, "Imputer": None, "Normalizer": "float32", "Scaler": "float32"}
"""The type of the output; None for the input's."""

_LABELS = {"values_floats": "float32", "values_int64s": "int64", "values_strings": "string"}


@translates(*_DTYPES, domain=MACHINE_LEARNING)
def of_one(call: Call) -> Translation:
    operator = Activation(call.node.operator.lower(), dtype=_DTYPES[call.node.operator])
    return Translation(operator, (call.given(0),))


@translates("LabelEncoder", domain=MACHINE_LEARNING)
def label_encoder(call: Call) -> Translation:
    """The type of the output is that of the labels, in whichever attribute they stand."""
    tensor = call.attribute("values_tensor")
    dtype = tensor.data_type if isinstance(tensor, OnnxTensor) else UNDEFINED
    dtype = next((own for name, own in _LABELS.items() if name in call.node.attributes), dtype)
    unknown = "unknown" if dtype == UNDEFINED else dtype
    return Translation(Activation("label encoder", dtype=unknown), (call.given(0),))


@translates("CategoryMapper", domain=MACHINE_LEARNING)
def category_mapper(call: Call) -> Translation:
    """From numbers to texts, or from texts to numbers: the type of the input decides, and its shape stays."""
    return Translation(Activation("category mapper", dtype="unknown"), (call.given(0),))


@translates("OneHotEncoder", domain=MACHINE_LEARNING)
def one_hot_encoder(call: Call) -> Translation:
    classes = _count(call, "cats_int64s") or _count(call, "cats_strings")
    return Translation(OneHot(classes, dtype="float32"), (call.given(0),))


@translates("ArrayFeatureExtractor", domain=MACHINE_LEARNING)
def pick_columns(call: Call) -> Translation:
    return Translation(PickColumns(), call.leading(2, required=2))


@translates("FeatureVectorizer", domain=MACHINE_LEARNING)
def join_columns(call: Call) -> Translation:
    return Translation(JoinRows(call.integers("inputdimensions") or ()), call.all_given())


# models -------------------------------------------------------------------------------------------------


def _count(call: Call, name: str) -> int:
    """How many elements a list has, whether it stands in an attribute of its own or in a tensor."""
    value = call.attribute(name)
    if isinstance(value, OnnxTensor):
        return value.shape[0] if len(value.shape) == 1 else 0
    return len(value) if isinstance(value, tuple) else 0


def _classes(call: Call, *names: str) -> tuple[int, str]:
    """How many classes there are, and the type of their labels."""
    numbers, texts = _count(call, names[0]), _count(call, "classlabels_strings")
    if not numbers and not texts:
        raise TranslationError("it names no class")
    return (texts, "string") if texts else (numbers, "int64")


@translates("LinearRegressor", domain=MACHINE_LEARNING)
def linear_regressor(call: Call) -> Translation:
    return Translation(RowWise((call.attribute("targets", 1),), "linear regressor"), (call.given(0),))


@translates("SVMRegressor", domain=MACHINE_LEARNING)
def vector_regressor(call: Call) -> Translation:
    return Translation(RowWise((1,), "svm regressor"), (call.given(0),))


@translates("LinearClassifier", domain=MACHINE_LEARNING)
def linear_classifier(call: Call) -> Translation:
    """There is a score for each intercept; a single one of two classes stands for both."""
    classes, dtype = _classes(call, "classlabels_ints")
    scores = _count(call, "intercepts") or classes
    scores = 2 if scores == 1 and classes == 2 else scores
    return Translation(RowWise((None, scores), "linear classifier", (dtype, "float32")), (call.given(0),))


@translates("SVMClassifier", domain=MACHINE_LEARNING)
def vector_classifier(call: Call) -> Translation:
    """Without probabilities there is a score for each pair of classes; two classes have two scores."""
    classes, dtype = _classes(call, "classlabels_ints")
    pairs = not _count(call, "prob_a") and bool(_count(call, "vectors_per_class"))
    scores = max(classes * (classes - 1) // 2, 2) if pairs else classes
    return Translation(RowWise((None, scores), "svm classifier", (dtype, "float32")), (call.given(0),))


_TREE_TYPES = ("nodes_values_as_tensor", "nodes_splits")


def _tree_dtype(call: Call) -> str:
    """Trees of doubles keep their thresholds in a tensor of doubles."""
    tensors = [call.attribute(name) for name in _TREE_TYPES]
    return next((tensor.data_type for tensor in tensors if isinstance(tensor, OnnxTensor)), "float32")


@translates("TreeEnsembleClassifier", domain=MACHINE_LEARNING)
def tree_classifier(call: Call) -> Translation:
    classes, dtype = _classes(call, "classlabels_int64s")
    return Translation(RowWise((None, classes), "tree classifier", (dtype, "float32")), (call.given(0),))


@translates("TreeEnsemble", "TreeEnsembleRegressor", domain=MACHINE_LEARNING)
def tree_regressor(call: Call) -> Translation:
    is_typed = call.node.operator == "TreeEnsemble"
    dtypes = (_tree_dtype(call) if is_typed else "float32",)
    return Translation(RowWise((call.attribute("n_targets", 1),), "tree regressor", dtypes), (call.given(0),))


# maps ---------------------------------------------------------------------------------------------------

_CAST = {"TO_FLOAT": "float32", "TO_INT64": "int64", "TO_STRING": "string"}


@translates("CastMap", domain=MACHINE_LEARNING)
def cast_map(call: Call) -> Translation:
    """A row of a map's values: of as many as it has, or of a number that is told."""
    dtype = _CAST[call.word("cast_to", "TO_FLOAT", _CAST)]
    sparse = call.word("map_form", "DENSE", ("DENSE", "SPARSE")) == "SPARSE"
    columns = call.attribute("max_map", 1) if sparse else Unknown("only the data decide how many a map has")
    return Translation(Fill((1, columns), None, dtype, "cast map"), ())


@translates("DictVectorizer", domain=MACHINE_LEARNING)
def dictionary_vectorizer(call: Call) -> Translation:
    """A row with a column for each word; its elements are of the type of the map's."""
    columns = _count(call, "string_vocabulary") or _count(call, "int64_vocabulary")
    return Translation(Fill((1, columns), None, "unknown", "dictionary vectorizer"), ())


@translates("ZipMap", domain=MACHINE_LEARNING)
def zip_map(call: Call) -> Translation:
    return Translation(Opaque("ZipMap", "it gives maps, which have no shape"), (call.given(0),))
