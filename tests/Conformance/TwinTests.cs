using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// A detached tensor is a constant, though it shares its elements with the one that is differentiated: where both are arguments of one
/// operation, derivatives are those beside a copy, in reverse and in forward mode.
/// </summary>
public class TwinTests
{
    private const int AtMost = 3;

    private static readonly string[] Files = ["operators", "elementwise", "reductions", "algebra", "numbers", "functional", "special", "places"];

    private static readonly Lazy<ILookup<string, RecordedCall>> Calls = new(() => Files.SelectMany(f => RecordedCall.Of(f + ".jsonl.gz")).Where(c => c.Error is null && Pairs(c).Any()).ToLookup(c => c.Op));

    /// <summary>Operators of several tensors of one type and shape.</summary>
    public static TheoryData<string> Names => [.. Calls.Value.Select(g => g.Key).Order(StringComparer.Ordinal)];

    private static IEnumerable<(int Wanted, int Other)> Pairs(RecordedCall call) =>
        from i in Enumerable.Range(0, call.Inputs.Length)
        from j in Enumerable.Range(0, call.Inputs.Length)
        where i != j
        let x = Golden.Tensor(call.Inputs[i])
        let y = Golden.Tensor(call.Inputs[j])
        where (x.is_floating_point() || x.is_complex()) && x.dtype == y.dtype && x.shape.ToString() == y.shape.ToString() && x.numel() > 0
        select (i, j);

    /// <summary>Gradients and tangents of one argument, where another is its detached twin and where it is a copy.</summary>
    /// <param name="op">The operator.</param>
    [Theory, MemberData(nameof(Names))]
    public void A_detached_twin_is_a_constant(string op)
    {
        warnings.sink = (_, _) => { };
        foreach (var call in Calls.Value[op].GroupBy(c => (c.Form, c.Inputs.Length, c.Keywords(c.Tensors()).Count)).SelectMany(g => g.Take(AtMost)))
            foreach (var (wanted, other) in Pairs(call))
            {
                Assert.Equal(Slopes(call, wanted, other, x => x.detach().clone()), Slopes(call, wanted, other, x => x.detach()));
                Assert.Equal(Tangents(call, wanted, other, x => x.detach().clone()), Tangents(call, wanted, other, x => x.detach()));
            }
    }

    private static Tensor[] Results(RecordedCall call, Tensor[] x)
    {
        manual_seed(7);
        return [.. (Binder.Bind(call, x) ?? throw new InvalidOperationException($"{call} has no member"))()];
    }

    private static string Slopes(RecordedCall call, int wanted, int other, Func<Tensor, Tensor> twin)
    {
        var x = call.Tensors();
        x[wanted] = x[wanted].detach().requires_grad_();
        x[other] = twin(x[wanted]);
        try
        {
            Tensor[] given = [.. x.Select((t, k) => call.Op.EndsWith('_') && k == 0 ? t.clone() : t)];
            Tensor[] results = [.. Results(call, given).Where(y => y.requires_grad)];
            if (results.Length == 0) return "";
            var gradient = autograd.grad(results, [x[wanted]], [.. results.Select(y => full_like(y, 0.7))], allow_unused: true)[0];
            return gradient is null ? "None" : string.Join(' ', gradient.resolve_conj().tolist());
        }
        catch (PythonError e)
        {
            return e.Kind;
        }
    }

    private static string Tangents(RecordedCall call, int wanted, int other, Func<Tensor, Tensor> twin)
    {
        using var level = autograd.forward_ad.dual_level();
        var x = call.Tensors();
        for (var k = 0; k < x.Length; k++) x[k] = x[k].detach();
        x[wanted] = autograd.forward_ad.make_dual(x[wanted], full_like(x[wanted], 0.7));
        x[other] = twin(x[wanted]);
        try
        {
            Tensor[] given = [.. x.Select((t, k) => call.Op.EndsWith('_') && k == 0 ? t.clone() : t)];
            return string.Join('|', Results(call, given).Select(y => autograd.forward_ad.unpack_dual(y).tangent is { } t ? string.Join(' ', t.resolve_conj().tolist()) : "None"));
        }
        catch (PythonError e)
        {
            return e.Kind;
        }
    }
}
