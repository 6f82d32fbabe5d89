using System.Collections.Immutable;
using System.Globalization;
using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>The steps of scripts: values, operations, views, and writes.</summary>
internal static class Steps
{
    internal static string Text(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    // What a model's function makes becomes a variable.
    private static Func<World, World> Bound(Func<World, (World, int)> make) => w => make(w) is var (next, t) ? next.Bind(t) : w;

    public static Step Leaf(double[] data, Dims shape, bool wants = true, bool single = false) => new(
        $"tensor([{Text(data)}], [{string.Join(", ", shape)}], {(single ? "float32" : "float64")}{(wants ? ", requires_grad: true" : "")})",
        Bound(w => w.New(new Value(DType.Float64, shape, [.. data]).As(single ? DType.Float32 : DType.Float64), wants)),
        b => b.Add(tensor<double>(data, shape.Span.ToArray()).to(single ? float32 : float64).requires_grad_(wants)));

    public static Step Unary(string text, Operation op, Func<Tensor, Tensor> f, int x) => new($"v{x}.{text}", Bound(w => w.Apply(op, w.Variables[x])), b => b.Add(f(b[x])));

    public static Step Binary(string text, Operation op, Func<Tensor, Tensor, Tensor> f, int x, int y) => new(
        string.Format(CultureInfo.InvariantCulture, text, $"v{x}", $"v{y}"), Bound(w => w.Apply(op, w.Variables[x], w.Variables[y])), b => b.Add(f(b[x], b[y])));

    public static Step Join(bool stacked, int[] x) => new($"{(stacked ? "stack" : "cat")}([{string.Join(", ", x.Select(v => $"v{v}"))}])",
        Bound(w => w.Apply(stacked ? Formulas.Stack(0) : Formulas.Cat(0), [.. x.Select(v => w.Variables[v])])), b => b.Add(stacked ? stack([.. x.Select(v => b[v])]) : cat([.. x.Select(v => b[v])])));

    public static Step View(string text, Movement m, Func<Tensor, Tensor> f, int x) => new($"v{x}{text}", Bound(w => w.View(w.Variables[x], m.Name, m.Shape, m.Places, m.Dense)), b => b.Add(f(b[x])));

    public static Step Unbind(int x, Dims shape) => new($"v{x}.unbind()", w =>
    {
        var t = w.Variables[x];
        for (var i = 0; i < shape[0]; i++)
        {
            var m = Movement.Select(shape, 0, i, "UnbindBackward0");
            (w, var row) = w.View(t, m.Name, m.Shape, m.Places, true, Made.OneOfSeveral, i);
            w = w.Bind(row);
        }
        return w;
    }, b => b.Add(b[x].unbind()));

    public static Step Split(int x, Dims shape) => new($"v{x}.split(1)", w =>
    {
        var t = w.Variables[x];
        for (var i = 0; i < shape[0]; i++)
        {
            var m = Movement.Slice(shape, 0, i, 1);
            (w, var part) = w.View(t, "SplitBackward0", m.Shape, m.Places, m.Dense, Made.OneOfSeveral, i);
            w = w.Bind(part);
        }
        return w;
    }, b => b.Add(b[x].split(1)));

    public static Step Detach(int x) => new($"v{x}.detach()", Bound(w => w.Detached(w.Variables[x], false)), b => b.Add(b[x].detach()));

    public static Step Data(int x) => new($"v{x}.data", Bound(w => w.Detached(w.Variables[x], true)), b => b.Add(b[x].data));

    public static Step Write(string text, Operation op, Action<Tensor> f, int x, bool filling = false) => new($"v{x}.{text}", w => w.Write(op, w.Variables[x], [], filling), b => f(b[x]));

    public static Step Write(string text, Operation op, Action<Tensor, Tensor> f, int x, int y) => new($"v{x}.{text}(v{y})", w => w.Write(op, w.Variables[x], [w.Variables[y]]), b => f(b[x], b[y]));

    public static Step Set(int x, Dims shape, int index, double number) => new(
        string.Create(CultureInfo.InvariantCulture, $"v{x}[{index}] = {number}"),
        w =>
        {
            (w, var value) = w.New(Value.Filled(w.Of(w.Variables[x]).DType, [], number));
            return Part(w, x, shape, index) is var (next, row) ? next.Write(Formulas.Copy, row, [value]) : w;
        },
        b => b[x][index] = number);

    public static Step Set(int x, Dims shape, int index, int y) => new($"v{x}[{index}] = v{y}", w => Part(w, x, shape, index) is var (next, row) ? next.Write(Formulas.Copy, row, [w.Variables[y]]) : w, b => b[x][index] = b[y]);

    private static (World, int) Part(World w, int x, Dims shape, int index)
    {
        var m = Movement.Select(shape, 0, index);
        return w.View(w.Variables[x], m.Name, m.Shape, m.Places, true);
    }

    public static Step SetData(int x, int y) => new($"v{x}.data = v{y}", w =>
    {
        var (from, to) = (w.Of(w.Variables[y]), w.Variables[x]);
        return w.With(to, h => h with { Storage = from.Storage, Shape = from.Shape, Places = from.Places, DType = from.DType, Dense = from.Dense });
    }, b => b[x].data = b[y]);

    /// <summary>Only the shape changes, and only of this tensor.</summary>
    public static Step MoveInPlace(string text, Movement m, Action<Tensor> f, int x) => new($"v{x}.{text}", w =>
    {
        var (t, h) = (w.Variables[x], w.Of(w.Variables[x]));
        if (w.Requires(t)) throw new Abstention("histories of moves in place");
        return w.With(t, k => k with { Shape = m.Shape, Places = [.. m.Places.Select(p => h.Places[p])], Dense = false }) with { Versions = w.Versions.SetItem(h.Counter, w.Versions[h.Counter] + 1) };
    }, b => f(b[x]));

    public static Step NoGrad(bool recording = false) => new(recording ? "using (enable_grad()) {" : "using (no_grad()) {", w => w with { Modes = w.Modes.Push(recording) }, b => b.Modes.Push(set_grad_enabled(recording)));

    public static Step Leave() => new("}", w => w.Modes.IsEmpty ? throw new Abstention("no mode to leave") : w with { Modes = w.Modes.Pop() }, b => b.Modes.Pop().Dispose());
}
