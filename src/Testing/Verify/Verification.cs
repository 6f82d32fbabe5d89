using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Autograd.Testing;

/// <summary>
/// Verifies derivatives: of functions of the library, rules of one's own among them, and of plain delegates with gradients that were written by hand. What is not right is told with
/// the point, the numbers, what it implies, and code that shows it; nothing is thrown for it.
/// </summary>
public static class Verification
{
    /// <summary>Holds a function's derivatives to every law that applies.</summary>
    /// <param name="f">A pure function from a tensor to a tensor.</param>
    /// <param name="domain">Where it is tried.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    [OverloadResolutionPriority(2)]
    public static Report Verify(Func<Node, Node> f, Domain domain, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "") =>
        Run(new(text, "Func<Node, Node>", "f(x[0])", x => f(x[0]), [domain]), options);

    /// <summary>Holds the derivatives of a function of two tensors to every law that applies.</summary>
    /// <param name="f">A pure function.</param>
    /// <param name="a">Where its first operand lies.</param>
    /// <param name="b">Where its second operand lies.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    [OverloadResolutionPriority(1)]
    public static Report Verify(Func<Node, Node, Node> f, Domain a, Domain b, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "") =>
        Run(new(text, "Func<Node, Node, Node>", "f(x[0], x[1])", x => f(x[0], x[1]), [a, b]), options);

    /// <summary>Holds the derivatives of a function of some tensors to every law that applies.</summary>
    /// <param name="f">A pure function.</param>
    /// <param name="domains">Where its operands lie, one by one. Operands of integers and truth values are checked to have no derivative.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    public static Report Verify(Func<ImmutableArray<Node>, Node> f, ImmutableArray<Domain> domains, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "") =>
        Run(new(text, "Func<ImmutableArray<Node>, Node>", "f(x)", f, domains), options);

    /// <summary>Holds the derivatives of a function with several results to every law that applies. Results of integers and truth values are left out.</summary>
    /// <param name="f">A pure function.</param>
    /// <param name="domains">Where its operands lie, one by one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    [OverloadResolutionPriority(1)]
    public static Report Verify(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<Domain> domains, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "") =>
        Run(new(text, "Func<ImmutableArray<Node>, ImmutableArray<Node>>", "Ops.Concat([.. f(x).Where(y => y.DType.IsFloat).Select(y => Ops.Reshape(y, y.Type.Count))])", x => Joined(f(x)), domains), options);

    /// <summary>Holds a gradient that was written by hand to differences of its function: from n numbers to one.</summary>
    /// <param name="f">The function. It is called with arrays of its own.</param>
    /// <param name="claimed">From the same numbers to as many derivatives.</param>
    /// <param name="domain">Where they lie; <see cref="VerifyOptions.Sizes"/> says how many there are.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <param name="claim">The gradient's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    public static Report Verify(Func<double[], double> f, Func<double[], double[]> claimed, Domain domain, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "", [CallerArgumentExpression(nameof(claimed))] string claim = "") =>
        new Pair(x => [f(x)], x => claimed(x) is { } g ? [g] : null, domain, options ?? new(), text, claim, isGradient: true).Run();

    /// <summary>Holds a Jacobian that was written by hand to differences of its function: from n numbers to m.</summary>
    /// <param name="f">The function. It is called with arrays of its own.</param>
    /// <param name="claimed">From the same numbers to m rows of n derivatives.</param>
    /// <param name="domain">Where they lie; <see cref="VerifyOptions.Sizes"/> says how many there are.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="text">The function's text, which the compiler fills in.</param>
    /// <param name="claim">The Jacobian's text, which the compiler fills in.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a replay string is of another function.</exception>
    public static Report Verify(Func<double[], double[]> f, Func<double[], double[][]> claimed, Domain domain, VerifyOptions? options = null, [CallerArgumentExpression(nameof(f))] string text = "", [CallerArgumentExpression(nameof(claimed))] string claim = "") =>
        new Pair(f, claimed, domain, options ?? new(), text, claim, isGradient: false).Run();

    private static Report Run(Subject subject, VerifyOptions? options)
    {
        options ??= new();
        options.Check();
        if (subject.Domains.IsDefaultOrEmpty) throw new ArgumentException("a function without operands has no derivative to verify");
        return new Runner(subject with { Name = options.Name ?? subject.Name }, options).Run();
    }

    private static Node Joined(ImmutableArray<Node> results)
    {
        Node[] smooth = [.. results.Where(y => y.DType.IsFloat).Select(y => Ops.Reshape(y, y.Type.Count))];
        return smooth.Length == 0 ? results[0] : Ops.Concat(smooth);
    }
}
