"""The forward that a print does not show: nothing is claimed of it but what its neighbours take."""

from __future__ import annotations

import json

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.readers.notation.unprinted import MOST_PARAMETERS, Unprinted

FORWARD = Unprinted("Net.forward", "not shown", (None, (None, 3, None)), ("float32", "int64"))


def test_nothing_is_claimed_but_what_is_known():
    outcome = FORWARD.evaluate(Tensor((1, 3, 8, 8)), Tensor((4,)))
    own, child = outcome.outputs
    assert own.shape == Unknown("not shown")
    assert child.dims[1] == 3
    assert [isinstance(dim, Unknown) for dim in child.dims] == [True, False, True]
    assert (own.dtype, child.dtype) == ("float32", "int64")
    assert outcome.requirements == ()


def test_what_a_cell_sees_is_not_known_either():
    links = FORWARD.links((Tensor((1, 3, 8, 8)),), ())
    assert [link.input_axis for link in links] == [0, 1, 2, 3]
    assert all(link.spans is None for link in links)
    assert FORWARD.links((Tensor(Unknown("nothing")),), ()) == ()


def test_what_others_see_of_it():
    assert FORWARD.name == "Opaque"
    assert FORWARD.words((), ()) == "Net.forward"
    assert json.loads(json.dumps(FORWARD.attributes(()))) == {"called": "Net.forward", "reason": "not shown"}
    assert len(FORWARD.learned) == MOST_PARAMETERS
