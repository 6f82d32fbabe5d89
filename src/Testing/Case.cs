namespace Functional.Autograd.Testing;

/// <summary>A function together with a point.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Inputs">float64 leaves: the point. The function captures what else it needs, and casts.</param>
/// <param name="F">The function.</param>
public sealed record Case(string Name, Node[] Inputs, Func<Node[], Node> F)
{
    /// <summary>The point.</summary>
    /// <exception cref="ArgumentException">Along an integer there is no derivative, and in float32 no law is that sharp.</exception>
    public Node[] Inputs { get; init; } = Inputs.FirstOrDefault(x => x.DType != DType.Float64) is not { } other ? Inputs
        : throw new ArgumentException($"{Name}: the inputs of a case are float64, not {other.Type}: capture other tensors, or cast inside the function", nameof(Inputs));

    /// <summary>The function's value, as an expression.</summary>
    public Node Value => F(Inputs);

    /// <summary>The point in float32, and the function there.</summary>
    internal Case InSingle() => this with { Name = Name + " in float32", Inputs = [.. Inputs.Select(x => Ops.Tensor<float>([.. Transforms.Evaluate<double>(x).Select(v => (float)v)], x.Shape))] };

    /// <summary>The name and the point.</summary>
    public override string ToString() => $"{Name} at {string.Join(", ", Inputs.Select(x => $"{x.Type} [{string.Join(", ", Oracle<Real>.Elements(x).Take(8).Select(v => v.ToString("R")))}{(x.Type.Count > 8 ? ", …" : "")}]"))}";
}
