# Records slopes.jsonl: values, gradients and second gradients of elementwise functions of PyTorch 2.6 at hard points, with finite and infinite
# gradients coming in. A line: function, type, points, then for each gradient c that comes in [c, value, gradient, [second for 1, second for ∞]].
import json, math, torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan
POINTS = [0.0, -0.0, 1e-30, -1e-30, 0.5, -1.25, 20, -20, 100, -100, inf, -inf, nan]
PROBABILITIES = [0.0, 1e-30, 0.25, 0.75, 1.0]

FUNCTIONS = {name: getattr(F, name) for name in "silu mish gelu softplus logsigmoid elu leaky_relu relu".split()}
FUNCTIONS |= {name: getattr(torch, name) for name in "sigmoid tanh square reciprocal rsqrt tan".split()}
FUNCTIONS["gelu tanh"] = lambda x: F.gelu(x, approximate="tanh")
for w in 0.25, 0.75:
    FUNCTIONS[f"lerp {w} from"] = lambda x, w=w: x.clone().lerp_(torch.full_like(x, 2), w)
    FUNCTIONS[f"lerp {w} to"] = lambda x, w=w: torch.full_like(x, 2).lerp_(x, w)
for t in 0.0, 0.25, 1.0:
    FUNCTIONS[f"bce {t}"] = lambda x, t=t: F.binary_cross_entropy(x, torch.full_like(x, t), reduction="none")
    FUNCTIONS[f"bce of {t}"] = lambda x, t=t: F.binary_cross_entropy(torch.full_like(x, t), x, reduction="none")
    FUNCTIONS[f"bce with logits {t}"] = lambda x, t=t: F.binary_cross_entropy_with_logits(x, torch.full_like(x, t), reduction="none")
for z in -inf, -20.0, 0.0, 1.5, inf:
    FUNCTIONS[f"bce with logits of {z}"] = lambda x, z=z: F.binary_cross_entropy_with_logits(torch.full_like(x, z), x, reduction="none")

def plain(x): return None if x is None else x if math.isfinite(x) else {inf: "Infinity", -inf: "-Infinity"}.get(x, "NaN")

def gradient(y, x, c): return torch.autograd.grad(y, x, torch.full_like(y, c), create_graph=True, allow_unused=True)[0]

with open("slopes.jsonl", "w") as out:
    for name, f in FUNCTIONS.items():
        for dtype in torch.float32, torch.float64:
            for point in PROBABILITIES if name[:4] in ("bce ",) and "logits" not in name else POINTS:
                rows = []
                for c in 1.0, inf, -inf:
                    x = torch.tensor(point, dtype=dtype, requires_grad=True)
                    y = f(x)
                    g = gradient(y, x, c)
                    second = [gradient(g, x, d) if g.requires_grad else None for d in (1.0, inf)]
                    rows.append([plain(c), plain(y.item()), plain(g.item()), [plain(None if s is None else s.item()) for s in second]])
                out.write(json.dumps([name, str(dtype)[6:], plain(point), rows]) + "\n")
