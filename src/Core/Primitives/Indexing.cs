using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>result[…, i, …] = x[…, index[i], …]: rows along an axis, chosen by an int64 tensor of any shape.</summary>
/// <param name="Axis">The axis; the index's shape takes its place.</param>
public sealed record Take(int Axis) : Op
{
    internal override Handling Elements => Handling.Moves;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (x, index) = (inputs[0].Type, inputs[1].Type);
        if (Axis < 0 || Axis >= x.Rank || index.DType != DType.Int64) throw Mismatch(Text, x, index);
        return x.Reshaped([.. x.Shape[..Axis], .. index.Shape, .. x.Shape[(Axis + 1)..]]);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var (x, index) = (y.Inputs[0], y.Inputs[1]);
        return operand == 0 ? new LinearMap.Self(c => ScatterAdd(Full(x.Type, 0), Axis, index, c)) : LinearMap.Zero;
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => (rows[0], rows[1]) switch
    {
        ({ } x, null) => new(new Take(Axis + 1), x, y.Inputs[1]),
        (null, { } index) => MoveAxis(new(this, y.Inputs[0], index), Axis, 0),
        ({ } x, { } index) => MoveAxis(new(this, Joined(x, Axis), Into(index, y.Inputs[0].Shape[Axis])), Axis, 0),
        _ => y,
    };

    // Along the axis, all rows one after another.
    internal static Node Joined(Node x, int axis) => Reshape(MoveAxis(x, 0, axis), [.. x.Shape[1..(axis + 1)], x.Shape[0] * x.Shape[axis + 1], .. x.Shape[(axis + 2)..]]);

    // Each row's own places among those of all rows.
    internal static Node Into(Node index, long size) =>
        Within(index, size) + Reshape(Arange(index.Shape[0]) * size, Dims.Repeat(1, index.Type.Rank).With(0, index.Shape[0]));

    // Each index, taken from all that there are, is itself or out of range: a wrong one would land in another row.
    internal static Node Within(Node index, long size) => new(new Take(0), Arange(size), index);

    private protected override string Text => $"Take({Axis})";
}

/// <summary>Puts rows into the first operand along an axis: (base, index, rows), the transpose of <see cref="Take"/>.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Add">Adds rows to what is there; otherwise replaces it, the last of equal indices winning.</param>
public sealed record Scatter(int Axis, bool Add) : Op
{
    internal override Handling Elements => Add ? Handling.Adds : Handling.Moves;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (x, index, rows) = (inputs[0].Type, inputs[1].Type, inputs[2].Type);
        if (Axis < 0 || Axis >= x.Rank || index.DType != DType.Int64 || rows.DType != x.DType || (Add && x.DType == DType.Bool)
            || rows.Shape != [.. x.Shape[..Axis], .. index.Shape, .. x.Shape[(Axis + 1)..]])
            throw Mismatch(Text, x, index, rows);
        return x;
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var (index, rows) = (y.Inputs[1], y.Inputs[2]);
        return operand switch
        {
            _ when !y.DType.IsFloat || operand == 1 => LinearMap.Zero,
            0 when Add => LinearMap.One,
            0 => new LinearMap.Adjoint(c => ScatterSet(c, Axis, index, Full(rows.Type, 0))),
            _ when Add => new LinearMap.Adjoint(c => Ops.Take(c, Axis, index)),
            _ => new LinearMap.Adjoint(c => Where(Survivors(), Ops.Take(c, Axis, index), 0)),
        };

        // With repeated indices only the row written last reaches the result.
        Node Survivors()
        {
            var order = Broadcast(Reshape(Arange(index.Type.Count), [.. Dims.Repeat(1, Axis), .. index.Shape, .. Dims.Repeat(1, y.Type.Rank - Axis - 1)]), rows.Shape);
            var last = ScatterSet(Full(new TensorType(DType.Int64, y.Shape), -1), Axis, index, order);
            return Equal(Ops.Take(last, Axis, index), order);
        }
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows)
    {
        var each = Each(y, rows);
        if (rows[1] is not { } index) return new(this with { Axis = Axis + 1 }, each.SetItem(1, y.Inputs[1]));
        var joined = new Node(this, Primitives.Take.Joined(each[0], Axis), Primitives.Take.Into(index, y.Shape[Axis]), MoveAxis(each[2], 0, Axis));
        return MoveAxis(Reshape(joined, [.. y.Shape[..Axis], index.Shape[0], .. y.Shape[Axis..]]), Axis, 0);
    }

    private protected override string Text => Add ? $"ScatterAdd({Axis})" : $"ScatterSet({Axis})";
}

/// <summary>The positions that sort each row along an axis; stable, NaN last (first when descending).</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Descending">Largest first.</param>
public sealed record ArgSort(int Axis, bool Descending) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Axis >= 0 && Axis < x.Rank ? x.As(DType.Int64) : throw new ShapeException($"{this} does not fit {x}");
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this with { Axis = Axis + 1 }, rows[0]!);

    private protected override string Text => Descending ? $"ArgSort({Axis}, descending)" : $"ArgSort({Axis})";
}
