"""How a graph is taken apart, against every path of it."""

from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.structure import Chain, Parallel, Tangle, members_of, regions_of, structure_of


@st.composite
def graphs(draw):
    """Members that take from those before them; the first takes from nobody."""
    count = draw(st.integers(1, 9))
    return [
        sorted(draw(st.sets(st.integers(0, member - 1), min_size=1, max_size=3))) if member else []
        for member in range(count)
    ]


def paths(parents, start=None, end=None):
    """Every path from a member without parents to one without children, or between two."""
    count = len(parents)
    children = [[c for c in range(count) if m in parents[c]] for m in range(count)]
    starts = [m for m in range(count) if not parents[m]] if start is None else [start]

    def follow(path):
        if path[-1] == end or (end is None and not children[path[-1]]):
            yield path
            return
        for child in children[path[-1]]:
            yield from follow([*path, child])

    return [path for first in starts for path in follow([first])]


@given(graphs())
def test_every_member_is_in_it_once(parents):
    assert sorted(members_of(structure_of(parents))) == list(range(len(parents)))


@given(graphs())
def test_what_stands_in_the_outer_chain_is_on_every_path(parents):
    always = set.intersection(*[set(path) for path in paths(parents)])
    assert [item for item in structure_of(parents).items if isinstance(item, int)] == sorted(always)


@given(graphs())
def test_branches_share_no_edge(parents):
    def check(part):
        if isinstance(part, Parallel):
            inside = [set(members_of(branch)) for branch in part.branches]
            for number, branch in enumerate(inside):
                others = set().union(*inside[:number], *inside[number + 1 :])
                assert not any(set(parents[m]) & others for m in branch)
        for inner in getattr(part, "items", ()) or getattr(part, "branches", ()):
            check(inner)

    check(structure_of(parents))


@given(graphs())
def test_a_region_is_entered_by_its_start_and_left_by_its_end(parents):
    for region in regions_of(parents):
        inside = {m for branch in region.branches for m in branch}
        assert all(set(parents[m]) <= inside | {region.start} for m in (*inside, region.end))
        children = {c: [m for m in range(len(parents)) if c in parents[m]] for c in inside}
        assert all(set(children[m]) <= inside | {region.end} and children[m] for m in inside)
        assert region.has_skip == (region.start in parents[region.end])
        assert all(region.start in path for path in paths(parents, end=region.end) if path[-1] == region.end)


def test_a_residual_block_has_a_skip_beside_its_layers():
    assert structure_of([[], [0], [1], [2, 0], [3]]) == Chain((0, Parallel((Chain((1, 2)), Chain(()))), 3, 4))


def test_branches_stand_side_by_side():
    inception = [[], [0], [0], [2], [0], [4], [1, 3, 5]]
    branches = (Chain((1,)), Chain((2, 3)), Chain((4, 5)))
    assert structure_of(inception).items == (0, Parallel(branches), 6)


def test_what_takes_all_that_came_before_is_a_tangle():
    dense = [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]
    assert sorted(members_of(structure_of(dense))) == [0, 1, 2, 3, 4]
    assert any(isinstance(item, Tangle) for item in structure_of([[], [0], [0], [1, 2], [2], [3, 4]]).items)


def test_regions_inside_a_tangle_are_found():
    # 1 to 3 is a residual block inside of what crosses over.
    parents = [[], [0], [1], [1, 2], [0], [3, 4], [4], [5, 6]]
    assert (1, (2, 3)) in [(region.start, region.members) for region in regions_of(parents)]


def test_nests_as_deep_as_a_network_may_go():
    parents = [[]]
    for _ in range(400):
        parents += [[len(parents) - 1], [len(parents), len(parents) - 1]]
    for place in range(2, len(parents), 2):
        parents[place] = [place - 1, place - 2]
    assert len(list(members_of(structure_of(parents)))) == len(parents)
