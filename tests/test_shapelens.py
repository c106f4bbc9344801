"""What `import shapelens` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import shapelens

HEAVY = {"numpy", "rich", "click", "onnx", "onnxruntime", "torch", "sympy", "google"}


def loaded(code):
    """The heavy packages that a piece of code loads, in an interpreter of its own."""
    listing = (
        f"import sys\n{code}\nprint(*sorted({HEAVY!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    return set(
        subprocess.run(
            [sys.executable, "-c", listing], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_all_is_exact():
    assert set(shapelens.__all__) == {
        "Inspection",
        "MisfitError",
        "ShapelensError",
        "__version__",
        "check",
        "explain",
        "inspect",
        "solve",
        "summary",
        "watch",
    }
    for name in shapelens.__all__:
        assert getattr(shapelens, name) is not None
    assert dir(shapelens) == sorted(shapelens.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        shapelens.nothing  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import shapelens",
        "import shapelens; shapelens.inspect('resnet50')['conv1'].output_shape",
        "import shapelens; str(shapelens.explain('Conv2d(3, 64, 3, padding=1)', '3x224x224'))",
        "import shapelens; shapelens.inspect('resnet18', '3xHxW').to_dict()",
        "import shapelens; str(shapelens.solve('Conv2d(3, 64)', '3x224x224', '64x112x112'))",
    ],
)
def test_nothing_heavy_is_loaded(code):
    assert loaded(code) == set()


def test_the_test_of_what_is_loaded_can_fail():
    assert "numpy" in loaded("import numpy")


def test_every_operator_is_found_in_its_family():
    from importlib import import_module

    from shapelens import operators

    for family, names in operators._FAMILIES.items():
        module = import_module(f"shapelens.operators.{family}")
        assert set(names.split()) <= set(dir(module)), family
    assert set(operators._HOMES) == set(operators.__all__)


def test_no_module_takes_the_name_of_what_it_gives():
    """A module that is imported becomes an attribute of its package, and would stand in the place of a function."""
    code = (
        "import shapelens; shapelens.explain('Conv2d(3, 8, 3)'); "
        "shapelens.inspect('vgg16'); print(shapelens.explain)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("<function explain")
