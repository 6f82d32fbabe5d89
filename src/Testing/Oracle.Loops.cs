using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

public static partial class Oracle<T>
{
    private static Dense<T>[] Inside(Function f, Dense<T>[] x)
    {
        Node[] parameters = [.. f.Parameters.Select(Node.Placeholder)];
        return Run(f.Apply(parameters).AsSpan(), parameters.Zip(x).ToDictionary(p => p.First, p => p.Second));
    }

    private static Dense<T>[] Repeated(Repeat op, Dense<T>[] x)
    {
        while (Inside(op.Test, x)[0].Data[0].Value != 0) x = [.. x[..op.Constants], .. Inside(op.Body, x)];
        return x[op.Constants..];
    }

    private static Dense<T>[] Looped(Loop op, Dense<T>[] x)
    {
        var (first, n) = (op.Constants + op.Carries, (int)op.Length);
        var carries = x[op.Constants..first];
        var outputs = new Dense<T>[n][];
        for (var t = 0; t < n; t++)
        {
            var place = op.Reverse ? n - 1 - t : t;
            Dense<T>[] given = [.. x[..op.Constants], .. carries, .. x[first..].Select(s => new Dense<T>(s.Shape[1..], s.Data[(place * s.Data.Length / n)..((place + 1) * s.Data.Length / n)]))];
            var made = Inside(op.Body, given);
            (carries, outputs[place]) = (made[..op.Carries], made[op.Carries..]);
        }
        Dense<T> Stacked(TensorType one, Func<int, Dense<T>> at) => new([op.Length, .. one.Shape], [.. Enumerable.Range(0, n).SelectMany(t => at(t).Data)]);
        return [.. carries, .. op.Body.Results[op.Carries..].Select((type, k) => Stacked(type, t => outputs[t][k]))];
    }
}
