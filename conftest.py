"""Which examples in docstrings cannot be run: those of the PyTorch reader, where there is no PyTorch."""

from importlib.util import find_spec

collect_ignore_glob = (
    [] if find_spec("torch") else ["src/shapelens/readers/torch/*", "src/shapelens/summarizing/__init__.py"]
)
