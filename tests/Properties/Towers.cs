using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using Point = (Functional.Autograd.Node X, Functional.Autograd.Node Y, Functional.Autograd.Node K);

namespace Properties;

/// <summary>A function of a row, once made with transforms, and once written out: rows, steps and choices in C#, and only plain derivatives.</summary>
/// <param name="Text">The function, as it is printed.</param>
/// <param name="Real">With transforms.</param>
/// <param name="Plain">Written out; it may ask for values.</param>
internal sealed record Twin(string Text, Func<Point, Node> Real, Func<Point, Node> Plain);

/// <summary>A small program under a tower of transforms, and a point to run it at. Everything is a vector of one length, so that all transforms fit on each other in any order.</summary>
internal sealed partial class Towers
{
    // From a function to a function: what a storey of the tower is.
    private readonly (string Name, bool IsForward, Func<Twin, Twin> Make)[] kinds;
    private readonly Tape tape;
    private readonly int n;
    private readonly List<string> storeys = [];

    private Towers(Tape tape)
    {
        this.tape = tape;
        n = tape.Next(12) is var size && size < 9 ? 2 + size / 3 % 2 + size / 8 : size == 9 ? 0 : 1;
        kinds =
        [
            ("Grad", false, Grad), ("Jvp", true, Jvp), ("Vjp", false, Vjp), ("Vmap", true, Vmap), ("Hessian", false, Hessian), ("Jacobian", false, Jacobian), ("Linearize", true, Linearize), ("Transpose", false, Transposed),
            ("Checkpoint", true, Checkpoint), ("Compile", true, Compile), ("CustomVjp", false, CustomVjp), ("CustomJvp", false, CustomJvp), ("Scan", true, Scan), ("Map", true, Map), ("Cond", true, Cond), ("While", true, While), ("StopGradient", true, StopGradient),
        ];
    }

    /// <summary>The names of all storeys.</summary>
    public static ImmutableArray<string> Names { get; } = [.. new Towers(new()).kinds.Select(k => k.Name)];

    /// <summary>A program under a tower.</summary>
    /// <param name="Storeys">The transforms, the outermost first.</param>
    /// <param name="Function">The function.</param>
    /// <param name="At">The point.</param>
    /// <param name="IsForward">Whether it has no reverse mode: a repetition without a bound.</param>
    public sealed record Tower(IReadOnlyList<string> Storeys, Twin Function, Point At, bool IsForward)
    {
        /// <summary>Whether a choice hung on less than rounding.</summary>
        public bool IsDoubtful { get; set; }

        public override string ToString() => $"{Function.Text}\nat X = {Numbers(At.X)}, Y = {Numbers(At.Y)}, K = {Numbers(At.K)}";

        private static string Numbers(Node x) => $"{x.Type} [{string.Join(", ", Transforms.Evaluate<double>(Ops.Cast(x, DType.Float64)).Select(v => v.ToString("R")))}]";
    }

    /// <summary>A tower of up to three storeys.</summary>
    /// <param name="tape">The choices.</param>
    public static Tower Make(Tape tape) => Make(tape, [.. new int[1 + Math.Min(tape.Next(8), 2)].Select(_ => tape.Next(Names.Length))]);

    /// <summary>A tower of named storeys, the outermost first.</summary>
    /// <param name="tape">The choices.</param>
    /// <param name="storeys">Which.</param>
    public static Tower Make(Tape tape, ReadOnlySpan<string> storeys) => Make(tape, [.. storeys.ToArray().Select(s => Names.IndexOf(s))]);

    private static Tower Make(Tape tape, int[] storeys)
    {
        var towers = new Towers(tape);
        var function = towers.Built(storeys);
        var dtype = tape.Pick(DType.Float64, DType.Float64, DType.Float32);
        Node Given(Node x) => Ops.Cast(x, dtype);
        return towers.tower = new(towers.storeys, function, (Settled(Given(tape.Inside([towers.n], (-1.5, 1.5)))), Settled(Given(tape.Inside([towers.n], (-1.5, 1.5)))), tape.Indices([towers.n], Math.Max(1, towers.n))), towers.isForward);
    }

    private static Node Settled(Node x) => Transforms.Settled(x);

    // Whether everything around the storey being built has a forward mode of its own, and whether the whole has no other.
    private bool mayBeForward = true, isForward;
    private Tower? tower;

    private Twin Built(ReadOnlySpan<int> storeys)
    {
        if (storeys.IsEmpty) return Program();
        var (name, forward, make) = kinds[storeys[0]];
        this.storeys.Add(name);
        var around = mayBeForward;
        mayBeForward &= forward;
        var inner = Built(storeys[1..]);
        mayBeForward = around;
        return make(inner);
    }

    // The same transform of both.
    private static Twin Both(string text, Twin f, Func<Func<Point, Node>, Func<Point, Node>> transform) => new($"{text}({f.Text})", transform(f.Real), transform(f.Plain));

    // What an inner function is given for Y: it captures, perhaps the very argument that the outer one is differentiated in.
    private (string Text, Func<Point, Node> Of) Captured() => tape.Next(5) switch
    {
        0 => ("Y", p => p.Y),
        1 => ("X", p => p.X),
        2 => ("sin X + Y/2", p => Ops.Sin(p.X) + p.Y * 0.5),
        3 => ("X·Y", p => p.X * p.Y),
        _ => ("wave", p => Wave(p, 0.7)),
    };

    // A direction, or what a sum is weighed by.
    private (string Text, Func<Point, Node> Of) Weight() => tape.Next(3) switch
    {
        0 => ("wave", p => Wave(p, 0.2)),
        1 => ("Y", p => p.Y),
        _ => ("cos X", p => Ops.Cos(p.X)),
    };

    private Node Wave(Point p, double phase) => Ops.Cos(Ops.Cast(Ops.Arange(n), p.X.DType) * 1.3 + phase);

    // A value without a history, as the reference interpreter finds it.
    private static Node Frozen(Node x) => Settled(Ops.Cast(Ops.Tensor<double>([.. Oracle<Real>.Run(x, new Dictionary<Node, Dense<Real>>()).Data.Select(v => v.Value)], x.Shape), x.DType));

    private bool Holds(Node condition)
    {
        var (truth, certificate) = Certificate.Of(() => Oracle<Real>.Run(condition, new Dictionary<Node, Dense<Real>>()).Data[0].Value != 0);
        tower!.IsDoubtful |= certificate.IsDoubtful;
        return truth;
    }

    // Rows made of one: its multiples, moved. Places go round.
    private static Node[] Multiples(Node x, int count) => [.. Enumerable.Range(0, count).Select(i => x * (1 - 0.25 * i) + 0.125 * i)];

    private Node[] Rounds(Node k, int count) => [.. Enumerable.Range(0, count).Select(i => (k + i) % Math.Max(1, n))];

    private static Node Stacked(Node[] rows, Node like, int axis = 0) =>
        rows.Length > 0 ? Ops.Stack(rows, axis) : Ops.Full(like.Type.Reshaped(axis == 0 ? [0, .. like.Shape] : [.. like.Shape, 0]), 0);

    // Rows as one, each with a weight of its own.
    private static double Share(int row) => Math.Cos(row * 1.3 + 0.4);

    private static Node Mixed(Node rows, int axis = 0)
    {
        var first = Ops.MoveAxis(rows, axis, 0);
        var count = (int)first.Shape[0];
        return Ops.Sum(first * Ops.Cast(Ops.Tensor<double>([.. Enumerable.Range(0, count).Select(Share)], [count, 1]), rows.DType), [0]);
    }

    private static Node Mixed(IEnumerable<Node> rows, Node like) => rows.Select((r, i) => r * Share(i)).Aggregate(Ops.Full(like.Type, 0), (a, b) => a + b);
}
