using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using Point = (Functional.Autograd.Node X, Functional.Autograd.Node Y, Functional.Autograd.Node K);

namespace Properties;

/// <summary>What stands at the bottom: a few operations, the argument itself, or what does not depend on it.</summary>
internal sealed partial class Towers
{
    private static readonly (string Text, int Least, Func<Node, Node, Point, Node> Make)[] operations =
    [
        ("sin a", 0, (a, b, p) => Sin(a)),
        ("tanh a", 0, (a, b, p) => Tanh(a)),
        ("a·b", 0, (a, b, p) => a * b),
        ("a + b/2", 0, (a, b, p) => a + 0.5 * b),
        ("0.7a − b", 0, (a, b, p) => 0.7 * a - b),
        ("a[K]", 0, (a, b, p) => Ops.Take(a, 0, p.K)),
        ("a·Σb", 0, (a, b, p) => a * Sum(b) * 0.3),
        ("cumsum a", 0, (a, b, p) => Ops.CumSum(a, 0) * 0.5),
        ("flip a · b", 0, (a, b, p) => Ops.Flip(a, 0) * b),
        ("exp −a²", 0, (a, b, p) => Exp(-a * a)),
        ("a / (2 + b²)", 0, (a, b, p) => a / (2 + b * b)),
        ("M·a", 0, (a, b, p) => MatMul(Cos(Ops.Cast(Ops.Reshape(Arange(a.Type.Count * a.Type.Count), [a.Type.Count, a.Type.Count]), a.DType)), a) * 0.5),
        ("(a bᵀ)·a", 0, (a, b, p) => MatMul(Unsqueeze(a, 1) * b, a) * 0.3),
        ("softmax a", 1, (a, b, p) => Softmax(a, 0)),
        ("a > 0.1237 ? a : sin b", 0, (a, b, p) => Where(a > 0.1237, a, Sin(b))),
        ("roll a", 1, (a, b, p) => Ops.Concat([a[1..], a[..1]])),
        ("a/2 + sin b at K", 0, (a, b, p) => ScatterAlong(a * 0.5, 0, p.K, Sin(b), true)),
        ("shift a", 0, (a, b, p) => SliceAxis(Ops.Pad(a, [1], [1], 0.25), 0, 0, a.Type.Count)),
        ("sort a", 1, (a, b, p) => Sort(a, 0).Values),
        ("a·K", 0, (a, b, p) => a * Ops.Cast(p.K, a.DType) * 0.3),
        ("pairs of a, b₀", 1, (a, b, p) => Sum(new Node(new Windows(0, 2, 1, 1), Ops.Concat([a, b[..1]])), [1]) * 0.5),
        ("a·detach b", 0, (a, b, p) => a * Ops.Detach(b)),
        ("a·uniform", 0, (a, b, p) => a * Uniform(Stack([Sum(p.K), 7]), a.Type)),
        ("√(1 + a²)", 0, (a, b, p) => Sqrt(1 + a * a)),
        ("a with b₀ first", 1, (a, b, p) => Ops.Insert(a, b[..1], [0], [1])),
        ("a·max b", 1, (a, b, p) => a * MaxOver(b + Ops.Cast(Arange(b.Type.Count), b.DType) * 0.0137)),
    ];

    private Twin Program()
    {
        Twin One(string text, Func<Point, Node> f) => new(text, f, f);
        switch (tape.Next(16))
        {
            case 13: return One("X", p => p.X);
            case 14: return One("Y", p => p.Y);
            case 15: return One("0.3", p => Full(p.X.Type, 0.3));
        }
        var steps = new (int Op, int A, int B)[1 + tape.Next(8)];
        for (var i = 0; i < steps.Length; i++)
        {
            var op = tape.Next(operations.Length);
            // The second of two operands is Y unless chosen otherwise.
            steps[i] = (operations[op].Least <= n ? op : 0, i == 0 ? 0 : i + 1 - tape.Next(i + 2), tape.Next(i + 2) is var b && b < 2 ? 1 - b : b);
        }
        return One($"X, Y{string.Concat(steps.Select((s, i) => $"; v{i + 2} = {operations[s.Op].Text} of {Name(s.A)}, {Name(s.B)}"))}", p =>
        {
            List<Node> values = [p.X, p.Y];
            foreach (var (op, a, b) in steps) values.Add(operations[op].Make(values[a], values[b], p));
            return values[^1];
        });
        static string Name(int place) => place switch { 0 => "X", 1 => "Y", _ => $"v{place}" };
    }
}
