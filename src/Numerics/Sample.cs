using Functional.Autograd.Primitives;

namespace Functional.Autograd.Numerics;

/// <summary>
/// Random numbers from keys, beside <see cref="Ops.Uniform(Node, Dims, DType)"/> and <see cref="Ops.Normal(Node, Dims, DType)"/>. Equal keys give equal numbers; a key is used once. What is made of uniform numbers by a smooth function has the
/// derivatives of that function in its parameters (reparameterisation: Kingma and Welling, Auto-encoding variational Bayes, 2014).
/// </summary>
public static partial class Sample
{
    private const long Word = 1L << 32;

    /// <summary>A key for each number: that of a step in a loop, of a row, of a process. Different numbers give independent keys, and none that <see cref="Ops.SplitKey"/> gives.</summary>
    /// <param name="key">A key.</param>
    /// <param name="number">An integer, which may be known only when it is computed: int64[].</param>
    /// <returns>int64[2].</returns>
    /// <exception cref="ShapeException">The key is none, or the number is not one integer.</exception>
    public static Node FoldIn(Node key, Node number)
    {
        if (number.DType.IsFloat || number.Type.Rank != 0) throw new ShapeException($"FoldIn: one integer is folded in, not {number.Type}");
        number = Ops.Cast(number, DType.Int64);
        // Away from the first key of the first key, which would be that of 0.
        var shift = Ops.Stack([Ops.FloorDiv(number, Word) + 0x9E3779B9, number]);
        return Ops.Keys(Ops.Rem(Ops.Keys(key, 1)[0] + shift, Word), 1)[0];
    }

    /// <summary>Exponential numbers of mean 1.</summary>
    /// <param name="key">A key.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type; of halves, numbers of float32 are rounded.</param>
    /// <exception cref="ShapeException">The key is none, or the element type is not floating-point.</exception>
    public static Node Exponential(Node key, Dims shape, DType dtype = DType.Float64) => Ops.Cast(-Ops.Log1p(-Ops.Uniform(key, shape, dtype.Compute)), dtype);

    /// <summary>Gumbel's numbers, −log of exponential ones: the largest of them plus logits is drawn with the logits' probabilities.</summary>
    /// <inheritdoc cref="Exponential"/>
    public static Node Gumbel(Node key, Dims shape, DType dtype = DType.Float64) =>
        // A uniform number of 0 stands for all that is below half of the next.
        Ops.Cast(-Ops.Log(Ops.Max(Exponential(key, shape, dtype.Compute), Math.ScaleB(1, dtype == DType.Float64 ? -54 : -25))), dtype);

    /// <summary>Logistic numbers of mean 0 and scale 1.</summary>
    /// <inheritdoc cref="Exponential"/>
    public static Node Logistic(Node key, Dims shape, DType dtype = DType.Float64) => Inner(key, shape, dtype.Compute) is var u ? Ops.Cast(Ops.Log(u) - Ops.Log1p(-u), dtype) : key;

    /// <summary>Laplace's numbers of mean 0 and scale 1.</summary>
    /// <inheritdoc cref="Exponential"/>
    public static Node Laplace(Node key, Dims shape, DType dtype = DType.Float64) => Inner(key, shape, dtype.Compute) - 0.5 is var u ? Ops.Cast(-Ops.Sign(u) * Ops.Log1p(-2 * Ops.Abs(u)), dtype) : key;

    /// <summary>Cauchy's numbers of median 0 and scale 1.</summary>
    /// <inheritdoc cref="Exponential"/>
    public static Node Cauchy(Node key, Dims shape, DType dtype = DType.Float64) => Ops.Cast(Ops.Tan(Math.PI * (Inner(key, shape, dtype.Compute) - 0.5)), dtype);

    /// <summary>Truth values, true with a probability.</summary>
    /// <param name="key">A key.</param>
    /// <param name="probability">From 0 to 1, of the shape of the result or one that broadcasts to it.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ShapeException">The key is none, or the probability does not broadcast to the shape.</exception>
    public static Node Bernoulli(Node key, Node probability, Dims shape) => Ops.Uniform(key, shape) < Ops.Broadcast(probability, shape);

    /// <summary>Positions along the last axis of logits, drawn with the probabilities softmax(logits).</summary>
    /// <param name="key">A key.</param>
    /// <param name="logits">[…, classes]; −∞ is never drawn.</param>
    /// <param name="count">How often each is drawn.</param>
    /// <returns>int64[count, …].</returns>
    /// <exception cref="ShapeException">The key is none, or the logits are not floating-point or have no axis, or no class.</exception>
    public static Node Categorical(Node key, Node logits, long count = 1)
    {
        if (logits.Type.Rank == 0 || logits.Shape[^1] == 0 || !logits.DType.IsFloat) throw new ShapeException($"Categorical: logits are floating-point and have an axis of classes, not {logits.Type}");
        return Ops.ArgMax(Ops.Cast(logits, logits.DType.Compute) + Gumbel(key, [count, .. logits.Shape], logits.DType.Compute), -1);
    }

    /// <summary>The numbers 0 … count − 1 in random order.</summary>
    /// <param name="key">A key.</param>
    /// <param name="count">How many.</param>
    /// <returns>int64[count].</returns>
    /// <exception cref="ShapeException">The key is none.</exception>
    public static Node Permutation(Node key, long count)
    {
        var words = new Node(new RandomBits([2, count]), Ops.Keys(key, 1)[0]);
        // 63 bits: of a million numbers two are equal once in ten million times.
        return new Node(new ArgSort(0, false), (Ops.FloorDiv(words[0], 2) * Word) + words[1]);
    }

    /// <summary>The parts of a tensor along an axis in random order.</summary>
    /// <param name="key">A key.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <exception cref="ShapeException">The key is none, or the tensor has no such axis.</exception>
    public static Node Shuffle(Node key, Node x, int axis = 0) => Ops.Take(x, axis, Permutation(key, x.Shape[Ops.Axis(x, axis)]));

    // Uniform numbers in the middle of their steps, so that neither 0 nor 1 is one of them.
    private static Node Inner(Node key, Dims shape, DType dtype) => dtype == DType.Float64 ? Ops.Uniform(key, shape) * (1 - Math.ScaleB(1, -52)) + Math.ScaleB(1, -53)
        : Ops.Cast(Ops.Cast(Ops.Uniform(key, shape, dtype), DType.Float64) * (1 - Math.ScaleB(1, -23)) + Math.ScaleB(1, -24), dtype);
}
