using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>How a loss combines the elements.</summary>
public enum Reduction
{
    /// <summary>The mean.</summary>
    Mean,
    /// <summary>The sum.</summary>
    Sum,
    /// <summary>Every element's own loss.</summary>
    None,
}

public static partial class Ops
{
    private static Node Combined(Node loss, Reduction reduction) => reduction switch
    {
        Autograd.Reduction.Mean => Mean(loss),
        Autograd.Reduction.Sum => Sum(loss),
        _ => loss,
    };

    /// <summary>The squared error, of real numbers as in PyTorch. https://pytorch.org/docs/2.6/generated/torch.nn.functional.mse_loss.html</summary>
    /// <param name="x">The prediction.</param>
    /// <param name="target">The target.</param>
    /// <param name="reduction">How elements combine.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or a tensor is complex.</exception>
    public static Node MseLoss(Node x, Node target, Reduction reduction = Autograd.Reduction.Mean) => Combined(Square(Difference(RealOnly(x), RealOnly(target))), reduction);

    /// <summary>Minus the log-probability of each target class.</summary>
    /// <param name="logProbabilities">[batch, classes, …].</param>
    /// <param name="target">Integers from 0, [batch, …].</param>
    /// <param name="reduction">How elements combine.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: a target is no class.</exception>
    public static Node NllLoss(Node logProbabilities, Node target, Reduction reduction = Autograd.Reduction.Mean)
    {
        var axis = Classes(logProbabilities, target);
        var picked = Squeeze(Gather(logProbabilities, axis, Unsqueeze(target, axis)), axis);
        return reduction == Autograd.Reduction.None ? -picked : 0 - Combined(picked, reduction); // the loss of a certainty is not −0
    }

    /// <summary>The cross entropy between logits and target classes.</summary>
    /// <param name="logits">[batch, classes, …].</param>
    /// <param name="target">Integers from 0, [batch, …].</param>
    /// <param name="reduction">How elements combine.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: a target is no class.</exception>
    public static Node CrossEntropy(Node logits, Node target, Reduction reduction = Autograd.Reduction.Mean) =>
        NllLoss(LogSoftmax(logits, Classes(RealOnly(logits), target)), target, reduction);

    // Their axis.
    private static int Classes(Node x, Node target, [CallerMemberName] string operation = "")
    {
        var axis = x.Type.Rank == 1 ? 0 : 1;
        return x.Type.Rank > 0 && Whole(target, operation).Shape == x.Shape.Without(axis) ? axis : throw new ShapeException($"{operation}: the target {target.Type} does not fit {x.Type}");
    }

    /// <summary>
    /// The cross entropy of probabilities, −t·log x − (1 − t)·log(1 − x), where a logarithm is at least −100 and its slope at most 10¹²
    /// (https://pytorch.org/docs/2.6/generated/torch.nn.BCELoss.html).
    /// </summary>
    /// <param name="x">Probabilities, from 0 to 1.</param>
    /// <param name="target">The probabilities wanted.</param>
    /// <param name="reduction">How elements combine.</param>
    public static Node BinaryCrossEntropy(Node x, Node target, Reduction reduction = Autograd.Reduction.Mean)
    {
        static Node LogOf(Node x) => BoundedLog(Log(x), x);
        static Node LogOfRest(Node x) => BoundedLog(Log1p(-x), 1 - x);
        (x, target) = Match(Float(RealOnly(x)), RealOnly(target));
        // Each slope as a whole, as of every function of one number: an infinite cotangent stays one.
        return Combined(WithRule("BinaryCrossEntropy", -(target * LogOf(x) + (1 - target) * LogOfRest(x)), [x, target], static (v, y, c) =>
            [c * ((1 - v[1]) * BoundedReciprocal(1 - v[0]) - v[1] * BoundedReciprocal(v[0])), c * (LogOfRest(v[0]) - LogOf(v[0]))]), reduction);
    }

    private static Node BoundedLog(Node logarithm, Node x) =>
        WithRule("BoundedLog", Detach(Max(logarithm, -100)), [x], static (x, y, c) => [c * BoundedReciprocal(x[0])]);

    // PyTorch's bound is a single-precision number.
    private static Node BoundedReciprocal(Node x) =>
        WithRule("BoundedReciprocal", 1 / Max(x, 1e-12f), [x], static (x, y, c) => [-(c * y * y)]);

    /// <summary>
    /// The cross entropy of sigmoid(x), log(1 + eˣ) − t·x, without a difference of large numbers
    /// (https://pytorch.org/docs/2.6/generated/torch.nn.BCEWithLogitsLoss.html).
    /// </summary>
    /// <param name="x">Logits.</param>
    /// <param name="target">The probabilities wanted.</param>
    /// <param name="reduction">How elements combine.</param>
    public static Node BinaryCrossEntropyWithLogits(Node x, Node target, Reduction reduction = Autograd.Reduction.Mean)
    {
        x = Float(RealOnly(x));
        var value = Detach(Difference(Cast(x > 0, x.DType), RealOnly(target)) * x + Softplus(-Abs(x))); // in the types as they came
        (x, target) = Match(x, target);
        return Combined(WithRule("BinaryCrossEntropyWithLogits", value, [x, target], static (v, y, c) =>
            [c * Where(v[0] > 0, 1 - v[1] - Sigmoid(-v[0]), Sigmoid(v[0]) - v[1]), -v[0] * c]), reduction);
    }

    /// <summary>Shifts and scales to mean 0 and variance 1 over the last axes, then applies weight and bias.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">How many of the last axes are normalised together.</param>
    /// <param name="weight">Of the last axes' sizes, or none.</param>
    /// <param name="bias">Of the last axes' sizes, or none.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">There are not so many axes, or none is to be normalised.</exception>
    public static Node LayerNorm(Node x, int axes, Node? weight = null, Node? bias = null, double epsilon = 1e-5) =>
        axes < 1 || axes > x.Type.Rank ? throw new ShapeException($"LayerNorm: {x.Type} cannot be normalised over {axes} axes")
        : Scaled(Normalised(x, Dims.Build(axes, k => k - axes), epsilon), weight, bias);

    /// <summary>Shifts and scales every channel (axis 1) to mean 0 and variance 1 over the batch, then applies weight and bias.</summary>
    /// <param name="x">[batch, channels, …].</param>
    /// <param name="weight">[channels], or none.</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The tensor has no axis of channels.</exception>
    public static Node BatchNorm(Node x, Node? weight = null, Node? bias = null, double epsilon = 1e-5)
    {
        if (x.Type.Rank < 2) throw new ShapeException($"BatchNorm: {x.Type} has no axis of channels");
        var axes = Dims.From(Dims.Range(x.Type.Rank).Where(k => k != 1));
        return Scaled(Normalised(x, axes, epsilon), PerChannel(x, weight), PerChannel(x, bias));
    }

    internal static Node? PerChannel(Node x, Node? v) => v is null ? null : Reshape(v, [v.Type.Count, .. Dims.Repeat(1, x.Type.Rank - 2)]);

    private static Node Normalised(Node x, Dims axes, double epsilon)
    {
        var centred = x - Mean(x, axes, keep: true);
        return centred * Rsqrt(Mean(Square(centred), axes, keep: true) + epsilon);
    }

    private static Node Scaled(Node x, Node? weight, Node? bias)
    {
        if (weight is not null) x *= weight;
        return bias is null ? x : x + bias;
    }

    /// <summary>A key for random numbers.</summary>
    /// <param name="seed">Any number; equal seeds give equal keys.</param>
    public static Node Key(long seed) => Concat([Reshape(Scalar((long)((ulong)seed >> 32)), [1]), Reshape(Scalar(seed & 0xFFFFFFFF), [1])]);

    /// <summary>Independent keys from one.</summary>
    /// <param name="key">A key, not to be used again.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ShapeException">The key is none, or the count is not positive.</exception>
    public static Node[] SplitKey(Node key, int count = 2)
    {
        var keys = Keys(One("SplitKey", key, count), count);
        return [.. Enumerable.Range(0, count).Select(i => Squeeze(SliceAxis(keys, 0, i, i + 1), 0))];
    }

    /// <summary>The same keys as the rows of one tensor, for <see cref="Transforms.Vmap(Func{Node, Node}, int, int)"/>.</summary>
    /// <inheritdoc cref="SplitKey"/>
    public static Node Keys(Node key, long count) => new(new RandomBits([count, 2]), One("Keys", key, count));

    // Many keys draw only in a batch, which says which axes are theirs.
    private static Node One(string name, Node key, long count = 1) => count < 1 ? throw new ShapeException($"{name}: {count} keys")
        : key.Type.Equals(TensorType.Int64(2)) ? key : throw new ShapeException($"{name}: a key is int64[2], not {key.Type}; Vmap draws for many");

    /// <summary>Uniform numbers in [0, 1): 24 random bits for float32, 53 for float64.</summary>
    /// <param name="key">A key; the same key gives the same numbers.</param>
    /// <param name="type">Element type and shape.</param>
    /// <exception cref="ShapeException">The key is none, or the element type is not floating-point.</exception>
    public static Node Uniform(Node key, TensorType type)
    {
        key = One("Uniform", key);
        if (!type.DType.IsFloat) throw new ShapeException($"random numbers between 0 and 1 are floating-point, not {type}");
        // As many bits as the type has: with more, the largest would be rounded to 1.
        if (type.DType.IsHalf) return Cast(Math.ScaleB(1, type.DType == DType.Float16 ? 11 : 8) is var steps ? Floor(Uniform(key, type.As(type.DType.Compute)) * steps) / steps : key, type.DType);
        if (type.DType != DType.Float64) return Cast(FloorDiv(new Node(new RandomBits(type.Shape), key), 256), DType.Float32) * Math.ScaleB(1, -24);
        var words = new Node(new RandomBits([2, .. type.Shape]), key);
        Node Word(int i, long drop) => Cast(FloorDiv(Squeeze(SliceAxis(words, 0, i, i + 1), 0), drop), DType.Float64);
        return (Word(0, 32) * Math.ScaleB(1, 26) + Word(1, 64)) * Math.ScaleB(1, -53);
    }

    /// <summary>Normal numbers of mean 0 and variance 1 (Box and Muller, 1958).</summary>
    /// <param name="key">A key; the same key gives the same numbers.</param>
    /// <param name="type">Element type and shape.</param>
    /// <exception cref="ShapeException">The key is none, or the element type is not floating-point.</exception>
    public static Node Normal(Node key, TensorType type)
    {
        if (type.DType.IsHalf) return Cast(Normal(key, type.As(type.DType.Compute)), type.DType);
        var keys = SplitKey(One("Normal", key));
        return Sqrt(-2 * Log(1 - Uniform(keys[0], type))) * Cos(2 * Math.PI * Uniform(keys[1], type));
    }

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <param name="key">A key.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    public static Node Uniform(Node key, Dims shape, DType dtype = DType.Float64) => Uniform(key, new TensorType(dtype, shape));

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    /// <inheritdoc cref="Uniform(Node, Dims, DType)"/>
    public static Node Normal(Node key, Dims shape, DType dtype = DType.Float64) => Normal(key, new TensorType(dtype, shape));

    /// <summary>Drops elements with a probability and scales the others so that the expectation stays.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="probability">Of dropping an element, from 0 to 1.</param>
    /// <param name="key">A key.</param>
    public static Node Dropout(Node x, double probability, Node key)
    {
        if (probability is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: a probability is needed");
        if (probability == 1) return x * 0;
        return x * Cast(Uniform(One("Dropout", key), x.DType.IsFloat ? x.Type : x.Type.As(DType.Float32)) >= probability, x.DType) * (1 / (1 - probability));
    }
}
