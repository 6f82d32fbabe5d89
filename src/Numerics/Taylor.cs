using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Numerics;

/// <summary>Taylor mode: all derivatives along a direction up to some order in one pass, whose cost grows with the square of the order, where nested derivatives double with each.</summary>
public static class Taylor
{
    /// <summary>The derivatives of a function along the direction of ones: of a function of one number, or element by element, the derivatives themselves.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    /// <param name="order">The highest.</param>
    /// <returns>The value, and the derivatives 1 … order, each of the value's type.</returns>
    /// <exception cref="ShapeException">The argument is of no floating-point type, or the direction of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public static ImmutableArray<Node> Derivatives(Func<Node, Node> f, Node x, int order) => Derivatives(f, x, Ops.Full(x.Type, 1), order);

    /// <summary>The derivatives of t ↦ f(x + t·direction) at 0.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    /// <param name="direction">Whither, of its type.</param>
    /// <param name="order">The highest.</param>
    /// <returns>The value, and the derivatives 1 … order, each of the value's type. They are nodes: they can be differentiated, batched and compiled.</returns>
    /// <exception cref="ShapeException">The argument is of no floating-point type, or the direction of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public static ImmutableArray<Node> Derivatives(Func<Node, Node> f, Node x, Node direction, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        if (!x.DType.IsFloat || !direction.Type.Equals(x.Type)) throw new ShapeException($"Taylor: a direction of type {direction.Type} at {x.Type}; both are of one floating-point type");
        Node at, y;
        using (Trace.Begin("Taylor"))
        {
            at = new(Alias.Instance, x);
            y = f(at);
        }
        var (factorial, derivatives) = (1.0, ImmutableArray.CreateBuilder<Node>(order + 1));
        foreach (var c in Series.Of([y], [(at, [.. Enumerable.Range(1, order).Select(k => k == 1 ? direction : null)])], order)[0])
        {
            if (derivatives.Count > 0) factorial *= derivatives.Count;
            derivatives.Add(c is null ? Ops.Full(y.Type, 0) : factorial == 1 ? c : c * factorial);
        }
        return derivatives.MoveToImmutable();
    }
}
