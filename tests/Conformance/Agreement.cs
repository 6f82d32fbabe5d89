using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>Compares a call with what was recorded: values, derivative names, gradients and second gradients.</summary>
internal static class Agreement
{
    /// <summary>The first difference; null when there is none.</summary>
    public static string? Difference(RecordedCall call, Func<Tensor[]> bound, Tensor[] inputs)
    {
        try
        {
            return Outputs(call, bound(), inputs);
        }
        catch (PythonError e) when (call.Error is { } wanted)
        {
            var found = (e.Kind, Text: e.Message.Split('\n')[0]);
            return found == wanted ? null : $"{found.Kind}: {found.Text}, recorded {wanted.Kind}: {wanted.Text}";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message.Split('\n')[0]}";
        }
    }

    private static string? Outputs(RecordedCall call, Tensor[] outputs, Tensor[] inputs)
    {
        if (call.Error is { } wanted) return $"no error, recorded {wanted.Kind}: {wanted.Text}";
        if (outputs.Length != call.Outputs.Length) return $"{outputs.Length} results for {call.Outputs.Length}";
        for (var i = 0; i < outputs.Length; i++)
            if (Value(outputs[i], call.Outputs[i]) is { } bad) return $"result {i}: {bad}";
        return call.Part("grads") is null ? null : Gradients(call, outputs, inputs) ?? Names(call, outputs);
    }

    private static string? Names(RecordedCall call, Tensor[] outputs)
    {
        var names = call.Part("grad_fn")!;
        for (var i = 0; i < outputs.Length; i++)
            if (outputs[i].grad_fn?.name() != names[i].GetString()) return $"grad_fn {i}: {outputs[i].grad_fn?.name() ?? "None"} for {names[i].GetString() ?? "None"}";
        return null;
    }

    private static string? Gradients(RecordedCall call, Tensor[] outputs, Tensor[] inputs)
    {
        var cotangents = call.Part("cotangents")!;
        int[] seeded = [.. Enumerable.Range(0, outputs.Length).Where(i => cotangents[i].ValueKind != JsonValueKind.Null)];
        int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].requires_grad)];
        Tensor[] operands = [.. wanted.Select(i => inputs[i])];
        Tensor[] seeds = [.. seeded.Select(i => Golden.Tensor(cotangents[i]).requires_grad_(call.Part("grads2_cotangent") is not null))];
        var grads = autograd.grad([.. seeded.Select(i => outputs[i])], operands, seeds, create_graph: call.Part("probes") is not null, allow_unused: true);
        if (Each(call.Part("grads")!, grads, wanted, "gradient") is { } bad) return bad;
        return call.Part("probes") is not { } probes ? null : Second(call, grads, operands, seeds, wanted, probes);
    }

    // The gradient of Σⱼ⟨grads[j], probes[j]⟩.
    private static string? Second(RecordedCall call, Tensor?[] grads, Tensor[] operands, Tensor[] seeds, int[] wanted, JsonElement[] probes)
    {
        Tensor[] terms = [.. wanted.Zip(grads).Where(g => g.Second is not null && probes[g.First].ValueKind != JsonValueKind.Null).Select(g => (g.Second! * Golden.Tensor(probes[g.First])).sum()).Select(t => t.is_complex() ? t.real : t)];
        Tensor[] alive = [.. terms.Where(t => t.requires_grad)];
        if (alive.Length == 0) return "no gradient requires grad";
        if (call.Part("grads2_cotangent") is { } ofSeed && Value(autograd.grad(alive, seeds, retain_graph: true, allow_unused: true)[0], ofSeed[0], second: true) is { } bad) return $"second gradient of the cotangent: {bad}";
        return Each(call.Part("grads2")!, autograd.grad(alive, operands, allow_unused: true), wanted, "second gradient", second: true, LinearAlgebra(call.Op));
    }

    private static string? Each(JsonElement[] recorded, Tensor?[] got, int[] wanted, string what, bool second = false, bool linear = false)
    {
        for (var k = 0; k < wanted.Length; k++)
            if (Value(got[k], recorded[wanted[k]], second, linear) is { } bad) return $"{what} {wanted[k]}: {bad}";
        return null;
    }

    private static bool LinearAlgebra(string op) => op.StartsWith("linalg.", StringComparison.Ordinal) || op is "det" or "logdet" or "inverse" or "matrix_power";

    // Relative to max(1, |value|): float64 to 1e-9 (second gradients of linear algebra 1e-7), float32 to 1e-5 (second gradients 1e-4); half types to two units in the last place
    // of 1 (11 and 8 bits), as each side rounds once or more on the way.
    internal static string? Value(Tensor? got, JsonElement recorded, bool second = false, bool linear = false)
    {
        if (got is null || recorded.ValueKind == JsonValueKind.Null) return got is null && recorded.ValueKind == JsonValueKind.Null ? null : $"{(got is null ? "None" : "a tensor")} for {(got is null ? "a tensor" : "None")}";
        var type = recorded.GetProperty("dtype").GetString()!;
        if (got.dtype.ToString() != "torch." + type) return $"{got.dtype} for torch.{type}";
        if (!Golden.Longs(recorded.GetProperty("shape")).AsSpan().SequenceEqual(got.shape)) return $"{got.shape} for {recorded.GetProperty("shape").GetRawText()}";
        var tolerance = type switch { "float64" => second && linear ? 1e-7 : 1e-9, "complex128" => 1e-9, "float32" or "complex64" => second ? 1e-4 : 1e-5, "float16" => Math.ScaleB(1, -9), "bfloat16" => Math.ScaleB(1, -6), _ => 0 };
        var (values, wanted) = ((got.is_complex() ? view_as_real(got.detach()) : got.detach()).to(float64).to_array<double>(), Golden.Data(recorded));
        // A part of a complex number is as exact as the number is large.
        double Size(int i) => got.is_complex() && double.IsFinite(wanted[i ^ 1]) ? Math.Max(Math.Abs(wanted[i]), Math.Abs(wanted[i ^ 1])) : Math.Abs(wanted[i]);
        for (var i = 0; i < wanted.Length; i++)
            if (!values[i].Equals(wanted[i]) && !(double.IsFinite(wanted[i]) && Math.Abs(values[i] - wanted[i]) <= tolerance * Math.Max(1, Size(i)))) return $"element {i} is {values[i]:R}, recorded {wanted[i]:R}";
        return null;
    }
}
