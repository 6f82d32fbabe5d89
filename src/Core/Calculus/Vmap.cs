using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class Transforms
{
    /// <summary>
    /// A function of one row as a function of many: <c>Vmap(f)(x)</c> has <c>f(x[i])</c> for its i-th row. The function is called once; no loop
    /// is left. It composes with every other transform, itself included (vectorising map: Bradbury et al., JAX, 2018).
    /// </summary>
    /// <param name="f">From a row to a tensor. What it captures is the same for all rows.</param>
    /// <param name="axis">The axis of the argument along which the rows lie; negative counts from the end.</param>
    /// <param name="outAxis">The axis of the result along which its rows lie; negative counts from the end.</param>
    /// <exception cref="ShapeException">When called: the argument has no such axis.</exception>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Vmap(Func<Node, Node> f, int axis = 0, int outAxis = 0) => Vmap<Node, Node>(f, axis, outAxis);

    /// <summary>A function of one row of each of two tensors as a function of many.</summary>
    /// <param name="f">From two rows to a tensor.</param>
    /// <param name="axis">The axis of both arguments, and of the result, along which the rows lie.</param>
    /// <inheritdoc cref="Vmap(Func{Node, Node}, int, int)"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node> Vmap(Func<Node, Node, Node> f, int axis = 0) => Vmap(f, [axis, axis], axis);

    /// <summary>A function of one row of each of two tensors, one of which may be shared, as a function of many.</summary>
    /// <param name="f">From two rows to a tensor.</param>
    /// <param name="axes">The axis of either argument along which its rows lie; null for an argument that all rows share.</param>
    /// <param name="outAxis">The axis of the result along which its rows lie.</param>
    /// <inheritdoc cref="Vmap(Func{Node, Node}, int, int)"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node> Vmap(Func<Node, Node, Node> f, ImmutableArray<int?> axes, int outAxis = 0)
    {
        var mapped = Given(f, Vmap(((Node A, Node B) x) => f(x.A, x.B), axes, outAxis));
        return (a, b) => mapped((a, b));
    }

    /// <summary>A function of a tree of rows as a function of many.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    /// <param name="f">From rows to a tree. What it captures is the same for all rows.</param>
    /// <param name="axis">The axis of every leaf of the argument along which the rows lie; negative counts from the end.</param>
    /// <param name="outAxis">The axis of every leaf of the result along which its rows lie; negative counts from the end.</param>
    /// <exception cref="ShapeException">When called: a leaf has no such axis, or leaves have different numbers of rows.</exception>
    public static Func<T, TResult> Vmap<T, TResult>(Func<T, TResult> f, int axis = 0, int outAxis = 0) => Given(f, (T x) => Vmap(f, [.. Tree.Leaves(x).Select(_ => (int?)axis)], outAxis)(x));

    /// <summary>A function of a tree of rows as a function of many.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    /// <param name="f">From rows to a tree.</param>
    /// <param name="axes">For each leaf of the argument, from the left, the axis along which its rows lie; null for a leaf that all rows share.</param>
    /// <param name="outAxis">The axis of every leaf of the result along which its rows lie; negative counts from the end.</param>
    /// <exception cref="ShapeException">When called: a leaf has no such axis, or leaves have different numbers of rows, or none has rows.</exception>
    public static Func<T, TResult> Vmap<T, TResult>(Func<T, TResult> f, ImmutableArray<int?> axes, int outAxis = 0) => Given(f, (T x) =>
    {
        var (flat, back) = Tree.Flattened(f, x);
        return back(Vmap(flat, axes, outAxis)(Tree.Leaves(x)));
    });

    /// <summary>
    /// A function of every row, as <see cref="Vmap(Func{Node, Node}, int, int)"/>, but some rows at a time, one batch after the other: a loop that needs less memory.
    /// </summary>
    /// <param name="f">From a row to a tensor.</param>
    /// <param name="over">The rows, along the first axis.</param>
    /// <param name="batch">How many rows at a time.</param>
    /// <exception cref="ShapeException">There are no rows, or the batch is not positive.</exception>
    [OverloadResolutionPriority(1)]
    public static Node Map(Func<Node, Node> f, Node over, long batch = 1) => Map<Node, Node>(f, over, batch);

    /// <inheritdoc cref="Map(Func{Node, Node}, Node, long)"/>
    /// <typeparam name="T">A tree.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    public static TResult Map<T, TResult>(Func<T, TResult> f, T over, long batch = 1)
    {
        if (Given(f, batch) < 1) throw new ShapeException($"Map: a batch of {batch} rows");
        var (flat, back) = Tree.Flattened(f, over);
        var rows = Tree.Leaves(over);
        var mapped = Vmap(flat, [.. rows.Select(_ => (int?)0)]);
        if (rows.FirstOrDefault(x => x.Type.Rank == 0) is { } scalar) throw new ShapeException($"Map: {scalar.Type} has no axis to loop over");
        var n = rows.Length == 0 ? throw new ShapeException("Map: no tensor has rows") : rows[0].Shape[0];
        if (batch >= n) return back(mapped(rows));
        if (rows.FirstOrDefault(x => x.Shape[0] != n) is { } other) throw new ShapeException($"Map: {rows[0].Type} has {n} rows, and {other.Type} has {other.Shape[0]}");
        // Whole batches in a loop, then the rest.
        var whole = n - n % batch;
        ImmutableArray<Node> blocks = [.. rows.Select(x => Ops.Reshape(Ops.SliceAxis(x, 0, 0, whole), [whole / batch, batch, .. x.Shape[1..]]))];
        ImmutableArray<Node> results = [.. Ops.Scan((_, x) => ([], batch == 1 ? [.. flat([.. x.Select(r => r[0])]).Select(y => Ops.Unsqueeze(y, 0))] : mapped(x)), [], blocks).Outputs.Select(y => Ops.Reshape(y, [whole, .. y.Shape[2..]]))];
        return back(whole == n ? results : [.. results.Zip(mapped([.. rows.Select(x => Ops.SliceAxis(x, 0, whole, n))]), (a, b) => Ops.Concat([a, b]))]);
    }

    /// <summary>A function of rows of several tensors as a function of many rows.</summary>
    /// <param name="f">From rows to tensors.</param>
    /// <param name="axes">For each argument, the axis along which its rows lie; null for an argument that all rows share.</param>
    /// <param name="outAxis">The axis of every result along which its rows lie; negative counts from the end.</param>
    /// <exception cref="ShapeException">When called: an argument has no such axis, or arguments have different numbers of rows, or none has rows.</exception>
    [OverloadResolutionPriority(2)]
    public static Func<ImmutableArray<Node>, ImmutableArray<Node>> Vmap(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<int?> axes, int outAxis = 0) => Given(f, (ImmutableArray<Node> x) =>
    {
        var rows = Rows(x, axes);
        var trace = Trace.Begin("Vmap");
        ImmutableArray<Node> one, results;
        using (trace)
        {
            one = [.. x.Select((v, k) => rows[k] is { } r ? Node.Placeholder(v.Type.Reshaped(r.Shape[1..])) : v)];
            results = f(one);
        }
        // Built outside of the trace: the rows' values are not asked for while the function is traced, those of the batch may be.
        return (ImmutableArray<Node>)[.. Batching.Of(results.AsSpan(), one.AsSpan(), rows, Op.BatchSize(rows), trace).Select(y => Ops.MoveAxis(y, 0, Ops.Axis(y, outAxis, "Vmap")))];
    });

    // The arguments that have rows, the batch as first axis.
    private static Node?[] Rows(ImmutableArray<Node> x, ImmutableArray<int?> axes)
    {
        if (axes.Length != x.Length) throw new ShapeException($"Vmap: {axes.Length} axes for {x.Length} arguments");
        var rows = new Node?[x.Length];
        int? first = null;
        for (var k = 0; k < rows.Length; k++)
        {
            if (axes[k] is not { } axis) continue;
            if (axis < -x[k].Type.Rank || axis >= x[k].Type.Rank) throw new ShapeException($"Vmap: argument {k} of type {x[k].Type} has no axis {axis} along which its rows could lie; an axis of null shares it");
            var r = rows[k] = Ops.MoveAxis(x[k], axis, 0);
            if (rows[first ??= k]!.Shape[0] != r.Shape[0])
                throw new ShapeException($"Vmap: argument {first} of type {x[first.Value].Type} has {rows[first.Value]!.Shape[0]} rows along axis {axes[first.Value]}, and argument {k} of type {x[k].Type} has {r.Shape[0]} along axis {axis}");
        }
        return first is null ? throw new ShapeException("Vmap: no argument has rows; an axis other than null says along which they lie") : rows;
    }
}
