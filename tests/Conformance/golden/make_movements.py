"""Records movements.jsonl.gz with PyTorch 2.6: views, movements, joining and indexing, python make_movements.py movements.jsonl.gz

A line is a call: its inputs, results, names of derivatives, strides and whether they are views, gradients, second gradients; or its error."""
import torch, json, random as pyr, gzip, sys, warnings, math
warnings.simplefilter("ignore")
rng = pyr.Random(11)
f32, f64, i64 = torch.float32, torch.float64, torch.int64
calls = []


def num(x):
    if isinstance(x, (bool, int)): return x
    return "NaN" if math.isnan(x) else ("Infinity" if x > 0 else "-Infinity") if math.isinf(x) else x


def dump(t):
    return None if t is None else {"dtype": str(t.dtype)[6:], "shape": list(t.shape), "data": [num(v) for v in t.detach().contiguous().reshape(-1).tolist()]}


def rand(shape, dtype=f64):
    n = math.prod(shape)
    return torch.tensor([round(rng.uniform(-2, 2), 3) for _ in range(n)], dtype=f64).to(dtype).reshape(shape).clone()


def R(*shape, dtype=f64): return rand(shape, dtype).requires_grad_()
def L(*v, dtype=i64): return torch.tensor(v[0] if len(v) == 1 and isinstance(v[0], (int, list)) and not isinstance(v[0], bool) and isinstance(v[0], list) else list(v), dtype=dtype)
def Z(*shape, hi=1): return torch.tensor([rng.randrange(hi) for _ in range(math.prod(shape))], dtype=i64).reshape(shape)
def B(*v): return torch.tensor(v, dtype=torch.bool)


def call(op, *args, form="torch", **kwargs):
    inputs = []

    def enc(a):
        if isinstance(a, torch.Tensor):
            for k, b in enumerate(inputs):
                if a is b: return {"in": k}
            inputs.append(a)
            return {"in": len(inputs) - 1}
        if isinstance(a, (list, tuple)): return [enc(x) for x in a]
        return str(a) if isinstance(a, torch.dtype) else num(a) if isinstance(a, float) else a

    eargs, ekw = [enc(a) for a in args], {k: enc(v) for k, v in kwargs.items()}
    line = {"op": op, "form": form, "inputs": [dict(dump(t), requires_grad=t.requires_grad) for t in inputs], "args": eargs, "kwargs": ekw, "outputs": []}
    calls.append(line)
    changes = op.endswith("_") and form == "method"
    try:
        given = [a.clone() if changes and i == 0 else a for i, a in enumerate(args)]
        out = getattr(given[0], op)(*given[1:], **kwargs) if form == "method" else getattr(torch, op)(*args, **kwargs)
    except Exception as e:
        line["error"] = {"kind": type(e).__name__, "text": str(e).split("\n")[0]}
        return
    if not isinstance(out, (tuple, list)): out = [out]
    line["outputs"] = [dump(o) for o in out]
    line["strides"] = [list(o.stride()) if o.numel() else None for o in out]
    line["views"] = [o._is_view() for o in out]
    want = [t for t in inputs if t.requires_grad]
    live = [o for o in out if o.requires_grad]
    if not live: return
    line["grad_fn"] = [o.grad_fn.name() if o.grad_fn else None for o in out]
    cot = [rand(o.shape, o.dtype).requires_grad_() for o in live]
    try:
        g = torch.autograd.grad(live, want, cot, create_graph=True, allow_unused=True)
    except RuntimeError as e:
        line["backward"] = str(e).split("\n")[0]
        del line["grad_fn"]
        line["names"] = [o.grad_fn.name().split("::")[-1] if o.grad_fn else None for o in out]
        return
    place = {id(t): i for i, t in enumerate(inputs)}
    found = iter(cot)
    line["cotangents"] = [dump(next(found)) if o.requires_grad else None for o in out]
    line["grads"], probes, second = ([None] * len(inputs) for _ in range(3))
    terms = []
    for t, x in zip(want, g):
        line["grads"][place[id(t)]] = dump(x)
        if x is not None and x.requires_grad:
            p = rand(x.shape, x.dtype)
            probes[place[id(t)]] = dump(p)
            terms.append((x * p).sum())
    if not terms: return
    g2 = torch.autograd.grad(terms, want + cot, allow_unused=True)
    for t, x in zip(want, g2): second[place[id(t)]] = dump(x)
    line["probes"], line["grads2"] = probes, second
    line["grads2_cotangent"] = dump(g2[len(want)])


def both(op, *args, **kwargs):
    call(op, *args, **kwargs)
    call(op, *args, form="method", **kwargs)


def method(op, *args, **kwargs): call(op, *args, form="method", **kwargs)


# Shapes: views, and what they refuse.
for args in [(R(7, 2), 3), (R(7, 2), 0), (R(), 2), (R(7, 2), [1, 3]), (R(7, 2), [3, 1, -2]), (R(7, 2), L(1, 3)), (R(7), torch.tensor([1., 2.])), (R(7, 2), 2, 1), (R(3), [0, 9])]: both("tensor_split", *args)
for op, good in (("hsplit", [(R(4), 2), (R(4, 6), 3), (R(4, 6), [1, 4])]), ("vsplit", [(R(4, 2), 2), (R(4, 2), [1])]), ("dsplit", [(R(2, 2, 4), 2), (R(2, 2, 4), [1, 2])])):
    for args in good + [(R(), 2), (R(5), 2), (R(5, 5), 2), (R(4, 4), 0), (R(1, 1, 5), 2)]: both(op, *args)
for args in [(R(5, 2), 2), (R(5, 2), 1, 1), (R(5), 0), (R(5), -1), (R(), 1), (R(0, 2), 0)]: call("unsafe_split", *args); both("split", *args)
for args in [(R(5, 2), 2), (R(5, 2), 9), (R(5), 0), (R(), 1), (R(0, 2), 3)]: call("unsafe_chunk", *args); both("chunk", *args)
for args in [(R(5, 2), [2, 3]), (R(5, 2), [1, 1], 1), (R(5), [2, 2]), (R(5), [-1, 6])]: call("unsafe_split_with_sizes", *args); both("split", *args); both("split_with_sizes", *args)
for args in [(R(6), 0, [2, 3]), (R(2, 6), 1, [2, -1]), (R(2, 6), -1, [3, 2]), (R(6), 0, [2, 4]), (R(6), 0, []), (R(6), 0, [-1, -1]), (R(6), 1, [2, 3]), (R(6), 0, [4, -1])]: both("unflatten", *args)
for op in ("movedim", "moveaxis"):
    for args in [(R(2, 3, 4), 0, 2), (R(2, 3, 4), [0, 1], [1, 2]), (R(2, 3, 4), [-1, 0], [0, 1]), (R(2, 3), [0, 1], [1]), (R(2, 3), [0, 0], [0, 1]), (R(2, 3), [0, 1], [1, 1]), (R(), 0, 0), (R(2, 3), 0, 2)]: both(op, *args)
for op in ("swapaxes", "swapdims", "transpose"):
    for args in [(R(2, 3), 0, 1), (R(2, 3, 4), -1, 0), (R(), 0, -1), (R(2, 3), 0, 5)]: both(op, *args); method(op + "_", *args)
for args in [(R(2, 1, 3, 1),), (R(2, 1, 3, 1), 1), (R(2, 1, 3, 1), 0), (R(2, 1, 3, 1), [1, 3]), (R(2, 1, 3, 1), [0, -1]), (R(2, 1), [1, 1]), (R(2, 1), []), (R(), 0), (R(),), (R(2), 3)]: both("squeeze", *args); method("squeeze_", *args)
for args in [(R(2, 3), 0), (R(2, 3), -1), (R(), 0), (R(2), 3)]: both("unsqueeze", *args); method("unsqueeze_", *args)
for args in [(R(2, 3),), (R(2),), (R(),), (R(2, 2, 2),)]: both("t", *args); method("t_", *args)
for args in [(R(3), [2, 3]), (R(1, 3), [2, 3]), (R(3), [2, 4]), (R(2, 3), [3]), (R(3), [2, -1]), (R(3), [-1, 3]), (R(), [2]), (R(1, 0), [2, 0])]: both("broadcast_to", *args); method("expand", *args)
for args in [(R(2, 3), [3, 2]), (R(2, 3), [-1]), (R(2, 3), [4]), (R(2, 3), [-1, -1]), (R(0), [-1, 0]), (R(0, 3), [0, 5]), (R(), [1, 1])]: method("view", *args); both("reshape", *args)
for args in [(R(6), 0, 3, 2), (R(3, 6), 1, 3, 2), (R(6, 2), 0, 2, 1), (R(4, 4), 0, 3, 1), (R(), 0, 1, 1), (R(), 0, 0, 1), (R(), 0, 2, 1), (R(6), 0, 7, 1), (R(6), 0, -1, 1), (R(6), 0, 3, 0), (R(6), 1, 3, 1), (R(6), 0, 0, 2), (R(6), 0, 1, 4)]: method("unfold", *args)
for args in [(R(3, 3), [2, 2], [1, 1]), (R(3, 3), [2, 2], [1, 2], 1), (R(3, 3), [3], [4]), (R(3), [2, 3], [0, 1]), (R(3, 3), [2, 2], [1]), (R(3, 3), [2, 2], [-1, 1]), (R(3, 3), [20, 2], [1, 1]), (R(3, 3), [-2, 2], [1, 1]), (R(3, 3), [2, 2], [1, 1], -1), (R(3), [], []), (R(3), [0], [1])]: both("as_strided", *args); method("as_strided_", *args)
for args in [(R(3, 3),), (R(3, 4), 1), (R(3, 4), -1, 1, 0), (R(2, 3, 4), 0, -2, -1), (R(3),), (R(3, 3), 0, 1, 1), (R(3, 3), 7)]: both("diagonal", *args)
for args in [(R(5), 0, -2, 2), (R(5), 0, torch.tensor(1), 2), (R(5), 0, torch.tensor(1.), 2), (R(5), 0, L(1, 2), 2), (R(5), 0, 4, 2), (R(5), 0, 9, 0), (R(), 0, 0, 1), (R(5), 0, 1, -1), (R(5), 0, 5, 0)]: both("narrow", *args)
for args in [(R(5), 0, 1, 2), (R(5), 0, -1, 2)]: both("narrow_copy", *args)
for op in ("atleast_1d", "atleast_2d", "atleast_3d"):
    for x in (R(), R(3), R(2, 3), R(1, 2, 3)): call(op, x)
for args in [(R(2, 3),), (R(3),), (R(),), (R(0, 2),)]: both("ravel", *args); both("flatten", *args)
both("flatten", R(2, 3, 4), 1); both("flatten", R(2, 3, 4), 0, 1); both("flatten", R(2, 3, 4), 2, 1); both("flatten", R(2, 3), 0, 5)
for args in [(R(2, 3, 4), [2, 0, 1]), (R(2, 3), [-1, 0]), (R(2, 3), [0, 0]), (R(2, 3), [0]), (R(2, 3), [0, 5])]: both("permute", *args)

# Movements.
for args in [(R(3),), (R(3, 4), 1), (R(3, 4), -1), (R(3, 4), 5), (R(2), -1), (R(),), (R(2, 2, 2),), (L(1, 2),), (R(0),)]: both("diag", *args)
for args in [(R(2, 3),), (R(2, 3), 1, 0, 2), (R(2, 3), -1, 2, 0), (R(),), (R(3), 0, 1, 1), (R(3), 0, 3, 1), (R(2, 0),), (B(True, False),)]: both("diag_embed", *args)
for args in [(R(2, 2),), (R(),), (R(3), 1), (R(3), -2)]: both("diagflat", *args)
for args in [(R(3), [2]), (R(2, 3), [2]), (R(3), [2, 2]), (R(3), [-1]), (R(2, 3), []), (R(3), [0]), (R(), [2, 2])]: both("tile", *args)
for args in [(R(2, 3), [2, 2]), (R(2, 3), [2]), (R(2, 3), [-1, 2]), (R(2), [3, 1, 2]), (R(2, 3), [0, 1])]: method("repeat", *args)
for args in [(R(3), 2), (R(2, 3), 2), (R(2, 3), 2, 1), (R(2, 3), L(1, 2), 0), (R(2, 3), L([2]), 0), (R(2, 3), torch.tensor(2), 0), (R(2, 3), L(1, 2, 3), 0), (R(2, 3), L(1, 2)), (R(2, 3), L(1, -2), 0), (R(2, 3), -1, 0), (R(2, 3), torch.tensor([1., 2.]), 0), (R(), 3), (R(2, 3), Z(2, 2), 0), (R(2, 3), 0, 1), (R(2, 3), L(0, 2), 0), (R(2), L(2, 1, dtype=torch.int32))]: both("repeat_interleave", *args)
call("repeat_interleave", L(1, 0, 3)); call("repeat_interleave", R(3)); call("repeat_interleave", Z(2, 2)); call("repeat_interleave", L(1, 2), output_size=4); call("repeat_interleave", R(2), 2, output_size=5); call("repeat_interleave", R(2), L(1, 2), output_size=3)
for args in [(R(5), 2), (R(3, 4), [1, -1], [0, 1]), (R(3, 4), [1, -1], 0), (R(3, 4), [1, 2]), (R(3, 4), 1), (R(3, 4), 1, 5), (R(3, 4), []), (R(0, 4), 1, 0), (R(), 1, 0), (R(), 1), (R(3, 4), 7, -1), (R(3), 0, 0), (R(3), -9), (R(3, 4), [1, 2], [0, 0]), (B(True, False, False), 1)]: both("roll", *args)
for args in [(R(2, 3), k) for k in (-1, 0, 1, 2, 3, 4, 7)] + [(R(2, 3), 1, [1, 0]), (R(2, 3, 2), 1, [0, 2]), (R(2, 3), 1, [0]), (R(3), 1, [0, 1]), (R(3, 2), 1, [0, 0]), (R(3, 2), 1, [0, 2]), (R(3, 2), 1, [0, -3]), (R(3, 2), 1, [0, -2])]: both("rot90", *args)
for op in ("fliplr", "flipud"):
    for x in (R(2, 3), R(3), R(), R(0, 2)): both(op, x)
for args in [(R(2, 3), [0]), (R(2, 3), [0, -1]), (R(2, 3), [0, 0]), (R(2, 3), [2]), (R(2, 3), []), (R(), []), (R(), [0])]: both("flip", *args)
for op in ("tril", "triu"):
    for args in [(R(3, 4),), (R(3, 4), 1), (R(2, 3, 3), -1), (R(3),), (R(3, 3), 9), (torch.ones(2, 2, dtype=torch.bool),), (torch.tensor([[math.inf, math.nan], [math.nan, 1]]),)]: both(op, *args); method(op + "_", *args)
    for args in [(3, 4, 1), (3, 3, -1), (-3, 4, 1), (3, -4, 1), (0, 3), (2, 2, 9)]: call(op + "_indices", *args)

# Joining.
LISTS = [[R(2), R(3)], [R(2), R(2)], [R(), R()], [R(2, 1), R(2, 2)], [R(2, 2), R(2, 2)], [R(2, 2), R(2)], [R(3, 2, 2), R(1, 2, 2)], [], [R(2), L(1, 2)], [R(2, dtype=f32), R(2)], [R(0), R(2)], [R(3)], [L(1), B(True)]]
for op in ("hstack", "vstack", "dstack", "column_stack", "row_stack", "concat", "concatenate", "cat", "stack"):
    for some in LISTS: call(op, some)
call("cat", [R(2, 3), R(2, 1)], 1); call("cat", [R(2, 3), R(2, 1)], -1); call("cat", [R(2), R(2)], 3); call("cat", [R(0), R(2, 2)], 1); call("stack", [R(2), R(2)], 1); call("stack", [R(2), R(2)], -1); call("stack", [R(2)], 3)
x = R(2)
call("cat", [x, x]); call("stack", [x, x]); call("hstack", [x, x]); call("block_diag", x, x)
for some in [(R(2, 2), R(3), R()), (R(2, 2, 2),), (R(2, 2), L(1, 2)), (), (R(2, 3),), (R(2, dtype=f32), R(1, 1)), (R(0), R(2))]: call("block_diag", *some)
for some in [(R(3), R(2, 1)), (R(3), R(2)), (R(3), R(3)), (R(),), (R(2, 1), R(1, 3), R())]: call("broadcast_tensors", *some)
for some, indexing in [([R(2), R(3)], "ij"), ([R(2), R(3)], "xy"), ([R(2), R(3)], "ab"), ([R(2), L(3)], "ij"), ([R(), R(3)], "ij"), ([], "ij"), ([R(2)], "xy"), ([R(2), R(3), R(4)], "xy")]: call("meshgrid", some, indexing=indexing)
for some in [(R(2), R(3)), (R(2),), (R(2, 2), R(3)), (R(2), R(1), R(2)), (R(0), R(2))]: call("cartesian_prod", *some)
for args in [(R(4),), (R(3), 3, True), (R(3), 1), (R(3), 0), (R(3), -1), (R(3, 2),), (R(3), 4), (R(0),), (R(2), 2, True)]: call("combinations", *args)

# Reading by positions.
for args in [(R(3, 4), 0, Z(2, 4, hi=3)), (R(3, 4), 1, Z(3, 6, hi=4)), (R(3, 4), -1, Z(1, 1)), (R(3, 4), 0, L([[3]])), (R(3, 4), 0, L([[-1]])), (R(3, 4), 0, Z(1, 5)), (R(3, 4), 0, L(1)), (R(), 0, torch.tensor(0)), (R(), 0, L(0, 0)), (R(3), 0, torch.tensor(1)), (R(3, 4), 0, Z(0, 4)), (R(3, 4), 2, Z(1, 1)), (R(3, 4), 0, torch.zeros(1, 1)), (R(3, 4), 0, torch.zeros(1, 1, dtype=torch.int32))]: both("gather", *args)
for args in [(R(3, 4), L(0, 5, 11, -1)), (R(3, 4), L(0, 0, 0)), (R(3, 4), L(12)), (R(3, 4), L(-13)), (R(3), L(0, dtype=torch.int32)), (R(3), torch.tensor([1.])), (R(3, 4), L([[1, 2]])), (R(), L(0, 0)), (R(0), L(0)), (R(0), Z(0)), (R(3), torch.tensor(2))]: both("take", *args)
for args in [(R(3, 4), Z(3, 2, hi=4), 1), (R(3, 4), Z(1, 2, hi=4), 1), (R(1, 4), Z(3, 2, hi=4), 1), (R(3, 4), L(0, 5)), (R(3, 4), L(0, 5), 1), (R(3, 4), torch.zeros(3, 2, dtype=torch.int32), 1), (R(3, 4), L([[4]]), 1), (R(3, 4), L([[-1]]), 1), (R(3, 4), Z(2, 2), 1)]: both("take_along_dim", *args)
for args in [(R(3, 4), 0, L(0, 2, 2)), (R(3, 4), 1, L(3, dtype=torch.int32)), (R(3, 4), 0, torch.tensor(1)), (R(), 0, L(0)), (R(), 0, L(0, 0)), (R(3), 0, L(3)), (R(3), 0, L(-1)), (R(3), 0, Z(1, 1)), (R(3), 0, torch.tensor([1.])), (R(3), 0, Z(0))]: both("index_select", *args)
for args in [(R(4), B(True, False, True, True)), (R(2, 2), B(True, False)), (R(2), torch.ones(2, 2, dtype=torch.bool)), (R(3), B(True, False)), (R(2), L(1, 0)), (R(2), B(False, False)), (R(), torch.tensor(True))]: both("masked_select", *args)
for args in [(L(0, 1, 2),), (torch.tensor(3),), (torch.tensor(0),), (torch.tensor([[1., 0], [0, math.nan]]),), (Z(0, 3),), (B(True, False, True),)]:
    both("nonzero", *args); both("nonzero", *args, as_tuple=True); both("argwhere", *args)
call("where", B(True, False, True)); call("where", torch.ones(2, 2)); call("where", B(True, False), R(2), R(2)); call("where", B(True, False), R(2), R(2, 1)); call("where", B(True, False), R(3), R(2)); call("where", B(True, False), R(2), L(1, 2)); call("where", B(True, False), R(2, dtype=f32), R(2)); call("where", L(1, 0), R(2), R(2)); call("where", B(True, False), R(2), 1.5); call("where", B(True, False), torch.tensor([math.nan, 1.]).requires_grad_(), torch.tensor([1., math.inf]).requires_grad_())
method("where", R(2), B(True, False), R(2)); method("where", R(2), B(True, False), 0.5)
S = torch.tensor([-1., 0., 0., 1.5, 4.], dtype=f64)
V = torch.tensor([0., -2., 9., math.nan, 1.5, math.inf, -math.inf], dtype=f64)
for kw in [{}, {"right": True}, {"side": "right"}, {"side": "left"}, {"right": True, "side": "left"}, {"side": "middle"}, {"out_int32": True}, {"sorter": L(0, 1, 2, 3, 4)}, {"sorter": L(4, 3, 2, 1, 0)}, {"sorter": L(0, 1)}, {"sorter": L(0, 1, 2, 3, 5)}, {"sorter": L(0, 1, 2, 3, 4, dtype=torch.int32)}]: call("searchsorted", S, V, **kw)
for args in [(S, 1.5), (S, 0), (torch.tensor([[1., 2, 3], [2, 4, 6]]), torch.tensor([[2., 3], [3, 7]])), (torch.tensor([[1., 2, 3]]), torch.tensor([[2., 3], [3, 7]])), (torch.ones(2, 3), torch.ones(4)), (torch.ones(2, 3), 1.5), (S, torch.ones(2, 2)), (torch.tensor(1.), S), (S, torch.tensor(1.)), (L(1, 2, 3), L(2)), (L(1, 2, 3), torch.tensor([2.5])), (torch.ones(0), torch.ones(2)), (S, torch.ones(0)), (torch.tensor([1., math.nan]), torch.tensor([2., math.nan]))]: call("searchsorted", *args)
for args in [(V, S), (1.5, S), (V, torch.ones(3, 2)), (L(1, 2), S), (torch.tensor(0.), S)]: call("bucketize", *args); call("bucketize", *args, right=True); call("bucketize", *args, out_int32=True)
for args in [(L(1, 2, 3), L(2, 3)), (torch.tensor([1., math.nan, -0.]), torch.tensor([math.nan, 0.])), (L(1, 2, 3), 2), (2, L(1, 2)), (B(True), B(True)), (L([[1, 2], [3, 4]]), L(4, 1)), (L(1, 2), Z(0)), (L(1, 2), torch.tensor([1.]))]: call("isin", *args); call("isin", *args, invert=True)

# Writing by positions.
def writes(op, *args, **kwargs):
    if hasattr(torch, op): call(op, *args, **kwargs)
    method(op, *args, **kwargs)
    method(op + "_", *args, **kwargs)


for args in [(R(4, 2), 0, L(0, 2, 2), R(3, 2)), (R(2, 4), 1, L(0, 3, dtype=torch.int32), R(2, 2)), (R(4), 0, L(0, 0), R(2)), (R(4, 2), 0, L(0, 2, 4), R(3, 2)), (R(4, 2), 0, L(-1), R(1, 2)), (R(4, 2), 0, L(0, 2), R(3, 2)), (R(4, 2), 0, L(0, 2, 2), R(3, 3)), (R(4, 2), 2, L(0), R(1, 2)), (R(4), 0, torch.tensor([1.]), R(1)), (R(4), 0, L(0), R(1, dtype=f32)), (R(4, 2), 0, Z(1, 3), R(3, 2)), (R(), 0, L(0), R()), (R(), 0, L(0, 0), R(2)), (R(4), 0, torch.tensor(1), R()), (R(4, 2), 0, torch.tensor(1), R(1, 2)), (R(4, 2), 0, L(0), R(2)), (R(4, 2), 0, Z(0), R(0, 2)), (L(1, 2), 0, L(0), L(5))]: writes("index_add", *args)
writes("index_add", R(4, 2), 0, L(0, 2, 2), R(3, 2), alpha=2.5); writes("index_add", L(1, 2), 0, L(0, 0), L(5, 6), alpha=2); writes("index_add", B(True, False), 0, L(1), B(True))
for args in [(R(4, 2), 0, L(0, 2), R(2, 2)), (R(2, 4), 1, L(3, 0), R(2, 2)), (R(4, 2), 0, L(4), R(1, 2)), (R(4, 2), 0, L(-1), R(1, 2)), (R(4), 0, L(0, dtype=torch.int32), R(1)), (R(4, 2), 0, L(0, 2), R(2, 3)), (R(4, 2), 0, L(0, 2), R(3, 2)), (R(4, 2), 0, L(0, 2), R(2)), (R(4, 2), 0, L(0, 2), R()), (R(4), 0, L(2), R()), (R(4), 0, L(0), R(1, dtype=f32)), (R(4, 2), 0, Z(1, 2), R(2, 2)), (R(), 0, L(0), R(1)), (R(4), 3, L(0), R(1)), (R(4, 2), 0, Z(0), R(0, 2)), (L(1, 2), 0, L(1), L(9))]: writes("index_copy", *args)
for args in [(R(4, 2), 0, L(0, 2), 2.0), (R(2, 4), 1, L(0, -1), 2), (R(4), 0, L(4), 2.0), (R(4, 2), 0, L(0, 0), torch.tensor(2., dtype=f64)), (R(4, 2), 0, L(0, 2), R()), (R(4), 0, L(0), torch.tensor([2., 3.])), (R(4), 0, L(0, dtype=torch.int32), 2), (R(4), 0, Z(1, 2), 2), (R(), 0, L(0), 2.0), (L(1, 2), 0, L(0), 2.5), (R(4), 0, Z(0), 2.0), (R(4), 2, L(0), 2.0), (B(True, False), 0, L(1), 3)]: writes("index_fill", *args)
for args in [(R(4, 2), [L(0, 2)], R(2, 2)), (R(4, 2), [L(0, 2), L(1, 1)], R(2)), (R(4, 2), [L(0, 2)], R()), (R(4, 2), [L(5)], R(1, 2)), (R(4, 2), [L(0, 2)], R(3, 2)), (R(4, 2), [L(0, 2)], R(2, 2, dtype=f32)), (R(4, 2), [L(0), L(1), L(1)], R(1)), (R(4, 2), [B(True, False, True, False)], R(2, 2)), (R(4, 2), [B(True, False, True, False)], R(1, 2)), (R(4, 2), [torch.tensor([0., 2.])], R(2, 2)), (R(4, 2), [L(0), L(0, 1, 2)], R(3)), (R(4, 2), [L(0, 0)], R(1, 2))]:
    writes("index_put", *args); writes("index_put", *args, accumulate=True)
for args in [(R(4, 2), L(0, 3), R(2)), (R(4, 2), L(0, -1), R(2)), (R(4, 2), L(8), R(1)), (R(4, 2), L(0, 3), R(3)), (R(4), L(0, dtype=torch.int32), R(1)), (R(4), L(0), R(1, dtype=f32)), (R(), L(0), R(1)), (R(4, 2), L([[0, 3]]), R(2)), (R(4), Z(0), R(0))]: writes("put", *args); writes("put", *args, accumulate=True)
writes("put", R(4), L(1, 1), R(2), accumulate=True)
for args in [(R(4), B(True, False, True, True), R(3)), (R(4), B(True, False, True, True), R(5)), (R(4), B(True, False, True, True), R(2)), (R(4), L(1, 0, 1, 1), R(3)), (R(2), B(True, False), R(1, dtype=f32)), (R(2, 2), B(True, False), R(3)), (R(2), torch.ones(2, 2, dtype=torch.bool), R(4)), (R(2), torch.ones(3, dtype=torch.bool), R(4)), (R(2), B(False, False), R(1)), (R(2, 2), torch.ones(2, 2, dtype=torch.bool), R(2, 2))]: writes("masked_scatter", *args)
for args in [(R(3, 3), torch.eye(3) > 0, 1.5), (R(3), torch.eye(3) > 0, 1.5), (R(3), L(1, 0, 1), 1.5), (R(3), B(True, False), 1.5), (R(3), B(True, False, True), R()), (R(3), B(True, False, True), torch.tensor([1.])), (L(1, 2), B(True, False), 1.5), (R(2), B(True, False), math.inf), (R(2), torch.tensor(True), 2)]: writes("masked_fill", *args)
for args in [(R(3, 4), 0, L([[0, 2, 1, 0]])), (R(3, 4), 1, L([[0], [3]])), (R(3), 0, L(3)), (R(3), 0, torch.tensor([1.])), (R(3, 4), 0, L(1)), (R(3, 4), 0, Z(0, 4)), (R(), 0, torch.tensor(0)), (R(3), 2, L(0))]:
    s = args[2].shape
    writes("scatter", *args, 1.5); writes("scatter", *args, R(*s)); writes("scatter_add", *args, R(*s))
    for reduce in ("add", "multiply", "max"): writes("scatter", *args, 1.5, reduce=reduce); writes("scatter", *args, R(*s), reduce=reduce)
writes("scatter", R(3, 4), 0, Z(2, 4), R(1, 4)); writes("scatter", R(3), 0, L(0), R(1, dtype=f32)); writes("scatter", L(1, 2), 0, L(0), 1.5); writes("scatter_add", R(3), 0, L(0, 0, 2), R(3)); writes("scatter_add", B(True, False), 0, L(1, 1), B(True, True))
for reduce in ("sum", "prod", "mean", "amax", "amin"):
    for own in (True, False):
        for args in [(R(3, 4), 0, L([[0, 2, 1, 0], [0, 0, 1, 0]]), R(2, 4)), (R(3, 4), 1, L([[0, 0], [3, 1]]), R(2, 2)), (rand((3, 4)), 1, L([[0, 0], [3, 1]]), rand((2, 3))), (R(3), 0, L(0, 0, 2), R(3)), (R(), 0, L(0, 0), R(2)), (R(3), 0, Z(0), R(0)), (L(5, 6, 7), 0, L(0, 0, 2), L(2, 9, -3)), (R(3, dtype=f32), 0, L(1, 1), R(2, dtype=f32)), (torch.tensor([2., 3.], dtype=f64).requires_grad_(), 0, L(0, 0, 1, 1), torch.tensor([2., 1., 3., 3.], dtype=f64).requires_grad_()), (torch.tensor([0., 3.], dtype=f64).requires_grad_(), 0, L(0, 0, 1), torch.tensor([2., 1., 0.], dtype=f64).requires_grad_()), (torch.tensor([math.nan, 1., -math.inf]), 0, L(1, 1, 2), torch.tensor([math.nan, 2., -math.inf])), (R(3), 0, L(3), R(1)), (R(3), 0, L(0), R(1, dtype=f32)), (R(3), 0, L(0, dtype=torch.int32), R(1)), (R(3, 4), 0, L(1), R(1))]: writes("scatter_reduce", *args, reduce, include_self=own)
writes("scatter_reduce", R(3), 0, L(0), R(1), "middle")
for args in [(R(2, 3), R(3), 0, 1), (R(2, 3), R(2), 1, -1), (R(2, 3), R(2), 0, 1), (R(2, 3), R(3), 0, 2), (R(), R(), 0, 0)]: both("select_scatter", *args)
for args in [(R(4, 3), R(2, 3), 0, 1, 3), (R(4, 3), R(2, 3), 0, 1, 4), (R(4, 3), R(2, 3), 0, 0, 4, 2), (R(4, 3), R(2, 3), 0, 0, 4, -1), (R(4, 3), R(4, 2), 1, -2), (R(4), R(4)), (R(4), R(0), 0, 3, 1)]: both("slice_scatter", *args)
for args in [(R(3, 3), R(3)), (R(3, 4), R(3), 1), (R(3, 3), R(2)), (R(2, 3, 3), R(2, 3), 0, 1, 2), (R(3), R(3))]: both("diagonal_scatter", *args)

with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    for line in calls: file.write((json.dumps(line, separators=(",", ":")) + "\n").encode())
print(len(calls), sum("error" in c for c in calls), sum("grads" in c for c in calls))
