"""Writes decompositions.json with PyTorch 2.6: of each function the value, the gradient of Σ wₖ·valueₖ, and the gradient of Σ (wₖ·gradientₖ)² where wₖ = cos k."""
import json
import math
import os

import torch
from torch import linalg

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
inf = math.inf


def rand(*shape):
    return (torch.rand(*shape) * 2 - 1).round(decimals=3)


def weighted(x):
    return torch.cos(torch.arange(x.numel()) + 1.0).reshape(x.shape) * x


def sym(x):
    return (x + x.mT) / 2


def hilbert(n):
    i = torch.arange(n)
    return 1.0 / (i[:, None] + i + 1)


def top(x):
    u, s, vh = linalg.svd(x, full_matrices=False)
    return u[..., :1] @ vh[..., :1, :]


def polar(x):
    u, s, vh = linalg.svd(x, full_matrices=False)
    return u @ vh


def projector(x):
    v = linalg.eigh(sym(x))[1][..., -1:]
    return v @ v.mT


def sine(x):
    w, v = linalg.eigh(sym(x))
    return v * torch.sin(w).unsqueeze(-2) @ v.mT


square, tall, wide, many = rand(3, 3), rand(2, 4, 3), rand(2, 2, 4), rand(2, 4, 4)
singular = rand(4, 2) @ rand(2, 3)
# Singular values from 1 to 1e-10, whose vectors are made of reflections.
u, v = (torch.eye(4) - 2 * torch.outer(w, w) / (w @ w) for w in (rand(4), rand(4)))
ill = (u * torch.tensor([1, 1e-3, 1e-6, 1e-10])) @ v
rows = {
    "qr.q square": (lambda x: linalg.qr(x)[0], square),
    "qr.r square": (lambda x: linalg.qr(x)[1], square),
    "qr.q tall": (lambda x: linalg.qr(x)[0], tall),
    "qr.r tall": (lambda x: linalg.qr(x)[1], tall),
    "qr.q wide": (lambda x: linalg.qr(x)[0], wide),
    "qr.r wide": (lambda x: linalg.qr(x)[1], wide),
    "qr.r ill": (lambda x: linalg.qr(x)[1], ill),
    "eigvalsh": (lambda x: linalg.eigvalsh(sym(x)), many),
    "eigh projector": (projector, many),
    "eigh sine": (sine, many),
    "svdvals square": (linalg.svdvals, square),
    "svdvals tall": (linalg.svdvals, tall),
    "svdvals wide": (linalg.svdvals, wide),
    "svdvals singular": (lambda x: linalg.svdvals(x)[..., :2], singular),
    "svdvals hilbert": (linalg.svdvals, hilbert(8)),
    "svd top tall": (top, tall),
    "svd top wide": (top, wide),
    "svd polar tall": (polar, tall),
    "svd polar wide": (polar, wide),
    "pinv tall": (linalg.pinv, tall),
    "pinv wide": (linalg.pinv, wide),
    "pinv singular": (lambda x: linalg.pinv(x, rtol=1e-8), singular),
    "pinv unit": (linalg.pinv, torch.eye(3)),
    "lstsq tall": (lambda x: linalg.lstsq(x[..., :3], x[..., 3:], driver="gels")[0], many),
    "lstsq wide": (lambda x: linalg.lstsq(x[..., :2, :], x[..., 2:, :2], driver="gels")[0], many),
    "matrix_exp small": (linalg.matrix_exp, many * 0.1),
    "matrix_exp": (linalg.matrix_exp, many * torch.tensor([1.0, 4])[:, None, None]),
    "matrix_exp large": (linalg.matrix_exp, -(many @ many.mT) * 50),
    "matrix_power 5": (lambda x: linalg.matrix_power(x, 5), square),
    "matrix_power -3": (lambda x: linalg.matrix_power(x, -3), square),
    "matrix_norm fro": (linalg.matrix_norm, tall),
    "matrix_norm nuc": (lambda x: linalg.matrix_norm(x, "nuc"), wide),
    "vector_norm 3": (lambda x: linalg.vector_norm(x, 3, dim=(0, 2)), tall),
    "cond 2": (linalg.cond, tall),
    "cond -2": (lambda x: linalg.cond(x, -2), tall),
    # cond itself overwrites what its derivative needs.
    "cond 1": (lambda x: linalg.matrix_norm(x, 1) * linalg.matrix_norm(linalg.inv(x), 1), square),
    "cond inf": (lambda x: linalg.matrix_norm(x, inf) * linalg.matrix_norm(linalg.inv(x), inf), many),
    "cond hilbert": (linalg.cond, hilbert(6)),
}
for p in (1, -1, 2, -2, inf, -inf):
    rows[f"matrix_norm {p}"] = (lambda x, p=p: linalg.matrix_norm(x, p), tall)
result = []
for name, (f, x) in rows.items():
    x = x.clone().requires_grad_()
    y = f(x)
    (first,) = torch.autograd.grad(weighted(y).sum(), x, create_graph=True)
    second = torch.autograd.grad((weighted(first) ** 2).sum(), x)[0] if first.requires_grad else torch.zeros_like(x)
    # What is known to be 0 has no storage.
    first, second = first + torch.zeros(x.shape), second + torch.zeros(x.shape)
    result.append({"name": name, "shape": list(x.shape), "of": list(y.shape), "point": x.flatten().tolist(), "value": y.flatten().tolist(), "first": first.flatten().tolist(), "second": second.flatten().tolist()})
lines = ",\n".join(json.dumps(row) for row in result)
assert "NaN" not in lines and "Infinity" not in lines, [r["name"] for r in result if "NaN" in json.dumps(r)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "decompositions.json"), "w") as file:
    file.write(f"[\n{lines}\n]\n")
