"""Prints the polynomials of src/Backends/Cpu/Math: Chebyshev interpolation in 60 digits, rounded to float64 at the end."""
import sys
from mpmath import mp, mpf, chebyfit, polyval, exp, expm1, log, log1p, erf, erfc, erfinv, sqrt, pi, loggamma, digamma, sin, cos, inf, findroot, nstr

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


def taylor(f, z, order):
    return f(z) if abs(z) > mpf(10) ** -20 else f(mpf(10) ** -20)


# erfc(a) = exp(−a²)·g(q)/(1 + 2a), q = (a − 4)/(a + 4), for a from 0 to 28.
def g(q):
    a = 4 * (1 + q) / (1 - q)
    return (1 + 2 * a) * exp(a * a) * erfc(a)


def erf_over(u):
    x = sqrt(abs(u)) if abs(u) > mpf(10) ** -25 else mpf(10) ** -12
    return erf(x) / x - 1


def gamma_over(d):
    """log Γ(2 + d) / d."""
    return (loggamma(2 + d) / d).real if abs(d) > mpf(10) ** -25 else digamma(2)


ROOT = findroot(digamma, mpf("1.4616321449683623"))


def psi_over(t):
    """ψ(x) / (x − root), x = t + 3/2."""
    x = t + mpf(3) / 2
    return digamma(x) / (x - ROOT) if abs(x - ROOT) > mpf(10) ** -25 else mp.psi(1, ROOT)


if __name__ == "__main__":
    K = mpf(28)
    show("erfcx", g, -1, (K - 4) / (K + 4), int(sys.argv[1]) if len(sys.argv) > 1 else 24)
    show("erf", erf_over, 0, mpf("0.875") ** 2, 12, lambda u: 1)
    show("lgamma", gamma_over, mpf(-1) / 2, mpf(1) / 2, 19)
    show("digamma", psi_over, mpf(-1) / 2, mpf(1) / 2, 20)
    print("digamma root", repr(float(ROOT)), repr(float(ROOT - mpf(float(ROOT)))))
