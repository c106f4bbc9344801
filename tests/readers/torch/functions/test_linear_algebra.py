"""Linear algebra on the matrices in the last two axes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.readers.torch.functions.tables import cases, holds_everywhere, macs_of, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

SQUARE, SQUARES = (2, 3, 5, 5), [[(4, 3, 6, 6)], [(1, 3, 2, 2)]]
MATRIX, MATRICES = (2, 5, 3), [[(4, 5, 3)], [(1, 5, 3)]]


def regular(x):
    """Matrices that have an inverse, of the same shape."""
    return x + torch.diag_embed(x.sum(-1) + 1)


@pytest.mark.parametrize(
    "function",
    cases(
        inv=torch.linalg.inv,
        inverse=lambda x: x.inverse(),
        inv_ex=torch.linalg.inv_ex,
        det=torch.linalg.det,
        det_method=lambda x: x.det(),
        logdet=torch.logdet,
        slogdet=torch.slogdet,
        svd=torch.linalg.svd,
        svdvals=torch.linalg.svdvals,
        eigh=torch.linalg.eigh,
        eigvalsh=torch.linalg.eigvalsh,
        eig=torch.linalg.eig,
        eigvals=torch.linalg.eigvals,
        cholesky=torch.linalg.cholesky,
        cholesky_ex=torch.linalg.cholesky_ex,
        cholesky_of_torch=torch.cholesky,
        cholesky_inverse=torch.cholesky_inverse,
        matrix_power=lambda x: torch.matrix_power(x, 3),
        linalg_matrix_power=lambda x: torch.linalg.matrix_power(x, -2),
        matrix_exp=torch.matrix_exp,
        solve=lambda x: torch.linalg.solve(x, x),
        solve_for_vectors=lambda x: torch.linalg.solve(x, x.mean(-1)),
        solve_for_one_vector=lambda x: torch.linalg.solve(x, x.mean((0, 1, 2))),
        solve_on_the_right=lambda x: torch.linalg.solve(x, x[..., :1, :], left=False),
        solve_triangular=lambda x: torch.linalg.solve_triangular(x, x[..., :2], upper=True),
        cholesky_solve=lambda x: torch.cholesky_solve(x[..., :2], x),
        lu_solve=lambda x: torch.lu_solve(x[..., :2], *torch.linalg.lu_factor(x)),
        linalg_lu_solve=lambda x: torch.linalg.lu_solve(*torch.linalg.lu_factor(x), x[..., :2]),
        pinv=torch.linalg.pinv,
        pinverse=torch.pinverse,
        cond=torch.linalg.cond,
        matrix_rank=torch.linalg.matrix_rank,
        householder=lambda x: torch.linalg.householder_product(x, x.mean(-1)),
    ),
)
@pytest.mark.filterwarnings("ignore:torch.cholesky is deprecated")
@pytest.mark.filterwarnings("ignore:torch.lu_solve is deprecated")
def test_square_matrices(function) -> None:
    holds_everywhere(lambda x: function(regular(x)), SQUARE, others=SQUARES, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        svd=lambda x: torch.linalg.svd(x, full_matrices=False),
        svd_full=torch.linalg.svd,
        svd_of_torch=torch.svd,
        svd_of_torch_in_full=lambda x: torch.svd(x, some=False),
        svd_of_wide_ones=lambda x: torch.linalg.svd(x.mT, full_matrices=False),
        svdvals=lambda x: torch.linalg.svdvals(x.mT),
        qr=torch.linalg.qr,
        qr_complete=lambda x: torch.linalg.qr(x, mode="complete"),
        qr_of_torch=torch.qr,
        lu=torch.linalg.lu,
        lu_of_wide_ones=lambda x: torch.linalg.lu(x.mT),
        geqrf=torch.geqrf,
        pinv=torch.linalg.pinv,
        cross=lambda x: torch.linalg.cross(x, x),
        cross_along=lambda x: torch.cross(x.mT, x.mT, dim=1),
        cross_broadcasts=lambda x: torch.linalg.cross(x, x.mean((0, 1), True)),
        kron=lambda x: torch.kron(x, x.mean(0)),
        outer=lambda x: torch.outer(x.mean((1, 2)), x.mean((0, 2))),
        ger=lambda x: x.mean((0, 2)).ger(x.mean((0, 1))),
        addr=lambda x: torch.addr(x.mean(2), x.mean((1, 2)), x.mean((0, 2))),
        inner=lambda x: torch.inner(x, x),
        inner_of_a_number=lambda x: torch.inner(x, x.mean()),
        tensordot=lambda x: torch.tensordot(x, x, dims=([1, 2], [1, 2])),
        tensordot_of_one=lambda x: torch.tensordot(x, x.permute(2, 1, 0), 1),
        tensordot_of_two=lambda x: torch.tensordot(x, x.permute(1, 2, 0), dims=2),
        vecdot=lambda x: torch.linalg.vecdot(x, x),
        vecdot_along=lambda x: torch.linalg.vecdot(x, x.mean(0), dim=-2),
        vdot=lambda x: torch.vdot(x.mean((0, 1)), x.mean((0, 1))),
        vander=torch.linalg.vander,
        vander_of_a_size=lambda x: torch.linalg.vander(x, N=4),
        addbmm=lambda x: torch.addbmm(x.mean(0).T @ x.mean(0), x.mT, x),
        multi_dot=lambda x: torch.linalg.multi_dot([x.mean(1), x.mean(1).T, x.mean(1)]),
        multi_dot_of_vectors=lambda x: torch.linalg.multi_dot([x.mean((0, 1)), x.mean(1).T, x.mean((1, 2))]),
        chain_matmul=lambda x: torch.chain_matmul(x.mean(1), x.mean(1).T),
    ),
)
@pytest.mark.filterwarnings("ignore:torch.qr is deprecated", "ignore:torch.chain_matmul is deprecated")
@pytest.mark.filterwarnings("ignore:torch.svd is deprecated", "ignore:.*using `out=`.*")
def test_any_matrices(function) -> None:
    holds_everywhere(function, MATRIX, others=MATRICES, real=True)


@pytest.mark.filterwarnings("ignore:torch.triangular_solve is deprecated")
def test_the_matrix_comes_back_as_often_as_it_is_used() -> None:
    holds_everywhere(
        lambda x: torch.triangular_solve(x[..., :2], x.mean(0) + 1),
        (2, 3, 5, 5),
        others=[[(4, 3, 6, 6)]],
        real=True,
    )


def test_a_chain_takes_the_least() -> None:
    """10×100 · 100×5 · 5×50: the first two first."""

    def chain(x):
        return torch.linalg.multi_dot([x, x.new_ones(100, 5), x.new_ones(5, 50)])

    network = holds_everywhere(chain, (10, 100), real=True)
    assert operators_of(network)[-1] == "MatrixChain"
    assert macs_of(network, (10, 100)) == 10 * 100 * 5 + 10 * 5 * 50
