"""Linear algebra: matrices taken apart, solved for, and products of other kinds than of two matrices."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from shapelens.dims import Dim
from shapelens.operators import (
    AlongAxis,
    Decomposition,
    Einsum,
    Elementwise,
    Expand,
    Kronecker,
    MatrixChain,
    Range,
    Solve,
    Unsqueeze,
)
from shapelens.operators.einsum import outer_product, tensor_product
from shapelens.operators.fourier import complex_type, real_type
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.elementwise import broadcasting
from shapelens.readers.torch.recording import Value

_SQUARE = {
    "cholesky": ("mn",),
    "cholesky_inverse": ("mn",),
    "det": ("",),
    "eig": ("n", "mn"),
    "eigh": ("n", "mn"),
    "eigvals": ("n",),
    "eigvalsh": ("n",),
    "inv": ("mn",),
    "inverse": ("mn",),
    "logdet": ("",),
    "matrix_exp": ("mn",),
    "slogdet": ("", ""),
}
"""What square matrices are taken apart into: m rows and n columns, of which the smaller is k."""

_ANY = {
    "geqrf": ("mn", "k"),
    "lu_factor": ("mn", "k"),
    "pinv": ("nm",),
    "svdvals": ("k",),
}


def _plain(name: str) -> str:
    return name.removeprefix("linalg_")


def _decomposed(
    call: Call,
    matrix: Value,
    function: str,
    parts: Sequence[str],
    dtypes: Sequence[str] = (),
    *,
    square: bool,
) -> Any:
    operator = Decomposition(function, tuple(parts), square, tuple(dtypes))
    found = call.add(operator, matrix, outputs=len(parts))
    return found if len(parts) > 1 else found[0]


# taken apart --------------------------------------------------------------------------------------------


@translates(
    "linalg_cholesky cholesky cholesky_inverse linalg_det det linalg_eigvalsh linalg_eigh linalg_inv inverse "
    "logdet linalg_matrix_exp matrix_exp linalg_slogdet slogdet"
)
def of_square(call: Call, matrix: Value, *_: Any, **__: Any) -> Any:
    name = _plain(call.function)
    real = real_type(matrix.tensor.dtype)
    types = {"eigvalsh": [real], "eigh": [real], "slogdet": [matrix.tensor.dtype, real]}
    return _decomposed(call, matrix, name, _SQUARE[name], types.get(name, ()), square=True)


@translates("linalg_eig linalg_eigvals")
def eigen(call: Call, matrix: Value) -> Any:
    """Of real matrices they may be complex."""
    name = _plain(call.function)
    dtype = complex_type(matrix.tensor.dtype)
    return _decomposed(call, matrix, name, _SQUARE[name], [dtype, dtype][: len(_SQUARE[name])], square=True)


@translates("linalg_inv_ex linalg_cholesky_ex")
def checked(call: Call, matrix: Value, *_: Any, **__: Any) -> Any:
    """With a number that tells whether it went well."""
    name = _plain(call.function).removesuffix("_ex")
    types = (matrix.tensor.dtype, "int32")
    return _decomposed(call, matrix, name, (*_SQUARE[name], ""), types, square=True)


@translates("linalg_pinv pinverse linalg_svdvals geqrf linalg_lu_factor")
def of_any(call: Call, matrix: Value, *_: Any, **__: Any) -> Any:
    name = "pinv" if call.function == "pinverse" else _plain(call.function)
    own = matrix.tensor.dtype
    types = {"lu_factor": (own, "int32"), "svdvals": (real_type(own),)}
    return _decomposed(call, matrix, name, _ANY[name], types.get(name, ()), square=False)


@translates("linalg_svd")
def singular(call: Call, A: Value, full_matrices: bool = True, **__: Any) -> Any:
    own = A.tensor.dtype
    parts = ("mm", "k", "nn") if full_matrices else ("mk", "k", "kn")
    return _decomposed(call, A, "svd", parts, (own, real_type(own), own), square=False)


@translates("svd")
def singular_before(call: Call, input: Value, some: bool = True, compute_uv: bool = True) -> Any:
    """Before `torch.linalg` the right vectors were given as columns."""
    own = input.tensor.dtype
    parts = ("mk", "k", "nk") if some and compute_uv else ("mm", "k", "nn")
    return _decomposed(call, input, "svd", parts, (own, real_type(own), own), square=False)


@translates("linalg_qr")
def orthogonal(call: Call, A: Value, mode: str = "reduced") -> Any:
    if mode == "r":
        return None
    parts = ("mk", "kn") if mode == "reduced" else ("mm", "mn")
    return _decomposed(call, A, "qr", parts, square=False)


@translates("qr")
def orthogonal_before(call: Call, input: Value, some: bool = True) -> Any:
    return orthogonal(call, input, "reduced" if some else "complete")


@translates("linalg_lu")
def triangles(call: Call, A: Value, *, pivot: bool = True) -> Any:
    return None if not pivot else _decomposed(call, A, "lu", ("mm", "mk", "kn"), square=False)


@translates("matrix_power linalg_matrix_power")
def power(call: Call, input: Value, n: int) -> Value:
    found: Value = _decomposed(call, input, f"power {n}", ("mn",), square=True)
    return found


@translates("linalg_householder_product orgqr")
def householder(call: Call, input: Value, tau: Value) -> Value:
    found: Value = _decomposed(call, input, "householder product", ("mn",), square=False)
    return found


# solved for ---------------------------------------------------------------------------------------------


@translates("linalg_solve")
def solve(call: Call, A: Value, B: Value, *, left: bool = True) -> Value:
    return call.one(Solve(on_right=not left, takes_vectors=True), A, B)


@translates("linalg_solve_triangular")
def solve_triangle(call: Call, input: Value, B: Value, *, left: bool = True, **__: Any) -> Value:
    return call.one(Solve(on_right=not left), input, B)


@translates("triangular_solve")
def solve_triangle_before(call: Call, b: Value, A: Value, *_: Any, **__: Any) -> Any:
    """The solution, and the matrix again, as many times as there are right sides."""
    solution = call.one(Solve(), A, b)
    return solution, call.one(Expand((*solution.tensor.dims[:-2], *A.tensor.dims[-2:])), A)


@translates("cholesky_solve")
def solve_cholesky(call: Call, B: Value, L: Value, *_: Any, **__: Any) -> Value:
    return call.one(Solve(), L, B)


@translates("lu_solve")
def solve_factors_before(call: Call, b: Value, LU_data: Value, LU_pivots: Value) -> Value:
    return call.one(Solve(), LU_data, b)


@translates("linalg_lu_solve")
def solve_factors(call: Call, LU: Value, pivots: Value, B: Value, *, left: bool = True, **__: Any) -> Value:
    return call.one(Solve(on_right=not left), LU, B)


# products -----------------------------------------------------------------------------------------------


@translates("linalg_multi_dot chain_matmul")
def chain(call: Call, *matrices: Any) -> Value:
    given = matrices[0] if isinstance(matrices[0], (list, tuple)) else matrices
    return call.one(MatrixChain(), *given) if len(given) > 1 else given[0]


@translates("outer ger linalg_outer")
def outer(call: Call, input: Value, vec2: Value) -> Value:
    return call.one(outer_product(), input, vec2)


@translates("addr")
def outer_and_sum(call: Call, input: Value, vec1: Value, vec2: Value, **__: Any) -> Value:
    return broadcasting(call, "add", input, call.one(outer_product(), vec1, vec2))


@translates("addbmm")
def sum_of_products(call: Call, input: Value, batch1: Value, batch2: Value, **__: Any) -> Value:
    return broadcasting(call, "add", call.one(Einsum("bij,bjk->ik"), batch1, batch2), input)


@translates("inner")
def inner(call: Call, input: Value, other: Value) -> Value:
    if input.tensor.rank == 0 or other.tensor.rank == 0:
        return broadcasting(call, "multiply", input, other)
    return call.one(tensor_product(input.tensor.rank, other.tensor.rank, (-1,), (-1,)), input, other)


@translates("tensordot")
def tensor_dot(call: Call, a: Value, b: Value, dims: Any = 2, **__: Any) -> Value:
    """Over the last axes of one and the first of the other, or over the pairs that are listed."""
    rank = a.tensor.rank
    left, right = (range(rank - dims, rank), range(dims)) if isinstance(dims, int) else dims
    left, right = [[one] if isinstance(one, int) else list(one) for one in (left, right)]
    left = [axis_of(axis, a) for axis in left]
    return call.one(tensor_product(rank, b.tensor.rank, left, right), a, b)


@translates("vdot linalg_vecdot")
def dot(call: Call, x: Value, y: Value, *, dim: int = -1) -> Value:
    """Along one axis, the others broadcast: aligned at the end, so the axis is counted from there."""
    behind = -dim if dim < 0 else max(x.tensor.rank, y.tensor.rank) - dim
    letters = ascii_letters[:behind]
    return call.one(Einsum(f"...{letters},...{letters}->...{letters[1:]}"), x, y)


@translates("kron")
def kronecker(call: Call, input: Value, other: Value) -> Value:
    return call.one(Kronecker(), input, other)


@translates("cross linalg_cross")
def cross(call: Call, input: Value, other: Value, dim: int | None = None) -> Value | None:
    """Each component of the result is made of the two others'."""
    if dim is None and call.function == "cross":
        return None
    products = broadcasting(call, "multiply", input, other)
    return call.one(AlongAxis("cross product", -1 if dim is None else dim), products)


@translates("vander linalg_vander")
def powers(call: Call, x: Value, N: Dim | None = None, *_: Any, **__: Any) -> Value:
    """The powers of each element, from 0 on."""
    count = x.tensor.dims[-1] if N is None else N
    exponents = call.one(Range(0, count, 1, x.tensor.dtype))
    return call.one(Elementwise("power"), call.one(Unsqueeze((-1,)), x), exponents)


@translates("_weight_norm")
def weight_norm(call: Call, v: Value, g: Value, dim: int = 0) -> Value:
    return call.one(Elementwise("weight norm"), v, g)
