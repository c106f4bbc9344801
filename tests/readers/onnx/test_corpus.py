"""Every file of the hostile corpus ends in a network or in an error, word for word, within its limits and alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shapelens.inspection import inspect
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.corpus import FOLDER, NAMES, SMALL, Hostile, hostile, named
from tests.readers.onnx.endings import ending_of
from tests.readers.onnx.large_corpus import LARGE

SECONDS, BYTES = 10, 500 * 10**6
"""What any file may take."""


def written(file: Hostile, folder: Path) -> Path:
    """A file of the corpus in a folder."""
    path, data = folder / file.name, file.write()
    if data == FOLDER.encode():
        path.mkdir()
    else:
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("file", SMALL, ids=[file.name for file in SMALL])
def test_it_ends_in_these_words(file, tmp_path, monkeypatch) -> None:
    written(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert ending_of(file.name) == file.ends_in


def test_every_kind_of_file_is_there() -> None:
    names = {file.name.rstrip("0123456789.onx") for file in SMALL}
    assert {"empty", "cut", "random", "pointer", "page", "folder", "circle", "nested", "missing"} <= names
    assert len([file for file in SMALL if file.name.startswith("cut")]) == 15


@pytest.mark.parametrize("kind", NAMES)
def test_what_is_printed_of_a_name_cannot_act(kind) -> None:
    """In every text of ours: the table, a layer's words, the findings; and in a figure it is text alone."""
    net = inspect(network_of(decode_model(named(NAMES[kind]), "named.onnx")))
    layers = [str(layer.explain()) for layer in map(net.__getitem__, net.evaluation.by_node)]
    for text in (str(net), *layers, *[finding.message for finding in net.findings]):
        assert all(character.isprintable() or character == "\n" for character in text), text
    figure = str(net.draw())
    assert "<script" not in figure
    assert "<svg onload" not in figure


# limits -------------------------------------------------------------------------------------------------

RUN = """
import json, resource, sys
seconds, path = int(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))
from tests.readers.onnx.endings import ending_of
ending = ending_of(path)
used = resource.getrusage(resource.RUSAGE_SELF)
# Not `ru_maxrss`: a process begins with that of the one that started it.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([ending, used.ru_utime + used.ru_stime, int(status["VmHWM"].split()[0]) * 1024]))
"""


@pytest.mark.conformance
@pytest.mark.parametrize("file", [*SMALL, *LARGE], ids=[file.name for file in (*SMALL, *LARGE)])
def test_it_ends_within_its_limits(file, tmp_path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("what a process takes is told in other units elsewhere")
    path = written(file, tmp_path)
    ending, seconds, size = json.loads(in_a_process(RUN, str(SECONDS), str(path)))
    assert ending.replace(str(path), file.name) == file.ends_in
    assert seconds <= SECONDS
    assert size <= BYTES


def in_a_process(program: str, *arguments: str) -> str:
    """What a program prints in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    finished = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        check=False,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[3],
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout


# nothing else -------------------------------------------------------------------------------------------

WATCHED = """
import importlib, json, pkgutil, sys
import shapelens
from tests.readers.onnx.endings import ending_of
from tests.readers.onnx.corpus import named

# What is imported when it is first wanted is imported before: whatever comes after comes from the file.
for module in pkgutil.walk_packages(shapelens.__path__, "shapelens."):
    if not module.name.startswith(("shapelens.readers.torch", "shapelens.readers.keras", "shapelens.drawing")):
        if "__main__" not in module.name:
            importlib.import_module(module.name)

seen = []
watching = False

def watch(event, arguments):
    if watching:
        seen.append([event, str(arguments[0]) if arguments else ""])

paths = sys.argv[2:]
for path in paths:
    ending_of(path)  # classes are compiled when their first instances are made
sys.addaudithook(watch)
found = {}
for path in paths:
    seen.clear()
    watching = True
    ending_of(path)
    EXTRA
    watching = False
    harmless = {"array.__new__", "mmap.__new__", "object.__getattr__", "builtins.id"}
    found[path] = [event for event in seen if event[0] not in harmless]
print(json.dumps(found))
"""


@pytest.mark.conformance
def test_nothing_else_is_opened_imported_or_executed(tmp_path) -> None:
    paths = [written(file, tmp_path) for file in SMALL]
    found = json.loads(in_a_process(WATCHED.replace("EXTRA", "pass"), "", *map(str, paths)))
    assert {path: events for path, events in found.items() if events != [["open", path]]} == {}
    assert len(found) == len(SMALL)


@pytest.mark.conformance
@pytest.mark.parametrize("extra", ["open('/dev/null').close()", "exec('1')", "import wave", "eval('1')"])
def test_the_watch_can_fail(tmp_path, extra) -> None:
    path = written(hostile("markup.onnx"), tmp_path)
    found = json.loads(in_a_process(WATCHED.replace("EXTRA", extra), "", str(path)))
    assert len(found[str(path)]) > 1
