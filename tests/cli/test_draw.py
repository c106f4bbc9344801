"""The command `draw`: files, pipes and refusals."""

import subprocess
import sys

import pytest

from shapelens.cli.program import run


def shapelens(*arguments, **settings):
    return subprocess.run(
        [sys.executable, "-m", "shapelens", *arguments], capture_output=True, check=False, **settings
    )


def test_a_file_is_written_and_told(tmp_path, capsys):
    assert run(["draw", "lenet5_dense", "-o", str(tmp_path / "figure.svg")]) == 0
    assert capsys.readouterr().out == "figure.svg  17.0 × 10.1 cm\n"
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_a_pipe_gets_the_figure_itself():
    done = shapelens("draw", "lenet5")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"<svg ")
    assert shapelens("draw", "lenet5", "--format", "tex").stdout.startswith(b"%")


def test_no_framework_is_imported_and_nothing_that_writes_other_formats():
    code = (
        "import sys; from shapelens.cli.program import run; run(['draw', 'resnet50', '-o', sys.argv[1]]);"
        "print(sorted({'torch', 'onnx', 'reportlab', 'PIL', 'pypdfium2', 'numpy', 'rich', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "/dev/null.svg"], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_a_network_that_fails_is_drawn_and_told_by_the_exit_status(tmp_path):
    text = "Sequential(Conv2d(3, 8, 3), Flatten(), Linear(10, 2))"
    assert run(["draw", text, "--input", "3x8x8", "-o", str(tmp_path / "figure.svg")]) == 1
    drawn = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "breaks at 2" in drawn
    assert "Fix: Linear(288, 2)" in drawn


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["draw", "vgg16", "-o", "figure.gif"], "a figure cannot be written as gif"),
        (["draw", "vgg16", "--style", "boxes", "-o", "a.svg"], "there is no style boxes"),
        (["draw", "vgg16", "--width", "2", "-o", "a.svg"], "a figure cannot be so wide"),
        (["draw", "vgg16", "--upto", "feature.9", "-o", "a.svg"], "did you mean features.9"),
        (["draw", "nothing", "-o", "a.svg"], "nothing"),
        (["draw", "vgg16", "--dpi", "1", "-o", "a.png"], "--dpi takes another value"),
    ],
)
def test_one_clear_error(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_is_asked_for_a_file(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(["draw", "vgg16"]) == 2
    assert "shapelens draw vgg16 -o figure.svg" in capsys.readouterr().err
