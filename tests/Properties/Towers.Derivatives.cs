using Functional.Autograd;
using static Functional.Autograd.Ops;
using Pair = (Functional.Autograd.Node X, Functional.Autograd.Node Y);
using Point = (Functional.Autograd.Node X, Functional.Autograd.Node Y, Functional.Autograd.Node K);

namespace Properties;

/// <summary>Derivatives, and functions that are derived as they say.</summary>
internal sealed partial class Towers
{
    private Twin Grad(Twin f)
    {
        var (w, y, kind) = (Weight(), Captured(), tape.Next(3));
        return Both($"Grad{kind}[{w.Text}; {y.Text}]", f, g => p => kind switch
        {
            0 => Transforms.Grad(v => Sum(w.Of(p) * g((v, y.Of(p), p.K))))(p.X),
            1 => Transforms.Grad((a, b) => Sum(w.Of(p) * g((a, b, p.K))))(p.X, y.Of(p)) is var (a, b) ? a + 0.5 * b : p.X,
            _ => Transforms.ValueAndGrad<Pair>(q => Sum(w.Of(p) * g((q.X, q.Y, p.K))))((p.X, y.Of(p))) is var (value, gradient) ? gradient.Y + value * 0.25 : p.X,
        });
    }

    private Twin Jvp(Twin f)
    {
        var (w, y, kind) = (Weight(), Captured(), tape.Next(2));
        return Both($"Jvp{kind}[{w.Text}; {y.Text}]", f, g => p => kind == 0
            ? Transforms.Jvp(v => g((v, y.Of(p), p.K)), p.X, w.Of(p)).Tangent
            : Transforms.Jvp<Pair, Node>(q => g((q.X, q.Y, p.K)), (p.X, y.Of(p)), (w.Of(p), p.X)).Tangent);
    }

    private Twin Vjp(Twin f)
    {
        var (w, y, kind) = (Weight(), Captured(), tape.Next(2));
        return Both($"Vjp{kind}[{w.Text}; {y.Text}]", f, g => p => kind == 0
            ? Transforms.Vjp(v => g((v, y.Of(p), p.K)), p.X).Pullback(w.Of(p))
            : Transforms.Vjp<Pair, Node>(q => g((q.X, q.Y, p.K)), (p.X, y.Of(p))).Pullback(w.Of(p)) is var (a, b) ? a - 0.5 * b : p.X);
    }

    // Columns by forward mode, one by one.
    private Twin Jacobian(Twin f)
    {
        var (w, y, kind, chunk) = (Weight(), Captured(), tape.Next(4), tape.Pick<long?>(null, 1, 2));
        return new($"Jacobian{kind}[{w.Text}; {y.Text}; {chunk}]({f.Text})", p =>
        {
            if (kind == 3)
            {
                var both = Transforms.Jacobian<Pair, Node>(q => f.Real((q.X, q.Y, p.K)), chunk)((p.X, y.Of(p)))[0];
                return MatMul(w.Of(p), both.X + 0.5 * both.Y);
            }
            Node F(Node v) => f.Real((v, y.Of(p), p.K));
            var jacobian = kind switch { 0 => Transforms.Jacobian(F, chunk), 1 => Transforms.JacobianForward(F, chunk), _ => Transforms.JacobianReverse(F, chunk) };
            return MatMul(w.Of(p), jacobian(p.X));
        }, p =>
        {
            Node Along(Node unit) => Transforms.Jvp<Pair, Node>(q => f.Plain((q.X, q.Y, p.K)), (p.X, y.Of(p)), (unit, unit * (kind == 3 ? 0.5 : 0))).Tangent;
            return Stacked([.. Units(p).Select(unit => Sum(w.Of(p) * Along(unit)))], Sum(p.X));
        });
    }

    private IEnumerable<Node> Units(Point p) => Enumerable.Range(0, n).Select(j => Cast(Tensor<double>([.. Enumerable.Range(0, n).Select(i => i == j ? 1.0 : 0)], [n]), p.X.DType));

    // Reverse mode over reverse mode, and for the trace forward over forward, element by element.
    private Twin Hessian(Twin f)
    {
        var (w, y, v, kind) = (Weight(), Captured(), Weight(), tape.Next(4));
        return new($"Hessian{kind}[{w.Text}; {y.Text}; {v.Text}]({f.Text})", p =>
        {
            Node F(Node u) => Sum(w.Of(p) * f.Real((u, y.Of(p), p.K)));
            return kind switch
            {
                0 => MatMul(Transforms.Hessian(F)(p.X), v.Of(p)),
                1 => Transforms.Hvp(F)(p.X, v.Of(p)),
                2 => Transforms.Vhp(F)(p.X, v.Of(p)),
                _ => v.Of(p) * Transforms.Laplacian(F)(p.X),
            };
        }, p =>
        {
            Node F(Node u) => Sum(w.Of(p) * f.Plain((u, y.Of(p), p.K)));
            if (kind < 3) return Transforms.Grad(u => Sum(v.Of(p) * Transforms.Grad(F)(u)))(p.X);
            return v.Of(p) * Units(p).Select(e => Transforms.Jvp(u => Transforms.Jvp(F, u, e).Tangent, p.X, e).Tangent).Aggregate(Full(Sum(p.X).Type, 0), (a, b) => a + b);
        });
    }

    private Twin Linearize(Twin f)
    {
        var (w, y) = (Weight(), Captured());
        return new($"Linearize[{w.Text}; {y.Text}]({f.Text})", p =>
        {
            var (value, pushed) = Transforms.Linearize(v => f.Real((v, y.Of(p), p.K)), p.X);
            return value * 0.3 + pushed(w.Of(p)) + 0.5 * pushed(p.Y);
        }, p =>
        {
            Node F(Node v) => f.Plain((v, y.Of(p), p.K));
            return F(p.X) * 0.3 + Transforms.Jvp(F, p.X, w.Of(p)).Tangent + 0.5 * Transforms.Jvp(F, p.X, p.Y).Tangent;
        });
    }

    // The transpose of the derivative, or once more transposed the derivative.
    private Twin Transposed(Twin f)
    {
        var (w, y, twice) = (Weight(), Captured(), tape.Next(3) == 2);
        return new($"Transpose{(twice ? "²" : "")}[{w.Text}; {y.Text}]({f.Text})", p =>
        {
            var once = Transforms.Transpose(Transforms.Linearize(v => f.Real((v, y.Of(p), p.K)), p.X).Pushforward, p.X.Type);
            return (twice ? Transforms.Transpose(once, p.X.Type) : once)(w.Of(p));
        }, p =>
        {
            Node F(Node v) => f.Plain((v, y.Of(p), p.K));
            return twice ? Transforms.Jvp(F, p.X, w.Of(p)).Tangent : Transforms.Vjp(F, p.X).Pullback(w.Of(p));
        });
    }

    private Twin Checkpoint(Twin f) => Closed("Checkpoint", f, g => Transforms.Checkpoint(g), g => Transforms.Checkpoint(g));

    private Twin Compile(Twin f) => Closed("Compile", f, g => Transforms.Compile(g), g => Transforms.Compile(g));

    // The rule is the truth.
    private Twin CustomVjp(Twin f) => Closed("CustomVjp", f, g => Transforms.CustomVjp(g, (v, _, c) => Transforms.Vjp(g, v).Pullback(c)), g => Transforms.CustomVjp<Point>(g,
        (q, _, c) => Transforms.Vjp<Pair, Node>(v => g((v.X, v.Y, q.K)), (q.X, q.Y)).Pullback(c) is var (a, b) ? (a, b, q.K) : q));

    private Twin CustomJvp(Twin f) => Closed("CustomJvp", f, g => Transforms.CustomJvp(g, (v, _, t) => Transforms.Jvp(g, v, t).Tangent), g => Transforms.CustomJvp<Point>(g,
        (q, _, t) => Transforms.Jvp<Pair, Node>(v => g((v.X, v.Y, q.K)), (q.X, q.Y), (t.X, t.Y)).Tangent));

    // What changes no value and no derivative: of one argument, the others captured, or of all.
    private Twin Closed(string name, Twin f, Func<Func<Node, Node>, Func<Node, Node>> one, Func<Func<Point, Node>, Func<Point, Node>> all)
    {
        var (y, isOne) = (Captured(), tape.Next(2) == 0);
        Point Given(Point p) => (p.X, y.Of(p), p.K);
        return new($"{name}{(isOne ? "" : "*")}[{y.Text}]({f.Text})", p => isOne ? one(v => f.Real((v, y.Of(p), p.K)))(p.X) : all(f.Real)(Given(p)), p => f.Plain(Given(p)));
    }

    private Twin StopGradient(Twin f)
    {
        var whole = tape.Next(2) == 0;
        Func<Point, Node> With(Func<Point, Node> g, Func<Node, Node> stop) => p => whole ? stop(g(p)) * p.X : g((stop(p.X), p.Y, p.K)) + 0.5 * p.X;
        return new($"StopGradient{(whole ? "" : " of X")}({f.Text})", With(f.Real, Transforms.StopGradient), With(f.Plain, Frozen));
    }
}
