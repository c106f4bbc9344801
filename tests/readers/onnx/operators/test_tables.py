"""Operators of classical machine learning: by element, where the shape stays, and by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapelens.dims import Unknown
from shapelens.network import evaluate_network
from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.judging import network_from


@pytest.mark.parametrize(
    ("operator", "attributes", "dtype"),
    [
        ("Binarizer", {"threshold": 0.5}, "float64"),
        ("Imputer", {}, "float64"),
        ("Normalizer", {"norm": "L2"}, "float32"),
        ("Scaler", {"scale": (0.5,), "offset": (1.0,)}, "float32"),
        ("LabelEncoder", {"values_int64s": (1, 2)}, "int64"),
        ("LabelEncoder", {"values_strings": ("a",)}, "string"),
        ("LabelEncoder", {"values_tensor": OnnxTensor("", (2,), "int16")}, "int16"),
        ("LabelEncoder", {"classes_strings": ("a",)}, "unknown"),
    ],
)
def test_shape_and_type(operator, attributes, dtype) -> None:
    node = OnnxNode(operator, "ai.onnx.ml", "", ("x",), ("y",), attributes, {})
    (found,) = apply(translated(Call(node, 3, {})).operator, [Tensor((2, 5), "float64")]).outputs
    assert (found.shape, found.dtype) == ((2, 5), dtype)


# by row, beside onnxruntime ------------------------------------------------------------------------------

ROWS = np.zeros((5, 4), np.float32)
INTERVALS = {"nodes_treeids": [0], "nodes_nodeids": [0], "nodes_featureids": [0], "nodes_modes": ["LEAF"]}
INTERVALS |= {"nodes_values": [0.0], "nodes_truenodeids": [0], "nodes_falsenodeids": [0]}

EXECUTED: list[tuple[str, list[Any], dict[str, Any], int]] = [
    ("ArrayFeatureExtractor", [ROWS, np.array([2, 0, 1], np.int64)], {}, 1),
    ("ArrayFeatureExtractor", [ROWS[0], np.array([2, 0], np.int64)], {}, 1),
    ("FeatureVectorizer", [ROWS, ROWS[:, :3]], {"inputdimensions": [4, 3]}, 1),
    ("OneHotEncoder", [np.zeros((5, 2), np.int64)], {"cats_int64s": [0, 1, 2]}, 1),
    ("LinearRegressor", [ROWS], {"coefficients": [1.0] * 8, "intercepts": [0.0, 0.0], "targets": 2}, 1),
    (
        "LinearClassifier",
        [ROWS],
        {"coefficients": [1.0] * 12, "intercepts": [0.0] * 3, "classlabels_ints": [0, 1, 2]},
        2,
    ),
    (
        "LinearClassifier",
        [ROWS],
        {"coefficients": [1.0] * 4, "intercepts": [0.0], "classlabels_ints": [0, 1]},
        2,
    ),
    (
        "SVMRegressor",
        [ROWS],
        {"coefficients": [1.0], "support_vectors": [1.0] * 4, "rho": [0.0], "n_supports": 1}
        | {"kernel_params": [0.1, 0.0, 3.0], "kernel_type": "RBF"},
        1,
    ),
    (
        "TreeEnsembleRegressor",
        [ROWS],
        {**INTERVALS, "n_targets": 3, "target_treeids": [0], "target_nodeids": [0]}
        | {"target_ids": [0], "target_weights": [1.0]},
        1,
    ),
    (
        "TreeEnsembleClassifier",
        [ROWS],
        {**INTERVALS, "classlabels_int64s": [0, 1, 2], "class_treeids": [0], "class_nodeids": [0]}
        | {"class_ids": [0], "class_weights": [1.0]},
        2,
    ),
    *[
        (
            "SVMClassifier",
            [ROWS],
            {"classlabels_ints": [*range(count)], "vectors_per_class": [1] * count}
            | {"coefficients": [1.0] * (count * (count - 1)), "support_vectors": [1.0] * (4 * count)}
            | {"rho": [0.0] * (count * (count - 1) // 2), "kernel_params": [0.1, 0.0, 3.0]}
            | {"kernel_type": "RBF", **probabilities},
            2,
        )
        for count in (2, 3, 4)
        for probabilities in (
            {},
            {name: [0.1] * (count * (count - 1) // 2) for name in ("prob_a", "prob_b")},
        )
    ],
]


@pytest.mark.onnx
@pytest.mark.parametrize(("operator", "arrays", "attributes", "outputs"), EXECUTED)
def test_it_is_as_onnxruntime_gives_it(operator, arrays, attributes, outputs) -> None:
    onnx = pytest.importorskip("onnx")
    from tests.readers.onnx.execution import session_of

    names = [f"x{place}" for place in range(len(arrays))]
    given = [f"y{place}" for place in range(outputs)]
    node = onnx.helper.make_node(operator, names, given, domain="ai.onnx.ml", **attributes)
    inputs = [
        onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for n, a in zip(names, arrays, strict=True)
    ]
    graph = onnx.helper.make_graph(
        [node], "one", inputs, [onnx.helper.make_empty_tensor_value_info(n) for n in given]
    )
    imports = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
    model = onnx.helper.make_model(graph, opset_imports=imports, ir_version=8)
    true = session_of(model).run(None, dict(zip(names, arrays, strict=True)))
    network = network_from(model)
    found = evaluate_network(network, {}).outputs
    assert [(t.shape, t.dtype) for _, t in found] == [(a.shape, a.dtype.name) for a in true]


@pytest.mark.parametrize(
    ("operator", "attributes", "shape", "dtype"),
    [
        ("CastMap", {"map_form": "SPARSE", "max_map": 9}, (1, 9), "float32"),
        ("CastMap", {}, (1, Unknown("only the data decide how many a map has")), "float32"),
        ("DictVectorizer", {"string_vocabulary": ("a", "b", "c")}, (1, 3), "unknown"),
        ("CategoryMapper", {"cats_strings": ("a",), "cats_int64s": (1,)}, (2, 5), "unknown"),
        ("ZipMap", {}, Unknown("it gives maps, which have no shape"), "unknown"),
        (
            "TreeEnsemble",
            {"n_targets": 2, "nodes_splits": OnnxTensor("", (1,), "float64")},
            (2, 2),
            "float64",
        ),
        (
            "LinearClassifier",
            {},
            Unknown("LinearClassifier cannot be read: it names no class"),
            "unknown",
        ),
        ("LinearClassifier", {"classlabels_strings": ("a", "b"), "intercepts": (0.0, 0.0)}, (2,), "string"),
    ],
)
def test_maps_and_labels(operator, attributes, shape, dtype) -> None:
    node = OnnxNode(operator, "ai.onnx.ml", "", ("x",), ("y",), attributes, {})
    translation = translated(Call(node, 3, {}))
    found = apply(translation.operator, [Tensor((2, 5))] * len(translation.inputs)).outputs[0]
    assert (found.shape, found.dtype) == (shape, dtype)
