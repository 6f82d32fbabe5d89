namespace Functional.Autograd.Testing;

/// <summary>A function together with a point.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Inputs">float64 leaves: the point.</param>
/// <param name="F">The function.</param>
public sealed record Case(string Name, Node[] Inputs, Func<Node[], Node> F)
{
    /// <summary>The function's value, as an expression.</summary>
    public Node Value => F(Inputs);

    /// <summary>The point in float32, and the function there.</summary>
    internal Case InSingle() => this with { Name = Name + " in float32", Inputs = [.. Inputs.Select(x => Ops.Tensor<float>([.. Transforms.Evaluate<double>(x).Select(v => (float)v)], x.Shape))] };

    /// <summary>The name and the point.</summary>
    public override string ToString() => $"{Name} at {string.Join(", ", Inputs.Select(x => $"{x.Type} [{string.Join(", ", Oracle<Real>.Elements(x).Take(8).Select(v => v.ToString("R")))}{(x.Type.Count > 8 ? ", …" : "")}]"))}";
}
