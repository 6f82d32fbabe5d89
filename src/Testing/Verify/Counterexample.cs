using System.Text;

namespace Functional.Autograd.Testing;

/// <summary>C# that shows a finding: the function as it was written, the point, and what to look at.</summary>
internal static class Counterexample
{
    public static string Of(Subject subject, Drawn drawn, Case at, Evidence? evidence, Exception failure, bool single)
    {
        var text = new StringBuilder("using System;\nusing System.Collections.Immutable;\nusing System.Linq;\nusing Functional.Autograd;\nusing static Functional.Autograd.Ops;\n\n");
        text.Append(subject.Text == "f" ? $"// f is the {subject.Kind} that was verified.\n" : $"{subject.Kind} f = {subject.Text};\n");
        text.Append($"ImmutableArray<Node> all = [{string.Join(", ", drawn.All.Select(x => Tensor(x, single && x.DType.IsFloat)))}];\n");
        text.Append($"ImmutableArray<Node> point = [{string.Join(", ", drawn.Moving.Select(k => $"all[{k}]"))}];\n");
        string[] operands = [.. drawn.All.Select((_, k) => Array.IndexOf(drawn.Moving, k) is var i && i >= 0 ? $"p[{i}]" : $"all[{k}]")];
        text.Append($"Node F(ImmutableArray<Node> p)\n{{\n    ImmutableArray<Node> x = [{string.Join(", ", operands)}];\n    return {subject.Call};\n}}\n");
        return (evidence is null ? text.Append(Shown(failure, single)) : text.Append(Derived(evidence, at, single))).ToString();
    }

    private static string Shown(Exception failure, bool single) => $"""
        // {failure.Message.Split('\n')[0]}
        var value = F(point);
        Console.WriteLine(string.Join(" ", Transforms.Evaluate<{Type(single)}>(value)));
        foreach (var gradient in Transforms.Grad((ImmutableArray<Node> p) => Ops.Sum(F(p)))(point)) Console.WriteLine(string.Join(" ", Transforms.Evaluate<{Type(single)}>(gradient)));

        """.Replace("\r", "", StringComparison.Ordinal);

    private static string Derived(Evidence evidence, Case at, bool single)
    {
        var (text, of) = (new StringBuilder(), "F");
        text.Append($"ImmutableArray<Node> direction = [{string.Join(", ", evidence.Direction.Select((t, k) => Tensor(t, at.Inputs[k].Shape, single)))}];\n");
        if (evidence.Modes.Contains('f')) text.Append("Node Forward(Func<ImmutableArray<Node>, Node> g, ImmutableArray<Node> p) => Transforms.Jvp(g, p, direction).Tangent;\n");
        if (evidence.Modes.Contains('r')) text.Append("Node Reverse(Func<ImmutableArray<Node>, Node> g, ImmutableArray<Node> p) => Transforms.Grad(g)(p).Zip(direction, (c, t) => Ops.Sum(c * t)).Aggregate((a, b) => a + b);\n");
        if (evidence.Weights is { } weights)
        {
            text.Append($"var weights = {Tensor(weights, at.Value.Shape, single)};\nNode Weighed(ImmutableArray<Node> p) => Ops.Sum(F(p) * weights);\n");
            of = "Weighed";
        }
        for (var k = evidence.Modes.Length - 1; k >= 0; k--)
        {
            var next = $"D{evidence.Modes.Length - k}";
            text.Append($"Node {next}(ImmutableArray<Node> p) => {(evidence.Modes[k] == 'f' ? "Forward" : "Reverse")}({of}, p);\n");
            of = next;
        }
        text.Append($"Console.WriteLine($\"{{Transforms.Evaluate<{Type(single)}>({of}(point))[{evidence.Element}]:R}} instead of {evidence.Expected:R}\");\n");
        return text.ToString();
    }

    private static string Type(bool single) => single ? "float" : "double";

    private static string Tensor(Node x, bool single) => x.DType.IsFloat ? Tensor(Oracle<Real>.Elements(x), x.Shape, single) : x.DType == DType.Bool
        ? $"Ops.Tensor<bool>([{string.Join(", ", Oracle<Real>.Integers(x).Select(v => v != 0 ? "true" : "false"))}], [{string.Join(", ", x.Shape)}])"
        : $"Ops.Cast(Ops.Tensor<long>([{string.Join(", ", Oracle<Real>.Integers(x))}], [{string.Join(", ", x.Shape)}]), DType.{x.DType})";

    private static string Tensor(IEnumerable<double> data, Dims shape, bool single) =>
        $"Ops.Tensor<{Type(single)}>([{Elements([.. data.Select(v => Literal(v, single))])}], [{string.Join(", ", shape)}])";

    // Equal neighbours are told once.
    public static string Elements(string[] numbers)
    {
        var parts = new List<string>();
        for (var (i, n) = (0, 0); i < numbers.Length; i += n)
        {
            for (n = 1; i + n < numbers.Length && numbers[i + n] == numbers[i];) n++;
            if (n > 4) parts.Add($".. Enumerable.Repeat({numbers[i]}, {n})");
            else parts.AddRange(numbers[i..(i + n)]);
        }
        return string.Join(", ", parts);
    }

    public static string Literal(double v, bool single = false) => v switch
    {
        double.PositiveInfinity => $"{Type(single)}.PositiveInfinity",
        double.NegativeInfinity => $"{Type(single)}.NegativeInfinity",
        double.NaN => $"{Type(single)}.NaN",
        _ => single ? ((float)v).ToString("R") + "f" : v.ToString("R") + (v == Math.Floor(v) && Math.Abs(v) < 1e15 ? ".0" : ""),
    };
}
