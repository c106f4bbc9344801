"""Bad input: one error each, in the form *at, have, rule, fix*, with the right exit status and no traceback."""

from __future__ import annotations

import click
import pytest

from shapelens.cli.program import COMMANDS, program, run

CASES = {
    # arguments: (exit status, parts of the text)
    ("explain", "0x3x3"): (2, ["a size is zero", "at ", "rule ", "fix "]),
    ("explain", "3x-1x4"): (2, ["a size is negative"]),
    ("explain", "3x99999999999999999999999x3"): (2, ["larger than any tensor"]),
    ("explain", "3x3xx3"): (2, ["a size is missing"]),
    ("show", "vgg16", "--input", "3xfoo!x3"): (2, ["is no size", "--input"]),
    ("show", "vgg16", "--input", "3x224"): (1, ["SL104"]),
    ("show", "vgg61"): (2, ["there is no model 'vgg61'", "did you mean vgg16"]),
    ("show", "nowhere.onnx"): (2, ["nowhere.onnx"]),
    ("show",): (2, ["Missing argument"]),
    ("show", "vgg16", "--depth", "none"): (2, ["is no depth"]),
    ("show", "vgg16", "--depth", "0"): (2, ["is no depth"]),
    ("show", "vgg16", "--columns", "layer,nothing"): (2, ["there is no column nothing"]),
    ("show", "vgg16", "--columns", "+field,out"): (2, ["these columns cannot be read"]),
    ("show", "vgg16", "--batch", "0"): (2, ["--batch takes another value", "have   0", "rule   --batch is"]),
    ("show", "vgg16", "--shape", "3x224x224"): (2, ["a named shape has no name"]),
    ("show", "vgg16", "--shape", "image=1x3x224x224"): (2, ["has no input image"]),
    ("show", "vgg16", "--format", "xml"): (2, ["have   'xml'", "one of"]),
    ("shwo", "vgg16"): (2, ["there is no command shwo", "shapelens show"]),
    ("explain", "vgg16::features.1000"): (2, ["vgg16 has no layer features.1000", "features.10"]),
    ("explain", "Conv2d(3, 64, 3).forward(x)"): (2, ["never run"]),
    ("explain", "__import__('os').system('true')"): (2, ["never run"]),
    ("explain", "Conv2s(3, 64, kernal_size=3)"): (2, ["no layer is called Conv2s", "kernel_size"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--cell", "3,0"): (2, ["rows 0 to 2, columns 0 to 2"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--cell", "1;1"): (2, ["this is no cell", "--cell 1;1"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--filter", "-1"): (2, ["--filter takes another value"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--values", "none.npy"): (2, ["there is no file none.npy"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--values", "."): (3, [". is a folder", "--values ."]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--weights", __file__): (3, ["holds no array", "--weights"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--image", __file__): (3, ["holds no picture", "--image"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1xHx5", "--cell", "0,0"): (2, ["not all of its sizes are numbers"]),
    ("explain", "vgg16", "--cell", "0,0"): (2, ["numbers are shown of one layer", "vgg16::features.0"]),
    ("explain", "3x224x224", "--seed", "1"): (2, ["numbers are shown of one layer"]),
    ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--no-numbers", "--flipped"): (2, ["asked for, and left out"]),
    ("solve",): (2, ["Missing argument"]),
    ("solve", "Conv2d(3, 64)"): (2, ["it is not said what is to come out", "--output"]),
    ("solve", "Conv2d(3, 64)", "--output", "64x112x112"): (2, ["either the sizes that go in are given", "kernel_size"]),
    ("solve", "Conv2d()", "--input", "3x0x8", "--output", "3x4x4"): (2, ["a size is zero", "--input 3x0x8"]),
    ("solve", "Conv2d()", "--input", "3x8x8", "--output", "3x-4x4"): (2, ["a size is negative", "--output 3x-4x4"]),
    ("solve", "Conv2d()", "--input", "8x8", "--output", "3x4x4"): (2, ["Conv2d takes and gives C×H×W", "2 sizes"]),
    ("solve", "Conv2d()", "--input", "3x8x8", "--output", "3xHxW"): (2, ["a size that is no number", "--output 3xHxW"]),
    ("solve", "Conv2d()", "--input", "3xHxW", "--output", "3x4x4"): (2, ["or the whole Conv2d", "H, W"]),
    ("solve", "Linear(3, 4)", "--input", "3x8x8", "--output", "3x4x4"): (2, ["Linear has no window"]),
    ("solve", "vgg16", "--input", "3x8x8", "--output", "3x4x4"): (2, ["vgg16 is a name, and a layer has brackets"]),
    ("solve", "Conv2d(x)", "--input", "3x8x8", "--output", "3x4x4"): (2, ["never run"]),
    ("solve", "Conv2d()", "--input", "3x8x8", "--output", "3x4x4", "--max-kernel", "0"): (
        2, ["--max-kernel takes another value", "have   0"],
    ),
    ("solve", "Conv2d()", "--input", "3x8x8", "--output", "3x4x4", "--max-kernel", "9999", "--max-stride", "999"): (
        2, ["these bounds leave too many settings"],
    ),
    ("solve", "Conv2d()", "--input", "3x8x8", "--output", "3x4x4", "--format", "csv"): (2, ["one of"]),
    ("solve", "MaxPool2d()", "--input", "3x8x8", "--output", "4x4x4"): (1, ["a pool keeps its channels"]),
}  # fmt: skip


@pytest.mark.parametrize("arguments", CASES, ids=" ".join)
def test_one_clear_error(arguments, capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    status, parts = CASES[arguments]
    assert run(list(arguments)) == status
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    for part in parts:
        assert part in shown
    assert "Traceback" not in shown
    if status == 2:
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        assert captured.err.count("error: ") == 1
        labels = [line[2:6] for line in captured.err.splitlines() if line.startswith("  ") and line[2] != " "]
        assert labels == sorted(labels, key=["at  ", "have", "rule", "fix "].index)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 102442450\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\x08\x07\x3a\xff\xff\x03\x0a", "ends"),
    ],
)
def test_an_unreadable_file(tmp_path, capsys, content, part):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert run(["show", str(path)]) == 3
    shown = capsys.readouterr().err
    assert part in shown
    assert shown.startswith("error: ")


def test_help_is_given_and_names_every_command(capsys):
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in shown
        assert run([name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"shapelens {name}")


def test_every_option_is_in_the_help(capsys):
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        run([name, "--help"])
        shown = capsys.readouterr().out
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert option in shown or name == "classics", (name, option)
