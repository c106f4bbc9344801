"""The messages of ONNX, as far as shapes need them: tags, data types and kinds of attributes.

A tag is `field number << 3 | wire type`. A repeated number may come one by one or packed into one field of
bytes; both tags are listed, and a reader takes both.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 14)
"""

from __future__ import annotations

from shapelens.operators import dtypes
from shapelens.readers.onnx.wire import BYTES, FIXED32, FIXED64, VARINT

# ModelProto
MODEL_IR_VERSION = 1 << 3 | VARINT
MODEL_PRODUCER_NAME = 2 << 3 | BYTES
MODEL_PRODUCER_VERSION = 3 << 3 | BYTES
MODEL_GRAPH = 7 << 3 | BYTES
MODEL_OPSET_IMPORT = 8 << 3 | BYTES
MODEL_FUNCTION = 25 << 3 | BYTES

# OperatorSetIdProto
OPSET_DOMAIN = 1 << 3 | BYTES
OPSET_VERSION = 2 << 3 | VARINT

# GraphProto
GRAPH_NODE = 1 << 3 | BYTES
GRAPH_NAME = 2 << 3 | BYTES
GRAPH_INITIALIZER = 5 << 3 | BYTES
GRAPH_INPUT = 11 << 3 | BYTES
GRAPH_OUTPUT = 12 << 3 | BYTES
GRAPH_VALUE_INFO = 13 << 3 | BYTES
GRAPH_SPARSE_INITIALIZER = 15 << 3 | BYTES

# FunctionProto
FUNCTION_NAME = 1 << 3 | BYTES
FUNCTION_INPUT = 4 << 3 | BYTES
FUNCTION_OUTPUT = 5 << 3 | BYTES
FUNCTION_ATTRIBUTE = 6 << 3 | BYTES
FUNCTION_NODE = 7 << 3 | BYTES
FUNCTION_OPSET_IMPORT = 9 << 3 | BYTES
FUNCTION_DOMAIN = 10 << 3 | BYTES
FUNCTION_DEFAULT = 11 << 3 | BYTES
FUNCTION_VALUE_INFO = 12 << 3 | BYTES
FUNCTION_OVERLOAD = 13 << 3 | BYTES

# NodeProto
NODE_INPUT = 1 << 3 | BYTES
NODE_OUTPUT = 2 << 3 | BYTES
NODE_NAME = 3 << 3 | BYTES
NODE_OPERATOR = 4 << 3 | BYTES
NODE_ATTRIBUTE = 5 << 3 | BYTES
NODE_DOMAIN = 7 << 3 | BYTES
NODE_OVERLOAD = 8 << 3 | BYTES
NODE_METADATA = 9 << 3 | BYTES

# StringStringEntryProto
ENTRY_KEY = 1 << 3 | BYTES
ENTRY_VALUE = 2 << 3 | BYTES

# AttributeProto
ATTRIBUTE_NAME = 1 << 3 | BYTES
ATTRIBUTE_FLOAT = 2 << 3 | FIXED32
ATTRIBUTE_INTEGER = 3 << 3 | VARINT
ATTRIBUTE_TEXT = 4 << 3 | BYTES
ATTRIBUTE_TENSOR = 5 << 3 | BYTES
ATTRIBUTE_GRAPH = 6 << 3 | BYTES
ATTRIBUTE_FLOATS = 7 << 3 | FIXED32
ATTRIBUTE_FLOATS_PACKED = 7 << 3 | BYTES
ATTRIBUTE_INTEGERS = 8 << 3 | VARINT
ATTRIBUTE_INTEGERS_PACKED = 8 << 3 | BYTES
ATTRIBUTE_TEXTS = 9 << 3 | BYTES
ATTRIBUTE_TENSORS = 10 << 3 | BYTES
ATTRIBUTE_GRAPHS = 11 << 3 | BYTES
ATTRIBUTE_VALUE_TYPE = 14 << 3 | BYTES
ATTRIBUTE_VALUE_TYPES = 15 << 3 | BYTES
ATTRIBUTE_KIND = 20 << 3 | VARINT
ATTRIBUTE_REFERENCE = 21 << 3 | BYTES
ATTRIBUTE_SPARSE_TENSOR = 22 << 3 | BYTES
ATTRIBUTE_SPARSE_TENSORS = 23 << 3 | BYTES

# AttributeProto.AttributeType: which of the fields above holds the value
KIND_UNDEFINED = 0
KIND_FLOAT = 1
KIND_INTEGER = 2
KIND_TEXT = 3
KIND_TENSOR = 4
KIND_GRAPH = 5
KIND_FLOATS = 6
KIND_INTEGERS = 7
KIND_TEXTS = 8
KIND_TENSORS = 9
KIND_GRAPHS = 10
KIND_SPARSE_TENSOR = 11
KIND_SPARSE_TENSORS = 12
KIND_VALUE_TYPE = 13
KIND_VALUE_TYPES = 14

# TensorProto
TENSOR_DIM = 1 << 3 | VARINT
TENSOR_DIMS_PACKED = 1 << 3 | BYTES
TENSOR_DATA_TYPE = 2 << 3 | VARINT
TENSOR_SEGMENT = 3 << 3 | BYTES
TENSOR_FLOAT_DATA = 4 << 3 | FIXED32
TENSOR_FLOAT_DATA_PACKED = 4 << 3 | BYTES
TENSOR_INT32_DATA = 5 << 3 | VARINT
TENSOR_INT32_DATA_PACKED = 5 << 3 | BYTES
TENSOR_INT64_DATA = 7 << 3 | VARINT
TENSOR_INT64_DATA_PACKED = 7 << 3 | BYTES
TENSOR_NAME = 8 << 3 | BYTES
TENSOR_RAW_DATA = 9 << 3 | BYTES
TENSOR_DOUBLE_DATA = 10 << 3 | FIXED64
TENSOR_DOUBLE_DATA_PACKED = 10 << 3 | BYTES
TENSOR_UINT64_DATA = 11 << 3 | VARINT
TENSOR_UINT64_DATA_PACKED = 11 << 3 | BYTES
TENSOR_EXTERNAL_DATA = 13 << 3 | BYTES
TENSOR_DATA_LOCATION = 14 << 3 | VARINT

LOCATION_EXTERNAL = 1

# SparseTensorProto
SPARSE_VALUES = 1 << 3 | BYTES
SPARSE_DIM = 3 << 3 | VARINT
SPARSE_DIMS_PACKED = 3 << 3 | BYTES

# ValueInfoProto
VALUE_NAME = 1 << 3 | BYTES
VALUE_TYPE = 2 << 3 | BYTES
VALUE_METADATA = 4 << 3 | BYTES

# TypeProto, and the messages of its kinds
TYPE_TENSOR = 1 << 3 | BYTES
TYPE_SEQUENCE = 4 << 3 | BYTES
TYPE_MAP = 5 << 3 | BYTES
TYPE_OPAQUE = 7 << 3 | BYTES
TYPE_SPARSE_TENSOR = 8 << 3 | BYTES
TYPE_OPTIONAL = 9 << 3 | BYTES
TENSOR_TYPE_DATA_TYPE = 1 << 3 | VARINT
TENSOR_TYPE_SHAPE = 2 << 3 | BYTES
ELEMENT_TYPE = 1 << 3 | BYTES
MAP_VALUE_TYPE = 2 << 3 | BYTES
VALUE_METADATA = 4 << 3 | BYTES

# TensorShapeProto and its Dimension
SHAPE_DIM = 1 << 3 | BYTES
DIM_VALUE = 1 << 3 | VARINT
DIM_PARAMETER = 2 << 3 | BYTES

# TensorProto.DataType: the names that NumPy and ml_dtypes use, in the order of the numbers.
UNDEFINED = "undefined"
DATA_TYPES: tuple[str, ...] = (
    UNDEFINED,
    "float32",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "float64",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "uint4",
    "int4",
    "float4_e2m1fn",
    "float8_e8m0fnu",
    "uint2",
    "int2",
    "float6_e2m3fn",
    "float6_e3m2fn",
)
ELEMENT_BITS = dtypes.ELEMENT_BITS


def data_type_name(number: int) -> str:
    """Name a data type.

    Args:
        number: its number in `TensorProto.DataType`.

    Returns:
        A name such as `float32`; for a number that the format does not have, `data type 99`.
    """
    return DATA_TYPES[number] if 0 <= number < len(DATA_TYPES) else f"data type {number}"
