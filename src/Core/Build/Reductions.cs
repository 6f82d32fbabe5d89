using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    private static Node Keep(Node y, Node x, Dims axes, bool keep) => keep ? Reshape(y, Kept(x.Shape, axes)) : y;

    /// <summary>The sum along axes (all when none are given); integers and truth values are summed as int64.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keep">Keep the axes, with size 1.</param>
    public static Node Sum(Node x, Dims? axes = null, bool keep = false) => Reduced(Combine.Sum, x, axes, keep);

    /// <summary>The product along axes; exact derivatives also where factors are zero.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Node Prod(Node x, Dims? axes = null, bool keep = false) => Reduced(Combine.Prod, x, axes, keep);

    /// <summary>The largest element along axes; tied elements share the derivative evenly.</summary>
    /// <inheritdoc cref="Sum"/>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static Node MaxOver(Node x, Dims? axes = null, bool keep = false) => Reduced(Combine.Max, x, axes, keep);

    /// <summary>The smallest element along axes; tied elements share the derivative evenly.</summary>
    /// <inheritdoc cref="Sum"/>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static Node MinOver(Node x, Dims? axes = null, bool keep = false) => Reduced(Combine.Min, x, axes, keep);

    private static Node Reduced(Combine how, Node x, Dims? axes, bool keep, [CallerMemberName] string operation = "")
    {
        var over = AxesOf(x, axes, operation);
        return Keep(ReduceOver(how, x, over), x, over, keep);
    }

    /// <summary>The mean along axes.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Node Mean(Node x, Dims? axes = null, bool keep = false)
    {
        x = Float(x);
        if (x.DType.IsHalf) return Wide(x, x => Mean(x, axes, keep));
        var (count, sum) = (x.Shape.Pick(AxesOf(x, axes)).Product, Sum(x, axes, keep));
        // The mean of nothing is NaN, but its derivative is no division by zero.
        return count == 0 ? sum + double.NaN : sum / (double)count;
    }

    /// <summary>The variance along axes: squared distances from the mean, over (n − correction).</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; all when none are given.</param>
    /// <param name="correction">1 for the unbiased estimate, 0 for the mean square.</param>
    /// <param name="keep">Keep the axes, with size 1.</param>
    public static Node Var(Node x, Dims? axes = null, double correction = 1, bool keep = false)
    {
        x = Float(x);
        // Squared distances from the mean, in the plane.
        if (x.DType.IsComplex) return Var(Real(x), axes, correction, keep) + Var(Imag(x), axes, correction, keep);
        if (x.DType.IsHalf) return Wide(x, x => Var(x, axes, correction, keep));
        var over = AxesOf(x, axes);
        var divisor = x.Shape.Pick(over).Product - correction;
        Node Middle(Node x) => x.Type.Rank == 0 ? x : Mean(x, over, keep: true);
        Node Centred(Node x) => x - Middle(x);
        var value = ReduceOver(Combine.Sum, Square(Centred(x)), over) / Math.Max(0, divisor);
        // Distances from the mean add up to zero, so the mean's own derivative drops out. Of all elements, too few of them, PyTorch's slope is ∞.
        Node Slope(Node x) => axes is null && divisor <= 0 ? Where(Equal(x, Middle(x)), double.NaN, Full(x.Type, double.PositiveInfinity)) : Centred(x) * (2 / divisor);
        return Keep(WithRule("Var", value, [x], (x, y, c) => [Unreduce(c, x[0].Shape, over) * Slope(x[0])]), x, over, keep);
    }

    /// <summary>The standard deviation along axes; at zero its derivative is taken as zero.</summary>
    /// <inheritdoc cref="Var"/>
    public static Node Std(Node x, Dims? axes = null, double correction = 1, bool keep = false) => SafeSqrt(Var(x, axes, correction, keep));

    /// <summary>The p-norm (Σ|x|ᵖ)^(1/p) along axes; infinite p gives the largest, p = 0 counts. At zero its derivatives are zero.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="p">The order.</param>
    /// <param name="axes">The axes; all when none are given.</param>
    /// <param name="keep">Keep the axes, with size 1.</param>
    public static Node Norm(Node x, double p = 2, Dims? axes = null, bool keep = false)
    {
        x = Float(x);
        if (x.DType.IsComplex) x = Abs(x);
        if (x.DType.IsHalf) return Wide(x, x => Norm(x, p, axes, keep));
        var over = AxesOf(x, axes);
        return p switch
        {
            1 => Sum(Abs(x), axes, keep),
            0 => Sum(Cast(NotEqual(x, 0), x.DType), axes, keep),
            double.PositiveInfinity => MaxOver(Abs(x), axes, keep),
            double.NegativeInfinity => MinOver(Abs(x), axes, keep),
            2 => Ruled(Sqrt(ReduceOver(Combine.Sum, Square(x), over))),
            _ => Ruled(Pow(ReduceOver(Combine.Sum, Pow(Abs(x), p), over), 1 / p)),
        };

        // sign x·(|x| / ‖x‖)ᵖ⁻¹: the quotient neither overflows nor underflows where a power would.
        Node Ruled(Node norm) => Keep(WithRule("Norm", norm, [x], (x, y, c) =>
        {
            var (size, zero) = (Unreduce(y, x[0].Shape, over), Unreduce(Equal(y, 0), x[0].Shape, over));
            var part = x[0] / Where(zero, 1, size);
            return [Where(zero, 0, Unreduce(c, x[0].Shape, over) * (p == 2 ? part : Sign(part) * SafePow(Abs(part), p - 1)))];
        }), x, over, keep);
    }

    // Powers whose derivatives at zero are zero: the branch not taken sees a harmless 1.
    private static Node SafeSqrt(Node s)
    {
        var zero = Equal(s, 0);
        return Where(zero, 0, Sqrt(Where(zero, 1, s)));
    }

    private static Node SafePow(Node s, double p)
    {
        var zero = Equal(s, 0);
        return Where(zero, 0, Pow(Where(zero, 1, s), p));
    }

    /// <summary>log Σ eˣ along axes, without overflow.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Node LogSumExp(Node x, Dims? axes = null, bool keep = false)
    {
        x = Float(RealOnly(x));
        if (x.DType.IsHalf) return Wide(x, x => LogSumExp(x, axes, keep));
        var over = AxesOf(x, axes);
        if (x.Type.Count == 0) return Keep(ReduceOver(Combine.Sum, x, over) + double.NegativeInfinity, x, over, keep);
        var max = Detach(MaxOver(x, over, keep: true));
        max = Where(Equal(Abs(max), double.PositiveInfinity), 0, max);
        return Keep(Reshape(Log(Sum(Exp(x - max), over, keep: true)) + max, ReduceOver(Combine.Max, x, over).Shape), x, over, keep);
    }

    /// <summary>eˣ / Σ eˣ along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Node Softmax(Node x, int axis = -1)
    {
        x = Float(RealOnly(x));
        if (x.DType.IsHalf) return Wide(x, x => Softmax(x, axis));
        // Of nothing, but a function of it all the same: a second derivative is there, and empty.
        if (x.Type.Count == 0) return x * x;
        Dims over = [Axis(x, axis)];
        var e = Exp(x - MaxOver(x, over, keep: true));
        return WithRule("Softmax", e / Sum(e, over, keep: true), [x], (x, y, c) => [y * (c - Sum(c * y, over, keep: true))]);
    }

    /// <summary>log(eˣ / Σ eˣ) along an axis.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static Node LogSoftmax(Node x, int axis = -1)
    {
        x = Float(RealOnly(x));
        if (x.DType.IsHalf) return Wide(x, x => LogSoftmax(x, axis));
        if (x.Type.Count == 0) return x * x;
        Dims over = [Axis(x, axis)];
        var shifted = x - MaxOver(x, over, keep: true);
        return WithRule("LogSoftmax", shifted - Log(Sum(Exp(shifted), over, keep: true)), [x], (x, y, c) => [c - Exp(y) * Sum(c, over, keep: true)]);
    }

    /// <summary>Whether any element along axes is non-zero.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Node Any(Node x, Dims? axes = null, bool keep = false) => NotEqual(Sum(Cast(Cast(x, DType.Bool), DType.Int64), axes, keep), 0);

    /// <summary>Whether all elements along axes are non-zero.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Node All(Node x, Dims? axes = null, bool keep = false) => Not(Any(Not(x), axes, keep));

    // Π over the other elements, without dividing.
    internal static Node ProductOfOthers(Node x, Dims axes)
    {
        var (joined, order) = AxesLast(x, axes);
        return Permute(Reshape(Others(joined, joined.Type.Rank - 1), x.Shape.Pick(order)), new Permute(order).Inverse);
    }

    // Some axes joined to one, after the others; and the order that all were brought into.
    private static (Node Joined, Dims Order) AxesLast(Node x, Dims axes)
    {
        var rest = Dims.From(Dims.Range(x.Type.Rank).Where(k => !axes.Contains(k)));
        Dims order = [.. rest, .. axes];
        return (Reshape(Permute(x, order), [.. x.Shape.Pick(rest), x.Shape.Pick(axes).Product]), order);
    }

    // Up a tree of pairs and down again: three multiplications an element.
    private static Node Others(Node x, int last)
    {
        var n = x.Shape[last];
        if (n < 2) return Like(x, 1);
        var even = n % 2 == 0 ? x : Concat([x, Full(x.Type.Reshaped(x.Shape.With(last, 1)), 1)], last);
        var (left, right) = (SliceAxis(even, last, 0, n, 2), SliceAxis(even, last, 1, n + 1, 2));
        var above = Others(left * right, last);
        return SliceAxis(Reshape(Stack([above * right, above * left], last + 1), even.Shape), last, 0, n);
    }
}
