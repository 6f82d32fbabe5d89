namespace Functional.Autograd.Numerics;

public static partial class Sample
{
    /// <summary>Normal numbers of mean 0 and variance 1 between two bounds, which may be infinite, and may lie far out; differentiable in the bounds.</summary>
    /// <param name="key">A key.</param>
    /// <param name="lower">The lower bound, of the shape of the result or one that broadcasts to it.</param>
    /// <param name="upper">The upper bound, likewise; NaN is drawn where it is below the lower one.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type; all but the uniform numbers is computed in float64.</param>
    /// <exception cref="ShapeException">The key is none, a bound does not broadcast to the shape, or the element type is not floating-point.</exception>
    public static Node TruncatedNormal(Node key, Node lower, Node upper, Dims shape, DType dtype = DType.Float64)
    {
        Node Wide(Node bound) => Ops.Broadcast(Ops.Cast(bound, DType.Float64), shape);
        var rank = Ops.Cast(Inner(key, shape, dtype.Compute), DType.Float64);
        Node Quantile(Node a, Node b)
        {
            var (isAbove, isBelow) = (a >= 0, b <= 0);
            // One tail is drawn as the other's image; stand-ins where zero lies between the bounds.
            var near = Ops.Where(isAbove, a, Ops.Where(isBelow, -b, 0));
            var far = Ops.Where(isAbove, b, Ops.Where(isBelow, -a, 1));
            var tail = Tail(near, far, Ops.Where(isAbove, rank, 1 - rank));
            var (left, right) = (Ops.Erf(a * Math.Sqrt(0.5)), Ops.Erf(b * Math.Sqrt(0.5)));
            var middle = Ops.ErfInv(left + (right - left) * rank) * Math.Sqrt(2);
            var drawn = Ops.Where(isAbove, tail, Ops.Where(isBelow, -tail, middle));
            return Ops.Where(a <= b, Ops.Max(Ops.Min(drawn, b), a), double.NaN);
        }
        var bounds = (Lower: Wide(lower), Upper: Wide(upper));
        // At a fixed rank Φ(x) = (1 − rank)·Φ(a) + rank·Φ(b).
        return Ops.Cast(Ops.WithRule("TruncatedNormal", Ops.Detach(Quantile(bounds.Lower, bounds.Upper)), [bounds.Lower, bounds.Upper], (v, x, c) =>
            [c * (1 - rank) * Ops.Exp(0.5 * (x - v[0]) * (x + v[0])), c * rank * Ops.Exp(0.5 * (x - v[1]) * (x + v[1]))]), dtype);
    }

    // The z between two bounds that are not negative beyond which 1 − rank of what lies between them is: log Q(near + w) − log Q(near) is what it is to be. Newton's steps come down to it from where it would be
    // if the density fell as z·exp(−z²/2), which is beyond; six make it exact.
    private static Node Tail(Node near, Node far, Node rank)
    {
        var start = Scaled(near);
        Node Fallen(Node way) => -0.5 * way * (2 * near + way) + Scaled(near + way) - start;
        var isBounded = far < double.PositiveInfinity;
        var whole = Ops.Where(isBounded, -Ops.Expm1(Fallen(Ops.Where(isBounded, far, near) - near)), 1);
        var wanted = Ops.Log1p(-rank * whole);
        var way = -2 * wanted / (near + Ops.Sqrt(near * near - 2 * wanted));
        way = Ops.Where(wanted < 0, way, 0);
        for (var k = 0; k < 6; k++) way = Ops.Max(way + (Fallen(way) - wanted) * Math.Sqrt(2 * Math.PI) * Ops.Exp(Scaled(near + way)), 0);
        return near + way;
    }

    // log Q(z) + z²/2, where Q is the probability beyond z: far out by the asymptotic series of Mills' ratio.
    private static Node Scaled(Node z)
    {
        var isFar = z > 25;
        var (close, far) = (Ops.Where(isFar, 0, z), Ops.Where(isFar, z, 25));
        Node terms = 1;
        for (var k = 13; k > 0; k -= 2) terms = 1 - k * terms / far / far;
        return Ops.Where(isFar, Ops.Log(terms) - Ops.Log(far * Math.Sqrt(2 * Math.PI)), Ops.Log(0.5 * Ops.Erfc(close * Math.Sqrt(0.5))) + 0.5 * close * close);
    }
}
