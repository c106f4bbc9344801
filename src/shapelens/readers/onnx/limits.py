"""Every limit of the ONNX reader, and why it stands where it does.

Networks stay far below them. Files that were made to exhaust a reader do not, and are refused with
`LimitExceededError`. Work and memory grow with the bytes that are no weights, at most in proportion.
"""

from __future__ import annotations

__all__ = [
    "BYTES_PER_KIND",
    "BYTES_PER_LIKE_TENSOR",
    "BYTES_PER_NAME",
    "BYTES_PER_NODE",
    "BYTES_PER_NUMBER",
    "BYTES_PER_SETTINGS",
    "BYTES_PER_TENSOR",
    "BYTES_PER_VALUE",
    "LEAST_LOOP_ROUNDS",
    "MAXIMUM_ATTRIBUTES",
    "MAXIMUM_ELEMENTS",
    "MAXIMUM_ENDING_BYTES",
    "MAXIMUM_FILE_BYTES",
    "MAXIMUM_FUNCTIONS",
    "MAXIMUM_HELD_BYTES",
    "MAXIMUM_KEPT_NODES",
    "MAXIMUM_LOOP_STEPS",
    "MAXIMUM_NAME_BYTES",
    "MAXIMUM_NESTING",
    "MAXIMUM_NODES",
    "MAXIMUM_OPSET_IMPORTS",
    "MAXIMUM_PLACE_CHARACTERS",
    "MAXIMUM_RANK",
    "MAXIMUM_SHARED_BYTES",
    "MAXIMUM_SHARED_ENTRIES",
    "MAXIMUM_SHARED_NAME_BYTES",
    "MAXIMUM_TENSORS",
    "MAXIMUM_TEXT_BYTES",
    "MAXIMUM_VALUES",
    "MAXIMUM_WRITTEN_OUT",
    "SMALL_TENSOR_ELEMENTS",
    "SMALL_WEIGHT_ELEMENTS",
]

# Protobuf itself stops at 2 GiB; larger networks keep their weights in other files. Mapping takes address
# space, not memory, so the limit only has to be below what a process can address.
MAXIMUM_FILE_BYTES = 64 * 1024**3

# Subgraphs within subgraphs. Protobuf's own readers stop at 100 messages within each other, and a graph, its
# node and its attribute are three; about five Python frames each, a sixth of the interpreter's own limit.
MAXIMUM_NESTING = 32

# Over all graphs and functions of a file. The largest exports, with every step of a loop unrolled, have some
# hundred thousand nodes.
MAXIMUM_NODES = 2_000_000
MAXIMUM_TENSORS = 2_000_000
MAXIMUM_VALUES = 2_000_000

# What is kept of a file in memory: names above all. A million nodes with two names of eighty letters each are below.
# It is counted while the file is read, by what the parts of it take in CPython, about.
MAXIMUM_HELD_BYTES = 400_000_000
BYTES_PER_NODE = 32
BYTES_PER_KIND = 120
BYTES_PER_SETTINGS = 320
BYTES_PER_NAME = 80
BYTES_PER_NUMBER = 40
BYTES_PER_LIKE_TENSOR = 60
BYTES_PER_TENSOR = 260
BYTES_PER_VALUE = 160

# PyTorch exports one function per module class, some hundreds.
MAXIMUM_FUNCTIONS = 100_000

# Functions and branches are written out where they are called, and one that calls two that call two grows with
# every level. Exports that write every operator as a function have some ten thousand nodes.
MAXIMUM_WRITTEN_OUT = 150_000

# A function that is called often has a handful of nodes, which are made once; one of thousands is called once.
MAXIMUM_KEPT_NODES = 512

# Loops are followed by evaluating their bodies again and again, and one within another multiplies. So many nodes are
# evaluated for all loops of a file together; what would take more is not known. A body that carries on shapes
# of a few tensors settles within a handful of rounds.
MAXIMUM_LOOP_STEPS = 200_000
LEAST_LOOP_ROUNDS = 8

# A value within a function is called by the names of the calls around it; each of them is cut at its front.
MAXIMUM_PLACE_CHARACTERS = 256

# One import for each domain of operators: two or three.
MAXIMUM_OPSET_IMPORTS = 1_024

# Of one node. The operator with the most, TreeEnsembleRegressor, has 23.
MAXIMUM_ATTRIBUTES = 1_024

# A value's name is a path of modules, some hundreds of bytes at most.
MAXIMUM_NAME_BYTES = 65_536

# Texts that no shape depends on (attributes that embed compiled engines of hundreds of megabytes, metadata
# with stack traces) are read up to here and stepped over beyond.
MAXIMUM_TEXT_BYTES = 65_536

# NumPy's own limit is 64 axes, and no runtime runs more.
MAXIMUM_RANK = 64

# Dims are signed integers of 64 bits, and so are counts of elements in every runtime.
MAXIMUM_ELEMENTS = 2**63 - 1

# Tensors that carry shapes have a handful of elements; tables of anchors and position indices some hundreds.
# Values of tensors above this are never read. Sizes are integers of 32 or 64 bits; other numbers that sizes hang on
# are factors and limits, and a network has thousands of vectors of such numbers that are weights.
SMALL_TENSOR_ELEMENTS = 4_096
SMALL_WEIGHT_ELEMENTS = 256

# Attributes and types of values repeat, byte for byte, from node to node: the short ones are decoded once
# and shared. The bounds keep a file of a million different ones from being kept twice.
MAXIMUM_SHARED_BYTES = 64
MAXIMUM_SHARED_ENTRIES = 16_384

# A node whose operator and attributes take no more is compared as a whole with those before it.
MAXIMUM_ENDING_BYTES = 512

# Names of values are shared between the nodes that give and take them, except for those that no program writes.
MAXIMUM_SHARED_NAME_BYTES = 1_024
