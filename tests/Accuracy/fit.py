"""Prints the polynomials of src/Backends/Cpu/Math: Chebyshev interpolation in 60 digits, rounded to float64 at the end."""
from mpmath import mp, mpf, chebyfit, cos, digamma, erf, erfc, exp, findroot, log, loggamma, nstr, pi, polyval, sin, sqrt

mp.dps = 60


def show(name, f, low, high, degree, weight=None):
    """Coefficients, constant first, and the worst error relative to the weight (the function itself when left out)."""
    c = chebyfit(f, [mpf(low), mpf(high)], degree + 1)
    rounded = [mpf(float(v)) for v in c]
    worst = mpf(0)
    for i in range(1000):
        x = mpf(low) + (mpf(high) - mpf(low)) * (i + mpf(1) / 3) / 1000
        worst = max(worst, abs((polyval(rounded, x) - f(x)) / (weight(x) if weight else f(x))))
    print(f"{name}: error {nstr(worst * 2**53, 3)} half ulp of 1")
    print("    " + ", ".join(repr(float(v)) for v in reversed(c)))


def away(z):
    return z if abs(z) > mpf(10) ** -15 else mpf(10) ** -15


# exp(r) = 1 + r + r²·p(r) for |r| ≤ ½·log 2.
def exp_over(r):
    r = away(r)
    return (exp(r) - 1 - r) / r**2


# log((1 + s)/(1 − s)) = 2s + s³·p(s²) for 1 + f between √½ and √2, s = f/(2 + f).
def log_over(z):
    s = sqrt(away(abs(z)))
    return (log((1 + s) / (1 - s)) / s - 2) / s**2


# sin r = r + r³·p(r²) and cos r = 1 − r²/2 + r⁴·p(r²) for |r| ≤ π/4.
def sin_over(z):
    r = sqrt(away(abs(z)))
    return (sin(r) / r - 1) / r**2


def cos_over(z):
    r = sqrt(away(abs(z)))
    return (cos(r) - 1 + r**2 / 2) / r**4


# erfc(a) = exp(−a²)·g(q)/(1 + 2a), q = (a − 4)/(a + 4), for a from 0 to 28.
def g(q):
    a = 4 * (1 + q) / (1 - q)
    return (1 + 2 * a) * exp(a * a) * erfc(a)


def erf_over(u):
    x = sqrt(abs(u)) if abs(u) > mpf(10) ** -25 else mpf(10) ** -12
    return erf(x) / x - 1


def gamma_over(d, zero):
    """log Γ(zero + d) / d."""
    return (loggamma(zero + d) / d).real if abs(d) > mpf(10) ** -25 else digamma(zero)


ROOT = findroot(digamma, mpf("1.4616321449683623"))


def psi_over(t):
    """ψ(x) / (x − root), x = t + 3/2."""
    x = t + mpf(3) / 2
    return digamma(x) / (x - ROOT) if abs(x - ROOT) > mpf(10) ** -25 else mp.psi(1, ROOT)


if __name__ == "__main__":
    K, half = mpf(28), mpf("0.3468")
    for name, degree in (("exp", 10), ("exp, float32", 5)):
        show(name, exp_over, -half, half, degree, lambda r: r**-2)
    for name, degree in (("log", 6), ("log, float32", 3)):
        show(name, log_over, 0, (3 - 2 * sqrt(mpf(2))) ** 2 * mpf("1.001"), degree, lambda z: 1 / away(z))
    for name, degree in (("sin", 5), ("sin, float32", 3)):
        show(name, sin_over, 0, mpf("0.618"), degree, lambda z: 1 / away(z))
    for name, degree in (("cos", 5), ("cos, float32", 3)):
        show(name, cos_over, 0, mpf("0.618"), degree, lambda z: 1 / away(z) ** 2)
    for name, degree in (("erfcx", 24), ("erfcx, float32", 13)):
        show(name, g, -1, (K - 4) / (K + 4), degree)
    for name, degree in (("erf", 12), ("erf, float32", 6)):
        show(name, erf_over, 0, mpf("0.875") ** 2, degree, lambda u: 1)
    show("lgamma near 1", lambda d: gamma_over(d, 1), mpf(-1) / 2, mpf(1) / 2, 28)
    show("lgamma near 2", lambda d: gamma_over(d, 2), mpf(-1) / 2, mpf(1) / 2, 19)
    with mp.workdps(420):
        print("2 / π in hex, 1280 bits:", f"{int(mp.floor(2 / +pi * mpf(2) ** 1280)):0320x}")
    show("digamma", psi_over, mpf(-1) / 2, mpf(1) / 2, 21)
    for name, v in (("digamma root", ROOT), ("log 2", log(mpf(2))), ("1 / log 2", 1 / log(mpf(2))), ("1 / log 10", 1 / log(mpf(10))), ("log10 2", log(mpf(2)) / log(mpf(10))), ("π / 2", pi / 2)):
        parts = []
        for _ in range(3):
            parts.append(float(v - sum(map(mpf, parts))))
        print(name, *map(repr, parts))
    # log 2 and log10 2 with 11 trailing zero bits, so that a multiple by an exponent is exact.
    for name, v in (("log 2", log(mpf(2))), ("log10 2", log(mpf(2)) / log(mpf(10)))):
        high = mp.floor(v * 2**40) / mpf(2) ** 40
        print(name, "split", repr(float(high)), repr(float(v - high)))
