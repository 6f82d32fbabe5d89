namespace Functional.Autograd.Numerics;

/// <summary>A matrix by those of its entries that may differ from zero.</summary>
/// <param name="Pattern">Which.</param>
/// <param name="Values">Their values, row by row: [Pattern.Count]. A node as others: it can be differentiated and compiled.</param>
public sealed record SparseMatrix(SparsityPattern Pattern, Node Values)
{
    /// <summary>The whole matrix, [rows, columns].</summary>
    public Node ToDense() =>
        Ops.Reshape(Ops.Zeros(Pattern.Rows * Pattern.Columns, Values.DType).At(Places((i, j) => (i * Pattern.Columns) + j)).Set(Values), [Pattern.Rows, Pattern.Columns]);

    /// <summary>The product with a vector.</summary>
    /// <param name="vector">[columns].</param>
    /// <returns>[rows].</returns>
    /// <exception cref="ShapeException">The vector is of another size.</exception>
    public Node Times(Node vector) => vector.Type.Rank == 1 && vector.Shape[0] == Pattern.Columns
        ? Ops.Zeros(Pattern.Rows, Values.DType).At(Places((i, _) => i)).Add(Values * vector[Places((_, j) => j)])
        : throw new ShapeException($"Times: {vector.Type} does not fit a matrix of {Pattern.Rows} × {Pattern.Columns}");

    private Node Places(Func<long, long, long> place) => Ops.Tensor<long>(Pattern.Entries.Select(e => place(e.Row, e.Column)).ToArray(), Pattern.Count);
}
