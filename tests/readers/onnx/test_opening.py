"""From a path to a model: what is no model is named, and nothing but the file itself is opened."""

import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import (
    LimitExceededError,
    MalformedFileError,
    NoSuchModelError,
    TruncatedFileError,
    UnreadableError,
)
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.opening import read_model
from tests.readers.onnx.encoder import block, model, node, number, small_model, tensor, tensor_type, value

GRAPH_RULE = "an ONNX file is a protobuf message whose field 7 is the graph"
AGAIN = "copy or download the file again, or write it anew from its source"
LAST = block(12, value("last", tensor_type(1, "N", 3)))

# After the graph there is one field more, of six bytes.
GRAPH_END = len(small_model()) - 6

# Unpickled, it would make a folder: `os.mkdir("trap")`.
TRAP = b"\x80\x02cos\nmkdir\nX\x04\0\0\0trap\x85R."


def test_a_model(tmp_path):
    path = tmp_path / "small.onnx"
    path.write_bytes(small_model())
    for given_path in (path, str(path)):
        found = read_model(given_path)
        assert found.path == str(path)
        assert (found.ir_version, found.opset_imports, found.producer) == (8, {"": 17}, "tests")


# Files that are something else


def refused(folder, name, content, kind=UnreadableError):
    """The error for a file, with the folder taken out of its text."""
    (folder / name).write_bytes(content)
    with pytest.raises(kind) as found:
        read_model(folder / name)
    assert type(found.value) is kind
    assert found.value.exit_status == 3
    return str(found.value).replace(f"{folder}{os.sep}", "")


def test_a_git_lfs_pointer(tmp_path):
    pointer = (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
        b"size 102442450\n"
    )
    assert refused(tmp_path, "resnet50.onnx", pointer) == (
        "resnet50.onnx holds no network: it is a Git LFS pointer\n"
        "  at     resnet50.onnx, byte 0\n"
        "  have   134 bytes of text: version https://git-lfs.github.com/spec/v1 …\n"
        "         it stands for a file of 102,442,450 bytes that was not downloaded\n"
        f"  rule   {GRAPH_RULE}\n"
        "  fix    git lfs pull --include resnet50.onnx"
    )


def test_a_web_page(tmp_path):
    page = b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title>" + b" " * 2000
    assert refused(tmp_path, "model.onnx", page) == (
        "model.onnx holds no network: it is a web page\n"
        "  at     model.onnx, byte 0\n"
        "  have   2,051 bytes of text: <!DOCTYPE html> …\n"
        f"  rule   {GRAPH_RULE}\n"
        "  fix    download the file itself: on its host, the link to the raw file and not its page"
    )


def zipped(first_entry):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(first_entry, "content")
    return archive.getvalue()


def safetensors():
    header = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    return len(header).to_bytes(8, "little") + header + bytes(8)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("model.onnx", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
        ("model.pth", zipped("model/data.pkl"), "a PyTorch checkpoint, zipped pickles"),
        ("model.pt", zipped("anything"), "a PyTorch checkpoint, zipped pickles"),
        ("model.keras", zipped("metadata.json"), "a Keras model"),
        ("model.npz", zipped("w.npy"), "an archive of NumPy arrays"),
        ("model.zip", zipped("model.onnx"), "a zip archive"),
        ("model.pkl", TRAP, "a Python pickle, as PyTorch once wrote checkpoints"),
        ("model.safetensors", safetensors(), "a safetensors file, weights by name"),
        ("model.onnx.gz", b"\x1f\x8b\x08" + bytes(20), "a gzip archive"),
        ("model.tar", b"model.onnx".ljust(257, b"\0") + b"ustar\x0000" + bytes(248), "a tar archive"),
        ("model.h5", b"\x89HDF\r\n\x1a\n" + bytes(20), "an HDF5 file, as Keras writes them"),
        ("model.tflite", b"\x1c\0\0\0TFL3" + bytes(20), "a TensorFlow Lite model"),
        ("model.ort", b"\x1c\0\0\0ORTM" + bytes(20), "a model in onnxruntime's own format"),
        ("model.gguf", b"GGUF" + bytes(20), "a GGUF file: tensors of a language model"),
        ("weights.npy", b"\x93NUMPY" + bytes(20), "a NumPy array"),
        ("paper.pdf", b"%PDF-1.4\n1 0 obj", "a PDF document"),
        ("model.onnx", b'{"model": 1}', "a JSON document"),
        ("model.txt", b"< ir_version: 8 >\nagraph () => () {}", "an ONNX model written out as text"),
        ("model.onnx", "zwölf\nWörter".encode(), "a text file"),
        ("model.onnx", b"a" * 1023 + "ö".encode(), "a text file"),
        ("model.onnx", bytes(5000), "a file of zeros"),
        ("saved_model.pb", b"\x08\x01\x12\x90\x4e" + b"\x12" * 10, "a TensorFlow SavedModel"),
    ],
)
def test_what_it_is_instead(tmp_path, name, content, what):
    message = refused(tmp_path, name, content)
    summary, at, *_ = message.split("\n")
    assert summary == f"{name} holds no network: it is {what}"
    assert at == f"  at     {name}, byte 0"
    assert "  have   " in message
    assert f"\n  rule   {GRAPH_RULE}\n  fix    " in message


def test_a_name_with_blanks_is_one_word_in_a_command(tmp_path):
    assert refused(tmp_path, "it's a net.gz", b"\x1f\x8b").endswith("gunzip 'it'\"'\"'s a net.gz'")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            b"",
            "model.onnx is empty\n"
            "  at     model.onnx\n"
            "  have   0 bytes\n"
            f"  rule   {GRAPH_RULE}\n"
            f"  fix    {AGAIN}",
        ),
        (
            small_model()[:1000],
            "model.onnx cannot be read: it ends in the middle of a field\n"
            "  at     model.onnx, byte 9\n"
            f"  have   a field that goes on to byte {GRAPH_END:,} or beyond, in a file of 1,000 bytes\n"
            "  rule   a field has as many bytes as it announces\n"
            f"  fix    {AGAIN}",
        ),
    ],
    ids=["empty", "half"],
)
def test_a_file_that_ends_too_soon(tmp_path, content, text):
    assert refused(tmp_path, "model.onnx", content, TruncatedFileError) == text


def test_a_message_without_a_graph(tmp_path):
    assert refused(tmp_path, "input_0.pb", tensor("x", (1, 3), 1, block(9, bytes(12)))) == (
        "input_0.pb holds no network: it has no graph\n"
        "  at     input_0.pb, byte 23, its end\n"
        "  have   a protobuf message without field 7\n"
        f"  rule   {GRAPH_RULE}\n"
        "  fix    name the .onnx file of the network; tensors and training states in protobuf hold no graph"
    )


def test_a_folder(tmp_path):
    with pytest.raises(UnreadableError) as found:
        read_model(tmp_path)
    assert str(found.value) == (
        f"{tmp_path} is a folder\n"
        f"  at     {tmp_path}\n"
        "  have   a folder\n"
        "  rule   a model is one file\n"
        "  fix    name the .onnx file in it"
    )


@pytest.mark.parametrize("name", ["missing.onnx", "file/missing.onnx", "null\0.onnx"])
def test_no_such_file(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(NoSuchModelError) as found:
        read_model(f"{tmp_path}/{name}")
    assert found.value.exit_status == 2
    assert found.value.summary == "there is no file " + f"{tmp_path}/{name}".replace("\0", r"\x00")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.onnx")
    with pytest.raises(UnreadableError, match="is no ordinary file"):
        read_model(tmp_path / "pipe.onnx")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(small_model())
    path.chmod(stat.S_IWUSR)
    with pytest.raises(UnreadableError, match=r"cannot be opened"):
        read_model(path)


def test_a_refusal_of_the_system_is_no_oserror(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnreadableError) as found:
        read_model(tmp_path / "model.onnx")
    assert (found.value.summary, found.value.have) == (
        f"{tmp_path / 'model.onnx'} cannot be opened",
        "Permission denied",
    )


def test_a_file_larger_than_any_network(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAXIMUM_FILE_BYTES", 100)
    message = refused(tmp_path, "model.onnx", small_model(), LimitExceededError)
    assert message.split("\n")[0] == "model.onnx is too large"


def test_control_characters_of_the_file_are_made_visible(tmp_path):
    hostile = "\x1b]0;owned\x07\u202e\n"
    content = model(block(5, tensor(hostile, (-1,))), LAST)
    message = refused(tmp_path, "model\x1b[31m.onnx", content, MalformedFileError)
    assert message.split("\n")[:2] == [
        r"model\x1b[31m.onnx cannot be read: it has a dim of -1",
        r"  at     model\x1b[31m.onnx, byte 13, tensor \x1b]0;owned\x07\u202e\n",
    ]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this system does not list descriptors")
def test_every_file_is_closed(tmp_path):
    before = os.listdir("/proc/self/fd")
    for content in (small_model(), b"", b"\x0b", small_model()[:500]):
        (tmp_path / "model.onnx").write_bytes(content)
        with contextlib.suppress(UnreadableError):
            read_model(tmp_path / "model.onnx")
    assert os.listdir("/proc/self/fd") == before


# Nothing is executed, and no other file is opened

WATCH = """
import json, sys
from shapelens.errors import ShapelensError
from shapelens.readers.onnx.opening import read_model

seen = []
watching = False

def watch(event, arguments):
    if watching:
        seen.append([event, str(arguments[0]) if arguments else ""])

sys.addaudithook(watch)
read_model(sys.argv[2])  # a class is compiled when its first instance is made, whatever is read
watching = True
try:
    read_model(sys.argv[1])
except ShapelensError as error:
    text = str(error)
{extra}
watching = False
print(json.dumps(seen))
"""


def events(path, extra=""):
    """What the interpreter was asked to do while a file was read: its audit events."""
    program = WATCH.replace("{extra}", extra)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with tempfile.NamedTemporaryFile(suffix=".onnx") as another:
        another.write(external())
        another.flush()
        finished = subprocess.run(
            [sys.executable, "-c", program, str(path), another.name],
            capture_output=True,
            check=True,
            text=True,
            env=environment,
        )
    return json.loads(finished.stdout)


def external():
    """A model whose weights are said to stand in the file beside it, and in one that is none of its own."""
    elsewhere = b"".join(
        block(5, tensor(name, (2,), 1, block(13, block(1, "location"), block(2, location)), number(14, 1)))
        for name, location in (("w", "weights.bin"), ("p", "/etc/passwd"), ("q", "../../../etc/passwd"))
    )
    return model(elsewhere, block(1, node("Any", ("w",), ("last",))), LAST)


@pytest.mark.parametrize(
    "content",
    [
        small_model(),
        external(),
        small_model()[:700],
        b"version https://git-lfs.github.com/spec/v1\nsize 5\n",
        TRAP,
        zipped("model/data.pkl"),
        b"\x0b\xff",
        safetensors(),
    ],
    ids=["model", "external", "truncated", "pointer", "pickle", "zip", "malformed", "safetensors"],
)
def test_only_the_file_itself_is_opened(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    (tmp_path / "weights.bin").write_bytes(bytes(8))
    assert [event for event in events(path) if event[0] not in {"mmap.__new__", "array.__new__"}] == [
        ["open", str(path)]
    ]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.onnx", "weights.bin"]


@pytest.mark.parametrize("extra", ["open(sys.executable, 'rb').close()", "import wave", "exec('1')"])
def test_the_watch_can_fail(tmp_path, extra):
    path = tmp_path / "model.onnx"
    path.write_bytes(small_model())
    assert (
        len([event for event in events(path, extra) if event[0] not in {"mmap.__new__", "array.__new__"}]) > 1
    )


@given(st.binary(max_size=64))
def test_errors_are_printable_whatever_the_file_holds(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(data)
    message = ""
    try:
        read_model(path)
    except UnreadableError as error:
        message = str(error)
    assert message.replace("\n", " ").isprintable()
