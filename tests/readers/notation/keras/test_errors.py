"""What a layer is refused for: the first line of the message, and what it points at."""

from __future__ import annotations

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation import read_notation

REFUSED = [
    # convolutions
    ("Conv2D(64, 3, groups=5)", None, "filters must be divisible by groups", "64 5"),
    (
        "Conv2D(8, 3, strides=2, dilation_rate=(1, 2))",
        None,
        "strides and dilation_rate are both larger than 1",
        "2 (1, 2)",
    ),
    ("Conv2D(8, (3, 3, 3))", None, "the kernel_size of a Conv2D cannot be (3, 3, 3)", "(3, 3, 3)"),
    ("Conv2D(8, 3, strides=0)", None, "the strides of a Conv2D cannot be 0", "0"),
    ("Conv2D(0, 3)", None, "the filters of a Conv2D cannot be 0", "0"),
    ("Conv2D(8, 3, padding='causal')", None, "the padding of a Conv2D cannot be 'causal'", "'causal'"),
    ("Conv2D(8, 3, padding=1)", None, "the padding of a Conv2D cannot be 1", "1"),
    ("Conv2D(8, 3, data_format='NCHW')", None, "the data_format of a Conv2D cannot be 'NCHW'", "'NCHW'"),
    ("Conv2D(8, 3, activation='relv')", None, "Keras has no activation relv", "'relv'"),
    ("Conv2D(8, 3, activation=my_function)", None, "Keras has no activation my_function", "my_function"),
    (
        "Conv1DTranspose(8, 3, strides=2, output_padding=2)",
        None,
        "output_padding must be smaller than strides",
        "2 2",
    ),
    (
        "DepthwiseConv2D(3, depth_multiplier=0)",
        None,
        "the depth_multiplier of a DepthwiseConv2D cannot be 0",
        "0",
    ),
    (
        "ConvLSTM2D(8, 3, strides=2, dilation_rate=2)",
        None,
        "strides and dilation_rate are both larger than 1",
        "2 2",
    ),
    # pools, and what changes sizes
    ("MaxPooling2D((2, 2, 2))", None, "the pool_size of a MaxPooling2D cannot be (2, 2, 2)", "(2, 2, 2)"),
    ("AveragePooling2D()", None, "this AveragePooling2D has no pool_size", ")"),
    (
        "AdaptiveMaxPooling2D((3, None))",
        None,
        "the output_size of an AdaptiveMaxPooling2D cannot be (3, None)",
        "(3, None)",
    ),
    ("ZeroPadding2D((1, 2, 3))", None, "the padding of ZeroPadding2D cannot be (1, 2, 3)", "(1, 2, 3)"),
    (
        "ZeroPadding1D(((1, 2), (3, 4)))",
        None,
        "the padding of ZeroPadding1D cannot be ((1, 2), (3, 4))",
        "((1, 2), (3, 4))",
    ),
    ("Cropping2D(-1)", None, "the cropping of Cropping2D cannot be -1", "-1"),
    ("UpSampling1D((2,))", None, "the size of an UpSampling1D cannot be (2,)", "(2,)"),
    (
        "UpSampling2D(interpolation='linear')",
        None,
        "the interpolation of an UpSampling2D cannot be 'linear'",
        "'linear'",
    ),
    (
        "Resizing(8, 8, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)",
        None,
        "an image is cropped or padded to keep its proportions, and not both",
        "True True",
    ),
    ("Reshape((-1, -1))", None, "a target_shape has sizes of at least 1, and at most one -1", "(-1, -1)"),
    ("Reshape((0, 3))", None, "a target_shape has sizes of at least 1, and at most one -1", "(0, 3)"),
    ("Permute((0, 1))", None, "the dims of a Permute cannot be (0, 1)", "(0, 1)"),
    ("Permute([])", None, "dims name each axis of a sample once", "[]"),
    ("Permute((1, 3))", None, "dims name each axis of a sample once", "(1, 3)"),
    ("RepeatVector(0)", None, "the n of a RepeatVector cannot be 0", "0"),
    # linear layers
    ("Dense(0)", None, "the units of a Dense cannot be 0", "0"),
    ("Dense(8, lora_rank=2)", None, "weights of low rank beside a layer's own are not read", "2"),
    ("EinsumDense('ab,bc', 5)", None, "this equation cannot be read", "'ab,bc'"),
    ("EinsumDense('...ab...,bc->ac', 5)", None, "this equation cannot be read", "'...ab...,bc->ac'"),
    ("EinsumDense('ab,bcd->ac', 5)", None, "the axis d of the kernel stands nowhere else", "'ab,bcd->ac'"),
    (
        "EinsumDense('ab,bc->acd', (5, 6))",
        None,
        "the axis d of the output stands nowhere else",
        "'ab,bc->acd'",
    ),
    (
        "EinsumDense('abc,cd->abd', 5)",
        None,
        "output_shape has not one size for each of b, d",
        "'abc,cd->abd' 5",
    ),
    (
        "EinsumDense('abc,cd->abd', (4, 5))",
        (3, 4),
        "the axis b has 3 cells in what comes in, and 4 in output_shape",
        "'abc,cd->abd' (4, 5)",
    ),
    (
        "EinsumDense('abc,cd->abd', (3, None))",
        (3, 4),
        "output_shape has no size for d, which is an axis of the kernel too",
        "'abc,cd->abd' (3, None)",
    ),
    (
        "EinsumDense('ab,bc->ac', 5, bias_axes='x')",
        (4,),
        "bias_axes are axes of the output",
        "'ab,bc->ac' 'x'",
    ),
    # what keeps the shape
    ("layers.Dropout(2)", None, "2 is no share of the elements", "2"),
    ("GaussianNoise(-1)", None, "the stddev of GaussianNoise cannot be negative", "-1"),
    ("layers.ReLU(max_value=-1)", None, "the max_value of ReLU cannot be negative", "-1"),
    ("layers.PReLU(shared_axes=[3])", (4, 5), "what comes in has 3 axes", "[3]"),
    ("GroupNormalization(groups=0)", None, "there is no norm over no groups", "0"),
    (
        "RMSNormalization(axis=1)",
        (4, 5),
        "the scale of an RMSNormalization is as long as the last axes, and others are normalised",
        "1",
    ),
    ("Normalization(axis=4)", (4, 5), "what comes in has 3 axes, the batch included", "4"),
    ("Normalization(mean=1.0)", None, "mean and variance are given together", "1.0"),
    (
        "Normalization(axis=None, mean=(1,), variance=(1,))",
        None,
        "the mean of a Normalization cannot be read",
        "(1,)",
    ),
    # sequences
    ("LSTMCell(4, unit_forget_bias=False)", None, "LSTMCell is one step of a recurrent layer", "LSTMCell"),
    ("layers.RNN(Dense(3))", None, "Dense is no cell", "Dense(3)"),
    ("layers.RNN(cell=cell)", None, "RNN takes a layer", "cell"),
    ("Bidirectional(None)", None, "Bidirectional takes a layer", "None"),
    ("Bidirectional(Dense(3))", None, "Dense does not go from step to step", "Dense(3)"),
    (
        "Bidirectional(LSTM(3), merge_mode='add')",
        None,
        "the merge_mode of a Bidirectional cannot be 'add'",
        "'add'",
    ),
    (
        "Bidirectional(LSTM(3), backward_layer=LSTM(3))",
        None,
        "both layers go the same way",
        "LSTM(3) LSTM(3)",
    ),
    (
        "Bidirectional(LSTM(3), backward_layer=LSTM(3, go_backwards=True, return_sequences=True))",
        None,
        "return_sequences is not the same for both layers",
        "LSTM(3) LSTM(3, go_backwards=True, return_sequences=True)",
    ),
    (
        "Bidirectional(LSTM(3), merge_mode='sum', backward_layer=LSTM(4, go_backwards=True))",
        None,
        "3 units and 4 do not go together by sum",
        "LSTM(3) LSTM(4, go_backwards=True)",
    ),
    ("TimeDistributed(3)", None, "TimeDistributed takes a layer", "3"),
    (
        "TimeDistributed([Dense(3), Dense(4)])",
        None,
        "TimeDistributed takes one layer",
        "[Dense(3), Dense(4)]",
    ),
    ("TimeDistributed(Dens(3))", None, "no layer is called Dens", "Dens"),
    ("TimeDistributed(Dense(3, width=4))", None, "Dense has no width", "width"),
    (
        "TimeDistributed(Attention())",
        (3, 4, 5),
        "Attention takes values, and maybe keys besides, and a layer around it gives it one tensor",
        "TimeDistributed",
    ),
    ("SpectralNormalization(Rescaling(2))", (4,), "there is no kernel in the layer inside", "Rescaling(2)"),
    ("MultiHeadAttention(0, 4)", None, "the num_heads of a MultiHeadAttention cannot be 0", "0"),
    ("MultiHeadAttention(2, 4, attention_axes=5)", (3, 4), "what comes in has 3 axes", "5"),
    ("GroupQueryAttention(4, 6, 4)", None, "num_query_heads must be divisible by num_key_value_heads", "6 4"),
    ("Attention(score_mode='sum')", None, "the score_mode of an Attention cannot be 'sum'", "'sum'"),
    # inputs, and code
    ("Sequential([Input(784), Dense(3)])", None, "the shape of Input cannot be 784", "784"),
    ("Input((3, 'a'))", None, "the shape of Input cannot be (3, 'a')", "(3, 'a')"),
    ("Input(batch_shape=(None,))", None, "the batch_shape of Input cannot be (None,)", "(None,)"),
    ("Input()", None, "this Input has no shape", "Input"),
    (
        "Sequential([Input((8,)), Dense(4), Input((5,)), Dense(3)])",
        None,
        "an Input in the middle declares another shape than comes in",
        "Input",
    ),
    (
        "keras.layers.Lambda(square)",
        None,
        "a Lambda runs a function, and layer text is read, never run",
        "square",
    ),
    (
        "Sequential([LSTM(4, return_state=True), Dense(3)])",
        None,
        "LSTM gives 3 tensors, and the layer after it in a chain takes one",
        "LSTM",
    ),
    (
        "Sequential([Bidirectional(GRU(4), merge_mode=None), Dense(3)])",
        None,
        "Bidirectional gives 2 tensors, and the layer after it in a chain takes one",
        "Bidirectional",
    ),
    (
        "Sequential([Dense(4), Attention()])",
        None,
        "Attention takes values, and maybe keys besides, and layer text is a chain of layers",
        "Attention",
    ),
]


@pytest.mark.parametrize(("text", "sample", "summary", "pointed"), REFUSED)
def test_what_is_refused(text, sample, summary, pointed) -> None:
    with pytest.raises(LayerTextError) as raised:
        read_notation(text, sample)
    error = raised.value
    assert error.summary == summary
    line, carets = error.at.split("\n")
    marked = "".join(
        letter if caret == "^" else "\n" for letter, caret in zip(line, carets.ljust(len(line)), strict=True)
    )
    assert " ".join(part for part in marked.split("\n") if part) == pointed
    assert error.rule


FIXED = [
    ("Conv2D(64, 3, groups=5)", "Conv2D(64, 3, groups=4)"),
    ("Conv2D(8, 3, strides=2, dilation_rate=2)", "Conv2D(8, 3, strides=1, dilation_rate=2)"),
    ("Conv2D(8, 3, activation='relv')", "Conv2D(8, 3, activation='relu')"),
    ("layers.RNN(LSTMCell(4, dropout=0.1))", None),
    ("GRUCell(4, reset_after=False)", "RNN(GRUCell(4, reset_after=False))"),
    ("GroupQueryAttention(4, 6, 4)", "GroupQueryAttention(4, 6, 3)"),
    ("Sequential([Input(784), Dense(3)])", "Sequential([Input((784,)), Dense(3)])"),
    ("TimeDistributed(Dens(3))", "TimeDistributed(Dense(3))"),
    ("Bidirectional(LSTM(4, return_sequence=True))", "Bidirectional(LSTM(4, return_sequences=True))"),
]


@pytest.mark.parametrize(("text", "fixed"), FIXED)
def test_a_fix_that_is_shown_can_be_read(text, fixed) -> None:
    if fixed is not None:
        with pytest.raises(LayerTextError) as raised:
            read_notation(text)
        assert raised.value.fix == fixed
    assert read_notation(fixed or text).nodes


def test_a_whole_message() -> None:
    with pytest.raises(LayerTextError) as raised:
        read_notation("Sequential([Input((28, 28, 1)), Conv2D(64, 3, groups=5)])")
    assert str(raised.value).split("\n") == [
        "filters must be divisible by groups",
        "  at     Sequential([Input((28, 28, 1)), Conv2D(64, 3, groups=5)])",
        "                                                ^^            ^",
        "  have   filters=64, groups=5",
        "  rule   each of the groups has as many of the filters: filters is a multiple of groups",
        "  fix    Sequential([Input((28, 28, 1)), Conv2D(64, 3, groups=4)])",
    ]
