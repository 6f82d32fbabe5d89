namespace Functional.Autograd;

/// <summary>Derivatives along directions, and sums over all of them: what does not need the whole matrix.</summary>
public static partial class Transforms
{
    /// <summary>The value of a function at x, and its derivative there as a linear map from a direction to that of the result: forward mode, traced once.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    public static (Node Value, Func<Node, Node> Pushforward) Linearize(Func<Node, Node> f, Node x)
    {
        using var trace = Trace.Begin("Linearize");
        var fresh = Fresh("Linearize", x, 0);
        var y = f(fresh);
        return (y, t => OrZero(Tangent.Along([y], [fresh], [t], trace: trace)[0], y));
    }

    /// <summary>The transpose of a linear function: ⟨c, f(x)⟩ = ⟨Transpose(f)(c), x⟩.</summary>
    /// <param name="f">From a tensor to a tensor, linear.</param>
    /// <param name="type">The type of its argument.</param>
    /// <exception cref="InvalidOperationException">When called: the function's derivative depends on its argument, so it is not linear.</exception>
    public static Func<Node, Node> Transpose(Func<Node, Node> f, TensorType type) => c =>
    {
        using var trace = Trace.Begin("Transpose");
        var x = Fresh("Transpose", Node.Placeholder(type), 0);
        var pulled = OrZero(Gradient.Of([f(x)], [c], [x], constants: [], trace: trace)[0], x);
        using var numbering = Numbering.Begin();
        return !Traversal.Order([pulled], n => ReferenceEquals(n, x), numbering).Contains(x) ? pulled
            : throw new InvalidOperationException($"Transpose: the function of {type} is not linear: its derivative depends on its argument");
    };

    /// <summary>The Hessian of a function with one result times a vector, at a point: forward mode over reverse mode, without the Hessian.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <returns>From (point, vector) to a tensor of their type.</returns>
    public static Func<Node, Node, Node> Hvp(Func<Node, Node> f) => (x, v) => Jvp(Grad(f), x, v).Tangent;

    /// <summary>A vector times the Hessian of a function with one result, at a point: reverse mode over reverse mode.</summary>
    /// <inheritdoc cref="Hvp"/>
    public static Func<Node, Node, Node> Vhp(Func<Node, Node> f) => (x, v) => Vjp("Vhp", Grad(f), x).Pullback(v);

    /// <summary>The sum of the second derivatives in every argument element: the trace of the Hessian, without the Hessian.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    public static Func<Node, Node> Laplacian(Func<Node, Node> f) => x => Ops.Sum(Vmap(e => Ops.Sum(e * Hvp(f)(x, e)))(Units(x.Type)));

    /// <summary>The sum of the derivatives of every result element in the argument element at its place: the trace of the Jacobian, without the Jacobian.</summary>
    /// <param name="f">From a tensor to a tensor of the same shape.</param>
    /// <exception cref="ShapeException">When called: the result has another shape than the argument.</exception>
    public static Func<Node, Node> Divergence(Func<Node, Node> f) => x =>
    {
        var (y, pushed) = Linearize(f, x);
        if (y.Shape != x.Shape) throw new ShapeException($"Divergence: the function makes {y.Type} of {x.Type}, and needs to keep the shape");
        return Ops.Sum(Vmap(e => Ops.Sum(e * pushed(e)))(Units(x.Type)));
    };
}
