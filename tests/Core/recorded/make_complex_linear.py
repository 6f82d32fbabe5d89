"""Writes complex_linear.json with PyTorch 2.6: of each function of complex matrices the value, the gradient of Σ Re(wₖ*·valueₖ), and that of Σ Re(wₖ*·gradientₖ)², where wₖ = cos(k + 1) + i·sin(2k + 1)."""
import json
import math
import os

import torch
from torch import linalg

torch.manual_seed(11)
inf, kind = math.inf, torch.complex128


def rand(*shape):
    return torch.complex(*((torch.rand(*shape, dtype=torch.float64) * 2 - 1).round(decimals=3) for _ in range(2)))


def weighted(x):
    k = torch.arange(x.numel(), dtype=torch.float64).reshape(x.shape)
    re, im = torch.cos(k + 1), torch.sin(2 * k + 1)
    return re * x.real + im * x.imag if x.is_complex() else re * x


def herm(x):
    return (x + x.mH) / 2


def definite(x):
    return x @ x.mH + torch.eye(x.shape[-1], dtype=kind)


def svd(x):
    return linalg.svd(x, full_matrices=False)


def top(x):
    u, s, vh = svd(x)
    return u[..., :1] @ vh[..., :1, :]


def polar(x):
    u, s, vh = svd(x)
    return u @ vh


def projector(x):
    v = linalg.eigh(herm(x))[1][..., -1:]
    return v @ v.mH


def sine(x):
    w, v = linalg.eigh(herm(x))
    return v * torch.sin(w).unsqueeze(-2) @ v.mH


square, tall, wide, many = rand(3, 3), rand(2, 4, 3), rand(2, 2, 4), rand(2, 4, 4)
singular = rand(4, 2) @ rand(2, 3)
# Singular values from 1 to 1e-10, whose vectors are made of reflections.
u, v = (torch.eye(4) - 2 * torch.outer(w, w.conj()) / w.abs().square().sum() for w in (rand(4), rand(4)))
ill = (u * torch.tensor([1, 1e-3, 1e-6, 1e-10])) @ v
rows = {
    "cholesky": (lambda x: linalg.cholesky(definite(x)), many),
    "cholesky_solve": (lambda x: torch.cholesky_solve(x[..., :2], linalg.cholesky(definite(x))), many),
    "solve_triangular lower": (lambda x: linalg.solve_triangular(x.tril(), x[..., :3], upper=False), many),
    "solve_triangular transposed": (lambda x: linalg.solve_triangular(x.tril().mT, x[..., :3], upper=True), many),
    "solve_triangular unit": (lambda x: linalg.solve_triangular(x, x[..., :3], upper=True, unitriangular=True), many),
    "solve": (lambda x: linalg.solve(x, x[..., 1:2] * x[..., :2]), many),
    "solve ill": (lambda x: linalg.solve(x, x[..., 1:2] * x[..., :2]), ill * 1e6),
    "inverse": (linalg.inv, many),
    "det": (linalg.det, many),
    "slogdet.sign": (lambda x: linalg.slogdet(x)[0], many),
    "slogdet.logabsdet": (lambda x: linalg.slogdet(x)[1], many),
    "logdet": (torch.logdet, many),
    "lu.l": (lambda x: linalg.lu(x)[1], many),
    "lu.u": (lambda x: linalg.lu(x)[2], many),
    "qr.q square": (lambda x: linalg.qr(x)[0], square),
    "qr.r square": (lambda x: linalg.qr(x)[1], square),
    "qr.q tall": (lambda x: linalg.qr(x)[0], tall),
    "qr.r tall": (lambda x: linalg.qr(x)[1], tall),
    "qr.q wide": (lambda x: linalg.qr(x)[0], wide),
    "qr.r wide": (lambda x: linalg.qr(x)[1], wide),
    "qr.r ill": (lambda x: linalg.qr(x)[1], ill),
    "eigvalsh": (lambda x: linalg.eigvalsh(herm(x)), many),
    "eigh projector": (projector, many),
    "eigh sine": (sine, many),
    "svdvals square": (linalg.svdvals, square),
    "svdvals tall": (linalg.svdvals, tall),
    "svdvals wide": (linalg.svdvals, wide),
    "svdvals ill": (linalg.svdvals, ill),
    "svd top tall": (top, tall),
    "svd top wide": (top, wide),
    "svd polar tall": (polar, tall),
    "svd polar wide": (polar, wide),
    "pinv tall": (linalg.pinv, tall),
    "pinv wide": (linalg.pinv, wide),
    "pinv singular": (lambda x: linalg.pinv(x, rtol=1e-8), singular),
    "lstsq tall": (lambda x: linalg.lstsq(x[..., :3], x[..., 3:], driver="gels")[0], many),
    "lstsq wide": (lambda x: linalg.lstsq(x[..., :2, :], x[..., 2:, :2], driver="gels")[0], many),
    "matrix_exp small": (linalg.matrix_exp, many * 0.1),
    "matrix_exp": (linalg.matrix_exp, many * torch.tensor([1.0, 4])[:, None, None]),
    "matrix_power 5": (lambda x: linalg.matrix_power(x, 5), square),
    "matrix_power -3": (lambda x: linalg.matrix_power(x, -3), square),
    "matrix_norm fro": (linalg.matrix_norm, tall),
    "matrix_norm nuc": (lambda x: linalg.matrix_norm(x, "nuc"), wide),
    "cond 2": (linalg.cond, tall),
    # cond itself overwrites what its derivative needs.
    "cond 1": (lambda x: linalg.matrix_norm(x, 1) * linalg.matrix_norm(linalg.inv(x), 1), square),
}
for p in (1, -1, 2, -2, inf, -inf):
    rows[f"matrix_norm {p}"] = (lambda x, p=p: linalg.matrix_norm(x, p), tall)


def flat(x):
    return torch.view_as_real(x.to(kind).resolve_conj()).flatten().tolist()


result = []
for name, (f, x) in rows.items():
    x = x.to(kind).clone().requires_grad_()
    y = f(x)
    (first,) = torch.autograd.grad(weighted(y).sum(), x, create_graph=True)
    second = torch.autograd.grad((weighted(first) ** 2).sum(), x)[0] if first.requires_grad else torch.zeros_like(x)
    result.append({"name": name, "shape": list(x.shape), "point": flat(x.detach()), "value": flat(y.detach()), "first": flat(first.detach()), "second": flat(second.detach())})
lines = ",\n".join(json.dumps(row) for row in result)
assert "NaN" not in lines and "Infinity" not in lines, [r["name"] for r in result if "NaN" in json.dumps(r)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "complex_linear.json"), "w") as file:
    file.write(f"[\n{lines}\n]\n")
