using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>One of two functions of the operands after the first, which says which.</summary>
public abstract record Choice : Several
{
    internal sealed override Handling Elements => Handling.Passes;

    private protected Choice(Function then, Function otherwise) => (Then, Otherwise) = (then, otherwise);

    /// <summary>What is computed where the first operand is true.</summary>
    public Function Then { get; }

    /// <summary>What is computed where it is false.</summary>
    public Function Otherwise { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Function> Functions => [Then, Otherwise];

    /// <inheritdoc/>
    public sealed override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs)
    {
        if (inputs.IsEmpty) throw Mismatch(Name);
        if (!inputs[0].Type.Equals(TensorType.Scalar(DType.Bool))) throw new ShapeException($"{Name}: the condition is {inputs[0].Type} and not one truth value; use Where to choose by element");
        if (!inputs.Skip(1).Select(x => x.Type).SequenceEqual(Then.Parameters) || !Then.Parameters.SequenceEqual(Otherwise.Parameters)) throw Mismatch(Name, [.. inputs.Select(x => x.Type)]);
        for (var k = 0; k < Math.Max(Then.Results.Length, Otherwise.Results.Length); k++)
            if (k >= Then.Results.Length || k >= Otherwise.Results.Length || !Then.Results[k].Equals(Otherwise.Results[k]))
                throw new ShapeException($"{Name}: the results are {string.Join(", ", Then.Results)} where the condition holds, and {string.Join(", ", Otherwise.Results)} where it does not");
        return Then.Results;
    }

    internal sealed override string Written(Func<Function, string> name) => $"{Name}({name(Then)}; {name(Otherwise)})";

    internal override bool[] Depending(bool[] operands) => [.. Then.Depending(operands[1..]).Zip(Otherwise.Depending(operands[1..]), (a, b) => a || b || operands[0])];
}
