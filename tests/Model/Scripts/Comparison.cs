using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>The facade's tensors beside the model's.</summary>
internal static class Comparison
{
    /// <summary>The first difference; null when there is none.</summary>
    public static string? Difference(World w, Bench bench)
    {
        if (bench.Variables.Count != w.Variables.Count) return $"{bench.Variables.Count} tensors were made in all, {w.Variables.Count} by the model";
        for (var v = 0; v < bench.Variables.Count; v++)
            if (Tensor(w, bench, v) is { } wrong) return $"v{v}{wrong}";
        return null;
    }

    /// <summary>The first difference between what hooks were shown.</summary>
    public static string? Shown(World w, IReadOnlyList<(int Id, Tensor Shown)> log)
    {
        var (got, wanted) = (log.OrderBy(l => l.Id).ToList(), w.Log.OrderBy(l => l.Id).ToList());
        if (!got.Select(l => l.Id).SequenceEqual(wanted.Select(l => l.Id))) return $"hooks [{string.Join(", ", got.Select(l => l.Id))}] were called, by the model [{string.Join(", ", wanted.Select(l => l.Id))}]";
        for (var i = 0; i < got.Count; i++)
            if (Values(w, got[i].Shown, wanted[i].Shown) is { } wrong) return $"hook {got[i].Id} was shown {wrong}";
        return null;
    }

    private static string? Tensor(World w, Bench bench, int v)
    {
        var (id, x) = (w.Variables[v], bench[v]);
        var h = w.Of(id);
        if (Values(w, x, w.Read(id)) is { } wrong) return $": {wrong}";
        if (!w.Loose.Contains(h.Counter) && x._version != w.Version(id)) return $"._version is {x._version}, by the model {w.Version(id)}";
        // PyTorch itself refuses to tell the history of such a view.
        if (h.Broken) return null;
        if (x.requires_grad != w.Requires(id)) return $".requires_grad is {x.requires_grad}, by the model {w.Requires(id)}";
        if (x.is_leaf != h.Edge is null) return $".is_leaf is {x.is_leaf}, by the model {h.Edge is null}";
        if (x.retains_grad != h.Retains) return $".retains_grad is {x.retains_grad}, by the model {h.Retains}";
        if (h.Edge?.Name is { } name && (x.grad_fn?.name().Replace("torch::autograd::", "", StringComparison.Ordinal) != name || x.output_nr != h.Number)) return $".grad_fn is output {x.output_nr} of {x.grad_fn?.name()}, by the model {h.Number} of {name}";
        return Grad(w, bench, x, h.Grad);
    }

    private static string? Grad(World w, Bench bench, Tensor x, int? wanted)
    {
        if (x.grad is not { } grad || wanted is not { } id) return x.grad is null == wanted is null ? null : $".grad is {(x.grad is null ? "None" : "a tensor")}, by the model {(wanted is null ? "None" : "a tensor")}";
        if (Values(w, grad, w.Read(id)) is { } wrong) return $".grad: {wrong}";
        if (grad.requires_grad != w.Requires(id)) return $".grad.requires_grad is {grad.requires_grad}, by the model {w.Requires(id)}";
        for (var v = 0; v < bench.Variables.Count; v++)
            if (ReferenceEquals(bench[v], grad) != (w.Variables[v] == id)) return $".grad {(w.Variables[v] == id ? "is no longer" : "is")} v{v}";
        return null;
    }

    private static string? Values(World w, Tensor got, Value wanted)
    {
        if (!wanted.Shape.Span.SequenceEqual(got.shape)) return $"{got.shape}, by the model {wanted.Shape}";
        if (got.dtype != (wanted.DType == DType.Float32 ? float32 : float64)) return $"{got.dtype}, by the model {wanted.DType}";
        double[] data = got.dtype == float32 ? [.. got.to_array<float>()] : got.to_array<double>();
        // A difference of equal float32 numbers keeps their roundings: of a few numbers of size ten, 1e-5.
        var scale = wanted.Data.Select(Math.Abs).Append(Tolerance(w) > 1e-5 ? 0.05 : 1e-3).Max();
        for (var i = 0; i < data.Length; i++)
            if (!(Math.Abs(data[i] - wanted.Data[i]) <= Tolerance(w) * scale)) return $"[{string.Join(", ", data)}], by the model [{string.Join(", ", wanted.Data)}]";
        return null;
    }

    // Where float32 is about, the reference interpreter rounds at other places.
    private static double Tolerance(World w) => w.Tensors.Values.Any(h => h.DType == DType.Float32) ? 2e-4 : 1e-9;
}
