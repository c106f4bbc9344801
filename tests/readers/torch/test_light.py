"""What stands in the place of PyTorch's larger modules while a model is traced, and that nothing of it stays."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.torch

PRELUDE = """
import sys, torch, shapelens
from torch import nn
LARGE = ("torch.fx.experimental.symbolic_shapes", "torch._dynamo", "sympy")
"""

PLAIN = """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.GELU(), nn.MaxPool2d(2))
        self.norm, self.attention = nn.LayerNorm(8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 5)
    def forward(self, x):
        x = self.features(x).flatten(2).transpose(1, 2)
        x = self.norm(x + self.attention(x, x, x)[0])
        return torch.where(x.mean(1) > 0, x.mean(1), 0).softmax(-1) @ self.head.weight.T
print(shapelens.inspect(Network(), (3, 32, 32)).to_dict()["outputs"][0]["shape"])
print([name for name in LARGE if name in sys.modules])
"""

FAILING = """
class Network(nn.Module):
    def forward(self, x):
        raise RuntimeError("the author's own")
shapelens.inspect(Network(), (3, 4, 4))
print([name for name in LARGE if name in sys.modules])
"""

ASKING = """
class Network(nn.Module):
    def forward(self, x):
        import sympy
        from torch.fx.experimental.symbolic_shapes import ShapeEnv, guard_or_true
        from torch._dynamo import config
        print(sympy.simplify("x + x"), ShapeEnv.__name__, guard_or_true(True), config.__name__)
        return x.flatten(1)
print(shapelens.inspect(Network(), (3, 4, 4)).to_dict()["outputs"][0]["shape"])
print([type(sys.modules[name]).__name__ for name in LARGE])
import sympy
print(issubclass(sympy.Symbol, sympy.Basic))
"""

COMPILING = """
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
assert shapelens.inspect(model, (3, 8, 8)).to_dict()["outputs"][0]["shape"] == ["N", 8]
import gc, types
print([f for f in gc.get_objects() if isinstance(f, types.FunctionType) and "__dynamo_disable" in vars(f)])
compiled = torch.compile(model, backend="eager")
print(tuple(compiled(torch.zeros(2, 3, 8, 8)).shape))
print([name for name in LARGE if name in sys.modules])
print(shapelens.inspect(model, (3, 8, 8)).macs, shapelens.inspect(compiled, (3, 8, 8)).macs)
"""

WHOLE = """
class Network(nn.Module):
    def forward(self, x):
        y = torch.cat([x, torch.roll(x, 1, -1)], 1).unfold(2, 3, 2)
        z = torch.einsum("nchwk,nchwk->nchw", y, y).repeat_interleave(2, -1)
        return torch.stack([z.clamp(0, 1), z ** 2], 1).mean((0, -1)), torch.nn.functional.pad(z, (1, 2))
print(shapelens.inspect(Network(), (3, 9, 8)).to_dict())
"""


def printed_by(*parts):
    """What each part prints in one process: PyTorch takes longer to import than all of them to run."""
    code = PRELUDE + "print('----')\n".join(f"exec(compile({part!r}, 'part', 'exec'))\n" for part in parts)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("----\n")


@pytest.fixture(scope="module")
def without():
    """What is printed where nobody asks for the large modules."""
    return printed_by(PLAIN, FAILING, WHOLE)


@pytest.fixture(scope="module")
def with_all():
    """What is printed where a model asks for them, and by what comes after it."""
    return printed_by(ASKING, WHOLE)


def test_a_trace_of_plain_sizes_imports_none_of_them(without):
    assert without[0].splitlines() == ["['N', 5]", "[]"]


def test_they_leave_with_an_exception_too(without):
    assert without[1] == "[]\n"


def test_who_asks_for_more_gets_the_module_itself(with_all):
    assert with_all[0].splitlines() == [
        "2*x ShapeEnv True torch._dynamo.config",
        "['N', 48]",
        "['module', 'module', 'module']",
        "True",
    ]


def test_the_result_is_the_same_without_them(without, with_all):
    assert "'shape': ['N', 6, 4, 19]" in without[2]
    assert with_all[1] == without[2]


def test_functions_left_alone_are_kept_from_the_compiler_when_it_comes():
    (printed,) = printed_by(COMPILING)
    assert printed.splitlines()[:2] == ["[]", "(2, 8)"]
    loaded, macs = printed.splitlines()[2:]
    assert "torch._dynamo" in loaded  # by who compiles, and by nobody else
    assert macs == "7776 7776"  # 6·6·8·27
