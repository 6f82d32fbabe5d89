using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// A piece of graph that is run a number of times. The operands are what every step reads, the first carries, and sequences, of which each step
/// reads one element. The results are the last carries, the outputs stacked.
/// </summary>
public abstract record Loop : Several
{
    internal sealed override Handling Elements => Handling.Passes;

    private protected Loop(Function body, int constants, int carries, long length, bool reverse) =>
        (Body, Constants, Carries, Length, Reverse) = (body, constants, carries, length, reverse);

    /// <summary>One step: from (constants, carries, elements) to (carries, outputs).</summary>
    public Function Body { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Function> Functions => [Body];

    /// <summary>How many operands every step reads whole.</summary>
    public int Constants { get; }

    /// <summary>How many tensors go from step to step.</summary>
    public int Carries { get; }

    /// <summary>How many steps there are.</summary>
    public long Length { get; }

    /// <summary>Whether the last element comes first.</summary>
    public bool Reverse { get; }

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs)
    {
        if (inputs.Length != Body.Parameters.Length || !Goes()) throw Mismatch(Name, [.. inputs.Select(x => x.Type)]);
        for (var k = 0; k < inputs.Length; k++)
            if (!inputs[k].Type.Equals(k < Constants + Carries ? Body.Parameters[k] : Stacked(Body.Parameters[k]))) throw Mismatch(Name, [.. inputs.Select(x => x.Type)]);
        return [.. Body.Results[..Carries], .. Body.Results[Carries..].Select(Stacked)];
    }

    /// <summary>The loop with another step.</summary>
    internal abstract Loop With(Function body, int constants);

    /// <summary>The results of the loop over operands; sequences and constants that no step reads are not among those of its node.</summary>
    internal Node[] Over(ReadOnlySpan<Node> operands)
    {
        var read = Body.Read();
        read.AsSpan(Constants, Carries).Fill(true);
        var kept = ImmutableArray.CreateBuilder<Node>(operands.Length);
        for (var k = 0; k < read.Length; k++)
            if (read[k]) kept.Add(operands[k]);
        return Parts(new Node(With(Body.Only(read), read.AsSpan(0, Constants).Count(true)), kept.ToImmutable()));
    }

    // Whether a step makes what the next one takes.
    private bool Goes() => Constants >= 0 && Carries >= 0 && Constants <= Body.Parameters.Length - Carries && Carries <= Body.Results.Length && Length >= 0
        && Body.Results.AsSpan(0, Carries).SequenceEqual(Body.Parameters.AsSpan(Constants, Carries));

    internal override bool[] Depending(bool[] operands)
    {
        var moving = Moving(Body.Depending, Body, Constants, Carries, operands, _ => true);
        return [.. moving[Constants..(Constants + Carries)], .. Body.Depending(moving)[Carries..]];
    }

    private TensorType Stacked(TensorType one) => new(one.DType, [Length, .. one.Shape]);

    internal sealed override string Written(Func<Function, string> name) =>
        $"{Name}({Length}, constants {Constants}, carries {Carries}{(Reverse ? ", reverse" : "")}: {name(Body)})";
}
