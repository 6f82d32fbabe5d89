using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>A function that is applied to what it gave as long as another says so. The operands are what every step reads, and the first carries.</summary>
public abstract record Repeat : Several
{
    internal sealed override Handling Elements => Handling.Passes;

    private protected Repeat(Function test, Function body, int constants) => (Test, Body, Constants) = (test, body, constants);

    /// <summary>From (constants, carries) to whether there is another step.</summary>
    public Function Test { get; }

    /// <summary>From (constants, carries) to the next carries.</summary>
    public Function Body { get; }

    /// <summary>How many operands every step reads.</summary>
    public int Constants { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Function> Functions => [Test, Body];

    /// <inheritdoc/>
    public sealed override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs) =>
        inputs.Select(x => x.Type).SequenceEqual(Body.Parameters) && Goes() ? Body.Results : throw Mismatch(Name, [.. inputs.Select(x => x.Type)]);

    // Whether a step makes what the next one takes, and the test gives one truth value.
    private bool Goes() => Constants >= 0 && Constants <= Body.Parameters.Length && Body.Results.AsSpan().SequenceEqual(Body.Parameters.AsSpan()[Constants..])
        && Body.Parameters.SequenceEqual(Test.Parameters) && Test.Results is [var truth] && truth.Equals(TensorType.Scalar(DType.Bool));

    internal sealed override string Written(Func<Function, string> name) => $"{Name}(constants {Constants}: {name(Test)}; {name(Body)})";

    internal override bool[] Depending(bool[] operands)
    {
        var moving = Moving(Body.Depending, Body, Constants, Body.Results.Length, operands, _ => true);
        var isAsked = Test.Depending(moving)[0];
        return [.. moving[Constants..].Select(m => m || isAsked)];
    }
}
