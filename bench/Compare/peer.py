"""The peer: reads a row's name and a number of seconds, times it, answers the lower quartile of its milliseconds."""
import sys
import time

import torch
import torch.nn as nn

torch.manual_seed(0)
torch.set_flush_denormal(True)


def mlp():
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-7)
    loss = nn.CrossEntropyLoss()
    x, t = torch.randn(64, 784), torch.randint(0, 10, (64,))

    def step():
        optimizer.zero_grad()
        loss(model(x), t).backward()
        optimizer.step()

    return step


def chain():
    def step():
        x = torch.tensor(0.5, requires_grad=True)
        y = x
        for _ in range(1000):
            y = torch.sin(y) * 0.9
        y.backward()
        return x.grad.item()

    return step


def scalar():
    def step():
        x = torch.tensor(0.5, requires_grad=True)
        y = torch.tensor(4.2, requires_grad=True)
        z = x * y + torch.sin(x)
        z.backward()
        return x.grad.item()

    return step


def fused(n=1_000_000):
    x = torch.rand(n, requires_grad=True)

    def step():
        x.grad = None
        y = torch.sigmoid(2 * x + 1) * torch.tanh(x) + torch.exp(x) / (1 + x * x)
        y.sum().backward()
        return x.grad[0].item()

    return step


def hessian(n=30):
    def rosenbrock(x):
        a, b = x[:-1], x[1:]
        return (100 * (b - a * a) ** 2 + (1 - a) ** 2).sum()

    x = torch.zeros(n, dtype=torch.float64)
    return lambda: torch.autograd.functional.hessian(rosenbrock, x)


def matmul(n=1024):
    a, b = torch.rand(n, n), torch.rand(n, n)
    return lambda: a @ b


def fft(n=1 << 20):
    z = torch.randn(n, dtype=torch.complex128)
    return lambda: torch.fft.fft(z)


def matrix(f, n=512):
    def make():
        a = torch.rand(n, n, dtype=torch.float64) - 0.5
        symmetric = a @ a.mT + torch.eye(n, dtype=torch.float64)
        return lambda: f(a, symmetric)

    return make


def solve(a, symmetric):
    a, b = a.clone().requires_grad_(), symmetric.clone().requires_grad_()
    torch.linalg.solve(a, b).sum().backward()
    return a.grad, b.grad


ROWS = {
    "mlp": mlp,
    "chain": chain,
    "scalar": scalar,
    "fused": fused,
    "hessian": hessian,
    "matmul": matmul,
    "cholesky": matrix(lambda a, s: torch.linalg.cholesky(s)),
    "solve": matrix(solve),
    "lu": matrix(lambda a, s: torch.linalg.lu_factor(a)),
    "qr": matrix(lambda a, s: torch.linalg.qr(a)),
    "eigh": matrix(lambda a, s: torch.linalg.eigh(s)),
    "fft": fft,
    "svd": matrix(lambda a, s: torch.linalg.svd(a, full_matrices=False)),
}
steps = {}
print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", flush=True)
for line in sys.stdin:
    name, seconds = line.split()
    if name not in ROWS:
        print("nan", flush=True)
        continue
    step = steps.setdefault(name, ROWS[name]())
    until = time.perf_counter() + float(seconds)
    times = []
    while time.perf_counter() < until or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    times.sort()
    print(times[len(times) // 4] * 1e3, flush=True)
