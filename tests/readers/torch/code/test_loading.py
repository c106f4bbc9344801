"""From names to modules: what is imported and called, what it leaves behind, and every error whole."""

from __future__ import annotations

import os
import random
import sys

import pytest

from shapelens.errors import MissingPackageError, NoSuchModelError, SourceError, UserCodeError
from shapelens.readers.torch.code.loading import load_model, require_torch
from shapelens.readers.torch.code.naming import parse_source

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

NET = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=3, act="relu"):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3)
        self.act = act

    def forward(self, x):
        return self.conv1(x)

class Config:
    width = 3

class Outer:
    class Inner(Net): ...

    @staticmethod
    def build(): return Net(5)

def build(width=3): return Net(width)
def pair(): return Net(), None
def nothing(): Net()
def a_class(): return Net
def adds(): return lambda x: x
def state(): return Net().state_dict()
def checkpoint(): return {"epoch": 3, "model": Net().state_dict()}
def tensor(): return torch.zeros(2, 3)
def scripted(): return torch.jit.trace(nn.ReLU(), torch.zeros(2))
def exported(): return torch.export.export(nn.ReLU(), (torch.zeros(2),))

model = Net(7)
weights = torch.zeros(2, 3)
"""

RUN = "the code that is named is imported and called, as Python does it, and must raise nothing"
GIVES = "a torch.nn.Module, or a class or function that gives one"
ALONE = "write a function that returns the module alone, and name that"
NAME_THAT = "name a class of modules, or a function that returns one"
IMPORTED = "a module is named as Python imports it, from the current folder on"
INSTALLED = "the code runs in the environment that shapelens is installed in, and needs what it imports"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with a model in it; whatever is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before, path = set(sys.modules), list(sys.path)
    write({"net.py": NET})
    yield tmp_path
    assert sys.path == path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__spec__", "")):
            del sys.modules[name]


def write(files):
    for name, text in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "w") as file:
            file.write(text)


def load(text):
    source = parse_source(text)
    assert source is not None
    return load_model(source)


def refused(text, kind=SourceError):
    with pytest.raises(SourceError if issubclass(kind, SourceError) else kind) as caught:
        load(text)
    assert type(caught.value) is kind
    assert caught.value.exit_status == 2
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


# what is loaded -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("Net", 3),
        ("Net()", 3),
        ("Net(4)", 4),
        ("Net(width=8, act=None)", 8),
        ("build", 3),
        ("build(6)", 6),
        ("model", 7),
        ("Outer.Inner(9)", 9),
        ("Outer.build", 5),
    ],
)
def test_classes_functions_and_modules(name, width):
    write({"package/net.py": NET, "sub folder/my-net.py": NET})
    for place in ("net.py", os.path.abspath("net.py"), "net", "package.net", "sub folder/my-net.py"):
        model = load(f"{place}:{name}")
        assert type(model).__mro__[-2] is torch.nn.Module
        assert model.conv1.weight.shape == (width, 3, 3, 3)


def test_a_module_inside_a_module():
    assert type(load("net.py:model.conv1")) is torch.nn.Conv2d


def test_a_module_of_an_installed_package():
    assert type(load("torch.nn:Conv2d(3, 64, kernel_size=(3, 3))")) is torch.nn.Conv2d


def test_a_home_folder(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder / "home"))
    write({"home/nets/net.py": NET})
    assert load("~/nets/net.py:Net(4)").conv1.out_channels == 4


def test_a_file_finds_its_neighbours_and_the_current_folder():
    write({
        "deep/down/net.py": "from beside import width\nfrom above import depth\n"
                            "from net import build\nmodel = build(width * depth)",
        "deep/down/beside.py": "width = 2",
        "above.py": "depth = 3",
    })  # fmt: skip
    with pytest.raises(UserCodeError):  # beside the file, `net` is the file itself
        load("deep/down/net.py:model")
    os.rename("deep/down/net.py", "deep/down/other.py")
    assert load("deep/down/other.py:model").conv1.out_channels == 6


def test_a_file_that_was_changed_is_read_again():
    for width in (32, 64):
        write({"net.py": NET.replace("width=3", f"width={width}")})
        assert load("net.py:Net").conv1.out_channels == width


def test_modules_of_one_name_in_two_folders():
    net = "import near_me\n" + NET.replace("width=3", "width=near_me.width")
    for width in (4, 5):
        write({f"{width}/near_me.py": f"width = {width}", f"{width}/net.py": net})
    assert [load(f"{width}/net.py:Net").conv1.out_channels for width in (4, 5, 4)] == [4, 5, 4]


def test_no_weight_is_made_and_what_is_no_weight_is_kept():
    write({
        "net.py": NET.replace("self.act = act", 'self.register_buffer("sizes", torch.tensor([width]))\n'
                                                "        self.rates = [r.item() for r in torch.linspace(0, 1, 3)]")
    })  # fmt: skip
    model = load("net.py:Net(10_000)")
    assert model.conv1.weight.is_meta
    assert model.sizes.tolist() == [10_000]
    assert model.rates == [0, 0.5, 1]


def test_a_model_that_reads_its_weights_is_built_with_them():
    write({"net.py": NET.replace("self.act = act", "self.scale = self.conv1.weight.std().item()")})
    model = load("net.py:Net")
    assert model.scale > 0
    assert not model.conv1.weight.is_meta


def test_a_weight_larger_than_any_memory():
    write({"net.py": "import torch\ndef build(): return torch.nn.Linear(2**22, 2**22)"})
    assert load("net.py:build").weight.numel() == 2**44


def test_random_numbers_and_output_are_left_alone(capfd):
    net = NET.replace("self.act = act", "print('building', random.random())").replace("model = Net(7)", "")
    write({"net.py": f"import random\nprint('importing')\n{net}"})
    random.seed(3)
    torch.manual_seed(3)
    expected = random.random(), torch.rand(1)
    random.seed(3)
    torch.manual_seed(3)
    load("net.py:Net")
    assert (random.random(), torch.rand(1)) == expected
    out, err = capfd.readouterr()
    assert out == ""
    assert [line.split()[0] for line in err.splitlines()] == ["importing", "building"]


@pytest.mark.parametrize("where", ["raise KeyboardInterrupt", "def build(): raise KeyboardInterrupt"])
def test_an_interruption_passes(where):
    write({"stops.py": where})
    with pytest.raises(KeyboardInterrupt):
        load("stops.py:build")


# what is missing ------------------------------------------------------------------------------------------


def test_pytorch_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingPackageError) as caught:
        require_torch()
    assert str(caught.value) == (
        "PyTorch is not installed\n"
        "  at     import torch\n"
        "  have   no package torch in the environment that shapelens runs in\n"
        "  rule   a model in Python is traced with PyTorch; files, classics and layer text need none\n"
        "  fix    python -m pip install torch\n"
        "         or install shapelens where PyTorch is"
    )


def test_pytorch_is_broken(folder, monkeypatch):
    write({"torch.py": "raise OSError('libtorch.so: no such file\\nmore')"})
    with monkeypatch.context() as patched:
        patched.delitem(sys.modules, "torch")
        patched.setattr(sys, "path", [str(folder), *sys.path])
        with pytest.raises(MissingPackageError) as caught:
            require_torch()
    assert str(caught.value) == (
        "PyTorch is installed, and cannot be imported\n"
        "  at     import torch\n"
        "  have   OSError: libtorch.so: no such file\n"
        "  rule   a model in Python is traced with PyTorch; files, classics and layer text need none\n"
        '  fix    see what is wrong with it: python -c "import torch"'
    )


def test_no_such_file():
    assert refused("nets.py:Net", NoSuchModelError) == (
        "there is no file nets.py\n"
        "  at     nets.py\n"
        "  have   no file of that name is here\n"
        "  rule   a file of Python is named by its path, from the current folder on\n"
        "  fix    did you mean net.py?"
    )


@pytest.mark.parametrize(
    ("text", "missing", "have", "fix"),
    [
        (
            "unett.models:Net(3)",
            "unett",
            "unett is neither in the current folder nor installed",
            "did you mean unet.models:Net(3)?",
        ),
        (
            "qqqqq.models:Net",
            "qqqqq",
            "qqqqq is neither in the current folder nor installed",
            "python -m pip install qqqqq, if the package is called so\n"
            "         a file is named by its path: path/to/qqqqq/models.py:Net",
        ),
        (
            "unet.modles:Net",
            "unet.modles",
            "modles is not in unet, which has models",
            "did you mean unet.models:Net?",
        ),
        ("unet.x.y:Net", "unet.x", "x is not in unet, which has models", "check the spelling"),
        ("net.Net:forward", "net.Net", "Net is not in net", "net:Net, if Net is something in it"),
        (
            "vgg16:features",
            "vgg16",
            "vgg16 is neither in the current folder nor installed",
            "vgg16::features, for a layer of the classic",
        ),
    ],
)
def test_no_such_module(text, missing, have, fix):
    write({"unet/__init__.py": "", "unet/models.py": NET})
    assert refused(text, NoSuchModelError) == (
        f"there is no module {missing}\n  at     {text}\n  have   {have}\n  rule   {IMPORTED}\n  fix    {fix}"
    )


def test_an_import_inside_fails():
    write(
        {
            "own.py": "import torch\nimport qqqqq.part\n",
            "late.py": "def build():\n    from torch import qq, nn\n    import torch.qqq",
        }
    )
    for place in ("own", "own.py"):
        assert refused(f"{place}:Net", UserCodeError) == (
            f"{place} imports qqqqq, which is not there\n"
            "  at     own.py:2\n"
            "         import qqqqq.part\n"
            "  have   ModuleNotFoundError: No module named 'qqqqq'\n"
            f"  rule   {INSTALLED}\n"
            "  fix    python -m pip install qqqqq, if the package is called so\n"
            "         or install shapelens where it is"
        )
    assert refused("late.py:build", UserCodeError) == (
        "late.py:build raised ImportError while it was built\n"
        "  at     late.py:2, in build\n"
        "         from torch import qq, nn\n"
        f"  have   ImportError: cannot import name 'qq' from 'torch' ({torch.__file__})\n"
        f"  rule   {RUN}\n"
        "  fix    python -i late.py, and there build(), to see all of it"
    )


def test_an_import_of_what_a_package_has_not():
    write({"late.py": "def build():\n    import torch.qqq"})
    assert refused("late.py:build", UserCodeError) == (
        "late.py imports torch.qqq, which is not there\n"
        "  at     late.py:2, in build\n"
        "         import torch.qqq\n"
        "  have   ModuleNotFoundError: No module named 'torch.qqq'\n"
        f"  rule   {INSTALLED}\n"
        "  fix    install another version of torch, or correct the import"
    )


def test_an_import_from_a_folder_further_up():
    write(
        {
            "project/nets/__init__.py": "",
            "project/nets/net.py": "import nets.blocks",
            "project/nets/blocks.py": "",
        }
    )
    assert refused("project/nets/net.py:Net", UserCodeError).endswith(
        "  fix    run shapelens in the folder project, where nets is"
    )


@pytest.mark.parametrize(("inside", "where"), [("", ""), ("project", ", in the folder project")])
def test_a_file_of_a_package(inside, where):
    files = ["nets/__init__.py", "nets/unet/__init__.py", "nets/unet/net.py"]
    write(
        {os.path.join(inside, file): "from .blocks import Block" * file.endswith("net.py") for file in files}
    )
    path = os.path.join(inside, files[-1])
    assert refused(f"{path}:Net(3)") == (
        f"{path} is part of a package, and is named as a file\n"
        f"  at     {path}:1\n"
        "         from .blocks import Block\n"
        "  have   ImportError: attempted relative import with no known parent package\n"
        "  rule   a file by itself has no package around it to import from with a dot\n"
        f"  fix    nets.unet.net:Net(3){where}"
    )


@pytest.mark.parametrize(
    ("name", "where", "lacks", "count", "fixes"),
    [
        ("Nett", "net.py", "Nett", "12 others", ["net.py:Net"]),
        ("builds(3)", "net.py", "builds", "12 others", ["net.py:build"]),
        ("q", "net.py", "q", "12 others",
         [f"net.py:{n}" for n in ("Net", "build", "pair", "nothing", "a_class", "adds")]),
        ("Outer.Iner", "net.py:Outer", "Iner", "2 others", ["net.py:Outer.Inner"]),
        ("model.conv2", "net.py:model", "conv2", "1 other", ["net.py:model.conv1"]),
        ("Config.q", "net.py:Config", "q", "no others", []),
    ],
)  # fmt: skip
def test_no_such_name(name, where, lacks, count, fixes):
    fix = "\n  fix    " + "\n         ".join(fixes) if fixes else ""
    assert refused(f"net.py:{name}", NoSuchModelError) == (
        f"{where} has no {lacks}\n"
        f"  at     net.py:{name}\n"
        f"  have   no {lacks}, and {count} that may be a model\n"
        "  rule   the name of a module, or of a class or function that gives one"
        f"{fix}"
    )


# what the user's code raises ------------------------------------------------------------------------------


def test_an_exception_while_importing():
    write({"bad.py": "import beside\n", "beside.py": "width = 3\nassert width == 4, f'width is {width}'"})
    for place, command in (("bad.py", "python bad.py"), ("bad", 'python -c "import bad"')):
        assert refused(f"{place}:Net", UserCodeError) == (
            f"{place} raised AssertionError while it was imported\n"
            "  at     beside.py:2\n"
            "         assert width == 4, f'width is {width}'\n"
            "  have   AssertionError: width is 3\n"
            f"  rule   {RUN}\n"
            f"  fix    {command}, to see all of it"
        )


def test_an_exception_while_building():
    net = NET.replace("nn.Conv2d(3, width, 3)", "nn.Conv2d(3, width, 3, groups=2)").replace(
        "model = Net(7)", ""
    )
    write({"bad.py": net})
    for place, command in (
        ("bad.py", "python -i bad.py, and there Net(4)"),
        ("bad", 'python -c "from bad import Net; Net(4)"'),
    ):
        assert refused(f"{place}:Net(4)", UserCodeError) == (
            f"{place}:Net raised ValueError while it was built\n"
            "  at     bad.py:7, in __init__\n"
            "         self.conv1 = nn.Conv2d(3, width, 3, groups=2)\n"
            "  have   ValueError: in_channels must be divisible by groups\n"
            f"  rule   {RUN}\n"
            f"  fix    {command}, to see all of it"
        )


def test_an_exception_in_a_package():
    said = refused("torch.nn:Linear('x', \"y\")", UserCodeError).splitlines()
    assert said[0] == "torch.nn:Linear raised TypeError while it was built"
    assert said[1].startswith("  at     torch/nn/modules/linear.py:")
    assert (
        said[-1]
        == "  fix    python -c 'from torch.nn import Linear; Linear('\"'\"'x'\"'\"', \"y\")', to see all of it"
    )


def test_an_exception_while_it_is_looked_up():
    write({"lazy.py": "def __getattr__(name):\n    raise OSError('no net')"})
    assert refused("lazy.py:Net", UserCodeError) == (
        "lazy.py:Net raised OSError while it was looked up\n"
        "  at     lazy.py:2, in __getattr__\n"
        "         raise OSError('no net')\n"
        "  have   OSError: no net\n"
        f"  rule   {RUN}\n"
        "  fix    python -i lazy.py, and there Net(), to see all of it"
    )


def test_a_file_that_is_no_python():
    write({"bad.py": "import beside", "beside.py": "width = 3\ndef f(:\n"})
    for text, file, line, number in (
        ("bad.py:Net", "beside.py", "def f(:", 2),
        ("bad:Net", "beside.py", "def f(:", 2),
    ):
        said = refused(text, UserCodeError)
        assert said == (
            f"{file} is no Python, and cannot be imported\n"
            f"  at     {file}:{number}\n"
            f"         {line}\n"
            "  have   SyntaxError: invalid syntax\n"
            f"  rule   {RUN}\n"
            "  fix    correct the line"
        )


def test_code_that_ends_the_program():
    write({"ends.py": "import sys\nsys.exit(2)\n", "late.py": "def build(): raise SystemExit('no weights')"})
    assert refused("ends.py:Net", UserCodeError) == (
        "ends.py ends the program while it is imported\n"
        "  at     ends.py:2\n"
        "         sys.exit(2)\n"
        "  have   SystemExit: 2\n"
        f"  rule   {RUN}\n"
        '  fix    put what only the program does under if __name__ == "__main__":'
    )
    assert refused("late.py:build", UserCodeError) == (
        "late.py:build ends the program while it is built\n"
        "  at     late.py:1, in build\n"
        "         def build(): raise SystemExit('no weights')\n"
        "  have   SystemExit: no weights\n"
        f"  rule   {RUN}\n"
        "  fix    return the module, and let the program go on"
    )


# what is no module ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "what", "have", "fix"),
    [
        ("weights", "is a tensor, and no module", "a tensor of shape (2, 3)", NAME_THAT),
        ("tensor", "gives a tensor, and no module", "a tensor of shape (2, 3)", NAME_THAT),
        ("state", "gives a dict of weights, without the network that they belong to", "OrderedDict with 2 entries",
         NAME_THAT),
        ("checkpoint", "gives a dict of weights, without the network that they belong to", "dict with 2 entries",
         NAME_THAT),
        ("Config", "is the class Config, and no torch.nn.Module", "class Config(object)", NAME_THAT),
        ("a_class", "gives the class Net, and not a module of it", "class Net(Module)", ALONE),
        ("pair", "gives a tuple of 2, and no module", "(Net, NoneType)", ALONE),
        ("nothing", "gives None, and no module", "None", "a return at the end of nothing"),
        ("adds", "gives a function, and no module", "of type builtins.function", ALONE),
        ("nn", "is a module of Python's, and no network", "torch.nn",
         "torch.nn:…, with the name of a class or function in it"),
        ("exported", "gives an exported program, and no module",
         "of type torch.export.exported_program.ExportedProgram",
         "def build(): return exported().module(), and name that"),
    ],
)  # fmt: skip
def test_what_is_no_module(name, what, have, fix):
    assert refused(f"net.py:{name}") == (
        f"net.py:{name} {what}\n  at     net.py:{name}\n  have   {have}\n  rule   {GIVES}\n  fix    {fix}"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scripted_module():
    assert refused("net.py:scripted") == (
        "net.py:scripted gives a scripted module, which cannot be traced\n"
        "  at     net.py:scripted\n"
        "  have   of type torch.jit._trace.TopLevelTracedModule\n"
        "  rule   a model is traced through its own forward, in Python\n"
        "  fix    name the module that was scripted or traced"
    )


def test_arguments_for_what_is_a_module_already():
    assert refused("net.py:model(3)") == (
        "net.py:model is a module already\n"
        "  at     net.py:model(3)\n"
        "  have   a Net, which calling would run\n"
        "  rule   arguments are for classes and functions\n"
        "  fix    net.py:model"
    )


def test_arguments_that_it_does_not_take():
    assert refused("net.py:Net(4, ac='relu')").endswith("  fix    net.py:Net(4, act='relu')")
