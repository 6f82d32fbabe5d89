using System.Collections.Immutable;

namespace Model.Pure;

/// <summary>SGD or Adam as their papers state them, one parameter at a time.</summary>
internal sealed record Optimiser(ImmutableArray<int> Parameters, bool Adam, double Rate, double Momentum, double Decay)
{
    private ImmutableDictionary<int, (Value First, Value Second, int Steps)> State { get; init; } = ImmutableDictionary<int, (Value, Value, int)>.Empty;

    public static World Step(World w, int index)
    {
        var o = w.Optimisers[index];
        foreach (var p in o.Parameters)
        {
            if (w.Of(p).Grad is not { } grad) continue;
            var (x, g) = (w.Read(p), w.Read(grad));
            (o, var moved) = o.Adam ? o.ByMoments(p, x, g) : o.Downhill(p, x, o.Decay == 0 ? g : g.Zip(x, (a, b) => a + o.Decay * b));
            w = w.Overwrite(p, World.Sound(moved));
        }
        return w with { Optimisers = w.Optimisers.SetItem(index, o) };
    }

    private (Optimiser, Value) Downhill(int p, Value x, Value g)
    {
        var o = this;
        if (Momentum != 0)
        {
            if (State.TryGetValue(p, out var s)) g = s.First.Zip(g, (v, d) => Momentum * v + d);
            o = this with { State = State.SetItem(p, (g, g, 0)) };
        }
        return (o, x.Zip(g, (a, d) => a - Rate * d));
    }

    private (Optimiser, Value) ByMoments(int p, Value x, Value g)
    {
        var zero = Value.Filled(x.DType, x.Shape, 0);
        var (m, v, t) = State.GetValueOrDefault(p, (zero, zero, 0));
        (m, v, t) = (m.Zip(g, (a, d) => 0.9 * a + 0.1 * d), v.Zip(g, (a, d) => 0.999 * a + 0.001 * d * d), t + 1);
        var step = m.Zip(v, (a, b) => a / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(b / (1 - Math.Pow(0.999, t))) + 1e-8));
        return (this with { State = State.SetItem(p, (m, v, t)) }, x.Zip(step, (a, d) => a - Rate * d));
    }

    public static World Clear(World w, int index, bool toNone)
    {
        foreach (var p in w.Optimisers[index].Parameters)
        {
            if (w.Of(p).Grad is not { } grad) continue;
            if (toNone) w = w.With(p, h => h with { Grad = null });
            else if (w.Of(grad) is { Base: not null } or { Retains: true }) throw new Abstention("a gradient that is a view");
            else w = w.With(grad, h => h with { Edge = null, Wants = false }).Overwrite(grad, Value.Filled(w.Of(grad).DType, w.Of(grad).Shape, 0));
        }
        return w;
    }
}
