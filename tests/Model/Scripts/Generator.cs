using Functional.Autograd;
using Functional.Autograd.Testing;
using Model.Pure;

namespace Model.Scripts;

/// <summary>Random scripts, read from a tape. The model runs along, so that arguments mostly fit.</summary>
internal static class Generator
{
    private delegate Step? Kind(Tape tape, World w, int line);

    private static readonly Kind[] Kinds =
    [
        Unary, Binary, View, Write, Sum, Backward, Binary, Leaf, Unary, View, Write, WriteTwo, Set, Grad, Hook, Flags, Second, Backward, Alias, Mode, Join, Optimise, Gradients, WriteTwo, Sum,
    ];

    public static Script Script(Tape tape)
    {
        var script = new Script();
        script.Add(Leaf(tape, script.World, 0)!);
        var length = 4 + tape.Next(14);
        for (var tries = 0; tries < 3 * length && script.Length < length; tries++)
            if (Kinds[tape.Next(Kinds.Length)](tape, script.World, script.Length) is { } step) script.Add(step);
        return script;
    }

    // The newest variable is the simplest choice.
    private static int? One(Tape tape, World w, Func<int, bool>? fits = null)
    {
        int[] all = [.. Enumerable.Range(0, w.Variables.Count).Reverse().Where(v => fits?.Invoke(v) ?? true)];
        return all.Length == 0 ? null : all[tape.Next(all.Length)];
    }

    private static Handle Of(World w, int v) => w.Of(w.Variables[v]);

    private static bool Requires(World w, int v) => w.Requires(w.Variables[v]);

    private static Step Leaf(Tape tape, World w, int line) => Leaf(tape, tape.Pick<Dims>([2], [], [2, 2], [3], [1], [2, 3]), tape.Next(4) < 3, tape.Next(8) == 7);

    private static Step Leaf(Tape tape, Dims shape, bool wants, bool single) =>
        Steps.Leaf([.. Enumerable.Range(0, (int)shape.Product).Select(_ => tape.Pick(1, 2, -1, 0.5, 3, -2, 1.5, 0, 0.25, -0.7))], shape, wants, single);

    private static Step? Unary(Tape tape, World w, int line) => tape.Pick<(string Text, Operation Op, Func<torch.Tensor, torch.Tensor> Call)>(Rows.Unary) is var row && One(tape, w) is { } x ? Steps.Unary(row.Text, row.Op, row.Call, x) : null;

    private static Step? Binary(Tape tape, World w, int line)
    {
        var row = tape.Pick<(string Text, Operation Op, Func<torch.Tensor, torch.Tensor, torch.Tensor> Call)>(Rows.Binary);
        if (One(tape, w) is not { } x) return null;
        if (tape.Next(8) == 7 && One(tape, w, v => Of(w, v).Shape is [2, 2]) is { } a && One(tape, w, v => Of(w, v).Shape is [2, 2] && Of(w, v).DType == Of(w, a).DType) is { } b)
            return Steps.Binary("{0}.matmul({1})", Formulas.MatMul, (m, n) => m.matmul(n), a, b);
        return One(tape, w, v => Fits(Of(w, v).Shape, Of(w, x).Shape)) is { } y ? Steps.Binary(row.Text, row.Op, row.Call, x, y) : null;
    }

    private static bool Fits(Dims a, Dims b)
    {
        for (var k = 1; k <= Math.Min(a.Count, b.Count); k++)
            if (a[^k] != b[^k] && a[^k] != 1 && b[^k] != 1) return false;
        return true;
    }

    private static Step? Sum(Tape tape, World w, int line) => One(tape, w, v => Of(w, v).Shape.Count > 0) is not { } x ? null
        : tape.Next(4) == 3 ? Steps.Unary("sum(0)", Formulas.SumOver(0), t => t.sum(0), x) : Steps.Unary("sum()", Formulas.Sum, t => t.sum(), x);

    private static Step? Join(Tape tape, World w, int line)
    {
        if (One(tape, w, v => Of(w, v).Shape.Count > 0) is not { } x || One(tape, w, v => Of(w, v).Type.Equals(Of(w, x).Type)) is not { } y) return null;
        return Steps.Join(tape.Next(2) == 0, [x, y]);
    }

    private static Step? View(Tape tape, World w, int line)
    {
        if (One(tape, w) is not { } x) return null;
        var s = Of(w, x).Shape;
        var (rank, n) = (s.Count, (int)s.Product);
        int dim = rank == 0 ? 0 : tape.Next(rank), at = rank == 0 ? 0 : tape.Next((int)s[dim]);
        return tape.Next(14) switch
        {
            0 when rank > 0 => Steps.View($".select({dim}, {at})", Movement.Select(s, dim, at), t => t.select(dim, at), x),
            1 when rank > 0 => Steps.View($".narrow({dim}, {at}, {s[dim] - at})", Movement.Slice(s, dim, at, s[dim] - at), t => t.narrow(dim, at, s[dim] - at), x),
            2 when rank > 0 => Steps.Unbind(x, s),
            3 when rank is 1 or 2 => Steps.View(".t()", Movement.Transpose(s, "TBackward0"), t => t.t(), x),
            4 when rank > 1 => Steps.View(".transpose(0, 1)", Movement.Transpose(s, "TransposeBackward0"), t => t.transpose(0, 1), x),
            5 when Of(w, x).Dense => Steps.View($".view({n})", Movement.Reshape("ViewBackward0", [n], s), t => t.view(n), x),
            6 when Of(w, x).Dense => Steps.View($".view([{string.Join(", ", s)}])", Movement.Reshape("ViewBackward0", s, s), t => t.view(s.Span.ToArray()), x),
            7 => Steps.View(".unsqueeze(0)", Movement.Reshape("UnsqueezeBackward0", s.Inserted(0, 1), s), t => t.unsqueeze(0), x),
            8 when n < 5 => Steps.View($".expand([2, {string.Join(", ", s)}])", Movement.Expand(s, 2), t => t.expand([2, .. s]), x),
            9 when rank == 2 => Steps.View(".diagonal()", Movement.Diagonal(s), t => t.diagonal(), x),
            10 => Steps.View(".squeeze()", Movement.Reshape("SqueezeBackward0", Dims.From(s.Where(k => k != 1)), s), t => t.squeeze(), x),
            11 when rank > 1 => Steps.View(".movedim(-1, 0)", Movement.Moved(s), t => t.movedim(-1, 0), x),
            12 when rank > 0 && s[^1] > 1 => Steps.View(".unfold(-1, 2, 2)", Movement.Windows(s, 2, 2), t => t.unfold(-1, 2, 2), x),
            13 when rank > 0 && s[0] > 1 => Steps.Split(x, s),
            _ => null,
        };
    }

    private static Step? Alias(Tape tape, World w, int line) => One(tape, w) is not { } x ? null : tape.Next(3) == 2 ? Steps.Data(x) : Steps.Detach(x);

    private static Step? Write(Tape tape, World w, int line) => tape.Pick<(string Text, Operation Op, Action<torch.Tensor> Call, bool Filling)>(Rows.Writes) is var row && One(tape, w) is { } x ? Steps.Write(row.Text, row.Op, row.Call, x, row.Filling) : null;

    private static Step? WriteTwo(Tape tape, World w, int line) => tape.Pick<(string Text, Operation Op, Action<torch.Tensor, torch.Tensor> Call)>(Rows.WritesOfTwo) is var row
        && One(tape, w) is { } x && One(tape, w, v => Of(w, v).Shape.Count <= Of(w, x).Shape.Count && Fits(Of(w, v).Shape, Of(w, x).Shape)) is { } y && (x != y || row.Text != "copy_") ? Steps.Write(row.Text, row.Op, row.Call, x, y) : null;

    private static Step? Set(Tape tape, World w, int line)
    {
        if (One(tape, w, v => Of(w, v).Shape.Count > 0) is not { } x) return null;
        var s = Of(w, x).Shape;
        var at = tape.Next((int)s[0]);
        return tape.Next(2) == 1 && One(tape, w, v => Of(w, v).Shape == s.Without(0)) is { } y ? Steps.Set(x, s, at, y) : Steps.Set(x, s, at, tape.Pick(0.1, 3));
    }

    private static Step? Mode(Tape tape, World w, int line) => w.Modes.IsEmpty ? Steps.NoGrad() : tape.Next(3) == 2 ? Steps.NoGrad(true) : Steps.Leave();

    private static Step? Flags(Tape tape, World w, int line) => One(tape, w) is not { } x ? null : tape.Next(5) switch
    {
        0 => Retained(tape, w, x),
        1 => GradSteps.RequiresGrad(x, true),
        2 => GradSteps.RequiresGrad(x, false),
        3 => GradSteps.DetachInPlace(x),
        _ => GradSteps.Retain(x),
    };

    private static Step? Retained(Tape tape, World w, int x) => One(tape, w, v => Requires(w, v) && Of(w, v).Edge is not null) is { } y ? GradSteps.Retain(y) : GradSteps.Retain(x);

    private static Step? Hook(Tape tape, World w, int line)
    {
        if (tape.Next(6) == 5 && w.Hooks.Values.SelectMany(h => h).ToList() is { Count: > 0 } hooks) return GradSteps.Remove(hooks[tape.Next(hooks.Count)].Id);
        if (One(tape, w, v => Requires(w, v)) is not { } x) return null;
        return tape.Next(4) == 3 ? GradSteps.After(x, line) : GradSteps.Hook(x, tape.Pick(HookKind.Double, HookKind.Look, HookKind.Double, HookKind.Detach, HookKind.Look, HookKind.Double, HookKind.Look, HookKind.Raise), line);
    }

    private static Step? Gradients(Tape tape, World w, int line)
    {
        if (tape.Next(3) < 2) return One(tape, w, v => Of(w, v).Grad is not null) is { } g ? GradSteps.GetGrad(g) : null;
        return One(tape, w) is not { } x ? null : GradSteps.SetGrad(x, tape.Next(2) == 1 ? One(tape, w, v => Of(w, v).Type.Equals(Of(w, x).Type)) : null);
    }

    private static int? Seed(Tape tape, World w, int x) => Of(w, x).Shape.Product == 1 && tape.Next(8) < 7 ? null : One(tape, w, v => Of(w, v).Shape == Of(w, x).Shape);

    private static Step? Backward(Tape tape, World w, int line)
    {
        if (One(tape, w, v => Requires(w, v) && (Of(w, v).Edge is not null || tape.Next(8) == 7)) is not { } x) return null;
        var (retain, create) = Keeping(tape);
        int[]? inputs = tape.Next(8) == 7 && One(tape, w, v => Requires(w, v)) is { } i ? [i] : null;
        if (tape.Next(8) == 7 && One(tape, w, v => Requires(w, v)) is { } y) return GradSteps.Backward([x, y], [Seed(tape, w, x), Seed(tape, w, y)], retain, create, inputs);
        return GradSteps.Backward([x], [Seed(tape, w, x)], retain, create, inputs);
    }

    private static (bool? Retain, bool Create) Keeping(Tape tape) => tape.Next(6) switch { 0 or 1 => (true, false), 2 => (null, true), 3 => (false, true), _ => (null, false) };

    private static Step? Grad(Tape tape, World w, int line)
    {
        if (One(tape, w, v => Requires(w, v) && Of(w, v).Edge is not null) is not { } x || One(tape, w, v => Requires(w, v)) is not { } a || One(tape, w, v => Requires(w, v)) is not { } b) return null;
        var (retain, create) = Keeping(tape);
        return GradSteps.Grad([x], a == b || tape.Next(2) == 0 ? [a] : [a, b], [Seed(tape, w, x)], retain, create, tape.Next(8) < 7);
    }

    // A gradient that can be differentiated again.
    private static Step? Second(Tape tape, World w, int line) =>
        One(tape, w, v => Requires(w, v) && Of(w, v).Edge is not null) is { } x && One(tape, w, v => Requires(w, v)) is { } a ? GradSteps.Grad([x], [a], [Seed(tape, w, x)], null, true, true) : null;

    private static Step? Optimise(Tape tape, World w, int line)
    {
        if (w.Optimisers.Count > 0 && tape.Next(4) > 0)
        {
            var o = tape.Next(w.Optimisers.Count);
            return tape.Next(3) == 2 ? GradSteps.ZeroGrad(o, tape.Next(2) == 0) : GradSteps.OptimiserStep(o);
        }
        return One(tape, w, v => Requires(w, v) && (Of(w, v).Edge is null || tape.Next(8) == 7)) is { } p ? GradSteps.Optimise([p], tape.Next(2) == 1, tape.Pick(0, 0.9), tape.Pick(0, 0.1)) : null;
    }
}
