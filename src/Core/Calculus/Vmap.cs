using System.Collections.Immutable;

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
    public static Func<Node, Node> Vmap(Func<Node, Node> f, int axis = 0, int outAxis = 0)
    {
        var mapped = Vmap((ImmutableArray<Node> x) => [f(x[0])], [axis], outAxis);
        return x => mapped([x])[0];
    }

    /// <summary>A function of one row of each of two tensors as a function of many.</summary>
    /// <param name="f">From two rows to a tensor.</param>
    /// <param name="axis">The axis of both arguments, and of the result, along which the rows lie.</param>
    /// <inheritdoc cref="Vmap(Func{Node, Node}, int, int)"/>
    public static Func<Node, Node, Node> Vmap(Func<Node, Node, Node> f, int axis = 0)
    {
        var mapped = Vmap((ImmutableArray<Node> x) => [f(x[0], x[1])], [axis, axis], axis);
        return (a, b) => mapped([a, b])[0];
    }

    /// <summary>A function of rows of several tensors as a function of many rows.</summary>
    /// <param name="f">From rows to tensors.</param>
    /// <param name="axes">For each argument, the axis along which its rows lie; null for an argument that all rows share.</param>
    /// <param name="outAxis">The axis of every result along which its rows lie; negative counts from the end.</param>
    /// <exception cref="ShapeException">When called: an argument has no such axis, or arguments have different numbers of rows, or none has rows.</exception>
    public static Func<ImmutableArray<Node>, ImmutableArray<Node>> Vmap(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<int?> axes, int outAxis = 0) => x =>
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
        return [.. Batching.Of(results.AsSpan(), one.AsSpan(), rows, Op.BatchSize(rows), trace).Select(y => Ops.MoveAxis(y, 0, outAxis))];
    };

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
