"""The catalogue: what it lists, what it imports, and what it says to a name that it does not have."""

import subprocess
import sys
from importlib import import_module

import pytest

from shapelens.dims import symbol
from shapelens.errors import NoSuchModelError
from shapelens.readers.classics import CLASSICS, nearest_classics, read_classic

# fmt: off
NAMES = [
    "lenet5", "lenet5_dense", "alexnet_original", "alexnet", "vgg11", "vgg13", "vgg16", "vgg19",
    "googlenet", "unet", "unet_padded", "inception_v3", "resnet18", "resnet34", "resnet50",
    "resnet101", "resnet152", "squeezenet", "squeezenet1_1", "densenet121", "mobilenet_v1",
    "mobilenet_v2", "mnist",
]
# fmt: on


def test_the_names():
    assert list(CLASSICS) == NAMES


def test_they_stand_in_the_order_of_their_publication():
    years = [classic.year for classic in CLASSICS.values()]
    assert years == sorted(years)


@pytest.mark.parametrize("classic", CLASSICS.values(), ids=lambda classic: classic.name)
def test_an_entry_is_told_in_one_line_each(classic):
    for text in (classic.title, classic.paper, classic.variant):
        assert text
        assert text == text.strip()
        assert "\n" not in text
        assert len(text) <= 130
    assert CLASSICS[classic.name] is classic
    assert len(classic.sample) == 3


def test_every_family_has_a_function_for_each_of_its_names_and_for_no_other():
    built = {name for file in {c.file for c in CLASSICS.values()} for name in _public_functions(file)}
    assert built == set(CLASSICS) | {"basic_convolution"}


def _public_functions(file):
    return import_module(f"shapelens.readers.classics.{file}").__all__


@pytest.mark.parametrize("name", CLASSICS)
def test_the_network_says_what_it_is(name):
    classic, network = CLASSICS[name], read_classic(name)
    assert network.origin.kind == "classic"
    assert network.name == name
    assert network.origin.variant == classic.variant
    assert network.facts == {
        "title": classic.title,
        "heading": classic.heading,
        "year": str(classic.year),
        "paper": classic.paper,
    }

    assert str(network.layout) == "NCHW"
    (declared,) = network.inputs
    assert declared.shape == (symbol("N"), *classic.sample)
    assert network.modules[""] == classic.module


# what is imported ------------------------------------------------------------------------------------------


def _modules_after(code: str) -> set[str]:
    code += "\nimport sys; print(*[name for name in sys.modules if name.startswith('shapelens')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_listing_builds_none_of_them():
    loaded = _modules_after("from shapelens.readers.classics import CLASSICS; list(CLASSICS)")
    assert "shapelens.readers.classics.catalogue" in loaded
    assert not {name for name in loaded if name.startswith(("shapelens.operators", "shapelens.network"))}


def test_reading_one_imports_its_family_alone():
    loaded = _modules_after("from shapelens.readers.classics import read_classic; read_classic('vgg16')")
    families = {f"shapelens.readers.classics.{c.file}" for c in CLASSICS.values()}
    assert loaded & families == {"shapelens.readers.classics.vgg"}


# names that there are not ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("VGG-16", "vgg16"),
        ("ResNet 50", "resnet50"),
        ("lenet", "lenet5"),
        ("LeNet-5", "lenet5"),
        ("mobilenetv2", "mobilenet_v2"),
        ("inception", "inception_v3"),
        ("u-net", "unet"),
        ("densenet", "densenet121"),
    ],
)
def test_the_nearest_name(name, nearest):
    assert nearest_classics(name)[0] == nearest


def test_nothing_is_near_to_nonsense():
    assert nearest_classics("qqq") == []
    assert nearest_classics("") == []


def test_what_a_misspelt_name_is_told():
    with pytest.raises(NoSuchModelError) as caught:
        read_classic("resnet51")
    assert str(caught.value) == (
        "no classic is called resnet51\n"
        "  at     resnet51\n"
        "  have   none of the 23 classics\n"
        "  rule   the classics are alexnet, alexnet_original, densenet121, googlenet, inception_v3, lenet5,\n"
        "         lenet5_dense, mnist, mobilenet_v1, mobilenet_v2, resnet101, resnet152, resnet18, resnet34,\n"
        "         resnet50, squeezenet, squeezenet1_1, unet, unet_padded, vgg11, vgg13, vgg16, vgg19\n"
        "  fix    resnet50\n"
        "         or resnet18\n"
        "         or resnet152"
    )
    assert caught.value.following == "shapelens show resnet50"


def test_what_nonsense_is_told():
    with pytest.raises(NoSuchModelError) as caught:
        read_classic("qqq")
    assert caught.value.fix == "one of these names"
    assert caught.value.following == "shapelens show resnet50"


def test_a_classic_is_written_as_its_paper_writes_it():
    headings = [
        CLASSICS[name].heading for name in ("lenet5", "vgg16", "resnet152", "densenet121", "inception_v3")
    ]
    assert headings == ["LeNet-5", "VGG-16", "ResNet-152", "DenseNet-121", "Inception v3"]
