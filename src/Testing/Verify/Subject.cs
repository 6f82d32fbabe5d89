using System.Collections.Immutable;

namespace Functional.Autograd.Testing;

/// <summary>What is verified.</summary>
/// <param name="Text">Its text in C#.</param>
/// <param name="Kind">Its type in C#.</param>
/// <param name="Call">How it is called on an array x of all operands.</param>
/// <param name="F">From all operands to the result.</param>
/// <param name="Domains">Where they lie.</param>
internal sealed record Subject(string Text, string Kind, string Call, Func<ImmutableArray<Node>, Node> F, ImmutableArray<Domain> Domains)
{
    public string Name { get; init; } = Text;

    /// <summary>A case of a size. Operands that have no derivative are held fast; the others are the point.</summary>
    public Drawn Draw(int size, int[] choices)
    {
        var tape = new Tape(choices);
        var all = new Node[Domains.Length];
        for (var k = 0; k < all.Length; k++)
        {
            var (domain, shape) = (Domains[k], Domains[k].Shape(size));
            var data = domain.Draw(tape, shape.Product);
            all[k] = domain.DType.IsFloat ? Ops.Tensor<double>(data, shape) : Transforms.Settled(Ops.Cast(Ops.Tensor<long>([.. data.Select(v => (long)v)], shape), domain.DType));
        }
        int[] moving = [.. Enumerable.Range(0, all.Length).Where(k => Domains[k].DType.IsFloat)];
        return new(new(Name, [.. moving.Select(k => all[k])], x => F(Placed(all, moving, x))), all, moving, size, choices);
    }

    private static ImmutableArray<Node> Placed(Node[] all, int[] moving, Node[] x)
    {
        Node[] given = [.. all];
        for (var i = 0; i < moving.Length; i++) given[moving[i]] = x[i];
        return [.. given];
    }
}

/// <summary>A case that was drawn.</summary>
/// <param name="Case">The function of what moves, and the point.</param>
/// <param name="All">All operands.</param>
/// <param name="Moving">Which of them move.</param>
/// <param name="Size">The size.</param>
/// <param name="Tape">The choices.</param>
internal sealed record Drawn(Case Case, Node[] All, int[] Moving, int Size, int[] Tape)
{
    public Node[] Fast => [.. All.Where((_, k) => !Moving.Contains(k))];
}

/// <summary>A law, and how it is asked.</summary>
/// <param name="Law">Its name.</param>
/// <param name="DType">In which element type.</param>
/// <param name="Every">In which share of the cases: what costs much and depends little on the point is asked seldom.</param>
/// <param name="Ask">Asks it.</param>
internal sealed record Question(string Law, DType DType, int Every, Func<Drawn, Verdict> Ask)
{
    /// <summary>All questions.</summary>
    public static IReadOnlyList<Question> All(VerifyOptions options)
    {
        Drawn Cut(Drawn d) => options.Surrogates.IsEmpty ? d : d with { Case = d.Case with { F = x => Laws.Cut(d.Case.F(x), options.Surrogates) } };
        Question Of(string law, int every, Func<Case, Verdict> ask) => new(law, DType.Float64, every, d => ask(d.Case));
        // Where a rule is meant to be something else, what is left of the derivative is compared.
        Question Truly(string law, int every, Func<Case, Verdict> ask) => new(law, DType.Float64, every, d => ask(Cut(d).Case));
        Question Orders(string law, DType type, int every, bool scaled) => new(law, type, every, d =>
            Laws.Orders(Cut(d).Case, new(type, options.Orders, type == DType.Float32 ? options.SingleTolerance : options.Tolerance, scaled, options.Tangents)));
        Question[] all =
        [
            Of("value", 1, Laws.Value), new("value", DType.Float32, 1, d => Laws.ValueInSingle(d.Case)),
            Orders("derivatives", DType.Float64, 1, false), Orders("derivatives", DType.Float32, 1, false),
            .. options.Tangents is null ? new[] { Orders("derivatives along scaled directions", DType.Float64, 2, true), Orders("derivatives along scaled directions", DType.Float32, 2, true) } : [],
            Of("deterministic", 8, c => Laws.Deterministic(c, options.Nondeterminism)), Of("inferred shape is real shape", 8, Laws.Shape),
            new("integers have no derivative", DType.Float64, 8, d => Laws.Unmoved(d.Case, d.Case.Value, d.Fast)),
            Truly("differences", 4, Laws.Differences), Of("adjoint", 4, Laws.Adjoint), Of("linearity", 8, Laws.Linearity),
            .. options.Orders > 1 ? new[] { Truly("Taylor remainder", 8, Laws.Remainder), Truly("symmetry", 8, Laws.Symmetry), Truly("whole Hessian", 16, Laws.Hessian), Truly("nesting", 16, Laws.Nesting) } : [],
            Truly("whole Jacobian", 8, Laws.Jacobian), Of("sharing and detaching", 16, Laws.Sharing), Of("structural zeros", 16, Laws.Zeros),
            Of("batched", 16, Laws.Batched), Of("batched gradients", 16, Laws.BatchedGradients), Of("compiled", 16, Laws.Compiled),
        ];
        return [.. all.Where(q => options.DTypes.Contains(q.DType))];
    }
}
