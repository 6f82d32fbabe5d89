using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Functions with a derivative of the caller's own, and functions that are computed again for the backward pass.</summary>
public static partial class Transforms
{
    /// <summary>A function whose reverse mode is the caller's own; forward mode is its transpose. What the function captures keeps its own derivative.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="rule">From (argument, result, cotangent) to the argument's cotangent, linear in the cotangent.</param>
    /// <param name="name">The name in listings and messages.</param>
    /// <exception cref="ShapeException">When called: the rule gives a cotangent of another type than the argument's.</exception>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> CustomVjp(Func<Node, Node> f, Func<Node, Node, Node, Node> rule, string name = "CustomVjp") => CustomVjp<Node>(f, rule, name);

    /// <inheritdoc cref="CustomVjp(Func{Node, Node}, Func{Node, Node, Node, Node}, string)"/>
    /// <typeparam name="T">A tree; cotangents of leaves that are no floating-point tensors are not looked at.</typeparam>
    public static Func<T, Node> CustomVjp<T>(Func<T, Node> f, Func<T, Node, Node, T> rule, string name = "CustomVjp") => Given(rule, Given(f, (T x) =>
        Ruled(name, f, x, (v, y, c) => Tree.Like(x, rule(Tree.With(x, v), y, c)))));

    /// <summary>A function whose forward mode is the caller's own; reverse mode is its transpose. What the function captures keeps its own derivative.</summary>
    /// <param name="f">From a tensor to a tensor.</param>
    /// <param name="rule">From (argument, result, tangent) to the result's tangent, linear in the tangent.</param>
    /// <param name="name">The name in listings and messages.</param>
    /// <exception cref="ShapeException">When called: the rule gives a tangent of another type than the result's.</exception>
    /// <exception cref="InvalidOperationException">When called: the rule is not linear in the tangent.</exception>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> CustomJvp(Func<Node, Node> f, Func<Node, Node, Node, Node> rule, string name = "CustomJvp") => CustomJvp<Node>(f, rule, name);

    /// <inheritdoc cref="CustomJvp(Func{Node, Node}, Func{Node, Node, Node, Node}, string)"/>
    /// <typeparam name="T">A tree; tangents of leaves that are no floating-point tensors are zero.</typeparam>
    public static Func<T, Node> CustomJvp<T>(Func<T, Node> f, Func<T, Node, T, Node> rule, string name = "CustomJvp") => Given(rule, Given(f, (T x) => Ruled(name, f, x, (v, y, c) =>
    {
        var smooth = Smooth(v);
        ImmutableArray<Node> zeros = [.. v.Select(a => Ops.Full(a.Type, 0))];
        var (graph, tangent) = Traced.Of(name, t => rule(Tree.With(x, v), y, Tree.With(x, Placed(zeros, smooth, t))), (ImmutableArray<Node>)[.. smooth.Select(k => zeros[k])]);
        if (!tangent.Type.Equals(y.Type)) throw new ShapeException($"{name}: the rule gave a tangent of type {tangent.Type} for a result of type {y.Type}");
        return Placed(zeros, smooth, graph.Transposed([c]));
    })));

    // The arguments are passed through nodes of their own: where f captures one of them as well, that keeps its derivative.
    private static Node Ruled<T>(string name, Func<T, Node> f, T x, Func<ImmutableArray<Node>, Node, Node, ImmutableArray<Node>> rule)
    {
        ImmutableArray<Node> at = [.. Tree.Leaves(x).Select(v => new Node(Alias.Instance, v))];
        return Ops.WithRule(name, f(Tree.With(x, at)), at, (v, y, c) => [.. rule(v, y, c).Select((g, k) => v[k].DType.IsSmooth ? g : null)]);
    }

    /// <summary>
    /// A function whose intermediate values are computed again for the backward pass instead of being kept
    /// (Chen et al., "Training deep nets with sublinear memory cost", 2016). Gradients reach what it captures as well.
    /// </summary>
    /// <param name="f">A pure function.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Checkpoint(Func<Node, Node> f) => Checkpoint<Node>(f);

    /// <inheritdoc cref="Checkpoint(Func{Node, Node})"/>
    /// <typeparam name="T">A tree.</typeparam>
    public static Func<T, Node> Checkpoint<T>(Func<T, Node> f) => Given(f, (T x) => Ops.Recompute(v => f(Tree.With(x, v)), Tree.Leaves(x)));
}
