"""What holds numbers: a part is the same as that part of the whole, and a seed gives the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import LimitExceededError
from shapelens.numbers import Held, Seeded
from shapelens.numbers.values import check_elements, plain_number


def splitmix(state):
    """One step of SplitMix64, in Python's own integers."""
    mask = 2**64 - 1
    state = (state + 0x9E3779B97F4A7C15) & mask
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
    return state ^ (state >> 31)


@given(st.integers(0, 2**70), st.integers(0, 9), st.integers(-5, 0), st.integers(1, 9))
def test_a_seed_gives_what_python_computes(seed, stream, least, most):
    shape = (3, 4)
    start = splitmix((splitmix(seed % 2**64) + stream) % 2**64)
    whole = [least + splitmix((start + place) % 2**64) % (most - least + 1) for place in range(12)]
    assert Seeded(shape, seed, least, most, stream).whole().reshape(-1).tolist() == whole


def test_a_seed_gives_what_it_always_gave():
    """The texts that show these numbers are kept, and compared with on every machine."""
    assert Seeded((2, 6), 0, 0, 3, 2).whole().tolist() == [[3, 3, 2, 0, 3, 0], [2, 1, 0, 3, 2, 1]]
    assert (
        Seeded((2, 6), 1, -1, 2, 5).whole().tolist()
        == Seeded((12,), 1, -1, 2, 5).whole().reshape(2, 6).tolist()
    )


@given(st.data())
def test_a_part_is_that_part_of_the_whole(data):
    shape = tuple(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    places = [data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4)) for size in shape]
    seeded = Seeded(shape, data.draw(st.integers(0, 99)), -1, 2, 1)
    held = Held(seeded.whole())
    expected = held.array[np.ix_(*places)].tolist()
    assert seeded.part(places).tolist() == held.part(places).tolist() == expected


def test_every_number_comes_about_equally_often():
    counts = np.bincount(Seeded((40_000,), 3, 0, 3).whole())
    assert counts.min() > 9_500
    assert counts.max() < 10_500


def test_seeds_and_streams_differ():
    made = {
        tuple(Seeded((20,), seed, 0, 9, stream).whole().tolist()) for seed in range(9) for stream in range(4)
    }
    assert len(made) == 36


def test_places_beyond_64_bits_have_numbers_too():
    large = Seeded((10**12, 10**12), 0, 0, 3)
    assert large.part([[10**12 - 1], [10**12 - 1]]).shape == (1, 1)


@pytest.mark.parametrize(
    ("array", "bound"),
    [([1, -7], 7), ([0.5, -2.0], 2.0), ([], 0), ([-(2**63), 5], 2**63)],
)
def test_no_number_is_farther_from_zero(array, bound):
    found = Held(np.array(array)).bound
    assert (found, type(found)) == (bound, type(bound))


def test_seeded_numbers_have_a_bound():
    assert (Seeded((3,), 0, -1, 2).bound, Seeded((3,), 0, -4, 2).bound) == (2, 4)


def test_too_many_at_once():
    with pytest.raises(LimitExceededError, match="too many numbers"):
        Seeded((2**13, 2**13), 0, 0, 3).whole()
    check_elements(2**24)


@pytest.mark.parametrize(("number", "kind"), [(np.int32(4), int), (np.float32(0.5), float), (2**80, int)])
def test_a_number_of_pythons_own(number, kind):
    assert type(plain_number(number)) is kind
