"""What is read, compared with what `onnx` reads: every message of every model that comes with it."""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.limits import SMALL_TENSOR_ELEMENTS, SMALL_WEIGHT_ELEMENTS
from shapelens.readers.onnx.model import (
    OnnxFunction,
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxReference,
    OnnxTensor,
    OnnxValue,
)
from shapelens.readers.onnx.opening import read_model
from shapelens.readers.onnx.schema import DATA_TYPES, ELEMENT_BITS

onnx = pytest.importorskip("onnx")
numpy_helper = pytest.importorskip("onnx.numpy_helper")
helper = pytest.importorskip("onnx.helper")
numpy = pytest.importorskip("numpy")

pytestmark = pytest.mark.onnx

TensorProto = onnx.TensorProto
AttributeProto = onnx.AttributeProto
READABLE = {
    *("float32", "float64", "float16", "bfloat16", "bool"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (2, 4, 8, 16, 32, 64)),
}


# The same plain data, made from what `onnx` reads


def most_elements(data_type):
    return SMALL_TENSOR_ELEMENTS if data_type in {"int32", "int64"} else SMALL_WEIGHT_ELEMENTS


def tensor_from(proto):
    data_type = DATA_TYPES[proto.data_type]
    shape = tuple(proto.dims)
    values = location = None
    if proto.data_location == TensorProto.EXTERNAL:
        location = {entry.key: entry.value for entry in proto.external_data}.get("location", "")
    elif math.prod(shape) <= most_elements(data_type) and data_type in READABLE:
        array = numpy_helper.to_array(proto).reshape(-1)
        if "float" in data_type:
            values = tuple(array.astype("float64").tolist())
        else:
            values = tuple(array.tolist() if data_type == "bool" else [int(element) for element in array])
    return OnnxTensor(proto.name, shape, data_type, values, location)


def sparse_tensor_from(proto):
    return OnnxTensor(proto.values.name, tuple(proto.dims), DATA_TYPES[proto.values.data_type], sparse=True)


def type_from(proto, name=""):
    kind = proto.WhichOneof("value")
    if kind is None:
        return OnnxValue(name, "undefined", None, "undeclared")
    content = getattr(proto, kind)
    if kind in {"tensor_type", "sparse_tensor_type"}:
        shape = None
        if content.HasField("shape"):
            dims = [getattr(dim, dim.WhichOneof("value") or "", None) for dim in content.shape.dim]
            shape = tuple(None if isinstance(dim, int) and dim < 0 else dim for dim in dims)
        return OnnxValue(name, DATA_TYPES[content.elem_type], shape, kind.partition("_")[0])
    if kind == "opaque_type":
        return OnnxValue(name, "undefined", None, "opaque")
    inner = type_from(content.value_type if kind == "map_type" else content.elem_type)
    called = kind.partition("_")[0]
    if called in {"optional", "sequence"} and inner.kind not in {"tensor", "undeclared"}:
        called += f" {inner.kind}"
    return OnnxValue(name, inner.data_type, inner.shape, called)


def value_from(proto):
    said = {entry.key: entry.value for entry in proto.metadata_props}
    role = said.get("pkg.torch.export.graph_signature.InputSpec.kind", "")
    return replace(type_from(proto.type, proto.name), role=role)


def attribute_from(proto):
    if proto.ref_attr_name:
        return OnnxReference(proto.ref_attr_name)
    convert: dict[int, Any] = {
        AttributeProto.FLOAT: float,
        AttributeProto.INT: int,
        AttributeProto.STRING: lambda text: text.decode("utf-8", "replace"),
        AttributeProto.TENSOR: tensor_from,
        AttributeProto.GRAPH: graph_from,
        AttributeProto.SPARSE_TENSOR: sparse_tensor_from,
        AttributeProto.TYPE_PROTO: type_from,
    }
    many = {
        AttributeProto.FLOATS: AttributeProto.FLOAT,
        AttributeProto.INTS: AttributeProto.INT,
        AttributeProto.STRINGS: AttributeProto.STRING,
        AttributeProto.TENSORS: AttributeProto.TENSOR,
        AttributeProto.GRAPHS: AttributeProto.GRAPH,
        AttributeProto.SPARSE_TENSORS: AttributeProto.SPARSE_TENSOR,
        AttributeProto.TYPE_PROTOS: AttributeProto.TYPE_PROTO,
    }
    value = helper.get_attribute_value(proto)
    if proto.type in many:
        return tuple(convert[many[proto.type]](each) for each in value)
    return convert[proto.type](value)


def domain_from(domain):
    return "" if domain == "ai.onnx" else domain


def node_from(proto):
    return OnnxNode(
        proto.op_type,
        domain_from(proto.domain),
        proto.name,
        tuple(proto.input),
        tuple(proto.output),
        {attribute.name: attribute_from(attribute) for attribute in proto.attribute} or MappingProxyType({}),
        {entry.key: entry.value for entry in proto.metadata_props} or MappingProxyType({}),
        proto.overload,
    )


def graph_from(proto):
    return OnnxGraph(
        proto.name,
        tuple(map(node_from, proto.node)),
        (*map(tensor_from, proto.initializer), *map(sparse_tensor_from, proto.sparse_initializer)),
        tuple(map(value_from, proto.input)),
        tuple(map(value_from, proto.output)),
        tuple(map(value_from, proto.value_info)),
    )


def function_from(proto):
    return OnnxFunction(
        proto.name,
        domain_from(proto.domain),
        proto.overload,
        tuple(proto.input),
        tuple(proto.output),
        tuple(proto.attribute),
        {attribute.name: attribute_from(attribute) for attribute in proto.attribute_proto},
        tuple(map(node_from, proto.node)),
        {domain_from(entry.domain): entry.version for entry in proto.opset_import},
        tuple(map(value_from, proto.value_info)),
    )


def model_from(proto, path=""):
    return OnnxModel(
        proto.ir_version,
        {domain_from(entry.domain): entry.version for entry in proto.opset_import},
        f"{proto.producer_name} {proto.producer_version}".strip(),
        graph_from(proto.graph),
        tuple(map(function_from, proto.functions)),
        path,
    )


def assert_same(proto):
    """Compare as text, so that one NaN equals another."""
    found = decode_model(proto.SerializeToString())
    assert repr(found) == repr(model_from(proto))
    return found


# Models that come with onnx


@cache
def node_cases():
    from onnx.backend.test.case.node import collect_testcases

    return [case for case in collect_testcases(None) if case.model is not None]


def stored_models():
    folder = Path(onnx.__file__).parent / "backend" / "test" / "data"
    return sorted(folder.rglob("*.onnx"))


def test_every_operator_case_is_read_alike():
    different = []
    for case in node_cases():
        found = decode_model(case.model.SerializeToString())
        if repr(found) != repr(model_from(case.model)):
            different.append(case.name)
    assert different == []
    assert len(node_cases()) > 1000


def test_every_stored_model_is_read_alike():
    different = []
    for path in stored_models():
        if repr(read_model(path)) != repr(model_from(onnx.load(path), str(path))):
            different.append(path.name)
    assert different == []
    assert len(stored_models()) >= 9


# Messages that no stored model has


def a_model(nodes=(), inputs=(), outputs=(), **others):
    graph_parts = {
        key: others.pop(key) for key in ("initializer", "value_info", "sparse_initializer") if key in others
    }
    outputs = outputs or [helper.make_tensor_value_info("last", TensorProto.FLOAT, None)]
    return helper.make_model(
        helper.make_graph(list(nodes), "a graph", list(inputs), list(outputs), **graph_parts), **others
    )


def test_functions_with_references_defaults_and_overloads():
    step = helper.make_node("LeakyRelu", ["x"], ["y"])
    step.attribute.append(AttributeProto(name="alpha", type=AttributeProto.FLOAT, ref_attr_name="slope"))
    function = helper.make_function(
        "our.domain",
        "Act",
        ["x"],
        ["y"],
        [step],
        [helper.make_opsetid("", 18)],
        attributes=["slope"],
        attribute_protos=[helper.make_attribute("times", 3)],
        overload="second",
        value_info=[helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
    )
    call = helper.make_node("Act", ["x"], ["last"], domain="our.domain", overload="second", slope=0.1)
    found = assert_same(
        a_model(
            [call],
            functions=[function],
            opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("our.domain", 1)],
        )
    )
    assert found.functions[0].nodes[0].attributes == {"alpha": OnnxReference("slope")}
    assert found.functions[0].defaults == {"times": 3}
    assert found.graph.nodes[0].overload == "second"


def test_the_domain_of_onnx_has_one_name():
    proto = a_model(
        [helper.make_node("Relu", ["x"], ["last"], domain="ai.onnx")],
        opset_imports=[helper.make_opsetid("ai.onnx", 18)],
    )
    found = assert_same(proto)
    assert found.opset_imports == {"": 18}
    assert found.graph.nodes[0].domain == ""


def test_of_two_versions_of_a_domain_the_higher_counts():
    proto = a_model(opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx", 13)])
    assert decode_model(proto.SerializeToString()).opset_imports == {"": 18}


def test_metadata_of_nodes():
    node = helper.make_node("Relu", ["x"], ["last"])
    helper.set_metadata_props(node, {"pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0']"})
    found = assert_same(a_model([node]))
    assert found.graph.nodes[0].metadata == {"pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0']"}


def test_kinds_of_values():
    tensor = helper.make_tensor_type_proto(TensorProto.INT64, ["N", None, 3, -1, 0])
    types = {
        "tensor": tensor,
        "scalar": helper.make_tensor_type_proto(TensorProto.BOOL, []),
        "no rank": helper.make_tensor_type_proto(TensorProto.BFLOAT16, None),
        "sparse": helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [3, "M"]),
        "sequence": helper.make_sequence_type_proto(tensor),
        "optional": helper.make_optional_type_proto(tensor),
        "optional sequence": helper.make_optional_type_proto(helper.make_sequence_type_proto(tensor)),
        "map": helper.make_map_type_proto(TensorProto.INT64, tensor),
        "nothing": onnx.TypeProto(),
    }
    found = assert_same(a_model(inputs=[helper.make_value_info(name, each) for name, each in types.items()]))
    assert [(value.name, value.kind, value.shape) for value in found.graph.inputs] == [
        ("tensor", "tensor", ("N", None, 3, None, 0)),
        ("scalar", "tensor", ()),
        ("no rank", "tensor", None),
        ("sparse", "sparse", (3, "M")),
        ("sequence", "sequence", ("N", None, 3, None, 0)),
        ("optional", "optional", ("N", None, 3, None, 0)),
        ("optional sequence", "optional sequence", ("N", None, 3, None, 0)),
        ("map", "map", ("N", None, 3, None, 0)),
        ("nothing", "undeclared", None),
    ]


def test_external_data_is_named_and_not_opened():
    external = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, 2.0])
    external.ClearField("float_data")
    external.data_location = TensorProto.EXTERNAL
    for key, text in (("location", "../../weights.bin"), ("offset", "4096"), ("length", "8")):
        external.external_data.add(key=key, value=text)
    found = assert_same(a_model(initializer=[external]))
    assert found.graph.initializers == (OnnxTensor("w", (2,), "float32", None, "../../weights.bin"),)


def test_sparse_initializers_have_the_shape_of_the_whole():
    values = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, 2.0])
    indices = helper.make_tensor("", TensorProto.INT64, [2], [5, 700])
    found = assert_same(a_model(sparse_initializer=[helper.make_sparse_tensor(values, indices, [30, 40])]))
    assert found.graph.initializers == (OnnxTensor("w", (30, 40), "float32", sparse=True),)


def test_attributes_of_every_kind():
    tensor = helper.make_tensor("t", TensorProto.INT64, [3], [1, -2, 3])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "inner", [], [])
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("s", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("", TensorProto.INT64, [1], [5]),
        [9],
    )
    declared = helper.make_tensor_type_proto(TensorProto.FLOAT, [3])
    values = {
        "float": 0.1,
        "integer": -(2**63),
        "text": "NOTSET",
        "floats": [0.1, math.nan, math.inf],
        "integers": [-1, 2**63 - 1, 0],
        "texts": ["a", "ü"],
        "tensor": tensor,
        "tensors": [tensor, tensor],
        "graph": graph,
        "graphs": [graph, graph],
        "sparse": sparse,
        "sparses": [sparse],
        "type": declared,
        "types": [declared, declared],
    }
    node = helper.make_node("Any", ["", "x"], ["last", ""])
    node.attribute.extend(helper.make_attribute(name, each) for name, each in values.items())
    node.attribute.append(helper.make_attribute("no_integers", [], attr_type=AttributeProto.INTS))
    node.attribute.append(helper.make_attribute("no_text", ""))
    found = assert_same(a_model([node])).graph.nodes[0]
    assert found.inputs == ("", "x")
    assert found.outputs == ("last", "")
    assert found.attributes["integers"] == (-1, 2**63 - 1, 0)
    assert found.attributes["tensor"] == OnnxTensor("t", (3,), "int64", (1, -2, 3))


# Elements of tensors


def types_of_elements():
    return [
        number
        for number in TensorProto.DataType.values()
        if DATA_TYPES[number] not in {"undefined", "string"}
    ]


def test_every_data_type_has_its_name_and_width():
    assert len(DATA_TYPES) > max(TensorProto.DataType.values())
    for number in types_of_elements():
        name = DATA_TYPES[number]
        assert helper.tensor_dtype_to_np_dtype(number).name == name
        array = numpy.zeros(24, helper.tensor_dtype_to_np_dtype(number))
        stored = numpy_helper.from_array(array).raw_data
        assert len(stored) * 8 == 24 * ELEMENT_BITS[name]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 64])
@pytest.mark.parametrize("raw", [False, True], ids=["list", "raw"])
@pytest.mark.parametrize("number", types_of_elements(), ids=lambda number: DATA_TYPES[number])
def test_elements(number, raw, count):
    name = DATA_TYPES[number]
    signed = numpy.random.default_rng(count).integers(-3, 3, count)
    array = signed.astype(helper.tensor_dtype_to_np_dtype(number))
    proto = numpy_helper.from_array(array) if raw else helper.make_tensor("", number, [count], array)
    [found] = assert_same(a_model(initializer=[proto])).graph.initializers
    assert (found.values is not None) == (name in READABLE)


@pytest.mark.parametrize("data_type", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("raw", [False, True], ids=["list", "raw"])
def test_floats_at_the_edges(data_type, raw):
    number = DATA_TYPES.index(data_type)
    array = numpy.array([0.0, -0.0, 1.5, -(2.0**-14), math.inf, -math.inf, math.nan]).astype(
        helper.tensor_dtype_to_np_dtype(number)
    )
    proto = numpy_helper.from_array(array) if raw else helper.make_tensor("", number, [7], array)
    assert_same(a_model(initializer=[proto]))


def test_a_scalar_has_one_element():
    proto = helper.make_tensor("axis", TensorProto.INT64, [], [-1])
    assert assert_same(a_model(initializer=[proto])).graph.initializers[0].values == (-1,)


@pytest.mark.parametrize("raw", [False, True], ids=["list", "raw"])
@pytest.mark.parametrize(
    ("kind", "count", "read"),
    [
        ("int64", SMALL_TENSOR_ELEMENTS, True),
        ("int64", SMALL_TENSOR_ELEMENTS + 1, False),
        ("int32", SMALL_TENSOR_ELEMENTS, True),
        ("float32", SMALL_WEIGHT_ELEMENTS, True),
        ("float32", SMALL_WEIGHT_ELEMENTS + 1, False),
        ("int8", SMALL_WEIGHT_ELEMENTS + 1, False),
    ],
)
def test_many_elements_are_not_read(raw, kind, count, read):
    array = (numpy.arange(count) % 100).astype(kind)
    proto = (
        numpy_helper.from_array(array)
        if raw
        else helper.make_tensor("", DATA_TYPES.index(kind), [count], array)
    )
    assert (assert_same(a_model(initializer=[proto])).graph.initializers[0].values is not None) == read
