using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Where derivatives end.</summary>
internal static class ZeroCuts
{
    /// <summary>The places where something came back and nothing but zeros went on towards an argument.</summary>
    /// <param name="order">The function's graph, inputs before users.</param>
    /// <param name="x">The argument.</param>
    /// <param name="cotangents">What came back to each node.</param>
    public static IEnumerable<Cut> Cuts(List<Node> order, Node x, Dictionary<Node, Node> cotangents)
    {
        var (follows, alive, moved) = (Set(x), Set(x), Set());
        foreach (var n in order)
        {
            if (n.Inputs.Any(follows.Contains)) follows.Add(n);
            if (n.Type.IsSmooth && n.Op is not Detach && n.Inputs.Any(alive.Contains)) alive.Add(n);
            // A tuple counts as its parts do.
            if (cotangents.TryGetValue(n, out var c) && !IsZero(c)) moved.UnionWith(n.Op is Part ? [n, n.Inputs[0]] : [n]);
        }
        // The value of a rule is cut off, and the rule takes its place.
        var ruled = Set([.. order.Where(n => n.Op is Ruled).Select(n => n.Inputs[0])]);
        foreach (var n in order.Where(n => follows.Contains(n) && !ruled.Contains(n)))
            for (var k = 0; k < n.Inputs.Length; k++)
            {
                var from = n.Inputs[k];
                if (ReferenceEquals(n, x) || !alive.Contains(from)) continue;
                if (!alive.Contains(n)) yield return new(n, k, Ended(n));
                else if (moved.Contains(n) && !moved.Contains(from) && n.Op is not Part) yield return new(n, k, Flat(n, k, cotangents.GetValueOrDefault(n)));
            }
    }

    private static HashSet<Node> Set(params ReadOnlySpan<Node> nodes) => new([.. nodes], ReferenceEqualityComparer.Instance);

    private static bool IsZero(Node node) => Array.TrueForAll(Explain.Numbers(node), v => v == 0);

    // Why no derivative passes, whatever the numbers are.
    private static string Ended(Node n) => n.Op switch
    {
        Detach => "the derivative is cut off here",
        Binary => "a comparison is constant almost everywhere",
        ArgMax or ArgSort => "places are whole numbers, which do not move",
        _ => $"{n.DType.ToString().ToLowerInvariant()} has no derivative",
    };

    // Why nothing but zeros passes, at these numbers.
    private static string Flat(Node n, int k, Node? c)
    {
        if (n.Op is Several) return $"{(n.Op is Lu ? "its rule gives" : "the functions that it holds give")} nothing but zeros for operand {k}";
        var (active, pulled) = (new bool[n.Inputs.Length], new Node?[n.Inputs.Length]);
        active[k] = true;
        n.Op.Pull(n, c!, active, pulled);
        // What a choice masks may be anything before it is masked.
        if (pulled[k] is { } term && Explain.Numbers(term).Any(v => v != 0 && double.IsFinite(v))) return $"what operand {k} gets from here and what it gets from elsewhere add up to 0";
        return n.Op switch
        {
            Unary { Slope: null } or Binary { Title: "FloorDiv" } => $"{n.Op} is constant almost everywhere",
            Select => $"operand {k} is nowhere chosen",
            Binary { Title: "Max" or "Min" } => $"operand {k} wins nowhere",
            Binary { Title: "Mul" } => $"operand {k} is multiplied by operand {1 - k}, which is 0 {(IsZero(n.Inputs[1 - k]) ? "everywhere" : "wherever it matters")}",
            Custom custom => $"the rule of {custom.Title} gives nothing for operand {k}",
            Elementwise when Explain.Numbers(n.Inputs[k]) is { Length: > 0 } v => FormattableString.Invariant($"the slope in operand {k}, which lies between {v.Min()} and {v.Max()}, is 0 wherever it matters"),
            _ => $"no element of operand {k} is read where it matters",
        };
    }
}
