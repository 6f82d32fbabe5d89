using Functional.Autograd;
using static Functional.Autograd.Ops;
using Point = (Functional.Autograd.Node X, Functional.Autograd.Node Y, Functional.Autograd.Node K);
using State = (Functional.Autograd.Node C, Functional.Autograd.Node I, Functional.Autograd.Node S);

namespace Properties;

/// <summary>Rows, steps and choices, beside the same in C#.</summary>
internal sealed partial class Towers
{
    private Twin Vmap(Twin f)
    {
        var (y, count, shared, axis, outAxis) = (Captured(), tape.Pick(2, 3, 1, 0), tape.Next(6), tape.Next(2), tape.Pick(0, 1, -1));
        // Which of X, Y and K have rows.
        bool[] own = [shared != 5, shared is 0 or 2 or 5, shared is 0 or 3];
        (Node[] X, Node[] Y, Node[] K) Rows(Point p) => (Multiples(p.X, count), Multiples(y.Of(p), count), Rounds(p.K, count));
        return new($"Vmap[{count}; {y.Text}; rows of {string.Concat(own.Select((o, k) => o ? "XYK"[k] : '-'))}; {axis} → {outAxis}]({f.Text})", p =>
        {
            var (x, rows) = ((p.X, Y: y.Of(p), p.K), Rows(p));
            var mapped = Transforms.Vmap(f.Real, [.. own.Select(o => o ? axis : (int?)null)], outAxis);
            return Mixed(mapped((own[0] ? Stacked(rows.X, x.X, axis) : x.X, own[1] ? Stacked(rows.Y, x.Y, axis) : x.Y, own[2] ? Stacked(rows.K, x.K, axis) : x.K)), outAxis);
        }, p =>
        {
            var (x, rows) = ((p.X, Y: y.Of(p), p.K), Rows(p));
            return Mixed(Enumerable.Range(0, count).Select(i => f.Plain((own[0] ? rows.X[i] : x.X, own[1] ? rows.Y[i] : x.Y, own[2] ? rows.K[i] : x.K))), p.X);
        });
    }

    private Twin Map(Twin f)
    {
        var (y, count, batch, captures) = (Captured(), tape.Pick(2, 3, 1, 4), tape.Pick(1, 2, 3), tape.Next(2) == 1);
        return new($"Map[{count} by {batch}; {y.Text}{(captures ? ", captured" : "")}]({f.Text})", p => Mixed(captures
            ? Transforms.Map(v => f.Real((v, y.Of(p), p.K)), Stacked(Multiples(p.X, count), p.X), batch)
            : Transforms.Map(f.Real, (Stacked(Multiples(p.X, count), p.X), Stacked(Multiples(y.Of(p), count), p.X), Stacked(Rounds(p.K, count), p.K)), batch)),
            p => Mixed(Multiples(p.X, count).Select((x, i) => f.Plain(captures ? (x, y.Of(p), p.K) : (x, Multiples(y.Of(p), count)[i], Rounds(p.K, count)[i]))), p.X));
    }

    // Three carries, of which one counts and one stands still; two sequences; and what the step captures.
    private Twin Scan(Twin f)
    {
        var (y, count, reverse, captures) = (Captured(), tape.Pick(2, 3, 1, 0), tape.Next(2) == 1, tape.Next(2) == 1);
        State Start(Point p) => (p.X, Scalar(0, DType.Int64), p.Y);
        (State Carry, Node Output) Step(Func<Point, Node> g, Point p, State s, Node a, Node k)
        {
            var next = Sin(g((s.C, captures ? y.Of(p) : a, k)) * 0.7 + Cast(s.I, p.X.DType) * 0.1);
            return ((next, s.I + 1, s.S), next * s.S + s.C * 0.5);
        }
        return new($"Scan[{count}{(reverse ? ", reverse" : "")}; {y.Text}{(captures ? ", captured" : "")}]({f.Text})", p =>
        {
            var (carry, outputs) = Ops.Scan<State, (Node A, Node K), Node>((s, e) => Step(f.Real, p, s, e.A, e.K), Start(p), (Stacked(Multiples(y.Of(p), count), p.X), Stacked(Rounds(p.K, count), p.K)), reverse);
            return carry.C + Mixed(outputs);
        }, p =>
        {
            var (carry, outputs) = (Start(p), new Node[count]);
            for (var t = 0; t < count; t++)
            {
                var place = reverse ? count - 1 - t : t;
                (carry, outputs[place]) = Step(f.Plain, p, carry, Multiples(y.Of(p), count)[place], Rounds(p.K, count)[place]);
            }
            return carry.C + Mixed(outputs, p.X);
        });
    }

    private Twin Cond(Twin f)
    {
        var (y, z, g, kind, captures) = (Captured(), Captured(), Program(), tape.Next(n == 0 ? 2 : 3), tape.Next(2) == 1);
        Node Asked(Point p) => kind switch { 0 => Sum(p.X) > 0.0613, 1 => Sum(p.X * p.Y) < 0.2713, _ => Equal(p.K[0], 0) };
        Point First(Point p) => (p.X, y.Of(p), p.K);
        Point Second(Point p) => (p.X, z.Of(p), p.K);
        return new($"Cond{kind}[{y.Text}; {z.Text}{(captures ? ", captured" : "")}]({f.Text} | {g.Text})", p => captures
            ? Ops.Cond(Asked(p), v => f.Real((v, y.Of(p), p.K)), v => g.Real((v, z.Of(p), p.K)), p.X)
            : Ops.Cond(Asked(p), q => f.Real(First(q)), q => g.Real(Second(q)), p),
            p => Holds(Asked(p)) ? f.Plain(First(p)) : g.Plain(Second(p)));
    }

    private Twin While(Twin f)
    {
        var (y, most) = (Captured(), tape.Pick(2, 3, 1, 0));
        var open = mayBeForward && tape.Next(2) == 1;
        isForward |= open;
        (Node C, Node I) Start(Point p) => (p.X, Scalar(0, DType.Int64));
        Node Test((Node C, Node I) c) => And(Sum(c.C * c.C) > 0.3137, c.I < most);
        (Node C, Node I) Step(Func<Point, Node> g, Point p, (Node C, Node I) c) => (Sin(g((c.C, y.Of(p), p.K))) * 0.7, c.I + 1);
        Node Result((Node C, Node I) c) => c.C + Cast(c.I, c.C.DType) * 0.1;
        return new($"While[{(open ? "" : "at most ")}{most}; {y.Text}]({f.Text})", p => Result(Ops.While(Test, c => Step(f.Real, p, c), Start(p), open ? null : most)), p =>
        {
            var c = Start(p);
            while (Holds(Test(c))) c = Step(f.Plain, p, c);
            return Result(c);
        });
    }
}
