using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class Transforms
{
    /// <summary>
    /// The derivative of every result element with respect to every argument element: shape [result…, argument…]. All at once: forward mode
    /// where the argument has fewer elements than the result, reverse mode elsewhere. A complex result has a complex derivative in real numbers, and a real one ∂/∂re + i·∂/∂im in complex numbers.
    /// </summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="chunk">How many rows are computed at once; all unless given. Fewer need less memory.</param>
    /// <exception cref="ShapeException">When called: argument and result are complex, or the one mode that is asked for has half of a derivative.</exception>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Jacobian(Func<Node, Node> f, long? chunk = null) => Given(f, (Node x) => Jacobian<Node, Node>(f, chunk)(x)[0]);

    /// <summary>
    /// The derivative of every result element with respect to every argument element: for each leaf of the result, a tree like the argument whose leaves have the shape
    /// [result…, argument…]. All at once: forward mode where the argument has fewer elements than the result, reverse mode elsewhere.
    /// </summary>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    /// <inheritdoc cref="Jacobian(Func{Node, Node}, long?)"/>
    public static Func<T, ImmutableArray<T>> Jacobian<T, TResult>(Func<T, TResult> f, long? chunk = null) => Jacobian("Jacobian", f, null, chunk);

    /// <summary>The same by forward mode: one direction per argument element.</summary>
    /// <inheritdoc cref="Jacobian(Func{Node, Node}, long?)"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> JacobianForward(Func<Node, Node> f, long? chunk = null) => Given(f, (Node x) => JacobianForward<Node, Node>(f, chunk)(x)[0]);

    /// <inheritdoc cref="Jacobian{T, TResult}(Func{T, TResult}, long?)"/>
    /// <summary>The same by forward mode: one direction per argument element.</summary>
    public static Func<T, ImmutableArray<T>> JacobianForward<T, TResult>(Func<T, TResult> f, long? chunk = null) => Jacobian("JacobianForward", f, true, chunk);

    /// <summary>The same by reverse mode: one cotangent per result element.</summary>
    /// <inheritdoc cref="Jacobian(Func{Node, Node}, long?)"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> JacobianReverse(Func<Node, Node> f, long? chunk = null) => Given(f, (Node x) => JacobianReverse<Node, Node>(f, chunk)(x)[0]);

    /// <inheritdoc cref="Jacobian{T, TResult}(Func{T, TResult}, long?)"/>
    /// <summary>The same by reverse mode: one cotangent per result element.</summary>
    public static Func<T, ImmutableArray<T>> JacobianReverse<T, TResult>(Func<T, TResult> f, long? chunk = null) => Jacobian("JacobianReverse", f, false, chunk);

    private static Func<T, ImmutableArray<T>> Jacobian<T, TResult>(string name, Func<T, TResult> f, bool? isForward, long? chunk) => Given(f, (T x) =>
    {
        if (chunk < 1) throw new ShapeException($"{name}: a chunk of {chunk} rows");
        var graph = Traced.Of(name, f, x).Seen;
        ImmutableArray<TensorType> from = [.. graph.X.Select(v => v.Type)], to = [.. graph.Y.Select(v => v.Type)];
        var (n, m) = (from.Sum(t => t.Count), to.Sum(t => t.Count));
        var mode = Mode(name, from.FirstOrDefault(t => t.DType.IsComplex), to.FirstOrDefault(t => t.DType.IsComplex), isForward);
        DType Entry(TensorType y, TensorType x) => y.DType.IsComplex ? DTypes.Promote(x.DType, DType.Complex64) : x.DType;
        Node Zero(TensorType y, TensorType x) => Ops.Full(new TensorType(Entry(y, x), [.. y.Shape, .. x.Shape]), 0);
        if (n == 0 || m == 0) return (ImmutableArray<T>)[.. to.Select(y => Tree.With(x, [.. from.Select(v => Zero(y, v))]))];
        // One block per leaf of one side, with all directions of the other along its first axis.
        // Some functions have one mode.
        try { return By(mode ?? n < m); }
        catch (InvalidOperationException) when (mode is null) { return By(n >= m); }

        ImmutableArray<T> By(bool forward)
        {
            var blocks = forward ? Map(graph.Pushed, Units(from), chunk ?? n) : Map(graph.Pulled, Units(to), chunk ?? m);
            var cut = blocks.Select(b => Ops.Pieces(b, 0, (forward ? from : to).Select(t => t.Shape))).ToArray();
            Node Block(int j, int k) => forward ? Turned(cut[j][k], from[k].Shape.Count, Entry(to[j], from[k])) : cut[k][j];
            return [.. to.Select((_, j) => Tree.With(x, [.. from.Select((_, k) => Block(j, k))]))];
        }
    });

    // A complex result has derivatives along real directions, and a real one gradients in complex arguments; of complex numbers in complex numbers there are two.
    private static bool? Mode(string name, TensorType? x, TensorType? y, bool? isForward) =>
        x is not null && y is not null ? throw new ShapeException($"{name}: {y} has no one derivative in {x}: take real parts, or one direction after the other by Jvp") :
        x is not null && isForward == true ? throw new ShapeException($"{name}: directions in {x} give half of the derivative: use JacobianReverse") :
        y is not null && isForward == false ? throw new ShapeException($"{name}: gradients of {y} give half of the derivative: use JacobianForward") :
        x is not null ? false : y is not null ? true : isForward;

    // The first axes to the end.
    private static Node Turned(Node x, int count, DType dtype) => Ops.Cast(Ops.Permute(x, [.. Dims.Range(x.Type.Rank).Skip(count), .. Dims.Range(count)]), dtype);

    // For every element of all tensors together, one direction that is 1 there and 0 elsewhere.
    private static ImmutableArray<Node> Units(ImmutableArray<TensorType> types) =>
        [.. Ops.Pieces(Ops.Eye(types.Sum(t => t.Count)), 1, types.Select(t => t.Shape)).Zip(types, (piece, t) => Ops.Cast(piece, t.DType))];

    /// <summary>The second derivatives of a function with one result: shape [argument…, argument…]; forward mode over reverse mode.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <param name="chunk">How many rows are computed at once; all unless given.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Hessian(Func<Node, Node> f, long? chunk = null) => Given(f, (Node x) => Hessian<Node>(f, chunk)(x)[0]);

    /// <summary>
    /// The second derivatives of a function of a tree: for each leaf of the argument, a tree like the argument whose leaves have the shape [this leaf…, other leaf…].
    /// </summary>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <param name="f">From a tree to a tensor of one element.</param>
    /// <param name="chunk">How many rows are computed at once; all unless given.</param>
    public static Func<T, ImmutableArray<T>> Hessian<T>(Func<T, Node> f, long? chunk = null) => Jacobian("Hessian", Grad("Hessian", f), true, chunk);
}
