"""Settings of the tests."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# A test without a number of its own tries so many examples that the core's tests take less than a minute; it fails
# because something is wrong, never because a machine is busy. `make test` tries the same examples every time, so
# that what is red is red because of a change; `make conformance` looks for new ones.
settings.register_profile("same", deadline=None, max_examples=20, derandomize=True)
settings.register_profile("searching", deadline=None, max_examples=40)
settings.load_profile("same")

if not all(find_spec(oracle) for oracle in ("onnx", "onnxruntime", "torch")):
    # A helper that wants what is not installed skips the tests that import it. If it were collected for its own
    # examples first, it would stay behind half imported.
    collect_ignore = [
        str(path) for path in Path(__file__).parent.rglob("*.py") if not path.name.startswith("test_")
    ]


def pytest_collection_modifyitems(items):
    """What is marked for an oracle that is not installed is left out, and said to be."""
    for oracle in ("torch", "onnx"):
        if not find_spec(oracle):
            for item in items:
                if item.get_closest_marker(oracle):
                    item.add_marker(pytest.mark.skip(reason=f"{oracle} is not installed"))
