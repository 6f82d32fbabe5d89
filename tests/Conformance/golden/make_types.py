# Records what PyTorch 2.6 does with element types: every binary operator over pairs of types in all roles (tensor, 0-d tensor, number),
# in-place forms, functions and reductions of integers, conversions, factories. Writes one JSON object a line:
#   op, args (a tensor {dtype, data}, data nested as its dimensions; {int|float|bool: value}; {type: name}; null), and out (a tensor) or
#   error [type, text].
# usage: python make_types.py | gzip -9n > types.jsonl.gz
import itertools
import json
import math
import operator

import torch

INF, NAN = math.inf, math.nan
TYPES = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64]
NAME = {t: str(t)[6:] for t in TYPES}

# Left operands touch the ends of their types and where float32 and float64 lose integers; right operands are no zeros.
LEFT = {
    torch.bool: [True, False, True, False, True, False],
    torch.uint8: [12, 255, 0, 7, 3, 200],
    torch.int8: [12, -128, 0, -7, 3, 127],
    torch.int16: [12, -32768, 0, -7, 3, 32767],
    torch.int32: [12, -(2**31), 0, -7, 16777217, 2**31 - 1],
    torch.int64: [12, 2**53 + 1, 0, -7, 16777217, 2**63 - 1],
    torch.float32: [12.0, -0.5, 0.0, -7.25, 0.1, NAN],
    torch.float64: [12.0, -0.5, 0.0, -7.25, 0.1, INF],
}
RIGHT = {
    torch.bool: [True, True, True, True, True, True],
    torch.uint8: [5, 2, 3, 250, 1, 7],
    torch.int8: [5, 2, 3, -3, 1, -7],
    torch.int16: [5, 2, 3, -3, 1, -7],
    torch.int32: [5, 2, 3, -3, 1, 16777217],
    torch.int64: [5, 2, 3, -3, 1, 2**53 + 1],
    torch.float32: [5.0, 2.5, -3.0, INF, 0.1, 2.0],
    torch.float64: [5.0, 2.5, -3.0, INF, 0.1, 2.0],
}
NUMBERS = [2, -3, 0.5, 0.1, True]


def number(x):
    return x if isinstance(x, (bool, int)) or math.isfinite(x) else ("NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity")


def nested(x):
    return [nested(v) for v in x] if isinstance(x, list) else number(x)


def written(x):
    if isinstance(x, torch.Tensor):
        return {"dtype": NAME[x.dtype], "data": nested(x.tolist())}
    if isinstance(x, torch.dtype):
        return {"type": NAME[x]}
    if x is None:
        return None
    return {"bool" if isinstance(x, bool) else "int" if isinstance(x, int) else "float": number(x)}


def row(op, f, *args):
    line = {"op": op, "args": [written(a) for a in args]}
    try:
        line["out"] = written(f(*args))
    except Exception as e:
        line["error"] = [type(e).__name__, str(e).split("\n")[0]]
    print(json.dumps(line, separators=(",", ":")))


def left(t):
    return torch.tensor(LEFT[t], dtype=t)


def right(t):
    return torch.tensor(RIGHT[t], dtype=t)


BINARY = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "floor_divide": operator.floordiv, "remainder": operator.mod, "pow": operator.pow,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}
TENSORS_ONLY = {"maximum": torch.maximum, "minimum": torch.minimum, "atan2": torch.atan2, "logical_and": torch.logical_and, "logical_or": torch.logical_or}

# Of an order's four comparisons, and of pairs that mirror each other, one stands for all types and the others for some.
MIRRORED = ["ne", "le", "gt", "minimum", "logical_or"]
for (op, f), a, b in itertools.product((BINARY | TENSORS_ONLY).items(), TYPES, TYPES):
    if op not in MIRRORED or a == b or b in (torch.int64, torch.float32):
        row(op, f, left(a), right(b))
for (op, f), a, b in itertools.product((BINARY | TENSORS_ONLY).items(), TYPES, TYPES):
    if op in ("add", "div", "pow", "lt"):
        row(op, f, left(a), right(b)[1])
        row(op, f, left(a)[0], right(b))
for (op, f), a, n in itertools.product(BINARY.items(), TYPES, NUMBERS):
    row(op, f, left(a), n)
    row(op, f, n, right(a))
    if op in ("add", "mul", "pow"):
        row(op, f, left(a)[0], n)

# Numbers at and beyond the ends of the types; zeros as divisors.
for op, a, n in itertools.product(["add", "mul", "sub", "eq", "lt"], TYPES[1:6], [300, -129, 2**31, 2**63 - 1, -(2**63)]):
    row(op, BINARY[op], left(a), n)
for op, a in itertools.product(["floor_divide", "remainder", "div"], TYPES[1:]):
    zero = torch.zeros(6, dtype=a)
    row(op, BINARY[op], left(a), zero)
    row(op, BINARY[op], left(a), 0)
    row(op, BINARY[op], left(a), 0.0)
    row(op, BINARY[op], 7, zero)

IN_PLACE = ["add_", "sub_", "mul_", "div_", "pow_", "floor_divide_", "remainder_"]
for op, a, b in itertools.product(IN_PLACE, TYPES, TYPES):
    if op in ("add_", "div_") or a == b:
        row(op, lambda x, y: getattr(x.clone(), op)(y), left(a), right(b))
for op, a, n in itertools.product(IN_PLACE, TYPES, NUMBERS):
    row(op, lambda x, y: getattr(x.clone(), op)(y), left(a), n)

UNARY = """neg abs sign exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
sigmoid relu erf erfc erfinv lgamma digamma floor ceil round trunc frac isnan logical_not""".split()
for op, a in itertools.product(UNARY, TYPES[:6]):
    x = torch.tensor([0, 1, 12, 100] if a != torch.bool else [False, True], dtype=a)
    row(op, getattr(torch, op), x)
for op, a in itertools.product(["neg", "abs", "sign", "square"], TYPES):
    row(op, getattr(torch, op), left(a))

WHOLE = ["sum", "prod", "mean", "max", "min", "argmax", "argmin", "any", "all", "var", "std", "norm"]
for op, a in itertools.product(WHOLE, TYPES[:7]):
    row(op, getattr(torch, op), torch.tensor([1, 0, 1] if a == torch.bool else [3, 0, 5], dtype=a))
for op, a in itertools.product(["cumsum", "logsumexp", "softmax", "log_softmax"], TYPES[:7]):
    row(op, getattr(torch, op), torch.tensor([1, 0, 1] if a == torch.bool else [3, 0, 5], dtype=a), 0)
for op, a in itertools.product(["tril", "triu"], TYPES):
    row(op, getattr(torch, op), torch.ones(3, 3).to(a))
row("sum", torch.sum, torch.tensor([2**53 + 1, 1]))
row("sum", torch.sum, torch.tensor([2**63 - 1, 1]))
row("prod", torch.prod, torch.tensor([200, 200], dtype=torch.uint8))

for a in TYPES:
    for low, high in [(1, 3), (1.5, None), (None, 2.5), (-1, 300), (0.1, 0.9), (True, 5)]:
        row("clamp", torch.clamp, left(a), low, high)
    for n in NUMBERS + [300, INF, NAN]:
        row("where", torch.where, torch.tensor([True, False, True, False, True, False]), left(a), n)
        row("where", torch.where, torch.tensor([True, False, True, False, True, False]), n, right(a))
        row("masked_fill", torch.masked_fill, left(a), torch.tensor([True, False, True, False, True, False]), n)
        row("fill_", lambda x, y: x.clone().fill_(y), left(a), n)
        row("full", lambda n, t: torch.full((2,), n, dtype=t), n, a)
        row("full_like", torch.full_like, left(a), n)
        row("tensor", lambda n, t: torch.tensor(n, dtype=t), n, a)

        def put(x, y):
            x = x.clone()
            x[1] = y
            return x
        row("setitem", put, left(a), n)
    for b in TYPES:
        row("where", torch.where, torch.tensor([True, False, True, False, True, False]), left(a), right(b))
        row("to", lambda x, t: x.to(t), left(a)[:5], b)
        row("setitem", put, left(a), right(b)[1])
    row("where", torch.where, left(a), right(torch.float32), right(torch.float32))
    for alpha in [2, 0.5, True]:
        row("add_alpha", lambda x, y, z: torch.add(x, y, alpha=z), left(a), right(a), alpha)
        row("sub_alpha", lambda x, y, z: torch.sub(x, y, alpha=z), left(a), right(a), alpha)
    m = torch.tensor([[1, 2], [3, 4]]).to(a)
    row("mm", torch.mm, m, m)
    row("addmm", torch.addmm, m, m, m)
    row("scatter_add", torch.scatter_add, left(a), 0, torch.tensor([0, 0, 1]), right(a)[:3])
    row("item", lambda x: torch.tensor(x.item()), left(a)[0])
    row("full", lambda n: torch.full((2,), n), LEFT[a][0])
row("to", lambda x, t: x.to(t), torch.tensor([300.0, -1.0, -129.5]), torch.int8)
row("to", lambda x, t: x.to(t), torch.tensor([300.0, 70000.0, 256.0]), torch.uint8)
row("to", lambda x, t: x.to(t), torch.tensor([16777217, (1 << 60) + (1 << 36) + 1, 2**63 - 1]), torch.float32)

ACTIVATIONS = ["gelu", "silu", "softplus", "leaky_relu", "elu", "logsigmoid", "mish", "relu"]
for op, a in itertools.product(ACTIVATIONS, TYPES[:6]):
    row("F." + op, getattr(torch.nn.functional, op), torch.tensor([1, 0, 1] if a == torch.bool else [3, 0, 5], dtype=a))
for op, a, b in itertools.product(["sum", "prod"], TYPES[:7], TYPES):
    row(op + "_as", lambda x, t: getattr(torch, op)(x, dtype=t), left(a)[:5], b)
for low, high in [(NAN, 2.0), (-1.0, NAN), (NAN, None), (None, NAN)]:
    row("clamp", torch.clamp, torch.tensor([1.0, 0.5, -3.0, INF]), low, high)
for args in [(5, 3), (2, 3), (-1, 3), (1, 0), (2, -1)]:
    row("one_hot", torch.nn.functional.one_hot, torch.tensor([args[0], 0]), args[1])
row("one_hot", torch.nn.functional.one_hot, torch.tensor(5), 3)
row("one_hot", torch.nn.functional.one_hot, torch.tensor([1], dtype=torch.int32), 3)
row("one_hot", torch.nn.functional.one_hot, torch.zeros(0, dtype=torch.int64), -1)
m = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
for beta, alpha in [(0, 1), (0.0, 2), (2, 0.5), (0.1, 0.1)]:
    row("addmm_scaled", lambda x, a, b, y, z: torch.addmm(x, a, b, beta=y, alpha=z), torch.tensor([[NAN, 1.0], [INF, 2.0]]), m, m, beta, alpha)
row("index_select", torch.index_select, torch.tensor([1.0, 2.0, 3.0]), 0, torch.tensor(1))
for args in [(0.0, 1.0, 1), (0.0, 1.0, 0), (3.0, 3.0, 4), (0.0, 10.0, 5), (-1.0, 1.0, 3), (5.0, -5.0, 11), (0.0, 1.0, 2)]:
    for t in [torch.float32, torch.float64, torch.int64]:
        row("linspace", lambda t, *args: torch.linspace(*args, dtype=t), t, *args)
for op, a in itertools.product(["put_mask", "put_index"], TYPES):
    def put(x, y):
        x = x.clone()
        x[torch.tensor([True, False, True, False, False, False]) if op == "put_mask" else torch.tensor([0, 2])] = y
        return x
    for n in NUMBERS:
        row(op, put, left(a), n)

F = torch.nn.functional
COMPOSED = {
    "topk": lambda x: x.topk(1).values, "sort": lambda x: x.sort().values, "argsort": lambda x: x.argsort(), "max_dim": lambda x: x.max(0).values, "amax": torch.amax, "trace": torch.trace,
    "diagonal": torch.diagonal, "outer": lambda x: x[0].outer(x[1]), "einsum": lambda x: torch.einsum("ij,jk->ik", x, x), "addcmul_": lambda x: x.clone().addcmul_(x, x, value=2),
    "addcdiv_": lambda x: x.clone().addcdiv_(x, x), "lerp_": lambda x: x.clone().lerp_(x, 0.5), "F.l1_loss": lambda x: F.l1_loss(x, x),
    "F.linear": lambda x: F.linear(x, x), "F.cross_entropy": lambda x: F.cross_entropy(x, torch.tensor([0, 1])), "mean_as": lambda x: x.mean(dtype=torch.float32),
}
for (op, f), a in itertools.product(COMPOSED.items(), TYPES[:7]):
    row(op, f, torch.tensor([[1, 0], [0, 1]] if a == torch.bool else [[1, 2], [0, 3]]).to(a))

ARANGE = [(5,), (0,), (5.0,), (0.3, 1.0, 0.1), (1, 10, 3), (10, 1, -3), (0, 1), (2**53 + 1, 2**53 + 9, 3), (2**63 - 4, 2**63 - 1, 2), (-(2**63), -(2**63) + 3), (0, 2.5), (1.5, 4), (0, 5, 0.5), (0, 5, 0), (0, 5, -1),
          (5, 0), (0.0, 0.6, 0.2), (True, 4), (0, 1, 1e-1), (-3, 3, 2), (0, INF), (NAN, 3.0)]
for args in ARANGE:
    row("arange", torch.arange, *args)
for args, a in itertools.product([(5,), (1, 10, 3), (0.5, 3.5)], TYPES[1:]):
    row("arange_as", lambda t, *args: torch.arange(*args, dtype=t), a, *args)
for value, a in itertools.product([1.5, -1.5, 2.5], [torch.float32, torch.float64]):
    row("int", lambda x: torch.tensor(int(x)), torch.tensor(value, dtype=a))
row("int", lambda x: torch.tensor(int(x)), torch.tensor(2**53 + 1))
