from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import GRU, LSTM, RNN, Tensor, apply
from tests.operators.readings import assert_readings_agree

T, N, F = symbol("T"), symbol("N"), symbol("F")
STATES = 5  # input, hidden, cell, lengths, peephole


def fed(tensor, layers, directions, gates, features, hidden, *, projection=0, bias=True, states=()):
    """The inputs of a stack of layers, with PyTorch's weights."""
    out = projection or hidden
    inputs: list[Tensor | None] = [Tensor(tensor), *states, *[None] * (STATES - 1 - len(states))]
    for layer in range(layers):
        for direction in range(2):
            into = features if layer == 0 else out * directions
            if direction >= directions:
                inputs += [None] * 5
                continue
            inputs += [Tensor((gates * hidden, into)), Tensor((gates * hidden, out))]
            inputs += [Tensor((gates * hidden,)) if bias else None] * 2
            inputs.append(Tensor((projection, hidden)) if projection else None)
    return inputs


def macs_of(operator, inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


@pytest.mark.parametrize(
    ("operator", "macs"),
    [
        (LSTM(), 12_000),
        (LSTM(bidirectional=True), 24_000),
        (LSTM(layers=2), 28_000),
        (GRU(), 9_000),
        (RNN(), 3_000),
    ],
)
def test_ten_features_in_twenty_out_five_steps(operator, macs) -> None:
    inputs = fed((5, 1, 10), operator.layers, operator.directions, operator.gates, 10, 20)
    assert macs_of(operator, inputs) == macs


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("projection", [0, 7])
@pytest.mark.parametrize("batched", [False, True])
def test_a_stack_is_pytorchs(kind, batch_first, bidirectional, layers, projection, batched) -> None:
    torch = pytest.importorskip("torch")
    if projection and kind != "LSTM":
        return
    settings = {"batch_first": batch_first, "bidirectional": bidirectional}
    extra = {"proj_size": projection} if projection else {}
    true = getattr(torch.nn, kind)(10, 20, layers, device="meta", **settings, **extra)
    shape = ((3, 5, 10) if batch_first else (5, 3, 10)) if batched else (5, 10)
    output, states = true(torch.empty(shape, device="meta"))
    operator = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}[kind](layers=layers, **settings)
    inputs = fed(shape, layers, operator.directions, operator.gates, 10, 20, projection=projection)
    held = [tensor.dims for tensor in inputs[STATES:] if tensor is not None]
    assert sorted(held) == sorted([tuple(parameter.shape) for parameter in true.parameters()])
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    after = list(states) if isinstance(states, tuple) else [states]
    assert [t.shape for t in outcome.outputs] == [tuple(t.shape) for t in (output, *after)]
    steps = 5 * (3 if batched else 1)
    weights = sum(parameter.numel() for name, parameter in true.named_parameters() if "bias" not in name)
    assert operator.macs(inputs, outcome.outputs) == steps * weights


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_directions_may_stand_apart(batch_first, bidirectional) -> None:
    directions = 2 if bidirectional else 1
    weights = [Tensor((directions, 80, 10)), Tensor((directions, 80, 20)), Tensor((directions, 160))]
    shape = (3, 5, 10) if batch_first else (5, 3, 10)
    operator = LSTM(bidirectional=bidirectional, batch_first=batch_first, apart=True)
    state = Tensor((3, directions, 20) if batch_first else (directions, 3, 20))
    inputs = [Tensor(shape), state, state, None, None, *weights]
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    output = (3, 5, directions, 20) if batch_first else (5, directions, 3, 20)
    assert [t.shape for t in outcome.outputs] == [output, state.shape, state.shape]
    assert operator.macs(inputs, outcome.outputs) == 3 * 12_000 * directions
    (link,) = operator.links(inputs, outcome.outputs)
    assert (shape[link.input_axis], output[link.output_axis]) == (3, 3)


def test_the_last_step_alone_and_weights_the_other_way_round() -> None:
    weights = [Tensor((10, 60)), Tensor((20, 60)), Tensor((2, 60))]
    operator = GRU(batch_first=True, features_last=True, last_only=True)
    inputs = [Tensor((N, 5, 10)), None, None, None, None, *weights]
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    assert [t.shape for t in outcome.outputs] == [(N, 20), (N, 20)]
    assert operator.macs(inputs, outcome.outputs) == N * 9_000
    assert operator.follow(inputs, [Tensor((N, 5, 4)), *inputs[1:]]).shapes == {STATES: (4, 60)}


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_packed_sequences_have_the_samples_of_their_state(kind) -> None:
    state = Tensor((2, 3, 20))
    inputs = fed((11, 10), 1, 2, kind.gates, 10, 20, states=[state, state][: 2 if kind is LSTM else 1])
    operator = kind(bidirectional=True, packed=True)
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    states = [(2, 3, 20)] * (2 if kind is LSTM else 1)
    assert [tensor.shape for tensor in outcome.outputs] == [(11, 40), *states]
    assert operator.macs(inputs, outcome.outputs) == 11 * 2 * kind.gates * 20 * 30
    assert operator.links(inputs, outcome.outputs) == ()


def test_without_a_state_nothing_tells_how_many_samples_are_packed() -> None:
    outcome = apply(GRU(packed=True), fed((11, 10), 1, 1, 3, 10, 20))
    assert outcome.outputs[0].shape == (11, 20)
    assert isinstance(outcome.outputs[1].dims[1], Unknown)
    assert apply(GRU(packed=True), fed((11, 3, 10), 1, 1, 3, 10, 20)).broken[0].kind == "rank"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({0: Tensor((5, 3, 11))}, "features"),
        ({0: Tensor((5, 3, 10, 1))}, "rank"),
        ({0: Tensor((0, 3, 10))}, "steps"),
        ({1: Tensor((1, 3, 21))}, "state"),
        ({1: Tensor((3, 20))}, "state"),
        ({2: Tensor((1, 4, 20))}, "state"),
        ({STATES: Tensor((81, 10))}, "gates"),
        ({STATES + 1: Tensor((80, 19))}, "recurrence"),
        ({STATES + 1: Tensor((40, 20))}, "recurrence"),
        ({STATES + 2: Tensor((79,))}, "bias"),
        ({STATES + 1: None}, "rank"),
        ({STATES: Tensor((80, 10, 1))}, "rank"),
    ],
)
def test_what_does_not_fit(change, kind) -> None:
    inputs = fed((5, 3, 10), 1, 1, 4, 10, 20)
    for place, tensor in change.items():
        inputs[place] = tensor
    assert kind in {requirement.kind for requirement in apply(LSTM(), inputs).broken}


def test_the_second_layer_takes_what_the_first_puts_out() -> None:
    inputs = fed((5, 3, 10), 2, 2, 4, 10, 20)
    inputs[STATES + 10] = Tensor((80, 20))
    (broken,) = apply(LSTM(layers=2, bidirectional=True), inputs).broken
    assert (broken.kind, broken.facts["gets"], broken.facts["wants"], broken.facts["layer"]) == (
        "features",
        40,
        20,
        1,
    )


@pytest.mark.parametrize("layers", [0, 17])
def test_a_stack_of_too_many_layers_says_so(layers) -> None:
    outcome = apply(LSTM(layers=layers), fed((5, 3, 10), 1, 1, 4, 10, 20), 3)
    assert outcome.broken[0].kind == "rank"
    assert all(isinstance(tensor.shape, Unknown) for tensor in outcome.outputs)


@given(
    kind=st.sampled_from([RNN, GRU, LSTM]),
    settings=st.fixed_dictionaries({"batch_first": st.booleans(), "bidirectional": st.booleans()}),
    layers=st.sampled_from([1, 2]),
    state=st.booleans(),
    numbers=st.lists(st.sampled_from([1, 3, 5]), min_size=4, max_size=4),
)
def test_four_readings(kind, settings, layers, state, numbers) -> None:
    operator = kind(layers=layers, **settings)
    shape = (N, T, F) if operator.batch_first else (T, N, F)
    states = [Tensor((layers * operator.directions, 3, 20))] if state else []
    inputs = fed(shape, layers, operator.directions, operator.gates, 10, 20, states=states)
    symbols = {"N": numbers, "T": (1, 2, 7, 9), "F": (10, 10, 10, 9)}
    assert_readings_agree(operator, inputs, symbols, 3 if kind is LSTM else 2)


def test_what_is_learned_and_how_it_reads() -> None:
    assert "input_weight_0" in LSTM.learned
    assert "projection_15_reverse" in LSTM.learned
    assert not {"input", "hidden", "cell", "lengths"} & LSTM.learned
    assert LSTM().words([], []) == "lstm"
    assert GRU(layers=2, bidirectional=True).words([], []) == "gru, 2 layers, both directions"
