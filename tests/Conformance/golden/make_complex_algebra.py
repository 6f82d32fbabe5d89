# Records linear algebra of complex matrices as PyTorch 2.6 computes it, and what it says to half types. One JSON object a line, as in operators.jsonl.gz.
# What is determined up to angles alone is recorded through what the angles cancel in.
# usage: python make_complex_algebra.py complex_algebra.jsonl.gz
from recorder import *
import torch
z, z32, h16 = torch.complex128, torch.complex64, torch.float16


def c(*shape, grad=True, dtype=z):
    return rand(shape, dtype).requires_grad_(grad)


def spd(*shape):
    a = rand(shape, z)
    return (a @ a.mH + torch.eye(shape[-1], dtype=z)).requires_grad_()


# A factor of Cholesky's has a real diagonal. PyTorch's gradient of it is not that of Hermitian matrices, but has another part beside it that no such matrix meets.
def real_diagonal(x): return x - 1j * torch.diag_embed(x.diagonal(dim1=-2, dim2=-1).imag)


def zeros(*shape, dtype=z): return torch.zeros(shape, dtype=dtype)


shapes = [(3, 3), (2, 3, 3), (1, 1), (0, 0), (2, 0, 0), (0, 2, 2)]
for s in shapes:
    full = s[0] and s[-1]
    for op in ['inv', 'det', 'slogdet', 'matrix_exp', 'svdvals', 'qr', 'inv_ex']:
        call('linalg.' + op, [c(*s)], second=full > 0, grads=full > 0 or op != 'det')
    if s[-1]:
        for op in ['eigvalsh', 'pinv', 'matrix_rank', 'lu', 'lu_factor', 'lu_factor_ex', 'cond', 'vector_norm', 'matrix_norm', 'norm']:
            call('linalg.' + op, [c(*s, grad=op != 'eigvalsh' or full > 0)])
        call('linalg.eigvalsh', [c(*s)], {'UPLO': 'U'})
        call('linalg.cond', [c(*s), 1]); call('linalg.cond', [c(*s), 'nuc']); call('linalg.cond', [c(*s), 'fro'])
    for upper in (False, True):
        call('linalg.cholesky', [spd(*s)], {'upper': upper}, grads=False)
        call('cholesky', [spd(*s)], {'upper': upper}, grads=False)
        call('cholesky_inverse', [real_diagonal(c(*s, grad=False)).requires_grad_()], {'upper': upper})
        call('cholesky_solve', [c(*s[:-1], 2), c(*s)], {'upper': upper})
        for left in (True, False):
            b = c(*s[:-1], 2) if left else c(*s[:-2], 2, s[-1])
            call('linalg.solve_triangular', [c(*s), b], {'upper': upper, 'left': left, 'unitriangular': upper == left})
    call('linalg.cholesky_ex', [spd(*s)], grads=False)
    call('logdet', [c(*s)])
    call('inverse', [c(*s)]); call('det', [c(*s)], grads=full > 0); call('matrix_exp', [c(*s)], second=full > 0); call('slogdet', [c(*s)])
    call('linalg.solve', [c(*s), c(*s[:-1], 2)]); call('linalg.solve', [c(*s), c(*s[:-1])]); call('linalg.solve', [c(*s), c(*s[:-2], 2, s[-1])], {'left': False}); call('linalg.solve_ex', [c(*s), c(*s[:-1], 2)])
    for n in (-2, -1, 1, 2, 3, 5): call('linalg.matrix_power', [c(*s), n])
    if s[-1] and s[0]:
        lu, pivots = torch.linalg.lu_factor(rand(s, z))
        for left in (True, False):
            for adjoint in (True, False):
                b = c(*s[:-1], 2) if left else c(*s[:-2], 2, s[-1])
                call('linalg.lu_solve', [lu.clone().requires_grad_(), pivots, b], {'left': left, 'adjoint': adjoint})
        call('lu_unpack', [lu.clone().requires_grad_(), pivots], second=False)
        call('linalg.householder_product', [c(*s), c(*s[:-1])])
for s in [(4, 2), (2, 4), (2, 3, 2)]:
    for op in ['svdvals', 'pinv', 'matrix_rank', 'lu', 'lu_factor', 'cond']: call('linalg.' + op, [c(*s)])
    # PyTorch has no gradient of the rest of Q, nor of a wide Q where the first columns alone make it.
    call('linalg.qr', [c(*s)]); call('linalg.qr', [c(*s, grad=False)], {'mode': 'complete'}); call('linalg.qr', [c(*s, grad=False)], {'mode': 'r'}); call('qr', [c(*s)])
    call('linalg.lstsq', [c(*s), c(*s[:-1], 2)]); call('linalg.lstsq', [c(*s), c(*s[:-1], 2)], {'driver': 'gelsd'})
    call('pinverse', [c(*s)])
call('linalg.pinv', [spd(3, 3)], {'hermitian': True}); call('linalg.matrix_rank', [spd(3, 3)], {'hermitian': True}); call('linalg.matrix_rank', [torch.ones(2, 3, dtype=z)]); call('linalg.pinv', [torch.ones(2, 3, dtype=z)])
for o in (0, 1, 2, 3, 0.5, inf, -1):
    call('linalg.vector_norm', [c(3, 4, grad=o != 0), o]); call('linalg.vector_norm', [c(3, 4, grad=o != 0), o], {'dim': 1, 'keepdim': True})
for o in ('fro', 'nuc', 1, -1, 2, -2, inf, -inf):
    call('linalg.matrix_norm', [c(3, 4), o]); call('linalg.norm', [c(3, 4), o]); call('linalg.matrix_norm', [c(2, 3, 4), o], {'dim': [2, 0], 'keepdim': True})
for d in (f64, f32, i64, z, z32):
    for x in (c(2, 2), R((2, 2)), c(2, 2, dtype=z32)): call('linalg.vector_norm', [x], {'dtype': d}, second=False); call('linalg.matrix_norm', [x], {'dtype': d}, second=False)
call('linalg.vector_norm', [torch.tensor([0j, 1 + 1j], dtype=z).requires_grad_()], second=False); call('linalg.vector_norm', [zeros(2).requires_grad_()], second=False)
call('linalg.tensorinv', [c(2, 3, 6)], {'ind': 2}, grads=False); call('linalg.tensorsolve', [c(2, 3, 6), c(2, 3)])
call('linalg.multi_dot', [[c(3, 4), c(4, 5), c(5, 2)]]); call('linalg.cross', [c(2, 3), c(2, 3)]); call('cross', [c(2, 3), c(2, 3)], {'dim': 1})
for s in [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 0), (2, 0)), ((0,), (0,))]: call('linalg.vecdot', [c(*s[0]), c(*s[1])]); call('linalg.vecdot', [R(s[0]), R(s[1])])
call('linalg.vecdot', [c(2, 3), c(2, 3)], {'dim': 0}); call('linalg.vecdot', [R((3,)), R((3,))]); call('linalg.vecdot', [c(3), R((3,))]); call('linalg.vecdot', [T([1], i64), T([1], i64)]); call('linalg.vecdot', [T([1], i64), T([1.0])]); call('linalg.vecdot', [R((2, 2)), R((2, 2))], {'dim': 2}); call('linalg.vecdot', [R((2, 2)), R((2, 3))])
call('trace', [c(3, 3)]); call('trace', [c(2, 3)]); call('trace', [c(0, 0)])
call('logaddexp', [c(3), c(3)]); call('logaddexp', [c(2, 1), c(3)]); call('logaddexp', [c(3), R((3,))]); call('logaddexp2', [c(3), c(3)])
call('logaddexp', [torch.tensor([complex(inf, 1), complex(-inf, 1), complex(nan, 0), complex(0, 0), complex(800, 1), complex(-inf, 0)], dtype=z), torch.tensor([complex(1, 2), complex(-inf, 2), 1j, complex(0, nan), complex(800, 1), complex(1, 2)], dtype=z)])
call('norm', [c(3, 4)]); call('norm', [c(3, 4), 1, 0]); call('norm', [c(3, 4), 'fro']); call('norm', [c(3, 4), 'nuc']); call('dist', [c(3), c(3)]); call('renorm', [c(3, 4), 2, 0, 1.0]); call('chain_matmul', [c(3, 4), c(4, 2)]); call('linalg.diagonal', [c(3, 3)]); call('linalg.vander', [c(3)]); call('normalize', [c(3, 4)], form='F')

# Errors.
one, i2 = torch.eye(2, dtype=z), torch.eye(2, dtype=i64)
call('linalg.inv', [zeros(2, 2)]); call('linalg.inv', [torch.stack([one, zeros(2, 2)])]); call('linalg.solve', [zeros(2, 2), one]); call('linalg.cholesky', [-one]); call('linalg.cholesky', [torch.stack([one, -one])]); call('cholesky', [-one])
call('linalg.svdvals', [zeros(2, 2) * nan]); call('linalg.eigvalsh', [zeros(3, 3) * nan]); call('linalg.lu_factor', [zeros(2, 2)])
call('linalg.solve', [one, torch.eye(2, dtype=f64)]); call('linalg.det', [c(2, 3)]); call('linalg.slogdet', [zeros(2, 2)]); call('linalg.det', [zeros(2, 2)]); call('linalg.inv_ex', [one], {'check_errors': True}); call('linalg.inv_ex', [zeros(2, 2)], {'check_errors': True})
call('linalg.lu_solve', [one, T([1, 2], i32), torch.eye(2, dtype=f64)]); call('linalg.householder_product', [one, T([1.0, 2.0])]); call('linalg.lstsq', [one, torch.eye(2, dtype=f64)]); call('cholesky_solve', [one, torch.eye(2, dtype=f64)]); call('linalg.cross', [c(3), R((3,))]); call('linalg.solve_triangular', [one, torch.eye(2, dtype=f64)], {'upper': True})
for dtype in (h16, torch.bfloat16):
    a, v = torch.eye(2, dtype=dtype), torch.ones(2, dtype=dtype)
    for op in 'inv inv_ex det slogdet svd svdvals eigh eigvalsh qr cholesky cholesky_ex pinv matrix_rank cond lu lu_factor lu_factor_ex norm vector_norm matrix_norm'.split(): call('linalg.' + op, [a])
    for op in 'solve solve_ex lstsq vecdot'.split(): call('linalg.' + op, [a, a])
    for op in 'trace logdet det slogdet inverse cholesky qr svd cholesky_inverse pinverse'.split(): call(op, [a])
    call('linalg.solve_triangular', [a, a], {'upper': True}); call('linalg.matrix_norm', [a, 2]); call('linalg.matrix_norm', [a, -2]); call('linalg.norm', [a, 'nuc']); call('linalg.cond', [a, 1]); call('linalg.cond', [a, 'nuc']); call('linalg.matrix_power', [a, -1]); call('linalg.matrix_power', [a, 2])
    call('linalg.tensorinv', [a], {'ind': 1}); call('linalg.householder_product', [a, v]); call('linalg.lu_solve', [a, T([1, 2], i32), a]); call('cholesky_solve', [a, a]); call('cdist', [a, a]); call('cdist', [a, a], {'p': 1}); call('pdist', [a]); call('quantile', [a, 0.5]); call('nanquantile', [a, 0.5]); call('logaddexp', [a, a])
save()
