using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// Functions from functions to functions: derivatives of all orders, batches, compilation. Arguments and results are trees (<see cref="Tree"/>): tensors, tuples,
/// arrays, dictionaries, or records of one's own.
/// </summary>
public static partial class Transforms
{
    internal static Node Scalar(string name, Node y) => y.Type.Count == 1 && y.DType.IsFloat ? y
        : throw new ShapeException($"{name} needs a function with one {(y.DType.IsComplex ? "real " : "")}floating-point result, not {y.Type}; {(y.DType.IsComplex ? "take its Real, Imag or Abs" : "sum it")}, or use Vjp");

    // The argument is passed through a fresh node, so that its own history stays out of the derivative. It has the argument's
    // type, so that a bare number stays one: the derivative is of the same computation that f(x) is.
    internal static Node Fresh(string name, Node x, int argument) => x.DType.IsSmooth ? new Node(Alias.Instance, x)
        : throw new ShapeException($"{name}: only floating-point tensors have derivatives, and argument {argument} is {x.Type}; cast it, let the function capture it, or name the others in Grad(f, wrt)");

    // A transform says at once that there is no function, not when what it made is called.
    private static TMade Given<TMade>(Delegate? f, TMade made, [CallerArgumentExpression(nameof(f))] string? name = null) => f is null ? throw new ArgumentNullException(name) : made;

    // The places of what has derivatives.
    private static ImmutableArray<int> Smooth(ImmutableArray<Node> nodes) => [.. Enumerable.Range(0, nodes.Length).Where(k => nodes[k].DType.IsSmooth)];

    private static ImmutableArray<Node> Placed(ImmutableArray<Node> all, ImmutableArray<int> places, ImmutableArray<Node> some)
    {
        var placed = all.ToBuilder();
        for (var i = 0; i < places.Length; i++) placed[places[i]] = some[i];
        return placed.ToImmutable();
    }

    private static Node OrZero(Node? derivative, Node x) => derivative ?? Ops.Full(x.Type, 0);

    // A function's value over fresh nodes, and what its derivative needs.
    private sealed record Traced(Trace Trace, ImmutableArray<Node> X, ImmutableArray<Node> At, ImmutableArray<Node> Y)
    {
        public static (Traced Seen, U Value) Of<T, U>(string name, Func<T, U> f, T x)
        {
            var leaves = Tree.Leaves(Given(f, x));
            using var trace = Trace.Begin(name);
            ImmutableArray<Node> at = [.. leaves.Select((v, k) => Fresh(name, v, k))];
            var y = f(Tree.With(x, at));
            return (new(trace, leaves, at, Tree.Leaves(y)), y);
        }

        // Of what is no number there is no derivative.
        public ImmutableArray<Node> Pulled(ImmutableArray<Node> cotangents)
        {
            var smooth = Smooth(Y);
            Fit("cotangent", cotangents, "result", Y);
            return [.. Gradient.Of([.. smooth.Select(k => Y[k])], [.. smooth.Select(k => cotangents[k])], At.AsSpan(), constants: [], trace: Trace).Zip(X, OrZero)];
        }

        // Of a linear function: the derivative is the same everywhere.
        public ImmutableArray<Node> Transposed(ImmutableArray<Node> cotangents)
        {
            var whole = Function.Between(Trace, At.AsSpan(), [.. Smooth(Y).Select(k => Y[k])]).Closed;
            return Tangent.IsLinear(whole, [.. whole.Parameters.Select((_, k) => k < At.Length)]) ? Pulled(cotangents)
                : throw new InvalidOperationException($"{Trace.Name}: the function of {string.Join(", ", X.Select(x => x.Type))} is not linear: its derivative depends on its argument, or is not all of it");
        }

        public ImmutableArray<Node> Pushed(ImmutableArray<Node> tangents) => [.. Tangent.Along(Y.AsSpan(), At.AsSpan(), [.. Fit("tangent", tangents, "argument", X)], trace: Trace).Zip(Y, OrZero)];

        private ImmutableArray<Node> Fit(string what, ImmutableArray<Node> given, string of, ImmutableArray<Node> nodes) => Smooth(nodes).FirstOrDefault(k => !given[k].Type.Equals(nodes[k].Type), -1) is >= 0 and var k
            ? throw new ShapeException($"{Trace.Name}: the {what} {given[k].Type} does not fit {of} {k} of type {nodes[k].Type}") : given;
    }

    /// <summary>The gradient of a function with one result.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <returns>From a tensor to a tensor of the same type. It is a graph transform, so it can be differentiated again.</returns>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Grad(Func<Node, Node> f) => Grad<Node>(f);

    /// <summary>The gradients of a function of two tensors.</summary>
    /// <param name="f">From two tensors to a tensor of one element.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, (Node, Node)> Grad(Func<Node, Node, Node> f) => Given(f, (Node a, Node b) => Grad<(Node A, Node B)>(x => f(x.A, x.B))((a, b)));

    /// <summary>The gradients of a function of three tensors.</summary>
    /// <param name="f">From three tensors to a tensor of one element.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node, (Node, Node, Node)> Grad(Func<Node, Node, Node, Node> f) => Given(f, (Node a, Node b, Node c) => Grad<(Node A, Node B, Node C)>(x => f(x.A, x.B, x.C))((a, b, c)));

    /// <summary>The gradient of a function of two tensors with respect to one of them.</summary>
    /// <param name="f">From two tensors to a tensor of one element.</param>
    /// <param name="wrt">0 for the first argument, 1 for the second.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public static Func<Node, Node, Node> Grad(Func<Node, Node, Node> f, int wrt) => wrt is 0 or 1 ? Given(f, (Node a, Node b) => wrt == 0 ? Grad(x => f(x, b))(a) : Grad(x => f(a, x))(b))
        : throw new ArgumentOutOfRangeException(nameof(wrt), wrt, "Grad: a function of two arguments has the arguments 0 and 1");

    /// <summary>The gradients of a function of any number of tensors.</summary>
    /// <param name="f">From tensors to a tensor of one element.</param>
    public static Func<ImmutableArray<Node>, ImmutableArray<Node>> Grad(Func<ImmutableArray<Node>, Node> f) => Grad<ImmutableArray<Node>>(f);

    /// <summary>The gradient of a function of a tree: the same tree of gradients.</summary>
    /// <typeparam name="T">A tree of floating-point tensors; named, unless the function's parameter says it: <c>Grad&lt;Model&gt;(Loss)</c>, <c>Grad((Model m) => …)</c>.</typeparam>
    /// <param name="f">From a tree to a tensor of one element.</param>
    public static Func<T, T> Grad<T>(Func<T, Node> f) => Grad("Grad", f);

    private static Func<T, T> Grad<T>(string name, Func<T, Node> f) => Given(f, (T x) => ValueAndGrad(name, f)(x).Gradient);

    /// <summary>The gradients of a function of a tree with respect to some of its leaves.</summary>
    /// <typeparam name="T">A tree; leaves that are not asked for may be of any element type.</typeparam>
    /// <param name="f">From a tree to a tensor of one element.</param>
    /// <param name="wrt">Which leaves, counted from the left.</param>
    /// <exception cref="ArgumentOutOfRangeException">When called: there is no such leaf.</exception>
    /// <exception cref="ArgumentException">When called: a leaf is named twice.</exception>
    public static Func<T, ImmutableArray<Node>> Grad<T>(Func<T, Node> f, ImmutableArray<int> wrt) => Given(f, (T x) =>
    {
        var leaves = Tree.Leaves(x);
        if (wrt.FirstOrDefault(k => k < 0 || k >= leaves.Length, -1) is var wrong && wrt.Contains(wrong))
            throw new ArgumentOutOfRangeException(nameof(wrt), wrong, $"Grad: the argument has {leaves.Length} tensors");
        if (wrt.Distinct().Count() < wrt.Length) throw new ArgumentException($"Grad: a tensor is named twice in {string.Join(", ", wrt)}", nameof(wrt));
        return Grad<ImmutableArray<Node>>(some => f(Tree.With(x, Placed(leaves, wrt, some))))([.. wrt.Select(k => leaves[k])]);
    });

    /// <summary>A function's value together with its gradient.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, (Node Value, Node Gradient)> ValueAndGrad(Func<Node, Node> f) => ValueAndGrad<Node>(f);

    /// <summary>A function's value together with its gradients.</summary>
    /// <param name="f">From two tensors to a tensor of one element.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, (Node Value, (Node, Node) Gradients)> ValueAndGrad(Func<Node, Node, Node> f) => Given(f, (Node a, Node b) => ValueAndGrad<(Node A, Node B)>(x => f(x.A, x.B))((a, b)));

    /// <summary>A function's value together with its gradients.</summary>
    /// <param name="f">From tensors to a tensor of one element.</param>
    public static Func<ImmutableArray<Node>, (Node Value, ImmutableArray<Node> Gradients)> ValueAndGrad(Func<ImmutableArray<Node>, Node> f) => ValueAndGrad<ImmutableArray<Node>>(f);

    /// <summary>A function's value together with its gradient.</summary>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <param name="f">From a tree to a tensor of one element.</param>
    public static Func<T, (Node Value, T Gradient)> ValueAndGrad<T>(Func<T, Node> f) => ValueAndGrad("ValueAndGrad", f);

    private static Func<T, (Node Value, T Gradient)> ValueAndGrad<T>(string name, Func<T, Node> f) => Given(f, (T x) =>
    {
        var (graph, value) = Traced.Of(name, f, x);
        return (value, Tree.With(x, graph.Pulled([Ops.Full(Scalar(name, value).Type, 1)])));
    });

    /// <summary>A function's value together with its gradient, and with what else it gives, which is not differentiated.</summary>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TAux">Anything.</typeparam>
    /// <param name="f">From a tree to a tensor of one element and something else.</param>
    public static Func<T, (Node Value, TAux Aux, T Gradient)> ValueAndGrad<T, TAux>(Func<T, (Node Value, TAux Aux)> f) => Given(f, (T x) =>
    {
        TAux? aux = default;
        var (value, gradient) = ValueAndGrad<T>(v =>
        {
            (var y, aux) = f(v);
            return y;
        })(x);
        return (value, aux!, gradient);
    });

    /// <summary>The value of a function at x, and the map from a cotangent of the result to that of the argument.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    [OverloadResolutionPriority(1)]
    public static (Node Value, Func<Node, Node> Pullback) Vjp(Func<Node, Node> f, Node x) => Vjp<Node, Node>(f, x);

    /// <inheritdoc cref="Vjp(Func{Node, Node}, Node)"/>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TResult">A tree; results that are no floating-point tensors have cotangents that are not looked at.</typeparam>
    public static (TResult Value, Func<TResult, T> Pullback) Vjp<T, TResult>(Func<T, TResult> f, T x) => Vjp("Vjp", f, x);

    private static (TResult Value, Func<TResult, T> Pullback) Vjp<T, TResult>(string name, Func<T, TResult> f, T x)
    {
        var (graph, value) = Traced.Of(name, f, x);
        return (value, c => Tree.With(x, graph.Pulled(Tree.Like(value, c))));
    }

    /// <summary>The value of a function at x, and the derivative in a direction.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    /// <param name="tangent">The direction, of x's type.</param>
    [OverloadResolutionPriority(1)]
    public static (Node Value, Node Tangent) Jvp(Func<Node, Node> f, Node x, Node tangent) => Jvp<Node, Node>(f, x, tangent);

    /// <inheritdoc cref="Jvp(Func{Node, Node}, Node, Node)"/>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    public static (TResult Value, TResult Tangent) Jvp<T, TResult>(Func<T, TResult> f, T x, T tangent) => Jvp("Jvp", f, x, tangent);

    private static (TResult Value, TResult Tangent) Jvp<T, TResult>(string name, Func<T, TResult> f, T x, T tangent)
    {
        var (graph, value) = Traced.Of(name, f, x);
        return (value, Tree.With(value, graph.Pushed(Tree.Like(x, tangent))));
    }

    /// <summary>The same value, cut off from differentiation: every leaf is <see cref="Ops.Detach"/>ed.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="tree">The tree.</param>
    public static T StopGradient<T>(T tree) => Tree.Map(Ops.Detach, tree);

    /// <summary>
    /// A leaf with a node's value and without its history, so that what the value was made of can be collected: a long iteration
    /// continues from settled values in bounded memory. Its derivative with respect to what it was made of is zero.
    /// </summary>
    /// <param name="node">The node; computed if need be.</param>
    /// <returns>The node itself when it is such a leaf already.</returns>
    /// <exception cref="InvalidOperationException">A placeholder has no value.</exception>
    public static Node Settled(Node node) => Evaluator.Settled(node);

    /// <summary>The elements of a node, computed if need be, in row-major order.</summary>
    /// <typeparam name="T">The element type's .NET counterpart.</typeparam>
    /// <param name="node">The node.</param>
    /// <exception cref="ArgumentException">The type does not match the node's element type.</exception>
    public static T[] Evaluate<T>(Node node) where T : unmanaged => Evaluator.Read<T>(node);
}
