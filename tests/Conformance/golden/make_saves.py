# Records what PyTorch 2.6 saves for the backward: one call of each form of the recorded ones, and the calls below, for every choice of inputs that require grad and every input and result changed in place between the call and backward.
# Writes one JSON object a line, a recorded call with "cases", a list of [which inputs require grad, what was changed, error of the first
# pass, error of the second]; "01" says that the second input does, "r1" is the second result, no error is "".
# usage: python make_saves.py | gzip -9n > saves.jsonl.gz
import gzip
import itertools
import json
import os

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
T = {"in": 0}


def made(x):
    data = [complex(*map(float, v)) if isinstance(v, list) else float(v) if isinstance(v, str) else v for v in x["data"]]
    return torch.tensor(data, dtype=getattr(torch, x["dtype"])).reshape(x["shape"]).clone()


def floats(*shape, start=0.3):
    n = 1
    for s in shape:
        n *= s
    return {"shape": list(shape), "dtype": "float32", "data": [round(start + 0.37 * ((5 * i) % 7), 3) for i in range(n)]}


def longs(*data):
    return {"shape": [len(data)], "dtype": "int64", "data": list(data)}


def bools(*data):
    return {"shape": [len(data)], "dtype": "bool", "data": list(data)}


def call(op, *inputs, args=None, form="method", **kwargs):
    return {"op": op, "form": form, "args": [{"in": i} for i in range(len(inputs))] if args is None else args, "kwargs": kwargs, "inputs": list(inputs)}


V, M, B = floats(4), floats(2, 3), floats(2, 2, 3)
EXTRA = [
    *[call(op + "_", V, V) for op in ("add", "sub", "mul", "div", "pow", "remainder", "copy")],
    *[call(op + "_", V, args=[T, T]) for op in ("add", "mul", "div", "pow", "copy")],
    *[call(op, V, args=[T, T]) for op in ("add", "mul", "div", "pow", "remainder", "maximum", "atan2")],
    *[call(op, V, args=[T, 2.0]) for op in ("add", "sub", "mul", "div", "pow", "remainder", "add_", "sub_", "mul_", "div_", "pow_", "remainder_", "fill_")],
    *[call(op + "_", V) for op in ("neg", "abs", "sign", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "reciprocal", "square", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "floor", "ceil", "round", "trunc", "zero")],
    *[call(op, V) for op in ("detach", "clone", "square", "frac")],
    call("square_", V), call("clamp_", V, args=[T, 0.5, 1.0]), call("lerp_", V, V, args=[T, {"in": 1}, 0.25]),
    call("addcmul_", V, V, V), call("addcmul_", V, V, args=[T, {"in": 1}, {"in": 1}]), call("addcdiv_", V, V, V), call("addcdiv_", V, V, args=[T, {"in": 1}, {"in": 1}]),
    call("masked_fill", V, bools(True, False, True, True), args=[T, {"in": 1}, 2.0]), call("pow", V, args=[2.0, T], form="torch"),
    call("addmm", floats(4), floats(2, 3), floats(3, 4), form="torch"), call("addmm", floats(2, 2), floats(2, 2), args=[T, {"in": 1}, {"in": 1}], form="torch"),
    call("matmul", floats(3), floats(3, 4)), call("matmul", floats(2, 3), floats(3)), call("matmul", floats(2, 2, 3), floats(2, 3, 4)), call("mm", floats(2, 2), args=[T, T]),
    call("max", M, args=[T, 1]), call("min", M, args=[T, 1]), call("sort", M), call("topk", M, args=[T, 2]), call("max", M), call("max", M, M, form="torch"),
    call("gather", M, {"shape": [2, 1], "dtype": "int64", "data": [1, 0]}, args=[T, 1, {"in": 1}]), call("masked_select", V, bools(True, False, True, True)),
    call("scatter", V, longs(1, 2), floats(2), args=[T, 0, {"in": 1}, {"in": 2}]), call("scatter_add", V, longs(1, 2), floats(2), args=[T, 0, {"in": 1}, {"in": 2}]),
    call("index_select", V, longs(1, 2, 2), args=[T, 0, {"in": 1}]), call("where", bools(True, False, True, True), V, V, form="torch"),
    call("get", V, longs(1, 2, 2), form="item"), call("get", V, bools(True, False, True, True), form="item"),
    call("set", V, longs(1, 2), floats(2), form="item"), call("set", V, bools(True, False, False, True), floats(2), form="item"),
    call("cat", V, V, args=[[T, {"in": 1}]], form="torch"), call("stack", V, V, args=[[T, {"in": 1}]], form="torch"),
    *[call(op, V, form="F") for op in ("relu", "leaky_relu", "elu", "gelu", "silu", "mish", "softplus", "logsigmoid", "tanh", "sigmoid")],
    call("max_pool2d", floats(1, 1, 4, 4), args=[T, [2, 2]], form="F"), call("avg_pool2d", floats(1, 1, 4, 4), args=[T, [2, 2]], form="F"),
    call("conv2d", floats(1, 1, 3, 3), floats(1, 1, 2, 2), floats(1), form="F"), call("conv2d", floats(1, 1, 3, 3), floats(1, 1, 2, 2), form="F"),
    call("batch_norm", floats(3, 2), floats(2), floats(2), floats(2), floats(2), form="F", training=True),
    call("batch_norm", floats(3, 2), floats(2), floats(2), floats(2), floats(2), form="F", training=False),
    call("layer_norm", floats(3, 2), floats(2), floats(2), args=[T, [2], {"in": 1}, {"in": 2}], form="F"), call("layer_norm", floats(3, 2), floats(2), args=[T, [2], {"in": 1}], form="F"),
    call("linear", floats(2, 3), floats(4, 3), floats(4), form="F"), call("linear", floats(2, 3), floats(4, 3), form="F"),
    call("linear", floats(2, 2, 3), floats(4, 3), floats(4), form="F"), call("linear", floats(3), floats(4, 3), floats(4), form="F"),
    *[call(op, V, V, form="F") for op in ("mse_loss", "l1_loss", "binary_cross_entropy_with_logits")],
    call("binary_cross_entropy", floats(2, start=0.1), floats(2, start=0.2), form="F"),
    call("nll_loss", floats(2, 3), longs(1, 2), floats(3), form="F"), call("cross_entropy", floats(2, 3), longs(1, 2), form="F"), call("cross_entropy", floats(2, 3), floats(2, 3), form="F"),
    call("embedding", longs(1, 0, 1), floats(3, 2), form="F"),
    call("softmax", M, args=[T, 1]), call("log_softmax", M, args=[T, 1]),
]


def value(a, inputs):
    if isinstance(a, dict):
        return inputs[a["in"]] if "in" in a else getattr(torch, a["dtype"])
    if isinstance(a, list):
        return [value(x, inputs) for x in a]
    return float(a) if a in ("Infinity", "-Infinity", "NaN") else a


def results(line, inputs):
    if line["form"] == "item":
        if line["op"] == "get":
            return [inputs[0][inputs[1]]]
        inputs[0][inputs[1]] = inputs[2]
        return [inputs[0]]
    args = [value(a, inputs) for a in line["args"]]
    kwargs = {k: value(a, inputs) for k, a in line["kwargs"].items()}
    if line["form"] == "method":
        out = getattr(args[0], line["op"])(*args[1:], **kwargs)
    else:
        f = torch if line["form"] == "torch" else F
        for part in line["op"].split("."):
            f = getattr(f, part)
        out = f(*args, **kwargs)
    return [out] if isinstance(out, torch.Tensor) else [o for o in out if isinstance(o, torch.Tensor)]


def smooth(x):
    return x.is_floating_point() or x.is_complex()


def total(out):
    out = next(o for o in out if smooth(o))
    return torch.view_as_real(out.resolve_conj()).sum() if out.is_complex() else out.sum()


def outcome(line, wanted, changed):
    first = ""
    torch.manual_seed(7)
    try:
        inputs = [made(x) for x in line["inputs"]]
        inputs = [x.requires_grad_().clone() if w == "1" else x for x, w in zip(inputs, wanted)]
        out = results(line, inputs)
        if changed:
            t = out[int(changed[1:])] if changed[0] == "r" else inputs[int(changed)]
            t.copy_(t.detach().clone())
        loss = total(out)
        if not loss.requires_grad:
            return None
        loss.backward()
        first = None
        loss.backward()
        return ["", ""]
    except Exception as e:
        text = str(e).split("\n")[0]
        return ["", text] if first is None else [text, ""]


def cases(line):
    inputs = [made(x) for x in line["inputs"]]
    try:
        out = results(line, [x.clone() for x in inputs])
    except Exception:
        return []
    if not any(map(smooth, out)) or all(o.numel() == 0 for o in out):
        return []
    found = []
    places = ["", *map(str, range(len(inputs))), *["r%d" % i for i in range(len(out))]]
    for wanted in itertools.product(*["01" if smooth(x) else "0" for x in inputs]):
        wanted = "".join(wanted)
        if "1" not in wanted:
            continue
        for changed in places:
            told = outcome(line, wanted, changed)
            if told is not None:
                found.append([wanted, changed, *told])
    return found


def recorded():
    lacking = {int(x[:3]) for x in open(f"{HERE}/lacking.txt") if x[0] != "#"}
    for file in ("operators", "modules", "elementwise", "reductions", "algebra", "numbers", "functional", "movements"):
        for number, text in enumerate(gzip.open(f"{HERE}/{file}.jsonl.gz", "rt")):
            if file != "operators" or number not in lacking:
                line = json.loads(text)
                if "error" not in line and "dropout" not in line["op"]:
                    yield {k: line[k] for k in ("op", "form", "args", "kwargs", "inputs")}


def kind(a):
    return a if isinstance(a, dict) else [kind(x) for x in a[:3]] if isinstance(a, list) else type(a).__name__


seen = set()
for line in [*EXTRA, *recorded()]:
    # One call of each form of an operation: by its inputs' places and ranks, and its other arguments' types.
    key = json.dumps([line["op"], line["form"], [kind(a) for a in line["args"]], sorted(line["kwargs"]), [len(x["shape"]) for x in line["inputs"]]])
    if key in seen or sum(len(x["data"]) for x in line["inputs"]) > 500:
        continue
    seen.add(key)
    found = cases(line)
    if found:
        inputs = [{"shape": x["shape"], "dtype": x["dtype"], "data": x["data"], "requires_grad": False} for x in line["inputs"]]
        print(json.dumps({**line, "inputs": inputs, "outputs": [], "cases": found}, separators=(",", ":")))
