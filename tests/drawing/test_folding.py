"""The ladder: what folds when, and that nothing is lost on the way."""

import pytest

from shapelens import inspect
from shapelens.drawing.branches import goes_up_again, main_branch
from shapelens.drawing.folding import Folder
from shapelens.drawing.gathering import stations_of

NAMES = [
    "lenet5",
    "vgg16",
    "resnet50",
    "googlenet",
    "densenet121",
    "unet",
    "mobilenet_v2",
    "squeezenet",
    "inception_v3",
]


def ladder(name, **settings):
    return ladder_of(inspect(name), **settings)


def ladder_of(net, **settings):
    return list(Folder(net.network, net.costs, **settings).ladder(stations_of(net.evaluation, net.costs)))


@pytest.mark.parametrize("name", NAMES)
def test_no_rung_loses_or_doubles_a_step(name):
    net = inspect(name)
    whole = stations_of(net.evaluation, net.costs)
    expected = sorted(step.node.name for station in whole.stations for step in station.steps)
    for rung in ladder(name):
        assert sorted(step.node.name for station in rung.stations for step in station.steps) == expected


@pytest.mark.parametrize("name", NAMES)
def test_each_rung_is_smaller_and_in_order(name):
    rungs = ladder(name)
    sizes = [len(rung.stations) for rung in rungs]
    assert sizes == sorted(sizes, reverse=True)
    for rung in rungs:
        for place, station in enumerate(rung.stations):
            assert all(parent < place for parent in station.parents)
            assert station.steps or station.kind == "input"


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_of_a_block_is_its_last_steps_output(name):
    for rung in ladder(name):
        for station in rung.stations:
            if station.steps and not station.is_doubtful:
                last = station.members[-1] if station.members else station
                assert station.form == last.form


def names_and_times(rung):
    return [(station.name, station.times) for station in rung.stations if station.times > 1]


def test_identical_blocks_are_counted():
    rung = next(r for r in ladder("resnet152") if names_and_times(r))
    assert names_and_times(rung) == [
        ("layer1.1-2", 2),
        ("layer2.1-7", 7),
        ("layer3.1-35", 35),
        ("layer4.1-2", 2),
    ]


def test_stages_are_counted_whole():
    rung = next(r for r in ladder("resnet152") if any(station.times == 36 for station in r.stations))
    assert [times for _, times in names_and_times(rung)] == [3, 8, 36, 3]


def test_what_a_block_says_it_is_made_of():
    rung = next(r for r in ladder("resnet50") if any(station.name == "layer1.0" for station in r.stations))
    block = next(station for station in rung.stations if station.name == "layer1.0")
    assert [layer.name for layer in main_branch(block)] == [f"layer1.0.conv{n}" for n in (1, 2, 3)] + [
        "layer1.0.add"
    ]
    assert [station.name for station in block.entries] == ["maxpool"]


def test_branches_side_by_side_are_no_one_branch():
    rung = ladder("googlenet")[0]
    assert main_branch(next(station for station in rung.stations if station.name == "inception3a")) is None


def test_only_a_u_goes_up_again():
    assert goes_up_again(ladder("unet")[0])
    assert not any(goes_up_again(ladder(name)[0]) for name in ("resnet50", "googlenet", "densenet121"))


@pytest.mark.torch
def test_what_goes_up_and_down_crosswise_is_one_block_at_last():
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Crosswise(nn.Module):
        """Four rounds, each of which gives both resolutions to both."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, padding=1)
            self.first = nn.Conv2d(8, 8, 3, stride=2, padding=1)
            self.own = nn.ModuleList([nn.Conv2d(8, 8, 3, padding=1) for _ in range(8)])
            self.down = nn.ModuleList([nn.Conv2d(8, 8, 3, stride=2, padding=1) for _ in range(4)])
            self.head = nn.Conv2d(8, 8, 3, stride=2, padding=1)

        def forward(self, x):
            fine = self.stem(x)
            coarse = self.first(fine)
            for turn in range(4):
                fine, coarse = self.own[2 * turn](fine), self.own[2 * turn + 1](coarse)
                up = nn.functional.interpolate(coarse, scale_factor=2)
                fine, coarse = fine + up, coarse + self.down[turn](fine)
            return self.head(fine) + coarse

    rungs = ladder_of(inspect(Crosswise(), (3, 64, 64)))
    last = rungs[-1]
    assert {len(rung.stations) > 15 for rung in rungs} == {True, False}
    assert [station.name for station in last.stations] == ["x", "stem", "first … add:9"]
    assert len(last.stations[-1].members) > 15


def test_a_u_that_stands_alone_is_not_folded_into_one_block():
    for rung in ladder("unet_padded"):
        assert goes_up_again(rung)


@pytest.mark.torch
def test_detours_in_series_repeat_as_blocks():
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Detour(nn.Module):
        """A gate that is computed at half the resolution, as in GhostNet v2."""

        def __init__(self):
            super().__init__()
            self.own, self.coarse = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, stride=2, padding=1)

        def forward(self, x):
            return x + self.own(x) * nn.functional.interpolate(self.coarse(x), scale_factor=2)

    last = ladder_of(inspect(nn.Sequential(*[Detour() for _ in range(4)]), (8, 64, 64)))[-1]
    assert len(last.stations) == 2
    assert len(last.stations[-1].steps) == 20


def test_what_is_to_stay_unfolded_stays():
    for rung in ladder("resnet50", unfolded=frozenset({"layer2.0"}))[:-1]:
        assert "layer2.0.conv2" in {station.name for station in rung.stations}


def test_what_is_to_be_folded_is():
    assert "layer2" in {
        station.name for station in ladder("resnet50", folded=frozenset({"layer2"}))[0].stations
    }
