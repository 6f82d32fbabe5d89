namespace Functional.Autograd.Testing;

/// <summary>
/// Random well-typed programs. Each step applies a production to earlier results, mostly recent ones, so programs are graphs with shared parts, many
/// reductions and several results. A program ends with its tape, so a shorter tape is a smaller program, and thousands of steps are built without
/// recursion. Productions keep numbers of moderate size.
/// </summary>
public sealed partial class Programs
{
    private readonly Tape tape;
    private readonly List<Node> leaves = [];
    private readonly List<(Dims Shape, Func<Node[], List<Node>, Node> Make)> steps = [];
    private readonly List<bool> used = [];
    private readonly Dims[] shapes;

    private Programs(Tape tape)
    {
        this.tape = tape;
        var (p, q) = (tape.Pick(2L, 3, 5), tape.Pick(3L, 2, 4));
        // One program in sixteen has vectors that straddle the borders of tiles.
        if (tape.Next(16) == 15) q = tape.Pick(257L, 255, 256, 513);
        shapes = [[p], [p, q], [q], [], [q, p], [2, p]];
    }

    /// <summary>A program, and a point to run it at.</summary>
    /// <param name="tape">The choices.</param>
    public static Case Make(Tape tape) => Make(tape, 40);

    /// <summary>A program of some thousand nodes.</summary>
    /// <param name="tape">The choices; about five are a step, and a step is three to six nodes.</param>
    public static Case Large(Tape tape) => Make(tape, int.MaxValue);

    private static Case Make(Tape tape, int most)
    {
        var program = new Programs(tape);
        program.Leaf(program.shapes[0]);
        program.Leaf(program.AnyShape());
        while (!tape.IsExhausted && program.steps.Count < most) program.Step();
        var steps = program.steps.ToArray();
        // What nothing has used is a result: the last few as they are, the others by their means.
        var open = Enumerable.Range(0, steps.Length).Where(i => !program.used[i]).ToArray();
        return new("program", [.. program.leaves], inputs =>
        {
            var values = new List<Node>(steps.Length);
            foreach (var (_, make) in steps) values.Add(make(inputs, values));
            var results = open[^Math.Min(3, open.Length)..].Select(i => Ops.Reshape(values[i], [values[i].Type.Count])).ToList();
            if (open.Length > 3) results.Add(Ops.Reshape(open[..^3].Select(i => Ops.Mean(values[i])).Aggregate((a, b) => a + b) * (1.0 / open.Length), [1]));
            return Ops.Concat(results);
        });
    }

    private Dims AnyShape() => shapes[tape.Next(shapes.Length)];

    private int Add(Dims shape, Func<List<Node>, Node> make) => Add(shape, (_, values) => make(values));

    private int Add(Dims shape, Func<Node[], List<Node>, Node> make)
    {
        steps.Add((shape, make));
        used.Add(false);
        return steps.Count - 1;
    }

    private int Leaf(Dims shape)
    {
        var place = leaves.Count;
        leaves.Add(tape.Inside(shape, (-1.5, 1.5)));
        return Add(shape, (inputs, _) => inputs[place]);
    }

    // An earlier result: one of the last eight, or any.
    private int Earlier()
    {
        var back = tape.Next(4) == 3 ? tape.Next(steps.Count) : tape.Next(Math.Min(8, steps.Count));
        return Used(steps.Count - 1 - back);
    }

    // An earlier result of a shape; where there is none, one is made by averaging and spreading another.
    private int Earlier(Dims shape)
    {
        var start = steps.Count - 1 - tape.Next(Math.Min(32, steps.Count));
        for (var i = 0; i < Math.Min(64, steps.Count); i++)
            if (steps[(start - i + steps.Count) % steps.Count].Shape == shape) return Used((start - i + steps.Count) % steps.Count);
        var from = Used(start);
        return Used(Add(shape, v => Spread(v[from], shape)));
    }

    // An average at every place, moved a little from place to place: ties are for other productions.
    private static Node Spread(Node x, Dims shape) => Ops.Mean(x) + Ops.Cast(Ops.Reshape(Ops.Arange(shape.Product), shape), x.DType) * (0.4 / Math.Max(1, shape.Product));

    private int Used(int step)
    {
        used[step] = true;
        return step;
    }

    private void Unary(Func<Node, Node> f)
    {
        var a = Earlier();
        Add(steps[a].Shape, v => f(v[a]));
    }

    private void Binary(Func<Node, Node, Node> f)
    {
        var a = Earlier();
        var b = Earlier(steps[a].Shape);
        Add(steps[a].Shape, v => f(v[a], v[b]));
    }

    // A production whose result has another shape than its operand.
    private void Shaped(int operand, Dims shape, Func<Node, Node> f) => Add(shape, v => f(v[operand]));
}
