using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

/// <summary>Derivatives along directions, and sums over all of them: what does not need the whole matrix.</summary>
public static partial class Transforms
{
    /// <summary>The value of a function at x, and its derivative there as a linear map from a direction to that of the result: forward mode, traced once.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    [OverloadResolutionPriority(1)]
    public static (Node Value, Func<Node, Node> Pushforward) Linearize(Func<Node, Node> f, Node x) => Linearize<Node, Node>(f, x);

    /// <inheritdoc cref="Linearize(Func{Node, Node}, Node)"/>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    public static (TResult Value, Func<T, TResult> Pushforward) Linearize<T, TResult>(Func<T, TResult> f, T x)
    {
        var (graph, value) = Traced.Of("Linearize", f, x);
        return (value, t => Tree.With(value, graph.Pushed(Tree.Like(x, t))));
    }

    /// <summary>The transpose of a linear function: ⟨c, f(x)⟩ = ⟨Transpose(f)(c), x⟩.</summary>
    /// <param name="f">From a tensor to a tensor, linear.</param>
    /// <param name="type">The type of its argument.</param>
    /// <exception cref="InvalidOperationException">When called: the function's derivative depends on its argument, so it is not linear.</exception>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Transpose(Func<Node, Node> f, TensorType type) => Transpose<Node, Node>(f, Node.Placeholder(type));

    /// <summary>The transpose of a linear function of trees: ⟨c, f(x)⟩ = ⟨Transpose(f)(c), x⟩.</summary>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    /// <typeparam name="TResult">A tree of floating-point tensors.</typeparam>
    /// <param name="f">A linear function.</param>
    /// <param name="like">A tree of its argument's structure and types; values do not matter.</param>
    /// <exception cref="InvalidOperationException">When called: the function's derivative depends on its argument, so it is not linear.</exception>
    public static Func<TResult, T> Transpose<T, TResult>(Func<T, TResult> f, T like) => Given(f, (TResult c) =>
    {
        // At zero, since a loop that carries what is linear beside what is not is run whole.
        var (graph, value) = Traced.Of("Transpose", f, Tree.Map(x => Ops.Full(x.Type, 0), like));
        return Tree.With(like, graph.Transposed(Tree.Like(value, c)));
    });

    /// <summary>The Hessian of a function with one result times a vector, at a point: forward mode over reverse mode, without the Hessian.</summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <returns>From (point, vector) to a tensor of their type.</returns>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node> Hvp(Func<Node, Node> f) => Hvp<Node>(f);

    /// <inheritdoc cref="Hvp(Func{Node, Node})"/>
    /// <typeparam name="T">A tree of floating-point tensors.</typeparam>
    public static Func<T, T, T> Hvp<T>(Func<T, Node> f) => Given(f, (T x, T v) => Jvp("Hvp", Grad("Hvp", f), x, v).Tangent);

    /// <summary>A vector times the Hessian of a function with one result, at a point: reverse mode over reverse mode.</summary>
    /// <inheritdoc cref="Hvp(Func{Node, Node})"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node> Vhp(Func<Node, Node> f) => Vhp<Node>(f);

    /// <summary>A vector times the Hessian of a function with one result, at a point: reverse mode over reverse mode.</summary>
    /// <inheritdoc cref="Hvp{T}(Func{T, Node})"/>
    public static Func<T, T, T> Vhp<T>(Func<T, Node> f) => Given(f, (T x, T v) => Vjp("Vhp", Grad("Vhp", f), x).Pullback(v));

    /// <summary>The sum of the second derivatives in every argument element: the trace of the Hessian, without the Hessian.</summary>
    /// <param name="f">From a real tensor to a tensor of one element.</param>
    /// <exception cref="ShapeException">When called: the argument is complex.</exception>
    public static Func<Node, Node> Laplacian(Func<Node, Node> f) => Given(f, (Node x) => Ops.Sum(Vmap(e => Ops.Sum(e * Jvp("Laplacian", Grad("Laplacian", f), x, e).Tangent))(Every("Laplacian", x))));

    /// <summary>The sum of the derivatives of every result element in the argument element at its place: the trace of the Jacobian, without the Jacobian.</summary>
    /// <param name="f">From a tensor to a tensor of the same shape.</param>
    /// <exception cref="ShapeException">When called: the result has another shape than the argument, or the argument is complex.</exception>
    public static Func<Node, Node> Divergence(Func<Node, Node> f) => Given(f, (Node x) =>
    {
        var (graph, y) = Traced.Of("Divergence", f, x);
        if (y.Shape != x.Shape) throw new ShapeException($"Divergence: the function makes {y.Type} of {x.Type}, and needs to keep the shape");
        return Ops.Sum(Vmap(e => Ops.Sum(e * graph.Pushed([e])[0]))(Every("Divergence", x)));
    });

    // A direction for every element; a complex one has two.
    private static Node Every(string name, Node x) => x.DType.IsComplex ? throw new ShapeException($"{name}: of a real argument, not {x.Type}; make the complex numbers of it inside the function, by ViewAsComplex") : Units([x.Type])[0];
}
