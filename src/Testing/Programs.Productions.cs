using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>What a step may be.</summary>
public sealed partial class Programs
{
    private void Step()
    {
        switch (tape.Next(24))
        {
            case 0 or 1 or 2:
                Binary(tape.Pick<Func<Node, Node, Node>>((a, b) => 0.5 * (a + b), (a, b) => a * b, (a, b) => 0.7 * (a - b), (a, b) => a / (2 + b * b), (a, b) => Atan2(a, 2 + b * b), (a, b) => Hypot(a, 1 + b * b) * 0.5,
                    (a, b) => Pow(1.5 + Sin(a) * 0.5, b), (a, b) => a * Detach(b), (a, b) => Detach(a) + Sin(b)));
                break;
            case 3 or 4 or 5:
                Unary(tape.Pick<Func<Node, Node>>(Sin, Tanh, Sigmoid, Cos, x => Exp(-x * x), x => Softplus(x) - 0.7, x => x * x * 0.5, Atan, Erf, Silu, x => Gelu(x), x => x / (1 + x * x), x => Log1p(x * x), x => Sqrt(1 + x * x) - 1,
                    x => LogSigmoid(x) * 0.5, Mish, Asinh, x => Expm1(x * 0.5), x => x * x, x => Rsqrt(1 + x * x), x => LogGamma(2.5 + Tanh(x)), x => Digamma(2.5 + Tanh(x)), x => 0.5 * Square(x) - x));
                break;
            case 6 or 7:
                Unary(tape.Pick<Func<Node, Node>>(Relu, Abs, x => Clamp(x, -0.7, 0.9), x => LeakyRelu(x, 0.1), x => Elu(x, 0.8), Softsign, x => Rem(x, 0.75), x => Where(x > 0.125, Sin(x), x * x), x => x * Round(3 * x) * 0.25, x => Sign(x) * x * x, x => Floor(x) * 0.25 + x));
                break;
            case 8:
                Binary(tape.Pick<Func<Node, Node, Node>>(Max, Min, (a, b) => Where(a < b, a, 0.5 * b), (a, b) => Where(And(a > b, Not(b > 0.5)), a * b, Sin(a)), (a, b) => Rem(a, 1 + b * b), (a, b) => Clamp(a, b - 1, b + 1)));
                break;
            case 9 or 10:
                Reduction();
                break;
            case 11:
                var (wide, to) = (Earlier(), AnyShape());
                Shaped(wide, to, x => Spread(x, to) + 0.1);
                break;
            case 12:
                var (row, column) = (Earlier(shapes[1]), Earlier(tape.Next(2) == 0 ? shapes[4] : shapes[2]));
                Add(steps[column].Shape.Count == 2 ? [shapes[1][0], shapes[1][0]] : shapes[0], v => MatMul(v[row], v[column]) * (1.0 / shapes[1][1]));
                break;
            case 13:
                var matrix = Earlier(shapes[1]);
                Shaped(matrix, shapes[4], tape.Pick<Func<Node, Node>>(Transpose, x => Reshape(x, shapes[4]), x => Flip(Transpose(x), 0)));
                break;
            case 14 or 15:
                Movement();
                break;
            case 16:
                Indexing();
                break;
            case 17:
                Integers();
                break;
            case 18 or 19:
                Closures();
                break;
            case 20:
                Transformed();
                break;
            case 21:
                Leaf(AnyShape());
                break;
            case 22:
                var (whole, part, at) = (Earlier(shapes[1]), Earlier(shapes[2]), tape.Next((int)shapes[1][0]));
                Add(shapes[1], v => Insert(v[whole], Reshape(v[part], [1, shapes[2][0]]), [at, 0], [1, 1]));
                break;
            default:
                // A chain as a recurrence makes one: many small reductions that depend on each other.
                var length = 1 + tape.Next(6);
                for (var k = 0; k < length; k++)
                {
                    var (state, by) = (Used(steps.Count - 1), Earlier());
                    Add(steps[state].Shape, v => v[state] * 0.9 + 0.1 * Mean(v[by] * v[by]));
                }
                break;
        }
    }

    private void Reduction()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        if (shape.Count == 0)
        {
            Add(shape, v => Sin(v[a]));
            return;
        }
        var axis = tape.Next(shape.Count);
        var f = tape.Pick<Func<Node, bool, Node>>((x, keep) => Sum(x, [axis], keep) * (1.0 / shape[axis]), (x, keep) => Mean(x * x, [axis], keep), (x, keep) => MaxOver(x, [axis], keep), (x, keep) => LogSumExp(x, [axis], keep) - 1,
            (x, keep) => Prod(1 + 0.1 * x, [axis], keep) * 0.5, (x, keep) => MinOver(x, [axis], keep), (x, keep) => Norm(x + 2, 2, [axis], keep) * (1.0 / shape[axis]), (x, keep) => Var(x, [axis], 0, keep), (x, keep) => MaxAlong(x, axis, keep).Values);
        // Kept and spread again, so that the result meets its operand; or without the axis.
        if (tape.Next(2) == 0) Add(shape, v => v[a] * 0.5 + 0.5 * f(v[a], true));
        else Add(shape.Without(axis), v => f(v[a], false));
    }

    private void Movement()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        if (shape.Count == 0)
        {
            Add([2], v => Stack([v[a], Sin(v[a])]));
            return;
        }
        var axis = tape.Next(shape.Count);
        var n = shape[axis];
        switch (tape.Next(8))
        {
            case 0: Add(shape, v => Flip(v[a], axis)); break;
            case 1: Add(shape, v => CumSum(v[a], axis) * (1.0 / n)); break;
            case 2: Add(shape, v => Softmax(v[a], axis)); break;
            case 3: Add(shape, v => SliceAxis(Concat([v[a], Sin(v[a])], axis), axis, 1, n + 1)); break;
            case 4: Add(shape, v => SliceAxis(Pad(v[a], Dims.Repeat(0, shape.Count).With(axis, 1), Dims.Repeat(0, shape.Count).With(axis, 2), 0.25), axis, 0, n)); break;
            case 5: Add(shape.With(axis, (n + 1) / 2), v => SliceAxis(v[a], axis, 0, n, 2)); break;
            case 6: Add(shape, v => LogSoftmax(v[a], axis) * 0.25); break;
            default: Add([shape.Product], v => Reshape(v[a], [shape.Product])); break;
        }
    }

    private void Indexing()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        if (shape.Count == 0 || shape.Product == 0)
        {
            Add(shape, v => Tanh(v[a]));
            return;
        }
        var axis = tape.Next(shape.Count);
        var index = tape.Indices([shape[axis]], shape[axis]);
        var along = tape.Indices(shape, shape[axis]);
        switch (tape.Next(6))
        {
            case 0: Add(shape, v => Take(v[a], axis, index)); break;
            case 1: Add(shape, v => Gather(v[a], axis, along)); break;
            case 2: Add(shape, v => ScatterAlong(v[a] * 0.5, axis, along, Sin(v[a]), true) * 0.5); break;
            case 3: Add(shape, v => ScatterAlong(v[a], axis, along, Cos(v[a]), false)); break;
            case 4: Add(shape, v => Sort(v[a], axis, descending: index.Type.Count % 2 == 0).Values); break;
            default: Add(shape, v => v[a] * Cast(Sort(v[a], axis).Indices, v[a].DType) * 0.25); break;
        }
    }

    // Detours through integers and truth values, which carry no derivative.
    private void Integers()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        var k = 2 + tape.Next(3);
        Add(shape, tape.Pick<Func<List<Node>, Node>>(
            v => v[a] * Cast(Cast(v[a] * k, DType.Int64) % 3, v[a].DType),
            v => Sin(v[a]) * Cast(Equal(Cast(Floor(v[a] * k), DType.Int64) % 2, 0), v[a].DType),
            v => v[a] + 0.125 * Cast(FloorDiv(Cast(Round(v[a] * 4), DType.Int64), k), v[a].DType),
            v => Where(Any(v[a] > 0.75), v[a], v[a] * v[a])));
    }

    // What a closure captures takes part in derivatives as what it is given does.
    private void Closures()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        var b = Earlier(shape);
        Add(shape, tape.Pick<Func<List<Node>, Node>>(
            v => Recompute(x => Tanh(x[0]) * v[b] * 0.5 + Sin(x[0]), v[a]),
            v => Recompute(x => Sin(x[0] * x[1]), v[a], v[b]),
            v => WithRule("Cube", v[a] * v[a] * v[a] * 0.25, [v[a]], static (x, y, c) => [0.75 * c * x[0] * x[0]]),
            v => WithRule("Product", v[a] * Cos(v[b]), [v[a], v[b]], static (x, y, c) => [c * Cos(x[1]), -c * x[0] * Sin(x[1])]),
            v => Detach(v[b]) is var w ? WithRule("Scaled", v[a] * w, [v[a]], (x, y, c) => [c * w]) : w,
            v => Recompute(x => Recompute(u => Cos(u[0]) * v[b], x[0] * 0.5), v[a]),
            v => Transforms.Compile(x => [Sin(x[0]) * x[1] + Cos(x[1])], [v[a].Type, v[b].Type])([v[a], v[b]])[0]));
    }

    // Derivatives within the program.
    private void Transformed()
    {
        var a = Earlier();
        var shape = steps[a].Shape;
        var b = Earlier(shape);
        var small = shape.Product is > 0 and <= 5;
        Add(shape, tape.Pick<Func<List<Node>, Node>>(
            v => Transforms.Grad(x => Sum(Sin(x) * v[b] + x * x * 0.25))(v[a]),
            v => Transforms.Jvp(x => Tanh(x * v[b]), v[a], v[b]).Tangent,
            v => Transforms.Vjp(x => Sin(x) * v[b], v[a]).Pullback(v[b] * 0.5),
            v => small ? Reshape(MatMul(Reshape(Transforms.Jacobian(x => Sin(x) * v[b] + 0.25 * Sum(x * x))(v[a]), [shape.Product, shape.Product]), Reshape(v[b], [shape.Product])), shape) * 0.5 : Cos(v[a]),
            v => small ? Reshape(Sum(Reshape(Transforms.Hessian(x => Sum(Sin(x) * v[b]) + Square(Sum(x)) * 0.1)(v[a]), [shape.Product, shape.Product]), [0]), shape) * 0.5 : Sin(v[a])));
    }
}
