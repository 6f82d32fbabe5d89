using static Functional.Autograd.Transforms;

namespace Functional.Autograd.Numerics;

/// <summary>
/// Sparse derivatives: the pattern is found once, from the graph; columns that have no row in common are computed together. A tridiagonal Jacobian of 10⁵ rows costs three
/// directions.
/// </summary>
public static class Sparse
{
    /// <summary>Which entries of a function's Jacobian may differ from zero, whatever its argument. Both branches of a choice count.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="type">The argument's type, floating-point.</param>
    /// <returns>A row for every element of the result, a column for every element of the argument.</returns>
    /// <exception cref="ShapeException">The argument's type is no floating-point type.</exception>
    public static SparsityPattern Pattern(Func<Node, Node> f, TensorType type)
    {
        if (!type.DType.IsFloat) throw new ShapeException($"Sparse: {type} has no derivatives");
        // The pattern is that of the linear map from directions to directions.
        var (along, captured) = Function.Of(x => [Jvp(f, x[0], x[1]).Tangent], [type, type]);
        Node[] arguments = [Node.Placeholder(type), Node.Placeholder(type), .. captured];
        var each = new int[type.Count][];
        for (var k = 0; k < each.Length; k++) each[k] = [k];
        var sets = Dependence.Of(along.Apply(arguments).AsSpan(), new(ReferenceEqualityComparer.Instance) { [arguments[1]] = each })[0];
        return new(sets ?? [.. Enumerable.Repeat<int[]>([], (int)along.Results[0].Count)], type.Count);
    }

    /// <summary>The Jacobian of a function as a function: its entries are pushed or pulled through it together, as many at a time as have no row, or no column, in common.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="type">The argument's type, floating-point.</param>
    /// <returns>From an argument to a matrix with a row for every element of the result and a column for every element of the argument.</returns>
    /// <exception cref="ShapeException">The type is no floating-point type; when called: the argument is of another type.</exception>
    public static Func<Node, SparseMatrix> Jacobian(Func<Node, Node> f, TensorType type)
    {
        var pattern = Pattern(f, type);
        var ((across, pushes), (down, pulls)) = (pattern.Colours, pattern.Transposed.Colours);
        var isForward = pushes <= pulls;
        var (colour, count, width) = isForward ? (across, pushes, pattern.Rows) : (down, pulls, pattern.Columns);
        var seeds = Ops.Cast(Ops.Tensor<double>(Seeds(colour, count), Dims.Create([count, colour.Count])), type.DType);
        var places = Ops.Tensor<long>(pattern.Entries.Select(e => isForward ? (colour[e.Column] * width) + e.Row : (colour[e.Row] * width) + e.Column).ToArray(), pattern.Count);
        return x =>
        {
            if (!x.Type.Equals(type)) throw new ShapeException($"Sparse: the Jacobian is one at {type}, not at {x.Type}");
            if (pattern.Count == 0) return new(pattern, Ops.Zeros(0, type.DType));
            var (y, derivative) = isForward ? Linearize(f, x) : Vjp(f, x);
            var lines = Vmap(v => Ops.Reshape(derivative(Ops.Reshape(v, isForward ? x.Shape : y.Shape)), width))(Ops.Cast(seeds, isForward ? x.DType : y.DType));
            return new(pattern, Ops.Reshape(lines, lines.Type.Count)[places]);
        };
    }

    /// <summary>The Hessian of a function as a function: the sparse Jacobian of its gradient.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <param name="type">The argument's type, floating-point.</param>
    /// <returns>From an argument to a square matrix.</returns>
    /// <exception cref="ShapeException">The type is no floating-point type, or the function gives more than one element; when called: the argument is of another type.</exception>
    public static Func<Node, SparseMatrix> Hessian(Func<Node, Node> f, TensorType type) => Jacobian(Grad(f), type);

    // One line a colour, with a one for each that has it.
    private static double[] Seeds(IReadOnlyList<int> colour, int count)
    {
        var seeds = new double[(long)count * colour.Count];
        for (var k = 0; k < colour.Count; k++) seeds[((long)colour[k] * colour.Count) + k] = 1;
        return seeds;
    }
}
