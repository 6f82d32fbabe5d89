using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>
/// Random well-typed programs, by shape-directed synthesis: to make a tensor of a shape, choose among the productions that can make
/// it. Earlier results are used again, so programs are graphs and not trees. All productions are smooth.
/// </summary>
public sealed class Programs
{
    private readonly Tape tape;
    private readonly List<Node> leaves = [];
    private readonly List<(Dims Shape, Func<Node[], List<Node>, Node> Make)> steps = [];

    private Programs(Tape tape) => this.tape = tape;

    /// <summary>A program, and a point to run it at.</summary>
    /// <param name="tape">The choices.</param>
    public static Case Make(Tape tape)
    {
        var program = new Programs(tape);
        program.Step(tape.Shape(1 + tape.Next(3)), 3 + tape.Next(6));
        var steps = program.steps.ToArray();
        return new("program", [.. program.leaves], inputs =>
        {
            var values = new List<Node>();
            foreach (var (_, make) in steps) values.Add(make(inputs, values));
            return values[^1];
        });
    }

    private int Add(Dims shape, Func<Node[], List<Node>, Node> make)
    {
        steps.Add((shape, make));
        return steps.Count - 1;
    }

    private int Leaf(Dims shape)
    {
        var place = leaves.Count;
        // One choice stands for all elements, so that tapes are spent on the program.
        var seed = tape.Next(1000);
        leaves.Add(Tensor<double>([.. Enumerable.Range(0, (int)shape.Product).Select(i => (seed * 31 + i * 379) % 1009 / 504.5 - 1)], shape));
        return Add(shape, (inputs, _) => inputs[place]);
    }

    // The place of a step that makes a tensor of the shape.
    private int Step(Dims shape, int fuel)
    {
        if (fuel <= 0) return Leaf(shape);
        var production = tape.Next(16);
        var (rank, axis) = (shape.Count, tape.Next(shape.Count));
        switch (production)
        {
            case 1 when steps.FindIndex(s => s.Shape == shape) is >= 0 and var known:
                return Add(shape, (_, v) => v[known] * 0.5);
            case 2 or 3:
                var f = tape.Pick<Func<Node, Node>>(Sin, Tanh, Sigmoid, x => Exp(x * 0.3), x => Softplus(x), x => x * x * 0.5);
                return One(shape, shape, fuel, f);
            case 4 or 5:
                var g = tape.Pick<Func<Node, Node, Node>>((a, b) => a + b, (a, b) => a * b, (a, b) => a - b, (a, b) => a / (2 + b * b));
                return Two(shape, shape, shape, fuel, g);
            case 6 when rank >= 2:
                var inner = tape.Pick(2L, 3L, 1L);
                return Two(shape, [.. shape[..^1], inner], [inner, shape[^1]], fuel, MatMul);
            case 7 when rank >= 2:
                return One(shape, [.. shape[..^2], shape[^1], shape[^2]], fuel, Transpose);
            case 8:
                return One(shape, shape.With(axis, 1), fuel, x => Broadcast(x, shape));
            case 9:
                var size = tape.Pick(2L, 3L);
                return One(shape, shape.Inserted(axis, size), fuel, tape.Pick<Func<Node, Node>>(x => Sum(x, [axis]), x => Mean(x, [axis]), x => LogSumExp(x, [axis])));
            case 10:
                return One(shape, [shape.Product], fuel, x => Reshape(x, shape));
            case 11:
                return One(shape, shape.With(axis, 2 * shape[axis] + 1), fuel, x => SliceAxis(x, axis, 1, 2 * shape[axis], 2));
            case 12 when shape[axis] >= 2:
                var rest = shape.With(axis, shape[axis] - 1);
                return Two(shape, shape.With(axis, 1), rest, fuel, (a, b) => Concat([a, b], axis));
            case 13:
                var parity = Equal(Rem(Reshape(Arange(shape.Product), shape), 2), 0);
                return Two(shape, shape, shape, fuel, (a, b) => Where(parity, a, b));
            case 14:
                return One(shape, shape, fuel, tape.Pick<Func<Node, Node>>(x => Flip(x, axis), x => CumSum(x, axis), x => Softmax(x, axis)));
            case 15:
                var index = tape.Indices([shape[axis]], 3);
                return One(shape, shape.With(axis, 3), fuel, x => Take(x, axis, index));
            default:
                return Leaf(shape);
        }
    }

    private int One(Dims shape, Dims operand, int fuel, Func<Node, Node> f)
    {
        var a = Step(operand, fuel - 1);
        return Add(shape, (_, v) => f(v[a]));
    }

    private int Two(Dims shape, Dims left, Dims right, int fuel, Func<Node, Node, Node> f)
    {
        var (a, b) = (Step(left, fuel - 1), Step(right, fuel - 2));
        return Add(shape, (_, v) => f(v[a], v[b]));
    }
}
