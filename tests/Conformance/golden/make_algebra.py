# Records products, linear algebra and distances as PyTorch 2.6 computes them: values, names of derivatives, gradients and second gradients, or the
# error with its text. One JSON object a line, as in operators.jsonl.gz. What is determined up to signs alone is recorded through what is not:
# absolute values, or results that the signs cancel in.
# usage: python make_algebra.py | gzip -9n > algebra.jsonl.gz
import json
import math
import warnings

import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")
torch.manual_seed(6)
NAN, INF = math.nan, math.inf


def r(*shape, dtype=torch.float64, grad=True):
    return torch.randn(shape, dtype=torch.float64).to(dtype).requires_grad_(grad)


def t(data, dtype=torch.float64, grad=None):
    x = torch.tensor(data, dtype=dtype)
    return x.requires_grad_(x.is_floating_point() if grad is None else grad)


def spd(*shape):
    a = torch.randn(shape, dtype=torch.float64)
    return (a @ a.mT + torch.eye(shape[-1], dtype=torch.float64)).requires_grad_()


def number(x):
    return x if isinstance(x, (bool, int)) or math.isfinite(x) else ("NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity")


def written(x):
    if x is None:
        return None
    if x._is_zerotensor():
        x = torch.zeros(x.shape, dtype=x.dtype)
    return {"shape": list(x.shape), "dtype": str(x.dtype)[6:], "data": [number(v) for v in x.detach().reshape(-1).tolist()]}


def argument(a, inputs):
    if isinstance(a, torch.Tensor):
        for i, x in enumerate(inputs):
            if x is a:
                return {"in": i}
        inputs.append(a)
        return {"in": len(inputs) - 1}
    if isinstance(a, (list, tuple)):
        return [argument(x, inputs) for x in a]
    return "Infinity" if a == INF else a


def call(path, *args, second=True, **kwargs):
    form, op = path.split(":")
    inputs = []
    line = {"op": op, "form": form, "args": [argument(a, inputs) for a in args], "kwargs": {k: argument(v, inputs) for k, v in kwargs.items()}}
    line["inputs"] = [{**written(x), "requires_grad": x.requires_grad} for x in inputs]
    line["outputs"] = []
    try:
        home = F if form == "F" else torch
        f = home
        if form == "method":
            f = lambda self, *rest, **named: getattr(self.clone() if op.endswith("_") else self, op)(*rest, **named)
        else:
            for part in op.split("."):
                f = getattr(f, part)
        out = f(*args, **kwargs)
    except Exception as e:
        kind = type(e).__name__.lstrip("_")
        line["error"] = {"kind": kind, "text": str(e).split("\n")[0]}
        print(json.dumps(line, separators=(",", ":")))
        return
    outs = [out] if isinstance(out, torch.Tensor) else list(out)
    line["outputs"] = [written(o) for o in outs]
    if any(o.requires_grad for o in outs):
        line["grad_fn"] = [o.grad_fn.name().replace("torch::autograd::", "") if o.grad_fn else None for o in outs]
        seeds = [torch.randn(o.shape, dtype=torch.float64).to(o.dtype) if o.requires_grad else None for o in outs]
        line["cotangents"] = [written(s) for s in seeds]
        wanted = [x for x in inputs if x.requires_grad]
        pairs = [(o, s) for o, s in zip(outs, seeds) if s is not None]
        grads = torch.autograd.grad([o for o, _ in pairs], wanted, [s for _, s in pairs], create_graph=second, allow_unused=True)
        place = {id(x): g for x, g in zip(wanted, grads)}
        line["grads"] = [written(place.get(id(x))) for x in inputs]
        if second and any(g is not None and g.requires_grad for g in grads):
            probes = {id(x): torch.randn(x.shape, dtype=torch.float64).to(x.dtype) for x in wanted}
            line["probes"] = [written(probes.get(id(x))) for x in inputs]
            loss = sum((g * probes[id(x)]).sum() for x, g in zip(wanted, grads) if g is not None and g.requires_grad)
            grads2 = torch.autograd.grad(loss, wanted, allow_unused=True)
            place2 = {id(x): g for x, g in zip(wanted, grads2)}
            line["grads2"] = [written(place2.get(id(x))) for x in inputs]
    print(json.dumps(line, separators=(",", ":")))


f32, i64 = torch.float32, torch.int64
m, v = r(3, 4), r(3)

# Products.
call("torch:mm", m, r(4, 2)); call("torch:mm", r(3, 0), r(0, 2)); call("torch:mm", m, r(3, 2)); call("torch:mm", v, m); call("torch:mm", m, r(4, 2, dtype=f32))
call("torch:mv", m, r(4)); call("torch:dot", v, r(3)); call("torch:dot", v, r(4)); call("torch:vdot", v, r(3)); call("torch:vdot", m, v); call("torch:vdot", v, r(4)); call("torch:vdot", v, r(3, dtype=f32))
call("torch:bmm", r(2, 3, 4), r(2, 4, 2)); call("torch:bmm", r(2, 3, 4), r(3, 4, 2)); call("torch:bmm", m, r(2, 4, 2))
for a, b in [((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 2)), ((3, 4), (4, 2)), ((2, 3, 4), (4,)), ((2, 3, 4), (4, 2)), ((4,), (2, 4, 3)), ((2, 1, 3, 4), (5, 4, 2)), ((1, 3, 4), (2, 4, 2)), ((3, 4), (2, 4, 3)), ((), (3,)), ((3, 4), (3, 4))]:
    call("torch:matmul", r(*a), r(*b))
call("torch:matmul", t([[1, 2], [3, 4]], i64), t([[1, 2], [3, 4]], i64)); call("torch:matmul", t([[NAN, 0.0]]), t([[0.0], [INF]]))
call("torch:addmm", r(3, 2), m, r(4, 2)); call("torch:addmm", r(2), m, r(4, 2), beta=0.5, alpha=2.0); call("torch:addmm", t([NAN, INF]), m, r(4, 2), beta=0); call("torch:addmm", r(4), m, r(4, 2))
call("torch:addmm", r(3, 2), m, r(3, 2)); call("torch:addmm", t([[1, 1]], i64), t([[1], [2]], i64), t([[3, 4]], i64), beta=2, alpha=3); call("torch:addmm", r(1, 1), r(1, 2), r(2, 1, dtype=f32))
call("method:addmm_", r(3, 2, grad=False), m.detach(), r(4, 2, grad=False), beta=2.0, alpha=0.5); call("method:addmm_", r(1, 2, grad=False), m.detach(), r(4, 2, grad=False))
call("torch:addmv", v, m, r(4)); call("torch:addmv", r(1), m, r(4), beta=2.0, alpha=0.5); call("torch:addmv", t([NAN]), m, r(4), beta=0); call("torch:addmv", r(4), m, r(4)); call("torch:addmv", v, m, v); call("torch:addmv", v, v, v)
call("torch:addmv", v, m, r(4, dtype=f32)); call("method:addmv_", r(3, grad=False), m.detach(), r(4, grad=False)); call("torch:addmv", t([1, 2], i64), t([[1, 2], [3, 4]], i64), t([1, 1], i64)); call("torch:addmv", t([True]), t([[True]], torch.bool), t([True], torch.bool))
call("torch:addbmm", r(3, 2), r(2, 3, 4), r(2, 4, 2)); call("torch:addbmm", r(2), r(2, 3, 4), r(2, 4, 2), beta=0.5, alpha=2.0); call("torch:addbmm", t([[NAN]]), r(2, 3, 4), r(2, 4, 2), beta=0)
call("torch:addbmm", r(3, 2), r(2, 3, 4), r(2, 3, 2)); call("torch:addbmm", r(3, 5), r(2, 3, 4), r(2, 4, 2)); call("torch:addbmm", r(3, 2), r(2, 3, 4), r(3, 4, 2)); call("torch:addbmm", r(3, 5), m, r(2, 3, 5)); call("method:addbmm_", r(3, 2, grad=False), r(2, 3, 4, grad=False), r(2, 4, 2, grad=False))
call("torch:baddbmm", r(2, 3, 2), r(2, 3, 4), r(2, 4, 2)); call("torch:baddbmm", r(2), r(2, 3, 4), r(2, 4, 2), beta=0.5, alpha=2.0); call("torch:baddbmm", t([NAN]), r(2, 3, 4), r(2, 4, 2), beta=0)
call("torch:baddbmm", r(5), r(2, 3, 4), r(2, 3, 5)); call("torch:baddbmm", r(5), m, r(2, 3, 5)); call("torch:baddbmm", r(5), r(2, 3, 4), m); call("torch:baddbmm", r(6), r(2, 3, 4), r(2, 4, 5)); call("torch:baddbmm", r(5, dtype=f32), r(2, 3, 4), r(2, 4, 5)); call("method:baddbmm_", r(2, 3, 2, grad=False), r(2, 3, 4, grad=False), r(2, 4, 2, grad=False))
call("torch:addr", m, v, r(4)); call("torch:addr", r(4), v, r(4), beta=0.5, alpha=2.0); call("torch:addr", t([[NAN]]), v, r(4), beta=0); call("torch:addr", m, v, v); call("torch:addr", m, m, v); call("torch:addr", r(2, 3, 4), v, r(4))
call("torch:addr", t([[True, False]], torch.bool), t([True, False], torch.bool), t([True, True], torch.bool)); call("torch:addr", t([[1, 2]], i64), t([3, 4], i64), t([5, 6], i64), beta=2, alpha=3); call("method:addr_", r(3, 4, grad=False), v.detach(), r(4, grad=False))
call("torch:outer", v, r(2)); call("torch:ger", v, r(2)); call("torch:ger", m, v); call("torch:outer", v, m); call("torch:inner", v, r(3)); call("torch:inner", m, r(2, 4)); call("torch:inner", m, r(4)); call("torch:inner", r(2, 3, 4), m); call("torch:inner", m, r()); call("torch:inner", r(), r())
call("torch:inner", m, v); call("torch:inner", m, r(2, 4, dtype=f32)); call("torch:kron", r(2, 2), m); call("torch:kron", r(2), m); call("torch:kron", r(), m); call("torch:kron", v, r(2)); call("torch:kron", t([[1, 2]], i64), t([[3], [4]], i64)); call("torch:kron", r(0, 2), m)
call("torch:tensordot", r(2, 3, 4), r(3, 4, 5), 2); call("torch:tensordot", r(2, 3, 4), r(3, 4, 5), 0); call("torch:tensordot", m, r(3, 4), dims=2); call("torch:tensordot", r(2, 3, 4), r(4, 4, 5), 2); call("torch:tensordot", m, r(4), 3); call("torch:tensordot", m, r(4), -1); call("torch:tensordot", v, r(1), 1); call("torch:tensordot", m, m.detach().to(f32), 2)
call("torch:chain_matmul", m, r(4, 5), r(5, 2)); call("torch:chain_matmul", m); call("torch:trace", r(3, 3)); call("torch:trace", m); call("torch:trace", v); call("torch:trace", t([[1, 2], [3, 4]], i64)); call("torch:trace", t([[True]], torch.bool))
call("torch:cross", r(2, 3), r(2, 3), dim=1); call("torch:cross", r(2, 3), r(2, 3)); call("torch:cross", r(2, 3), r(1, 3), dim=1); call("torch:cross", r(2, 2), r(2, 2)); call("torch:cross", r(2, 3), v); call("torch:cross", r(2, 3), r(2, 3), dim=0); call("torch:cross", r(2, 3), r(2, 3), dim=4); call("torch:cross", r(2, 3), r(2, 3, dtype=f32), dim=1); call("torch:cross", t([1, 2, 3], i64), t([4, 5, 6], i64), dim=0)
call("torch:linalg.cross", r(2, 3), r(2, 3)); call("torch:linalg.cross", r(3, 2), r(3, 2), dim=0); call("torch:linalg.cross", r(3, 2), r(4, 2), dim=0); call("torch:linalg.cross", r(3, 2), r(3, 2)); call("torch:linalg.cross", r(), r())
call("torch:vander", v.detach()); call("torch:vander", v.detach(), 4, True); call("torch:vander", v.detach(), 1); call("torch:vander", v.detach(), 0); call("torch:vander", m); call("torch:vander", v, -1); call("torch:vander", t([1, 2, 3], i64)); call("torch:linalg.vander", v); call("torch:linalg.vander", m, N=3); call("torch:linalg.vander", v, N=1); call("torch:linalg.vander", v, N=2)
call("torch:block_diag", m, r(2, 2), v); call("torch:block_diag", r(2, 2, 2)); call("torch:block_diag", r(), v); call("torch:block_diag", t([[1]], i64), r(2))
for n in (0, 1, 2, 3, 5, 6, -1, -2):
    if n:
        call("torch:matrix_power", r(3, 3), n)
    call("torch:linalg.matrix_power", r(2, 3, 3), n, second=n != 0)
call("torch:matrix_power", m, 2); call("torch:matrix_power", v, 2); call("torch:linalg.matrix_power", t([[1, 2], [3, 4]], i64), 3); call("torch:linalg.matrix_power", t([[1, 2], [3, 4]], i64), -3); call("torch:matrix_power", t([[1.0, 2.0], [2.0, 4.0]]), -1)
for e, *x in [("i,i->", v, r(3)), ("i,j->ij", v, r(3)), ("ij,kj->ik", m, r(2, 4)), ("ii", r(3, 3)), ("ii->i", r(3, 3)), ("ij->", m), ("ij->ji", m), ("...ij,...jk->...ik", r(2, 3, 4), r(4, 5)), ("bij,bjk->bik", r(2, 3, 4), r(2, 4, 5)), ("ij,j->i", m, r(4)), ("ij,ij->ij", m, r(3, 4)), ("i,j,k->ijk", v, r(2), r(4)), ("ij,jk,kl->il", m, r(4, 5), r(5, 2)), ("...", m), ("ij,ij->i", m, r(3, 1)), ("b...,b...->...", r(2, 3), r(2, 1)), ("ij,jk", m, r(3, 4)), ("i->j", v), ("ij->i->j", m), ("i!", v)]:
    call("torch:einsum", e, *x)

# Factorisations and solves.
call("torch:linalg.cholesky", spd(3, 3)); call("torch:linalg.cholesky", spd(2, 3, 3), upper=True); call("torch:linalg.cholesky", t([[-1.0]])); call("torch:linalg.cholesky", torch.stack([torch.eye(2), t([[1.0, 2.0], [2.0, 1.0]], grad=False)]).double()); call("torch:linalg.cholesky", m); call("torch:linalg.cholesky", v); call("torch:linalg.cholesky", t([[1]], i64))
call("torch:linalg.cholesky_ex", spd(3, 3)); call("torch:linalg.cholesky_ex", t([[-1.0]]), check_errors=True); call("torch:cholesky", spd(3, 3)); call("torch:cholesky", spd(3, 3), upper=True); call("torch:cholesky", t([[-1.0]])); call("torch:cholesky", m)
call("torch:cholesky_solve", r(3, 2), r(3, 3)); call("torch:cholesky_solve", r(3, 2), r(2, 3, 3), upper=True); call("torch:cholesky_solve", r(2, 2), r(3, 3)); call("torch:cholesky_solve", r(3, 2), m); call("torch:cholesky_solve", v, r(3, 3)); call("torch:cholesky_inverse", r(3, 3)); call("torch:cholesky_inverse", r(3, 3), upper=True); call("torch:cholesky_inverse", m)
call("torch:linalg.inv", r(3, 3)); call("torch:linalg.inv", r(2, 3, 3)); call("torch:inverse", r(2, 2)); call("torch:linalg.inv", m); call("torch:linalg.inv", v); call("torch:linalg.inv", torch.zeros(3, 3, dtype=torch.float64)); call("torch:linalg.inv", torch.stack([torch.eye(2), torch.ones(2, 2)]).double()); call("torch:inverse", torch.ones(3, 3, dtype=torch.float64)); call("torch:linalg.inv", t([[1]], i64)); call("torch:linalg.inv", torch.ones(0, 0)); call("torch:linalg.inv", r(3, 3, dtype=f32)); call("torch:linalg.inv", t([[NAN, 1.0], [1.0, 2.0]], grad=False))
call("torch:linalg.inv_ex", r(2, 2)); call("torch:linalg.inv_ex", torch.ones(2, 2), check_errors=True)
call("torch:linalg.solve", r(3, 3), r(3, 2)); call("torch:linalg.solve", r(3, 3), r(3)); call("torch:linalg.solve", r(2, 3, 3), r(2, 3)); call("torch:linalg.solve", r(2, 3, 3), r(3, 2)); call("torch:linalg.solve", r(2, 3, 3), r(3)); call("torch:linalg.solve", r(3, 3), r(2, 3), left=False); call("torch:linalg.solve", r(3, 3), r(3, 2), left=False); call("torch:linalg.solve", r(3, 3), r(4, 2)); call("torch:linalg.solve", m, r(4, 2)); call("torch:linalg.solve", r(3, 3), r(3, 2, dtype=f32)); call("torch:linalg.solve", torch.ones(3, 3), torch.ones(3)); call("torch:linalg.solve", torch.ones(2, 3, 3), torch.ones(3, 1)); call("torch:linalg.solve", r(1, 2, 2), r(2, 2)); call("torch:linalg.solve_ex", r(2, 2), r(2, 1))
call("torch:linalg.solve_triangular", r(3, 3), r(3, 2), upper=True); call("torch:linalg.solve_triangular", r(3, 3), r(3, 2), upper=False, unitriangular=True); call("torch:linalg.solve_triangular", r(3, 3), r(2, 3), upper=False, left=False); call("torch:linalg.solve_triangular", r(2, 3, 3), r(3, 2), upper=False); call("torch:linalg.solve_triangular", r(3, 3), v, upper=False); call("torch:linalg.solve_triangular", m, r(3, 2), upper=False); call("torch:linalg.solve_triangular", r(3, 3), r(2, 2), upper=False)
call("torch:linalg.det", r(3, 3)); call("torch:det", r(2, 3, 3)); call("torch:linalg.det", m); call("torch:det", v); call("torch:det", t([[1]], i64)); call("torch:det", torch.ones(0, 0)); call("torch:det", torch.ones(2, 2)); call("torch:linalg.slogdet", r(2, 3, 3)); call("torch:slogdet", r(3, 3)); call("torch:slogdet", torch.ones(2, 2)); call("torch:slogdet", m)
call("torch:logdet", spd(3, 3)); call("torch:logdet", t([[-1.0, 0.0], [0.0, 2.0]], grad=False)); call("torch:logdet", m); call("torch:logdet", torch.ones(2, 2))
for x in (r(3, 4), r(4, 3), r(2, 3, 3)):
    call("torch:linalg.qr", x); call("torch:linalg.qr", x, mode="reduced"); call("torch:qr", x)
    call("torch:linalg.qr", x.detach(), mode="complete"); call("torch:linalg.qr", x.detach(), mode="r"); call("torch:qr", x.detach(), False)
    call("torch:linalg.svdvals", x); call("torch:linalg.pinv", x); call("torch:pinverse", x); call("torch:linalg.matrix_rank", x); call("torch:linalg.cond", x); call("torch:linalg.cond", x, -2)
call("torch:linalg.qr", m, mode="complete"); call("torch:linalg.qr", m, mode="x"); call("torch:linalg.qr", v); call("torch:linalg.qr", t([[1]], i64)); call("torch:linalg.qr", t([[NAN, 1.0], [2.0, 3.0]], grad=False)); call("torch:linalg.qr", torch.eye(4, 2), mode="complete"); call("torch:linalg.qr", t([[1.0, 2.0], [1.0, 3.0], [0.0, 0.0]], grad=False), mode="complete")
call("torch:linalg.eigvalsh", spd(3, 3)); call("torch:linalg.eigvalsh", r(2, 3, 3), UPLO="U"); call("torch:linalg.eigvalsh", m); call("torch:linalg.eigh", v); call("torch:linalg.eigh", r(3, 3), UPLO="X"); call("torch:linalg.eigh", torch.full((3, 3), NAN)); call("torch:linalg.eigvalsh", torch.full((2, 2), NAN)); call("torch:linalg.eigh", t([[1]], i64)); call("torch:linalg.eigvalsh", torch.full((2, 4, 4), INF))
call("torch:linalg.svdvals", torch.full((3, 3), NAN)); call("torch:linalg.svd", torch.full((2, 3, 3), INF)); call("torch:linalg.svd", v); call("torch:linalg.svd", t([[1]], i64)); call("torch:linalg.pinv", m, rtol=0.5, second=False); call("torch:linalg.pinv", m, atol=1.0, second=False); call("torch:linalg.pinv", v); call("torch:linalg.pinv", t([[1]], i64)); call("torch:linalg.pinv", spd(3, 3), hermitian=True); call("torch:linalg.pinv", torch.ones(2, 3)); call("torch:linalg.matrix_rank", torch.ones(2, 3)); call("torch:linalg.matrix_rank", m, atol=1.0); call("torch:linalg.matrix_rank", m, tol=2.0); call("torch:linalg.matrix_rank", m, atol=0.1, rtol=0.5); call("torch:linalg.matrix_rank", v)
for d in (None, "gels", "gelsy", "gelsd", "gelss"):
    call("torch:linalg.lstsq", r(5, 3), r(5, 2), driver=d); call("torch:linalg.lstsq", r(3, 5), r(3, 2), driver=d)
call("torch:linalg.lstsq", r(4, 3), r(4)); call("torch:linalg.lstsq", r(2, 3, 3), r(2, 3)); call("torch:linalg.lstsq", t([[1.0, 2.0]] * 4, grad=False), r(4, 1, grad=False)); call("torch:linalg.lstsq", t([[1.0, 2.0]] * 4, grad=False), r(4, 1, grad=False), driver="gels"); call("torch:linalg.lstsq", m, r(4, 2)); call("torch:linalg.lstsq", v, m); call("torch:linalg.lstsq", m, r(3, 2, dtype=f32)); call("torch:linalg.lstsq", m, r(3, 2), driver="x")
call("torch:linalg.matrix_exp", r(3, 3)); call("torch:matrix_exp", r(2, 2, 2)); call("torch:matrix_exp", m); call("torch:linalg.matrix_exp", v); call("torch:matrix_exp", t([[1]], i64))

# Norms and distances.
for o in ("fro", "nuc", 1, -1, 2, -2, INF, 3, "x"):
    call("torch:linalg.matrix_norm", m, o); call("torch:linalg.matrix_norm", r(2, 3, 4), o, dim=[0, 2], keepdim=True); call("torch:linalg.matrix_norm", r(2, 3, 4), o, dim=[2, 0]); call("torch:linalg.norm", m, o); call("torch:linalg.norm", r(2, 3, 4), o, dim=[0, 1]); call("torch:linalg.cond", r(3, 3, grad=o in (2, -2, "nuc")), o)
for o in (0, 1, 2, 3, 0.5, INF, -1):
    m, v = r(3, 4, grad=o != 0), r(3, grad=o != 0)  # PyTorch gives no gradient of the order 0, and not zeros.
    call("torch:linalg.vector_norm", m, o); call("torch:linalg.vector_norm", m, o, 1); call("torch:linalg.vector_norm", m, o, dim=[0, 1], keepdim=True); call("torch:linalg.norm", v, o); call("torch:linalg.vector_norm", torch.ones(0), o); call("torch:linalg.vector_norm", torch.ones(2, 0), o, 1); call("torch:linalg.vector_norm", t([0.0, 0.0], grad=o != 0), o, second=False)
m, v = r(3, 4), r(3)
call("torch:linalg.vector_norm", t([[NAN, 1.0], [INF, 0.0]], grad=False), 2, 1); call("torch:linalg.vector_norm", t([1], i64)); call("torch:linalg.matrix_norm", v); call("torch:linalg.matrix_norm", r(2, 3, 4), dim=[0, 0]); call("torch:linalg.matrix_norm", r(2, 3, 4), dim=[0, 5]); call("torch:linalg.matrix_norm", t([[1]], i64)); call("torch:linalg.norm", m); call("torch:linalg.norm", r(2, 3, 4)); call("torch:linalg.norm", r(2, 3, 4), 2); call("torch:linalg.norm", r(2, 3, 4), "fro"); call("torch:linalg.norm", r(2, 3, 4), dim=1); call("torch:linalg.norm", r(2, 3, 4), 2, dim=[0, 1, 2]); call("torch:linalg.norm", t([1], i64)); call("torch:linalg.norm", m, "fro", dim=0)
call("torch:linalg.cond", v); call("torch:linalg.cond", m, 1); call("torch:linalg.cond", torch.ones(2, 2), 1); call("torch:linalg.multi_dot", [m, r(4, 5), r(5, 2)]); call("torch:linalg.multi_dot", [m, r(4, 5)]); call("torch:linalg.multi_dot", [r(4), r(4, 5), r(5)]); call("torch:linalg.multi_dot", [r(4), r(4)]); call("torch:linalg.multi_dot", [m, r(4, 5), r(5, 2), r(2, 7)]); call("torch:linalg.multi_dot", [m]); call("torch:linalg.multi_dot", [m, m]); call("torch:linalg.multi_dot", [m, r(4, 5, 2), v]); call("torch:linalg.multi_dot", [r(2, 2, 2), m]); call("torch:linalg.multi_dot", [m, r(4, 2, dtype=f32)])
call("torch:linalg.diagonal", m); call("torch:linalg.diagonal", r(2, 3, 4), offset=1); call("torch:linalg.vecdot", m, r(3, 4)); call("torch:linalg.vecdot", m, r(4)); call("torch:linalg.vecdot", m, r(3, 4), dim=0); call("torch:linalg.vecdot", m, v); call("torch:linalg.matmul", m, r(4)); call("torch:linalg.tensorinv", r(2, 3, 6, grad=False), ind=2); call("torch:linalg.tensorinv", r(4, 2, 2, grad=False), ind=1); call("torch:linalg.tensorinv", r(2, 3, 5), ind=2); call("torch:linalg.tensorinv", r(2, 3, 6), ind=0); call("torch:linalg.tensorsolve", r(2, 3, 6), r(2, 3)); call("torch:linalg.tensorsolve", r(2, 3, 5), r(2, 3))
near = t([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
for p in (0, 1, 2, 3, 0.5, 1.5, INF):
    call("torch:cdist", m, r(2, 4), p=p, second=False); call("torch:cdist", near, t([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0], [1.0, 2.0, 1.0]]), p=p, second=False); call("F:pdist", r(4, 3), p, second=False); call("torch:pdist", near, p, second=False); call("F:pairwise_distance", r(3, 4, grad=p != 0), r(3, 4, grad=p != 0), p); call("F:pairwise_distance", r(3, 4, grad=p != 0), r(4, grad=p != 0), p, keepdim=True)
call("torch:cdist", r(2, 3, 4), r(2, 4), second=False); call("torch:cdist", m, r(2, 4), compute_mode="use_mm_for_euclid_dist", second=False); call("torch:cdist", m, r(2, 5)); call("torch:cdist", v, m); call("torch:cdist", m, m, p=-1); call("torch:cdist", m, r(2, 4, dtype=f32)); call("torch:cdist", m, m, compute_mode="x"); call("torch:cdist", t([[1]], i64), m); call("torch:cdist", torch.ones(0, 4), r(2, 4, grad=False)); call("torch:cdist", torch.ones(3, 0), torch.ones(2, 0)); call("F:pdist", v); call("F:pdist", m, -1); call("F:pairwise_distance", m, r(2, 4)); call("torch:cdist", r(3, 4, dtype=f32), r(2, 4, dtype=f32), second=False)
