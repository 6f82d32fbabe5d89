"""Writes values/NAME.txt.gz: inputs of every function as float64 bits, and its value in 40 digits as the nearest float64 and the rest in ulp.

A line is `input [input] result rest [scale]`. The rest is (exact − result) / ulp, where ulp belongs to the larger of |result| and the scale;
the scale is the largest term of the sum that the value is near a zero of the function, and is left out where it is the value itself.
Needs mpmath (apt-get install python3-mpmath); run as `python3 values.py [NAME …]`.
"""
import gzip
import math
import os
import random
import struct
import sys

from mpmath import mp, mpf

mp.dps = 60
random.seed(20240229)
MAX, TINY, NORMAL = sys.float_info.max, 5e-324, sys.float_info.min
INF, NAN = math.inf, math.nan


def bits(x):
    return struct.unpack("<q", struct.pack("<d", x))[0]


def ulp(x):
    return mpf(math.ulp(x)) if math.isfinite(x) else mpf(1)


def around(*centres, reach=40):
    """A centre and its neighbours, near and farther."""
    out = []
    for c in centres:
        for sign in (1, -1):
            x = c
            for _ in range(6):
                out.append(x)
                x = math.nextafter(x, sign * INF)
            for k in range(1, reach):
                out.append(c + sign * max(abs(c), 1e-3) * 2.0 ** -(k * 1.3))
    return out


def uniform(low, high, n):
    return [random.uniform(low, high) for _ in range(n)]


def sweep(low, high, n, both=True):
    """Magnitudes between two powers of two, evenly by exponent."""
    out = [math.ldexp(random.uniform(1, 2), random.randint(low, high)) for _ in range(n)]
    return [random.choice((1, -1)) * x for x in out] if both else out


ENDS = [0.0, -0.0, TINY, -TINY, NORMAL, -NORMAL, 1e-310, -3e-315, MAX, -MAX, INF, -INF, NAN, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0]
INTEGERS = [float(n) for n in range(-30, 31)]


def lgamma(x):
    return mp.re(mp.loggamma(x))


def lgamma_scale(x):
    return max(abs(lgamma(1 - x)), abs(mp.log(mp.pi / abs(mp.sinpi(x))))) if x < 0 else None


def digamma_scale(x):
    return max(abs(mp.digamma(1 - x)), abs(mp.pi * mp.cospi(x) / mp.sinpi(x))) if x < 0 else None


def pole(x):
    return x <= 0 and x == mp.floor(x)


# name: (function of mpf, inputs, value at inputs that it does not take: a function or None, scale or None)
LOGS = lambda x: NAN if x < 0 else -INF if x == 0 else INF if x == INF else None
POWERS = [2.0**k for k in range(-1074, 1024, 37)] + [2.0**k for k in range(-60, 61)]
UNARY = {
    "Exp": (mp.exp, ENDS + INTEGERS + uniform(-746, 711, 800) + uniform(-2, 2, 500) + sweep(-60, 8, 500) + around(709.782712893384, -708.3964185322641, -745.1332191019412, 0.34657359, -0.34657359, 0.6931471805599453), lambda x: INF if x > 720 else 0.0 if x < -760 else None),
    "Exp2": (lambda x: mp.power(2, x), ENDS + INTEGERS + [float(k) for k in range(-1076, 1026, 7)] + uniform(-1080, 1030, 700) + uniform(-2, 2, 500) + sweep(-60, 9, 500) + around(1024.0, -1022.0, -1074.0, -1075.0, 0.5, -0.5), lambda x: INF if x > 1030 else 0.0 if x < -1090 else None),
    "Expm1": (mp.expm1, ENDS + INTEGERS + uniform(-50, 711, 600) + uniform(-2, 2, 900) + sweep(-80, 8, 700) + around(709.782712893384, -37.42994775023705, 0.34657359, -0.34657359, 0.6931471805599453, -0.6931471805599453, 700.0, -700.0), lambda x: INF if x > 720 else -1.0 if x < -100 else None),
    "Log": (mp.log, ENDS + POWERS + sweep(-1070, 1023, 900, False) + uniform(0.25, 4, 800) + around(1.0, math.sqrt(0.5), math.sqrt(2), NORMAL), LOGS),
    "Log2": (lambda x: mp.log(x, 2), ENDS + POWERS + sweep(-1070, 1023, 900, False) + uniform(0.25, 4, 800) + around(1.0, math.sqrt(0.5), math.sqrt(2), NORMAL), LOGS),
    "Log10": (mp.log10, ENDS + [10.0**k for k in range(0, 23)] + POWERS + sweep(-1070, 1023, 900, False) + uniform(0.25, 4, 800) + around(1.0, math.sqrt(0.5), math.sqrt(2), NORMAL, 10.0), LOGS),
    "Log1p": (mp.log1p, ENDS + uniform(-1, 3, 900) + sweep(-80, 1000, 600, False) + sweep(-80, -1, 700) + around(-1.0, math.sqrt(0.5) - 1, math.sqrt(2) - 1, 1.0), lambda x: NAN if x < -1 else -INF if x == -1 else INF if x == INF else None),
    "Sqrt": (mp.sqrt, ENDS + [float(k * k) for k in range(1, 300)] + sweep(-1074, 1023, 1800, False), lambda x: NAN if x < 0 else INF if x == INF else None),
    "Sin": (mp.sin, ENDS + INTEGERS + uniform(-20, 20, 800) + sweep(-60, 40, 700) + sweep(41, 1023, 150) + [1e22, 1e15, 2.0**30, -2.0**30, 6381956970095103 * 2.0**797] + around(*(k * math.pi / 4 for k in range(1, 9)), *(float(k) * math.pi / 2 for k in (101, 10001, 1000003, 683565275)), reach=12), lambda x: NAN if math.isinf(x) else None),
    "Cos": (mp.cos, ENDS + INTEGERS + uniform(-20, 20, 800) + sweep(-60, 40, 700) + sweep(41, 1023, 150) + [1e22, 1e15, 2.0**30, -2.0**30, 6381956970095103 * 2.0**797] + around(*(k * math.pi / 4 for k in range(1, 9)), *(float(k) * math.pi / 2 for k in (101, 10001, 1000003, 683565275)), reach=12), lambda x: NAN if math.isinf(x) else None),
    "Tan": (mp.tan, ENDS + INTEGERS + uniform(-20, 20, 800) + sweep(-60, 40, 700) + sweep(41, 1023, 150) + [1e22] + around(*(k * math.pi / 4 for k in range(1, 9)), reach=25), lambda x: NAN if math.isinf(x) else None),
    "Asin": (mp.asin, ENDS + uniform(-1, 1, 1200) + sweep(-60, -1, 700) + around(1.0, -1.0, 0.5, -0.5), lambda x: NAN if abs(x) > 1 else None),
    "Acos": (mp.acos, ENDS + uniform(-1, 1, 1200) + sweep(-60, -1, 700) + around(1.0, -1.0, 0.5, -0.5), lambda x: NAN if abs(x) > 1 else None),
    "Atan": (mp.atan, ENDS + uniform(-5, 5, 1200) + sweep(-60, 100, 800) + around(1.0, -1.0), None),
    "Sinh": (mp.sinh, ENDS + INTEGERS + uniform(-711, 711, 500) + uniform(-3, 3, 900) + sweep(-60, 8, 500) + around(710.4758600739439, 22.0, 709.782712893384, 0.34657359), lambda x: math.copysign(INF, x) if abs(x) > 720 else None),
    "Cosh": (mp.cosh, ENDS + INTEGERS + uniform(-711, 711, 500) + uniform(-3, 3, 900) + sweep(-60, 8, 500) + around(710.4758600739439, 22.0, 709.782712893384, 0.34657359), lambda x: INF if abs(x) > 720 else None),
    "Tanh": (mp.tanh, ENDS + INTEGERS + uniform(-25, 25, 500) + uniform(-3, 3, 1100) + sweep(-60, 5, 600) + around(22.0, 19.06, 0.1732868, 0.34657359), None),
    "Asinh": (mp.asinh, ENDS + uniform(-5, 5, 1000) + sweep(-60, 1020, 900) + around(1.0, 2.0) + [1e200, -1e200], None),
    "Acosh": (mp.acosh, ENDS + uniform(1, 5, 1000) + sweep(0, 1020, 900, False) + around(1.0, 2.0) + [1 + 2.0**-k for k in range(1, 53)] + [1e200], lambda x: NAN if x < 1 else None),
    "Atanh": (mp.atanh, ENDS + uniform(-1, 1, 1200) + sweep(-60, -1, 800) + around(1.0, -1.0, 0.5), lambda x: NAN if abs(x) > 1 else math.copysign(INF, x) if abs(x) == 1 else None),
    "Sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), ENDS + INTEGERS + uniform(-746, 50, 600) + uniform(-3, 3, 900) + sweep(-60, 8, 600) + around(-708.3964185322641, -745.1332191019412, 0.34657359, -0.34657359), lambda x: 0.0 if x < -760 else 1.0 if x > 760 else None),
    "Softplus": (lambda x: mp.log1p(mp.exp(x)), ENDS + INTEGERS + uniform(-746, 50, 600) + uniform(-3, 3, 900) + sweep(-60, 8, 600) + around(-708.3964185322641, -745.1332191019412, 0.34657359, -0.34657359), lambda x: 0.0 if x < -760 else x if x > 760 else None),
    "Erf": (mp.erf, ENDS + uniform(-6.5, 6.5, 900) + uniform(-1, 1, 700) + sweep(-60, 3, 500) + around(0.875, -0.875, 6.0, 5.863584748755167), lambda x: math.copysign(1.0, x) if abs(x) > 30 else None),
    "Erfc": (mp.erfc, ENDS + INTEGERS + uniform(-6.5, 28, 1200) + uniform(-1, 1, 500) + sweep(-60, 4, 400) + around(0.875, -0.875, 26.543258454, 27.226017111108366, 4.0), lambda x: 0.0 if x > 30 else 2.0 if x < -30 else None),
    "ErfInv": (mp.erfinv, ENDS + uniform(-1, 1, 900) + sweep(-60, -1, 500) + [random.choice((1, -1)) * (1 - 2.0 ** random.uniform(-53, -1)) for _ in range(500)] + around(1.0, -1.0, 0.5), lambda x: NAN if abs(x) > 1 else math.copysign(INF, x) if abs(x) == 1 else None),
    "LogGamma": (lgamma, ENDS + INTEGERS + uniform(0, 20, 700) + uniform(-20, 0, 500) + sweep(-60, 1000, 400, False) + sweep(-60, 10, 200) + around(1.0, 2.0, 2.5, 8.0, 0.5, 1.5, -2.4570247382208, -2.7476826467274, -3.1435808883499, -3.9552942848586), lambda x: INF if math.isinf(x) or pole(x) or x > 1e306 else None, lgamma_scale),
    "Digamma": (mp.digamma, ENDS + INTEGERS + uniform(0, 20, 900) + uniform(-20, 0, 500) + sweep(-60, 1000, 400, False) + sweep(-60, 10, 200) + around(1.4616321449683623, 1.0, 2.0, 10.0, -0.504083008264455, -1.573498473162390), lambda x: math.copysign(INF, -x) if x == 0 else INF if x == INF else NAN if x == -INF or pole(x) else None, digamma_scale),
}
POINTS = ENDS[:2] + [1.0, -1.0, 2.0, -2.0, 3.0, 0.5, -0.5, INF, -INF, NAN, 1e-300, 1e300, TINY, MAX]


def power_special(a, b):
    if b == 0 or a == 1:
        return 1.0
    if a != a or b != b:
        return NAN
    try:
        y = math.pow(a, b)
        return y if y == 0 or a == 0 or math.isinf(a) or math.isinf(b) else None
    except ValueError:
        return (math.copysign(INF, a) if b == int(b) and b % 2 == 1 else INF) if a == 0 else NAN
    except OverflowError:
        return None


def hypot_special(a, b):
    return INF if math.isinf(a) or math.isinf(b) else NAN if a != a or b != b else None


def power(a, b):
    return (-1 if a < 0 and b % 2 == 1 else 1) * mp.power(abs(a), b)


PAIRS = [(a, b) for a in POINTS for b in POINTS]
BINARY = {
    "Pow": (power, PAIRS + [(random.uniform(0, 10), random.uniform(-10, 10)) for _ in range(700)] + [(x, random.uniform(-3, 3)) for x in sweep(-300, 300, 500, False)] + [(random.uniform(-10, 10), float(random.randint(-9, 9))) for _ in range(500)]
            + [(x, e) for x in sweep(-40, 40, 60, False) for e in (2.0, 3.0, 0.5, -1.0, -0.5, -2.0, 1.0, 1.5)] + [(1 + random.uniform(-1e-6, 1e-6), random.uniform(-1e8, 1e8)) for _ in range(200)], power_special),
    "Atan2": (mp.atan2, [p for p in PAIRS if p[0] == p[0] and p[1] == p[1] and p[0] != 0 and p[1] != 0 and not math.isinf(p[0]) and not math.isinf(p[1])] + [(random.uniform(-5, 5), random.uniform(-5, 5)) for _ in range(1000)] + list(zip(sweep(-300, 300, 1000), sweep(-300, 300, 1000))), None),
    "Hypot": (mp.hypot, PAIRS + [(random.uniform(-5, 5), random.uniform(-5, 5)) for _ in range(1000)] + list(zip(sweep(-1000, 1000, 500), sweep(-1000, 1000, 500))) + [(x, x * random.uniform(0.1, 10)) for x in sweep(-1060, 1020, 600)],
              hypot_special),
}
# Fewer points: these are derivatives of others.
for order in (1, 2, 3):
    UNARY[f"Polygamma{order}"] = (lambda x, n=order: mp.psi(n, x), ENDS[2:4] + uniform(0, 30, 900) + uniform(-15, 0, 800) + sweep(-40, 200, 300, False) + around(1.0, 16.0, reach=20), lambda x: NAN if pole(x) else None,
                                 lambda x, n=order: max(abs(mp.psi(n, 1 - x)), abs(mp.psi(n, 1 - x) - (-1) ** n * mp.psi(n, x))) if x < 0 else None)


def line(f, xs, special, scale):
    y = NAN if any(x != x for x in xs) and special not in (power_special, hypot_special) else special(*xs) if special else None
    if y is None and any(math.isinf(x) for x in xs):
        y = float(f(*map(mpf, xs)))
    rest = mpf(0)
    text = ""
    if y is None:
        exact = f(*map(mpf, xs))
        # mpf has no negative zero; odd functions keep their argument's.
        y = xs[0] if exact == 0 and len(xs) == 1 and xs[0] == 0 else float(exact)
        if math.isinf(y):
            rest = mpf(0)
        else:
            size = max(abs(exact), scale(*map(mpf, xs)) or 0) if scale else abs(exact)
            if size > abs(exact):
                text = f" {float(size):.17g}"
            rest = (exact - mpf(y)) / ulp(float(size))
    inputs = " ".join(f"{bits(x) & (2**64 - 1):x}" for x in xs)
    return f"{inputs} {bits(y) & (2**64 - 1):x} {mp.nstr(rest, 5) if rest else 0}{text}"


if __name__ == "__main__":
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "values")
    os.makedirs(folder, exist_ok=True)
    for name, (f, points, special, *more) in {**UNARY, **BINARY}.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        rows = dict.fromkeys(line(f, p if isinstance(p, tuple) else (p,), special, more[0] if more else None) for p in points)
        with gzip.GzipFile(os.path.join(folder, f"{name}.txt.gz"), "wb", 9, mtime=0) as file:
            file.write(("\n".join(rows) + "\n").encode())
        print(name, len(rows))
