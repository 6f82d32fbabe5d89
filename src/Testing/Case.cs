namespace Functional.Autograd.Testing;

/// <summary>A function together with a point where it is defined and smooth.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Inputs">float64 leaves: the point.</param>
/// <param name="F">The function.</param>
/// <param name="Smooth">Whether differences approximate the derivative at the point; false for kinks and ties.</param>
public sealed record Case(string Name, Node[] Inputs, Func<Node[], Node> F, bool Smooth = true)
{
    /// <summary>The function's value, as an expression.</summary>
    public Node Value => F(Inputs);

    /// <summary>The name and the point.</summary>
    public override string ToString() => $"{Name} at {string.Join(", ", Inputs.Select(x => $"{x.Type} [{string.Join(", ", Transforms.Evaluate<double>(x).Take(8))}]"))}";
}
