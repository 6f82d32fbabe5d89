using System.Collections.Immutable;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Functions from functions to functions: derivatives of all orders, and compilation.</summary>
public static partial class Transforms
{
    private static Node Scalar(Node y) => y.Type.Count == 1 && y.DType.IsFloat ? y
        : throw new ShapeException($"Grad needs a function with one floating-point result, not {y.Type}; sum it, or use Vjp");

    // The argument is passed through a fresh node, so that its own history stays out of the derivative. It has the argument's
    // type, so that a bare number stays one: the derivative is of the same computation that f(x) is.
    private static Node Fresh(string name, Node x, int argument) => x.DType.IsFloat ? new Node(Alias.Instance, x)
        : throw new ShapeException($"{name}: only floating-point tensors have derivatives, and argument {argument} is {x.Type}");

    private static Node OrZero(Node? gradient, Node x) => gradient ?? Ops.Full(x.Type, 0);

    /// <summary>The gradient of a function with one result.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <returns>From a tensor to a tensor of the same type. It is a graph transform, so it can be differentiated again.</returns>
    public static Func<Node, Node> Grad(Func<Node, Node> f) => x => ValueAndGrad(f)(x).Gradient;

    /// <summary>The gradients of a function of several tensors.</summary>
    /// <param name="f">From tensors to a tensor of one element.</param>
    public static Func<ImmutableArray<Node>, ImmutableArray<Node>> Grad(Func<ImmutableArray<Node>, Node> f) => x => ValueAndGrad(f)(x).Gradients;

    /// <summary>A function's value together with its gradient.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    public static Func<Node, (Node Value, Node Gradient)> ValueAndGrad(Func<Node, Node> f) => x =>
    {
        var (value, gradients) = ValueAndGrad((ImmutableArray<Node> v) => f(v[0]))([x]);
        return (value, gradients[0]);
    };

    /// <summary>A function's value together with its gradients.</summary>
    /// <param name="f">From tensors to a tensor of one element.</param>
    public static Func<ImmutableArray<Node>, (Node Value, ImmutableArray<Node> Gradients)> ValueAndGrad(Func<ImmutableArray<Node>, Node> f) => x =>
    {
        using var trace = Trace.Begin("Grad");
        ImmutableArray<Node> fresh = [.. x.Select((v, k) => Fresh("Grad", v, k))];
        var y = Scalar(f(fresh));
        var gradients = Gradient.Of([y], [Ops.Full(y.Type, 1)], fresh.AsSpan(), constants: [], trace: trace);
        return (y, [.. gradients.Zip(x, OrZero)]);
    };

    /// <summary>The value of a function at x, and the map from a cotangent of the result to that of the argument.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    public static (Node Value, Func<Node, Node> Pullback) Vjp(Func<Node, Node> f, Node x) => Vjp("Vjp", f, x);

    private static (Node Value, Func<Node, Node> Pullback) Vjp(string name, Func<Node, Node> f, Node x)
    {
        using var trace = Trace.Begin(name);
        var fresh = Fresh(name, x, 0);
        var y = f(fresh);
        return (y, c => OrZero(Gradient.Of([y], [c], [fresh], constants: [], trace: trace)[0], x));
    }

    /// <summary>The value of a function at x, and the derivative in a direction.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    /// <param name="tangent">The direction, of x's type.</param>
    public static (Node Value, Node Tangent) Jvp(Func<Node, Node> f, Node x, Node tangent)
    {
        using var trace = Trace.Begin("Jvp");
        var fresh = Fresh("Jvp", x, 0);
        var y = f(fresh);
        return (y, OrZero(Tangent.Along([y], [fresh], [tangent], trace: trace)[0], y));
    }

    /// <summary>
    /// The derivative of every result element with respect to every argument element: shape [result…, argument…]. All at once: forward mode
    /// where the argument has fewer elements than the result, reverse mode elsewhere.
    /// </summary>
    /// <param name="f">From a tensor to a tensor.</param>
    public static Func<Node, Node> Jacobian(Func<Node, Node> f) => x => Jacobian(f, x, (n, m) => n < m);

    /// <summary>The same by forward mode: one direction per argument element.</summary>
    /// <inheritdoc cref="Jacobian(Func{Node, Node})"/>
    public static Func<Node, Node> JacobianForward(Func<Node, Node> f) => x => Jacobian(f, x, (_, _) => true);

    /// <summary>The same by reverse mode: one cotangent per result element.</summary>
    /// <inheritdoc cref="Jacobian(Func{Node, Node})"/>
    public static Func<Node, Node> JacobianReverse(Func<Node, Node> f) => x => Jacobian(f, x, (_, _) => false);

    private static Node Jacobian(Func<Node, Node> f, Node x, Func<long, long, bool> isForward)
    {
        using var trace = Trace.Begin("Jacobian");
        var fresh = Fresh("Jacobian", x, 0);
        var y = f(fresh);
        if (x.Type.Count == 0 || y.Type.Count == 0) return Ops.Full(new TensorType(x.DType, [.. y.Shape, .. x.Shape]), 0);
        Node Pushed(Node t) => OrZero(Tangent.Along([y], [fresh], [t], trace: trace)[0], y);
        Node Pulled(Node c) => OrZero(Gradient.Of([y], [c], [fresh], constants: [], trace: trace)[0], x);
        var derivative = isForward(x.Type.Count, y.Type.Count) ? Ops.MoveAxis(Vmap(Pushed)(Units(x.Type)), 0, -1) : Vmap(Pulled)(Units(y.Type));
        return Ops.Reshape(derivative, [.. y.Shape, .. x.Shape]);
    }

    // One tensor per element, which is 1 there and 0 elsewhere.
    private static Node Units(TensorType type) => Ops.Reshape(Ops.Eye(type.Count, type.DType), [type.Count, .. type.Shape]);

    /// <summary>The second derivatives of a function with one result: shape [argument…, argument…]; forward mode over reverse mode.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    public static Func<Node, Node> Hessian(Func<Node, Node> f) => JacobianForward(Grad(f));

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
