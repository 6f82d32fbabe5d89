using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>
    /// The matrix product in all rank cases of NumPy: vectors gain an axis that vanishes again, leading axes broadcast.
    /// </summary>
    /// <param name="a">The left factor, of rank 1 or more.</param>
    /// <param name="b">The right factor, of rank 1 or more.</param>
    /// <exception cref="ShapeException">A factor is a scalar, or the inner sizes differ.</exception>
    public static Node MatMul(Node a, Node b)
    {
        var dtype = Factors(a, b);
        if (a.Type.Rank == 0 || b.Type.Rank == 0) throw new ShapeException($"MatMul: {a.Type} and {b.Type}: a factor is a scalar");
        if (a.Shape[^1] != b.Shape[b.Type.Rank == 1 ? ^1 : ^2]) throw new ShapeException($"MatMul: the inner sizes of {a.Type} and {b.Type} differ");
        if (a.Type.Rank == 1) return Squeeze(MatMul(Unsqueeze(a, 0), b), b.Type.Rank == 1 ? 0 : -2);
        if (b.Type.Rank == 1) return Squeeze(MatMul(a, Unsqueeze(b, 1)), -1);
        (a, b) = (Cast(a, dtype), Cast(b, dtype));
        var (m, k, n) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        if (b.Type.Rank == 2)
        {
            // One matrix on the right: the batch joins the rows.
            var rows = a.Shape[..^1].Product;
            return Reshape(Make(Dot.Instance, Reshape(a, [1, rows, k]), Reshape(b, [1, k, n])), [.. a.Shape[..^1], n]);
        }
        var batch = BroadcastShapes("MatMul", a.Shape[..^2], b.Shape[..^2]);
        var count = batch.Product;
        var left = Reshape(Broadcast(a, [.. batch, m, k]), [count, m, k]);
        var right = Reshape(Broadcast(b, [.. batch, k, n]), [count, k, n]);
        return Reshape(Make(Dot.Instance, left, right), [.. batch, m, n]);
    }

    /// <summary>x·wᵀ + bias.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or none.</param>
    public static Node Linear(Node x, Node weight, Node? bias = null)
    {
        _ = Factors(x, weight);
        if (x.Type.Rank == 0 || weight.Type.Rank < 2 || x.Shape[^1] != weight.Shape[^1]) throw new ShapeException($"Linear: {x.Type} and {weight.Type} do not fit");
        var y = MatMul(x, Transpose(weight));
        return bias is null ? y : y + bias;
    }

    /// <summary>
    /// The products of every element of one vector with every element of another. https://pytorch.org/docs/2.6/generated/torch.outer.html
    /// </summary>
    /// <param name="a">[m].</param>
    /// <param name="b">[n].</param>
    /// <exception cref="ShapeException">One is no vector.</exception>
    public static Node Outer(Node a, Node b) => (a.Type.Rank, b.Type.Rank) == (1, 1) ? Unsqueeze(a, 1) * b : throw new ShapeException($"Outer: {a.Type} and {b.Type} are not both vectors");

    /// <summary>
    /// Kronecker's product: every element of one tensor times the whole other, as blocks. Missing leading axes are added. https://pytorch.org/docs/2.6/generated/torch.kron.html
    /// </summary>
    /// <param name="a">What the blocks are multiplied with.</param>
    /// <param name="b">The block.</param>
    public static Node Kron(Node a, Node b)
    {
        var rank = Math.Max(a.Type.Rank, b.Type.Rank);
        Dims m = [.. Dims.Repeat(1, rank - a.Type.Rank), .. a.Shape], n = [.. Dims.Repeat(1, rank - b.Type.Rank), .. b.Shape];
        // Their axes by turns; then each pair is joined.
        var product = Reshape(a, Dims.Build(2 * rank, k => k % 2 == 0 ? m[k / 2] : 1)) * Reshape(b, Dims.Build(2 * rank, k => k % 2 == 0 ? 1 : n[k / 2]));
        return Reshape(product, Dims.Build(rank, k => m[k] * n[k]));
    }

    /// <summary>The sum of products over the last axes of one tensor and the first of another. https://pytorch.org/docs/2.6/generated/torch.tensordot.html</summary>
    /// <param name="a">The left factor.</param>
    /// <param name="b">The right factor.</param>
    /// <param name="axes">How many axes; none for all products.</param>
    /// <exception cref="ShapeException">There are not as many axes, or their sizes differ.</exception>
    public static Node Tensordot(Node a, Node b, int axes = 2) => axes >= 0 && axes <= Math.Min(a.Type.Rank, b.Type.Rank)
        ? Tensordot(a, b, Dims.Build(axes, k => a.Type.Rank - axes + k), Dims.Range(axes))
        : throw new ShapeException($"Tensordot: {a.Type} and {b.Type} do not have {axes} axes each");

    /// <summary>The sum of products over pairs of axes; the axes that remain of the left factor come first. https://pytorch.org/docs/2.6/generated/torch.tensordot.html</summary>
    /// <param name="a">The left factor.</param>
    /// <param name="b">The right factor.</param>
    /// <param name="left">Axes of the left factor; negative ones count from the end.</param>
    /// <param name="right">As many axes of the right factor, of the same sizes in this order.</param>
    /// <exception cref="ShapeException">An axis is out of range or appears twice, or the axes do not pair.</exception>
    public static Node Tensordot(Node a, Node b, Dims left, Dims right)
    {
        _ = Factors(a, b);
        Dims i = Dims.From(left.Select(k => (long)Axis(a, k))), j = Dims.From(right.Select(k => (long)Axis(b, k)));
        if (i.Distinct().Count() < i.Count || j.Distinct().Count() < j.Count || a.Shape.Pick(i) != b.Shape.Pick(j))
            throw new ShapeException($"Tensordot: axes {left} of {a.Type} and {right} of {b.Type} do not pair");
        Dims rows = Dims.From(Dims.Range(a.Type.Rank).Except(i)), columns = Dims.From(Dims.Range(b.Type.Rank).Except(j));
        var (m, k, n) = (a.Shape.Pick(rows), a.Shape.Pick(i).Product, b.Shape.Pick(columns));
        return Reshape(MatMul(Reshape(Permute(a, [.. rows, .. i]), [m.Product, k]), Reshape(Permute(b, [.. j, .. columns]), [k, n.Product])), [.. m, .. n]);
    }

    /// <summary>The vector product in three dimensions; the other axes broadcast. https://pytorch.org/docs/2.6/generated/torch.linalg.cross.html</summary>
    /// <param name="a">The left vectors.</param>
    /// <param name="b">The right vectors.</param>
    /// <param name="axis">The axis of the components, of size 3; negative counts from the end.</param>
    /// <exception cref="ShapeException">The axis is not of size 3, or the shapes do not broadcast.</exception>
    public static Node Cross(Node a, Node b, int axis = -1)
    {
        var (i, j) = (Axis(a, axis) - a.Type.Rank, Axis(b, axis) - b.Type.Rank);
        if (i != j || a.Shape[^-i] != 3 || b.Shape[^-j] != 3) throw new ShapeException($"Cross: axis {axis} is not an axis of size 3 that {a.Type} and {b.Type} share");
        (a, b) = Match(a, b);
        return Difference(Roll(a, -1, i) * Roll(b, -2, i), Roll(a, -2, i) * Roll(b, -1, i));
    }

    /// <summary>Sums of products by Einstein's convention, such as <c>"bij,bjk-&gt;bik"</c>; a repeated letter in one operand takes its diagonal.</summary>
    /// <param name="equation">Letters per operand, separated by commas, then <c>-&gt;</c> and the letters of the result; without it, letters that appear once, in alphabetical order.</param>
    /// <param name="operands">The tensors.</param>
    /// <exception cref="ShapeException">The letters do not fit the operands.</exception>
    public static Node Einsum(string equation, params ReadOnlySpan<Node> operands)
    {
        var sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        if (sides.Length > 2) throw new ShapeException($"Einsum: '{equation}' has more than one ->");
        var inputs = sides[0].Split(',');
        if (inputs.Length != operands.Length) throw new ShapeException($"Einsum: '{equation}' names {inputs.Length} operands, {operands.Length} were given");
        var output = sides.Length > 1 ? sides[1] : string.Concat(sides[0].Where(char.IsLetter).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        var (x, letters) = OneOperand(equation, operands[0], inputs[0]);
        for (var i = 1; i < operands.Length; i++)
        {
            var later = string.Concat(inputs[(i + 1)..]) + output;
            (x, letters) = Contract(equation, x, letters, OneOperand(equation, operands[i], inputs[i]), later);
        }
        var gone = Dims.From(Enumerable.Range(0, letters.Length).Where(k => !output.Contains(letters[k])).Select(k => (long)k));
        if (gone.Count > 0) x = ReduceOver(Combine.Sum, x, gone);
        letters = string.Concat(letters.Where(output.Contains));
        if (output.Distinct().Count() != output.Length || letters.Length != output.Length) throw new ShapeException($"Einsum: '{equation}': the result names letters twice or unknown ones");
        return Permute(x, Dims.Build(output.Length, k => letters.IndexOf(output[k], StringComparison.Ordinal)));
    }

    private static (Node X, string Letters) OneOperand(string equation, Node x, string letters)
    {
        if (letters.Length != x.Type.Rank) throw new ShapeException($"Einsum: '{letters}' in '{equation}' does not fit {x.Type}");
        for (var k = 0; k < letters.Length; k++)
        {
            var again = letters.IndexOf(letters[k], k + 1);
            if (again < 0) continue;
            if (x.Shape[k] != x.Shape[again]) throw new ShapeException($"Einsum: '{letters[k]}' in '{equation}' has two sizes in {x.Type}");
            return OneOperand(equation, Diagonal(x, 0, k, again), letters.Remove(again, 1).Remove(k, 1) + letters[k]);
        }
        return (x, letters);
    }

    private static (Node X, string Letters) Contract(string equation, Node a, string la, (Node X, string Letters) right, string later)
    {
        var (b, lb) = right;
        foreach (var l in la.Where(lb.Contains))
            if (a.Shape[la.IndexOf(l, StringComparison.Ordinal)] != b.Shape[lb.IndexOf(l, StringComparison.Ordinal)])
                throw new ShapeException($"Einsum: '{l}' in '{equation}' has two sizes in {a.Type} and {b.Type}");
        var batch = string.Concat(la.Where(l => lb.Contains(l) && later.Contains(l)));
        var inner = string.Concat(la.Where(l => lb.Contains(l) && !later.Contains(l)));
        var rows = string.Concat(la.Where(l => !lb.Contains(l)));
        var columns = string.Concat(lb.Where(l => !la.Contains(l)));
        var dtype = Factors(a, b, "Einsum");
        Node Arranged(Node x, string letters, string order) => Permute(Cast(x, dtype), Dims.Build(order.Length, k => letters.IndexOf(order[k], StringComparison.Ordinal)));
        Dims Sizes(Node x, string letters, string of) => Dims.Build(of.Length, k => x.Shape[letters.IndexOf(of[k], StringComparison.Ordinal)]);
        var (nb, nr, ni, nc) = (Sizes(a, la, batch), Sizes(a, la, rows), Sizes(a, la, inner), Sizes(b, lb, columns));
        var left = Reshape(Arranged(a, la, batch + rows + inner), [nb.Product, nr.Product, ni.Product]);
        var other = Reshape(Arranged(b, lb, batch + inner + columns), [nb.Product, ni.Product, nc.Product]);
        return (Reshape(Make(Dot.Instance, left, other), [.. nb, .. nr, .. nc]), batch + rows + columns);
    }

    /// <summary>A convolution (cross-correlation) over any number of spatial axes.</summary>
    /// <param name="x">[batch, channels, …spatial].</param>
    /// <param name="weight">[outputs, channels / groups, …kernel].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">The distance between windows, per spatial axis; 1 when left out.</param>
    /// <param name="padding">Zeros on both sides, per spatial axis; 0 when left out.</param>
    /// <param name="dilation">The distance between kernel elements, per spatial axis; 1 when left out.</param>
    /// <param name="groups">How many groups the channels fall into.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Node Convolution(Node x, Node weight, Node? bias = null, Dims? stride = null, Dims? padding = null, Dims? dilation = null, int groups = 1)
    {
        var n = x.Type.Rank - 2;
        if (n < 1 || weight.Type.Rank != n + 2 || groups < 1 || weight.Shape[1] * groups != x.Shape[1] || weight.Shape[0] % groups != 0)
            throw new ShapeException($"Convolution: input {x.Type}, weight {weight.Type} and {groups} groups do not fit");
        var dtype = Factors(x, weight);
        (x, weight) = (Cast(x, dtype), Cast(weight, dtype));
        var (batch, outputs) = (x.Shape[0], weight.Shape[0]);
        var views = SpatialWindows("Convolution", x, weight.Shape[2..], stride ?? Dims.Repeat(1, n), padding, dilation);
        var spatial = views.Shape[2..(2 + n)];
        var split = Reshape(views, [batch, groups, weight.Shape[1], .. views.Shape[2..]]);
        // [groups, batch, spatial…, channels, kernel…] makes rows of windows.
        var order = Dims.From([1L, 0, .. Enumerable.Range(3, n).Select(k => (long)k), 2, .. Enumerable.Range(3 + n, n).Select(k => (long)k)]);
        var inner = weight.Shape[1..].Product;
        var rows = Reshape(Permute(split, order), [groups, batch * spatial.Product, inner]);
        var columns = Transpose(Reshape(weight, [groups, outputs / groups, inner]));
        var y = Reshape(Make(Dot.Instance, rows, columns), [groups, batch, .. spatial, outputs / groups]);
        var back = Permute(y, Dims.From([1L, 0, n + 2, .. Enumerable.Range(2, n).Select(k => (long)k)]));
        y = Reshape(back, [batch, outputs, .. spatial]);
        return bias is null ? y : y + Reshape(bias, [outputs, .. Dims.Repeat(1, n)]);
    }

    // The common type of two factors: truth values have no sums.
    private static DType Factors(Node a, Node b, [CallerMemberName] string operation = "") =>
        DTypes.Promote(a.DType, b.DType) is not DType.Bool and var dtype ? dtype : throw new ShapeException($"{operation} is not defined for {a.Type} and {b.Type}; cast them first");

    private static Node Least(DType type) => type.IsFloat ? Scalar(double.NegativeInfinity, type)
        : Scalar(type is DType.Bool or DType.UInt8 ? 0 : long.MinValue >> (64 - 8 * type.Size), type);

    private static Node SpatialWindows(string name, Node x, Dims size, Dims stride, Dims? padding, Dims? dilation = null, Node? value = null)
    {
        var n = Math.Max(0, x.Type.Rank - 2);
        var (pad, spread) = (padding ?? Dims.Repeat(0, n), dilation ?? Dims.Repeat(1, n));
        if (n < 1 || size.Count != n || stride.Count != n || pad.Count != n || spread.Count != n || pad.Any(p => p < 0) || !Enumerable.Range(0, n).All(k => size[k] > 0 && stride[k] > 0 && spread[k] > 0 && (size[k] - 1) * spread[k] < x.Shape[2 + k] + 2 * pad[k]))
            throw new ShapeException($"{name}: windows of {size} by {stride}, padding {pad} and dilation {spread} do not fit the spatial axes of {x.Type}");
        x = Pad(x, [0, 0, .. pad], [0, 0, .. pad], value);
        for (var k = 0; k < n; k++) x = Make(new Windows(2 + k, size[k], stride[k], spread[k]), x);
        return x;
    }

    /// <summary>The largest element of each window; the first of equals takes the derivative, and padding none.</summary>
    /// <param name="x">[batch, channels, …spatial].</param>
    /// <param name="size">The window, per spatial axis.</param>
    /// <param name="stride">The distance between windows; the size when left out.</param>
    /// <param name="padding">Elements on both sides that are the least of their type; none when left out.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Node MaxPool(Node x, Dims size, Dims? stride = null, Dims? padding = null)
    {
        Node Windowed(Node of, Node? value)
        {
            var windows = SpatialWindows("MaxPool", of, size, stride ?? size, padding, value: value);
            return Reshape(windows, [.. windows.Shape[..^size.Count], size.Product]);
        }
        var flat = Windowed(x, Least(x.DType));
        var best = ArgMax(flat, -1, keep: true);
        if (padding is { } p && p.Any(k => k > 0))
        {
            // Where padding is the first of the largest, all are equal: the first that is none.
            var real = Windowed(Full(new TensorType(DType.Bool, [1, 1, .. x.Shape[2..]]), 1), null);
            best = Where(Gather(Broadcast(real, flat.Shape), -1, best), best, ArgMax(real, -1, keep: true));
        }
        return Picked(flat, -1, best, keep: false).Values;
    }

    /// <summary>The mean of each window, padding included.</summary>
    /// <param name="x">[batch, channels, …spatial].</param>
    /// <param name="size">The window, per spatial axis.</param>
    /// <param name="stride">The distance between windows; the size when left out.</param>
    /// <param name="padding">Zeros on both sides; 0 when left out.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Node AvgPool(Node x, Dims size, Dims? stride = null, Dims? padding = null)
    {
        var windows = SpatialWindows("AvgPool", x, size, stride ?? size, padding);
        return Mean(windows, Dims.Build(size.Count, k => 2 + size.Count + k));
    }
}
