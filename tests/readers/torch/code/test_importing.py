"""Imports from a folder: its own modules come first, and afterwards everything is as it was."""

from __future__ import annotations

import sys

import pytest

from shapelens.readers.torch.code.importing import import_file, importable


@pytest.fixture(autouse=True)
def _modules_kept():
    before, path = dict(sys.modules), list(sys.path)
    yield
    assert sys.path == path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]
    sys.modules.update(before)


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def loaded(folder, name="net.py"):
    with importable(str(folder)):
        return import_file(str(folder / name))


def test_a_file_imports_its_neighbours(tmp_path):
    write(tmp_path, {"net.py": "import near_this\nwidth = near_this.width", "near_this.py": "width = 3"})
    module = loaded(tmp_path)
    assert module.width == 3
    assert module.__file__ == str(tmp_path / "net.py")
    assert sys.modules[module.__name__] is module


def test_two_folders_with_modules_of_one_name(tmp_path):
    for width, folder in enumerate(("first", "second"), 1):
        write(
            tmp_path / folder,
            {
                "net.py": "import near_this, package_of.part as part\nwidths = near_this.width, part.width",
                "near_this.py": f"width = {width}",
                "package_of/__init__.py": "",
                "package_of/part.py": f"width = {width}0",
            },
        )
    assert loaded(tmp_path / "first").widths == (1, 10)
    mine = {name: sys.modules[name] for name in ("near_this", "package_of", "package_of.part")}
    assert loaded(tmp_path / "second").widths == (2, 20)
    assert {name: sys.modules[name] for name in mine} == mine
    assert loaded(tmp_path / "first").widths == (1, 10)


def test_a_file_that_changed_is_read_again_at_once(tmp_path):
    # Two texts of one length within a second have one and the same compiled file.
    for width in (32, 64, 16):
        write(tmp_path, {"net.py": f"width = {width}"})
        assert loaded(tmp_path).width == width


def test_what_python_itself_needs_is_never_set_aside(tmp_path):
    import random

    write(
        tmp_path,
        {"net.py": "import random, shapelens", "random.py": "raise OSError", "shapelens.py": "raise OSError"},
    )
    module = loaded(tmp_path)
    assert module.random is random
    assert module.shapelens is sys.modules["shapelens"]


def test_a_file_that_changes_the_path(tmp_path):
    write(tmp_path, {"net.py": "import sys\nsys.path.insert(0, 'x')\nsys.path.append('y')\nsys.path = ['z']"})
    path, before = sys.path, list(sys.path)
    loaded(tmp_path)
    assert sys.path is path
    assert sys.path == before


def test_a_file_that_fails_leaves_no_module(tmp_path):
    write(tmp_path, {"net.py": "raise KeyboardInterrupt"})
    before = set(sys.modules)
    with pytest.raises(KeyboardInterrupt):
        loaded(tmp_path)
    assert set(sys.modules) == before


def test_a_dataclass_finds_its_module(tmp_path):
    text = "from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 3"
    write(tmp_path, {"a b.py": text})
    assert loaded(tmp_path, "a b.py").A().x == 3


def test_folders_that_are_not_there():
    with importable("/nowhere/at/all"):
        assert sys.path[0] == "/nowhere/at/all"
