# Records calls of PyTorch 2.6 on complex and half-precision tensors, in the format of operators.jsonl: a complex number is a pair in "data", and a call
# that PyTorch refuses has an "error". Values and gradients of half types are what PyTorch gives; the test allows units in their last place.
# usage: python make_numbers.py | gzip -9n > numbers.jsonl.gz
import json
import math
import warnings

import torch

warnings.simplefilter("ignore")
torch.manual_seed(0)
GEN = torch.Generator().manual_seed(7)
NAME = lambda t: str(t)[6:]


def number(x):
    return x if math.isfinite(x) else ("NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity")


def written(t):
    if t is None:
        return None
    flat = (torch.zeros(t.shape, dtype=t.dtype) + t.detach()).reshape(-1) if t.dtype != torch.bool else t.detach().reshape(-1)
    if t.is_complex():
        data = [[number(v.real), number(v.imag)] for v in flat.tolist()]
    else:
        data = [number(v) if not isinstance(v, bool) else v for v in flat.tolist()]
    return {"shape": list(t.shape), "dtype": NAME(t.dtype), "data": data, "requires_grad": bool(t.requires_grad)}


def drawn(shape, dtype, positive=False):
    real = dtype.to_real() if dtype.is_complex else torch.float64
    x = torch.rand(shape, generator=GEN, dtype=torch.float64) * 1.5 + 0.25
    if not positive:
        x = x * (2 * torch.randint(0, 2, tuple(shape), generator=GEN) - 1)
    if not dtype.is_complex:
        return x.to(dtype)
    y = (torch.rand(shape, generator=GEN, dtype=torch.float64) - 0.5) * 3
    return torch.complex(x, y).to(dtype)


def record(op, form, inputs, args, kwargs=None, grads=True):
    kwargs = kwargs or {}
    line = {"op": op, "form": form, "args": args, "kwargs": kwargs, "inputs": [written(x) for x in inputs]}
    at = lambda a: inputs[a["in"]] if isinstance(a, dict) else [at(x) for x in a] if isinstance(a, list) else a
    values = [at(a) for a in args]
    home = torch
    for part in op.split(".")[:-1]:
        home = getattr(home, part)
    name = op.split(".")[-1]
    try:
        if form == "method":
            out = getattr(values[0], name)(*values[1:], **kwargs)
        elif form == "F":
            out = getattr(torch.nn.functional, name)(*values, **kwargs)
        else:
            out = getattr(home, name)(*values, **kwargs)
    except Exception as e:
        line["outputs"] = []
        line["error"] = {"kind": type(e).__name__, "text": str(e).split("\n")[0]}
        print(json.dumps(line))
        return
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    line["outputs"] = [written(o.detach()) for o in outs]
    live = [o for o in outs if o.requires_grad]
    if grads and live:
        line["grad_fn"] = [type(o.grad_fn).__name__ if o.grad_fn is not None else None for o in outs]
        seeds = [drawn(o.shape, o.dtype) if o.requires_grad else None for o in outs]
        line["cotangents"] = [written(s) for s in seeds]
        leaves = [x for x in inputs if x.requires_grad]
        half = any(x.dtype in (torch.float16, torch.bfloat16) for x in inputs)
        first = torch.autograd.grad(live, leaves, [s for s in seeds if s is not None], create_graph=not half, allow_unused=True)
        every = iter(first)
        line["grads"] = [written(next(every)) if x.requires_grad else None for x in inputs]
        if not half and any(g is not None and g.requires_grad for g in first):
            probes = [None if g is None else drawn(g.shape, g.dtype) for g in first]
            terms = [(g * p).sum() for g, p in zip(first, probes) if g is not None and g.requires_grad]
            total = sum(t.real if t.is_complex() else t for t in terms)
            second = torch.autograd.grad(total, leaves, allow_unused=True)
            every, those = iter(second), iter(probes)
            line["probes"] = [written(next(those)) if x.requires_grad else None for x in inputs]
            line["grads2"] = [written(next(every)) if x.requires_grad else None for x in inputs]
    print(json.dumps(line))


UNARY = "exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid neg abs angle".split()
REFUSED = "floor ceil round trunc frac relu sign erf erfc erfinv lgamma digamma".split()
BINARY = "add sub mul div pow".split()
ORDER = "lt le gt ge maximum minimum atan2 remainder floor_divide".split()
A = {"in": 0}
B = {"in": 1}


def leaf(shape, dtype, **k):
    return drawn(shape, dtype, **k).requires_grad_()


def suite(dtype):
    small = dtype in (torch.float16, torch.bfloat16)
    for op in UNARY:
        # Beside 1 PyTorch rounds 1 - x * x to half precision.
        record(op, "torch", [leaf([2, 3], dtype, positive=small)], [A], grads=not (small and op == "atanh"))
    for op in REFUSED:
        record(op, "torch", [leaf([3], dtype)], [A], grads=small and op not in ("erfinv",))
    for op in BINARY:
        record(op, "torch", [leaf([2, 3], dtype, positive=small), leaf([3], dtype, positive=small)], [A, B])
        record(op, "method", [leaf([2, 3], dtype, positive=small)], [A, 2.5])
        record(op, "method", [leaf([3], dtype, positive=small), drawn([3], torch.float64 if dtype == torch.complex128 else torch.float32)], [A, B])
        record(op, "method", [leaf([3], dtype, positive=small), drawn([], torch.float64)], [A, B])
        record(op, "method", [leaf([3], dtype, positive=small), torch.tensor([1, 2, 3])], [A, B])
    for op in ORDER:
        record(op, "torch", [leaf([3], dtype), leaf([3], dtype)], [A, B], grads=False)
    for op in ("eq", "ne", "isnan", "logical_not", "isreal"):
        record(op, "torch", [leaf([3], dtype)] + ([leaf([3], dtype)] if op in ("eq", "ne") else []), [A, B][: 2 if op in ("eq", "ne") else 1])
    for op in ("sum", "mean", "prod", "var", "std", "norm", "all", "any"):
        record(op, "method", [leaf([2, 3], dtype)], [A])
    for op in ("sum", "mean", "prod", "cumsum", "softmax", "log_softmax", "argmax", "sort", "logsumexp"):
        record(op, "method", [leaf([2, 3], dtype)], [A, 1], grads=op != "sort")
    for op in ("max", "min", "amax"):
        record(op, "method", [leaf([2, 3], dtype)], [A])
    record("mm", "torch", [leaf([2, 3], dtype), leaf([3, 2], dtype)], [A, B])
    record("matmul", "torch", [leaf([2, 2, 3], dtype), leaf([3], dtype)], [A, B])
    # This build of PyTorch has a BLAS whose complex dot returns zero.
    if small:
        record("dot", "torch", [leaf([3], dtype), leaf([3], dtype)], [A, B])
    record("outer", "torch", [leaf([3], dtype), leaf([2], dtype)], [A, B])
    record("addmm", "torch", [leaf([2], dtype), leaf([2, 3], dtype), leaf([3, 2], dtype)], [A, B, {"in": 2}])
    record("einsum", "torch", [leaf([2, 3], dtype), leaf([3, 2], dtype)], ["ij,jk->ik", A, B])
    record("cat", "torch", [leaf([2], dtype), leaf([3], dtype)], [[A, B]])
    record("where", "torch", [torch.tensor([True, False, True]), leaf([3], dtype), leaf([3], dtype)], [A, B, {"in": 2}])
    record("t", "method", [leaf([2, 3], dtype)], [A])
    record("flip", "method", [leaf([2, 3], dtype)], [A, [0]])
    record("gather", "method", [leaf([3], dtype), torch.tensor([2, 0])], [A, 0, B])
    record("lerp", "torch", [leaf([3], dtype), leaf([3], dtype)], [A, B, 0.25])
    record("addcmul", "torch", [leaf([3], dtype), leaf([3], dtype), leaf([3], dtype)], [A, B, {"in": 2}])
    record("addcdiv", "torch", [leaf([3], dtype), leaf([3], dtype), leaf([3], dtype)], [A, B, {"in": 2}])
    for f in ("relu", "gelu", "silu", "softplus", "elu", "leaky_relu", "mish", "logsigmoid"):
        if small or f != "silu":
            record(f, "F", [leaf([3], dtype)], [A], grads=small)
    record("mse_loss", "F", [leaf([3], dtype), leaf([3], dtype)], [A, B])
    record("l1_loss", "F", [leaf([3], dtype), leaf([3], dtype)], [A, B])
    record("linear", "F", [leaf([2, 3], dtype), leaf([2, 3], dtype), leaf([2], dtype)], [A, B, {"in": 2}])


for dtype in (torch.complex128, torch.complex64, torch.float16, torch.bfloat16):
    suite(dtype)
for real in (torch.float64, torch.float32):
    record("complex", "torch", [leaf([2, 3], real), leaf([3], real)], [A, B])
    record("polar", "torch", [leaf([2, 3], real, positive=True), leaf([3], real)], [A, B])
    record("view_as_complex", "torch", [leaf([3, 2], real)], [A])
    record("conj", "torch", [leaf([3], real)], [A])
    record("angle", "torch", [leaf([3], real)], [A])
    record("real", "torch", [leaf([3], real)], [A])
    record("imag", "torch", [leaf([3], real)], [A])
    record("view_as_real", "torch", [leaf([3], real)], [A])
for z in (torch.complex128, torch.complex64):
    for op in ("view_as_real", "real", "imag", "conj", "conj_physical"):
        record(op, "torch", [leaf([2, 3], z)], [A])
    record("adjoint", "method", [leaf([2, 3], z)], [A])
record("complex", "torch", [torch.ones(2), torch.ones(2, dtype=torch.float64)], [A, B])
record("complex", "torch", [torch.ones(2, dtype=torch.int64), torch.ones(2)], [A, B])
record("view_as_complex", "torch", [torch.ones(3)], [A])
record("view_as_complex", "torch", [torch.ones(3, 2, dtype=torch.int64)], [A])
