using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>Running sums along an axis; integers and truth values are summed as int64.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Node CumSum(Node x, int axis) => Make(new Primitives.CumSum(Axis(x, axis), false), x.DType < DType.Int64 ? Cast(x, DType.Int64) : x);

    /// <summary>
    /// Running products along an axis; integers and truth values are multiplied as int64. Exact derivatives also where factors are zero. Neighbours are
    /// multiplied first: what overflows or underflows on the way may differ from a product from left to right. https://pytorch.org/docs/2.6/generated/torch.cumprod.html
    /// </summary>
    /// <inheritdoc cref="CumSum"/>
    public static Node CumProd(Node x, int axis) =>
        Products(x.DType < DType.Int64 ? Cast(x, DType.Int64) : x, Axis(x, axis));

    private static Node Products(Node x, int axis) => Scanned([x], axis, static (earlier, later) => [earlier[0] * later[0]])[0];

    /// <summary>
    /// The largest element so far along an axis, and its position; NaN wins. The first of equals is named and takes the derivative, as in
    /// <see cref="MaxAlong"/>; PyTorch names the last. https://pytorch.org/docs/2.6/generated/torch.cummax.html
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static (Node Values, Node Indices) CumMax(Node x, int axis) => Leading(RealOnly(x), Axis(x, axis), GreaterEqual);

    /// <summary>
    /// The smallest element so far along an axis, and its position; NaN wins. The first of equals is named and takes the derivative, as in
    /// <see cref="MinAlong"/>; PyTorch names the last. https://pytorch.org/docs/2.6/generated/torch.cummin.html
    /// </summary>
    /// <inheritdoc cref="CumMax"/>
    public static (Node Values, Node Indices) CumMin(Node x, int axis) => Leading(RealOnly(x), Axis(x, axis), LessEqual);

    private static (Node Values, Node Indices) Leading(Node x, int axis, Func<Node, Node, Node> holds)
    {
        var places = Broadcast(Reshape(Arange(x.Shape[axis]), Dims.Repeat(1, x.Type.Rank).With(axis, x.Shape[axis])), x.Shape);
        var index = Scanned([x, places], axis, (earlier, later) =>
        {
            var held = Or(holds(earlier[0], later[0]), IsNaN(earlier[0]));
            return [Where(held, earlier[0], later[0]), Where(held, earlier[1], later[1])];
        })[1];
        return Picked(x, axis, index, keep: true);
    }

    // What an associative operation makes of all elements up to each place, by doubling: in log n steps.
    private static Node[] Scanned(Node[] x, int axis, Func<Node[], Node[], Node[]> join)
    {
        var n = x[0].Shape[axis];
        for (var width = 1L; width < n; width *= 2)
        {
            var joined = join([.. x.Select(v => SliceAxis(v, axis, 0, n - width))], [.. x.Select(v => SliceAxis(v, axis, width, n))]);
            x = [.. x.Select((v, k) => Concat([SliceAxis(v, axis, 0, width), joined[k]], axis))];
        }
        return x;
    }
}
