namespace Functional.Autograd.Testing;

/// <summary>Something that is not right.</summary>
/// <param name="Law">The law that does not hold.</param>
/// <param name="DType">In which element type.</param>
/// <param name="Message">What was found.</param>
/// <param name="Size">The size, the smallest that was found.</param>
public sealed record Finding(string Law, DType DType, string Message, int Size)
{
    /// <summary>What that means, with what held and what did not beside it.</summary>
    public string Implies { get; init; } = "";

    /// <summary>The shapes of the operands that move.</summary>
    public IReadOnlyList<Dims> Shapes { get; init; } = [];

    /// <summary>The point: the elements of each operand.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Point { get; init; } = [];

    /// <summary>The direction along which was differentiated, operand by operand; empty where no direction is involved.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Direction { get; init; } = [];

    /// <summary>The order of the derivative, if it is one that is wrong.</summary>
    public int? Order { get; init; }

    /// <summary>How the derivative was computed: <c>reverse over forward</c>.</summary>
    public string? Modes { get; init; }

    /// <summary>Which element of the result differs; null where all were weighed and summed up.</summary>
    public int? Element { get; init; }

    /// <summary>What it should be.</summary>
    public double? Expected { get; init; }

    /// <summary>What it is.</summary>
    public double? Got { get; init; }

    /// <summary>How far apart they may be.</summary>
    public double? Within { get; init; }

    /// <summary>The first operation of the function whose own derivative is wrong.</summary>
    public string? Culprit { get; init; }

    /// <summary>C# that shows it.</summary>
    public string Code { get; init; } = "";

    /// <summary>What <see cref="VerifyOptions.Replay"/> takes to try this case alone.</summary>
    public string Replay { get; init; } = "";

    /// <summary>In how many cases the law was broken.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Everything that is known, in some lines.</summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder($"{Law} in {DType.ToString().ToLowerInvariant()}, size {Size}: {Message}\n");
        if (Implies.Length > 0) text.Append($"  implies    {Implies}\n");
        if (Culprit is not null) text.Append($"  first at   {Culprit}\n");
        for (var k = 0; k < Point.Count; k++) text.Append($"  x{k}         {(k < Shapes.Count ? Shapes[k].ToString() : "")} {Numbers(Point[k])}\n");
        for (var k = 0; k < Direction.Count; k++) text.Append($"  t{k}         {Numbers(Direction[k])}\n");
        if (Expected is { } expected) text.Append($"  expected   {expected:R}{(Within is { } w ? $" within {w:G3}" : "")}{(Element is { } e ? $" in element {e}" : "")}\n  got        {Got:R}\n");
        if (Replay.Length > 0) text.Append($"  replay     {Replay}\n");
        if (Times > 1) text.Append($"  in         {Times} cases\n");
        return text.ToString();
    }

    private static string Numbers(IReadOnlyList<double> all) => $"[{string.Join(", ", all.Take(12).Select(v => v.ToString("R")))}{(all.Count > 12 ? $", … {all.Count - 12} more" : "")}]";
}

/// <summary>A case as one line.</summary>
/// <param name="Law">The law.</param>
/// <param name="DType">The element type.</param>
/// <param name="Size">The size.</param>
/// <param name="Tape">The choices.</param>
internal sealed record Replay(string Law, DType DType, int Size, int[] Tape)
{
    public static Replay Parse(string text) => text.Split('|') is [var law, var dtype, var size, var tape] && Enum.TryParse<DType>(dtype, out var type) && int.TryParse(size, out var n) && n >= 0
        && tape.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => int.TryParse(t, out var c) ? c : (int?)null).ToArray() is var choices && !choices.Contains(null)
        ? new(law, type, n, [.. choices.Select(c => c!.Value)])
        : throw new ArgumentException($"\"{text}\" is no replay: it is a law, an element type, a size and choices: {new Replay("derivatives", DType.Float64, 1, [0, 3])}");

    public override string ToString() => $"{Law}|{DType}|{Size}|{string.Join(' ', Tape)}";
}
