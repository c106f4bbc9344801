"""What a file is that is no ONNX file, told by its first bytes.

Only the start of the file is looked at, and nothing in it is unpacked: an archive or a pickle is named, and
stays closed.
"""

from __future__ import annotations

from typing import NamedTuple

from shapelens.readers.onnx.visible import visible

__all__ = ["HEAD_BYTES", "Recognition", "recognise"]

# Enough for every signature below, the last of which (tar) ends at byte 262, and for a line or two of text.
HEAD_BYTES = 1024


class Recognition(NamedTuple):
    """A file that is something else.

    Args:
        what: the thing, with its article; it ends the sentence "it is …".
        have: what was found in the file.
        fix: what to do.
    """

    what: str
    have: str
    fix: str


_EXPORT_IN_PYTORCH = (
    "export the network in PyTorch: torch.onnx.export(model, example_input, 'model.onnx'); "
    "this file holds weights and no graph"
)
_EXPORT_IN_KERAS = "export the network in Keras: model.export('model.onnx', format='onnx')"
_SOURCE_INSTEAD = "take the .onnx file that it was made from"

# Signature, where it stands, what it tells, and what to do; {name} is the file's name for a shell.
_SIGNATURES: tuple[tuple[bytes, int, str, str], ...] = (
    (b"\x1f\x8b", 0, "a gzip archive", "gunzip {name}"),
    (b"BZh", 0, "a bzip2 archive", "bunzip2 {name}"),
    (b"\xfd7zXZ\0", 0, "an xz archive", "unxz {name}"),
    (b"\x28\xb5\x2f\xfd", 0, "a Zstandard archive", "unzstd {name}"),
    (b"7z\xbc\xaf\x27\x1c", 0, "a 7-Zip archive", "7z x {name}, and name the .onnx file that was in it"),
    (b"Rar!\x1a\x07", 0, "a RAR archive", "unrar x {name}, and name the .onnx file that was in it"),
    (b"ustar", 257, "a tar archive", "tar -xf {name}, and name the .onnx file that was in it"),
    (b"\x89HDF\r\n\x1a\n", 0, "an HDF5 file, as Keras writes them", _EXPORT_IN_KERAS),
    (b"GGUF", 0, "a GGUF file: tensors of a language model", _SOURCE_INSTEAD),
    (b"TFL3", 4, "a TensorFlow Lite model", _SOURCE_INSTEAD),
    (b"ORTM", 4, "a model in onnxruntime's own format", _SOURCE_INSTEAD),
    (b"\x93NUMPY", 0, "a NumPy array", "name the .onnx file of the network"),
    (b"\x89PNG\r\n\x1a\n", 0, "a PNG picture", "name the .onnx file of the network"),
    (b"\xff\xd8\xff", 0, "a JPEG picture", "name the .onnx file of the network"),
    (b"%PDF-", 0, "a PDF document", "name the .onnx file of the network"),
)


def recognise(head: bytes, size: int, name: str) -> Recognition | None:
    """Tell what a file is, if it is a well-known thing that holds no ONNX network.

    Args:
        head: its first bytes, `HEAD_BYTES` of them or all.
        size: how many bytes it has.
        name: its name, without folders.

    Returns:
        What it is; `None` where its first bytes do not tell.
    """
    found = _recognise_archive(head, size, name)
    if found is not None:
        return found
    for signature, offset, what, fix in _SIGNATURES:
        if head.startswith(signature, offset):
            return Recognition(what, _binary(head, size), fix.format(name=_shell_word(name)))
    length = int.from_bytes(head[:8], "little")
    if head[8:10] == b'{"' and 2 <= length <= size - 8:
        have = f"{size:,} bytes: a header of {length:,} bytes, {_first_line(head[8:])}"
        return Recognition("a safetensors file, weights by name", have, _EXPORT_IN_PYTORCH)
    if head and not head.strip(b"\0"):
        have = f"{size:,} bytes, of which the first {len(head):,} are zero"
        return Recognition(
            "a file of zeros",
            have,
            "copy or download the file again: space was set aside for it and not filled",
        )
    if name == "saved_model.pb":
        return Recognition(
            "a TensorFlow SavedModel",
            _binary(head, size),
            "python -m tf2onnx.convert --saved-model its_folder --output model.onnx",
        )
    return _recognise_text(head, size, name)


def _recognise_archive(head: bytes, size: int, name: str) -> Recognition | None:
    """Recognise zip files and pickles by what is in them, as far as their first bytes say."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        first_entry = head[30 : 30 + int.from_bytes(head[26:28], "little")].decode("utf-8", "replace")
        have = f"{size:,} bytes: a zip archive that begins with {visible(first_entry) or 'nothing'}"
        extension = name.lower().rpartition(".")[2]
        if first_entry.endswith(("/data.pkl", "/version", "/byteorder", "/.format_version")) or extension in {
            "pt",
            "pth",
            "ckpt",
        }:
            return Recognition("a PyTorch checkpoint, zipped pickles", have, _EXPORT_IN_PYTORCH)
        if extension == "keras" or first_entry in {"metadata.json", "config.json"}:
            return Recognition("a Keras model", have, _EXPORT_IN_KERAS)
        if first_entry.endswith(".npy"):
            return Recognition("an archive of NumPy arrays", have, "name the .onnx file of the network")
        return Recognition(
            "a zip archive", have, f"unzip {_shell_word(name)}, and name the .onnx file that was in it"
        )
    # PROTO is the first opcode of every pickle since protocol 2, and its argument the protocol.
    if len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5:
        have = f"{size:,} bytes: a pickle of protocol {head[1]}, never loaded, since that runs what is in it"
        return Recognition("a Python pickle, as PyTorch once wrote checkpoints", have, _EXPORT_IN_PYTORCH)
    return None


def _recognise_text(head: bytes, size: int, name: str) -> Recognition | None:
    """Recognise what can be read as text: pointers, web pages, models written out."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 3:
            return None
        # The head ends within a character.
        text = head[: error.start].decode("utf-8")
    text = text.removeprefix("\ufeff").lstrip()
    if not text or any(character < " " and character not in "\t\n\r\f" for character in text):
        return None
    have = f"{size:,} bytes of text: {_first_line(head)}"
    start = text[:64].lower()
    if start.startswith("version https://git-lfs"):
        return _recognise_pointer(text, have, name)
    if start.startswith(("<!doctype html", "<html", "<head", "<body", "<script")):
        return Recognition(
            "a web page",
            have,
            "download the file itself: on its host, the link to the raw file and not its page",
        )
    if "ir_version" in text:
        return Recognition(
            "an ONNX model written out as text",
            have,
            "write it in binary: onnx.save(onnx.load(file), 'model.onnx')",
        )
    if start.startswith("<"):
        return Recognition(
            "an XML document",
            have,
            "download the file itself: an answer in XML is often an error of the server",
        )
    if start.startswith(("{", "[")):
        return Recognition("a JSON document", have, "name the .onnx file of the network")
    return Recognition("a text file", have, "name the .onnx file of the network")


def _recognise_pointer(text: str, have: str, name: str) -> Recognition:
    """Recognise a Git LFS pointer, and how large the file is that it stands for."""
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == "size" and value.isascii() and value.isdigit() and len(value) < 20:
            have += f"\nit stands for a file of {int(value):,} bytes that was not downloaded"
    return Recognition("a Git LFS pointer", have, f"git lfs pull --include {_shell_word(name)}")


def _first_line(head: bytes) -> str:
    """Show the first line of a text, and that there is more."""
    line, _, rest = head.strip().partition(b"\n")
    shown = visible(line.decode("utf-8", "replace").strip(), 60)
    return f"{shown} …" if rest.strip() and not shown.endswith("…") else shown


def _binary(head: bytes, size: int) -> str:
    """Show the first bytes of a file that is no text."""
    return f"{size:,} bytes, the first of them {head[:8].hex(' ')}"


def _shell_word(name: str) -> str:
    """Write a file's name as one word for a shell."""
    shown = visible(name)
    if shown.replace("-", "").replace("_", "").replace(".", "").isalnum() and not shown.startswith("-"):
        return shown
    return "'" + shown.replace("'", "'\"'\"'") + "'"
