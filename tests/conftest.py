"""Settings of the tests."""

import gc
import os
from importlib.util import find_spec

import pytest
from hypothesis import is_hypothesis_test, settings

# So many examples are tried that the core's tests take less than a minute; a test fails because something is wrong,
# never because a machine is busy. `make test` tries the same examples every time, so that what is red is red because
# of a change, and of the number that a test names an eighth. `make conformance` looks for new ones, and for all.
FEWEST = 10
settings.register_profile("same", deadline=None, max_examples=FEWEST, derandomize=True)
settings.register_profile("searching", deadline=None, max_examples=4 * FEWEST)
settings.load_profile("same")

# Of tensors as small as those of tests nothing is computed sooner by several threads; where others use the processor,
# they wait for one another. PyTorch reads it when it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

IS_WHOLE = all(find_spec(oracle) for oracle in ("onnx", "onnxruntime", "torch"))


def pytest_ignore_collect(collection_path):
    """A helper that wants what is not installed skips the tests that import it. If it were collected for its own
    examples first, it would stay behind half imported."""
    is_helper = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if is_helper and not IS_WHOLE else None


def pytest_collection_modifyitems(items):
    """What is marked for an oracle that is not installed is left out, and said to be."""
    for oracle in ("torch", "onnx"):
        if not find_spec(oracle):
            for item in items:
                if item.get_closest_marker(oracle):
                    item.add_marker(pytest.mark.skip(reason=f"{oracle} is not installed"))
    if settings().derandomize:
        tried = [item for item in items if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)]
        for function in {item.function for item in tried if not item.get_closest_marker("conformance")}:
            _try_a_part(function)


def _try_a_part(function):
    """Fewer examples than a test names; all of them, where Hypothesis keeps its settings elsewhere than it does."""
    asked = getattr(function, "_hypothesis_internal_use_settings", None)
    if asked is not None:
        number = max(asked.max_examples // 8, min(asked.max_examples, FEWEST))
        function._hypothesis_internal_use_settings = settings(asked, max_examples=number)


# What is imported, collected and shared by tests stays to the end: to walk through it for garbage takes long.
gc.set_threshold(10_000, 10, 50)


def pytest_collection_finish():
    """No collection of garbage walks through what is there before the first test."""
    gc.collect()
    gc.freeze()
