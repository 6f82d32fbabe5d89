using System.Runtime.CompilerServices;

namespace Functional.Autograd.Testing;

/// <summary>
/// A function's Taylor series along a line, up to the third power: f(x + h·t) = c₀ + c₁h + c₂h² + c₃h³. Running a program in these numbers gives
/// its first three directional derivatives by arithmetic alone: nothing here knows a derivative rule of the library.
/// </summary>
public readonly struct Jet : IField<Jet>
{
    /// <summary>How many coefficients there are.</summary>
    public const int Length = 4;

    private readonly Coefficients c;

    private Jet(Coefficients c) => this.c = c;

    [InlineArray(Length)]
    private struct Coefficients
    {
        private Real first;
    }

    /// <inheritdoc/>
    public double Value => c[0].Value;

    /// <inheritdoc/>
    public bool IsConstant => c[1].Value == 0 && c[2].Value == 0 && c[3].Value == 0 && !double.IsNaN(c[0].Value);

    /// <inheritdoc/>
    public bool FitsSingle => c[0].FitsSingle && c[1].FitsSingle && c[2].FitsSingle;

    /// <summary>A coefficient.</summary>
    /// <param name="k">The power.</param>
    public Real this[int k] => c[k];

    /// <summary>The derivative of an order along the line.</summary>
    /// <param name="order">0 to 3.</param>
    public Real Derivative(int order) => c[order] * Real.From(order == 3 ? 6 : Math.Max(1, order));

    /// <summary>Whether the derivatives up to an order are numbers.</summary>
    /// <param name="order">The highest order.</param>
    public bool IsSmooth(int order)
    {
        for (var k = 0; k <= order; k++)
            if (!double.IsFinite(c[k].Value + c[k].Error)) return false;
        return true;
    }

    /// <summary>x + h·t.</summary>
    /// <param name="x">The point.</param>
    /// <param name="t">The direction.</param>
    public static Jet Line(double x, double t)
    {
        var r = default(Coefficients);
        (r[0], r[1]) = (Real.From(x), Real.From(t));
        return new(r);
    }

    /// <inheritdoc/>
    public static bool Same(Jet a, Jet b) => Real.Same(a.c[0], b.c[0]) && Real.Same(a.c[1], b.c[1]) && Real.Same(a.c[2], b.c[2]) && Real.Same(a.c[3], b.c[3]);

    /// <inheritdoc/>
    public static Jet From(double value) => Line(value, 0);

    /// <inheritdoc/>
    public static Jet Integer(long value) => Of(Real.Integer(value));

    /// <inheritdoc/>
    public long Whole => c[0].Whole;

    private static Jet Of(Real value)
    {
        var r = default(Coefficients);
        r[0] = value;
        return new(r);
    }

    /// <inheritdoc/>
    public static Jet Exact(Jet x)
    {
        var r = x.c;
        for (var k = 0; k < Length; k++) r[k] = Real.Exact(r[k]);
        return new(r);
    }

    /// <inheritdoc/>
    public static Jet Pole(double value) => Line(value, double.NaN);

    /// <inheritdoc/>
    public static Jet Step(Jet at, double value) => From(value);

    /// <inheritdoc/>
    public static Jet Sum(ReadOnlySpan<Jet> terms)
    {
        var r = default(Coefficients);
        var column = new Real[terms.Length];
        for (var k = 0; k < Length; k++)
        {
            for (var i = 0; i < column.Length; i++) column[i] = terms[i].c[k];
            r[k] = Real.Sum(column);
        }
        return new(r);
    }

    /// <inheritdoc/>
    public static Jet Detached(Jet x) => Of(x.c[0]);

    /// <inheritdoc/>
    public static Jet ToSingle(Jet x)
    {
        var r = x.c;
        for (var k = 0; k < Length; k++) r[k] = Real.ToSingle(r[k]);
        return new(r);
    }

    /// <inheritdoc/>
    public static int Sign(Jet x) => Certificate.Decide(double.IsNaN(x.Value) ? 0 : Math.Sign(x.Value), x.c[0].IsInDoubt, x.Value == 0 && !x.IsConstant);

    /// <summary>The sum.</summary>
    public static Jet operator +(Jet a, Jet b)
    {
        var r = default(Coefficients);
        for (var k = 0; k < Length; k++) r[k] = a.c[k] + b.c[k];
        return new(r);
    }

    /// <summary>The series with the other sign.</summary>
    public static Jet operator -(Jet a)
    {
        var r = default(Coefficients);
        for (var k = 0; k < Length; k++) r[k] = -a.c[k];
        return new(r);
    }

    /// <summary>The difference.</summary>
    public static Jet operator -(Jet a, Jet b) => a + -b;

    /// <summary>The product.</summary>
    public static Jet operator *(Jet a, Jet b)
    {
        var r = default(Coefficients);
        if (b.IsConstant) (a, b) = (b, a);
        if (a.IsConstant)
        {
            // An infinite constant times another is one, and 0·∞ in the higher coefficients is not asked for.
            for (var k = 0; k < (b.IsConstant ? 1 : Length); k++) r[k] = a.c[0] * b.c[k];
            return new(r);
        }
        for (var k = 0; k < Length; k++)
        {
            r[k] = a.c[0] * b.c[k];
            for (var i = 1; i <= k; i++) r[k] += a.c[i] * b.c[k - i];
        }
        return new(r);
    }

    /// <summary>The quotient.</summary>
    public static Jet operator /(Jet a, Jet b)
    {
        var r = default(Coefficients);
        for (var k = 0; k < (a.IsConstant && b.IsConstant ? 1 : Length); k++)
        {
            var rest = a.c[k];
            for (var i = 0; i < k; i++) rest -= r[i] * b.c[k - i];
            r[k] = rest / b.c[0];
        }
        return new(r);
    }

    /// <inheritdoc/>
    public static Jet Sqrt(Jet x)
    {
        var r = default(Coefficients);
        r[0] = Real.Sqrt(x.c[0]);
        if (x.IsConstant) return new(r);
        for (var k = 1; k < Length; k++)
        {
            var rest = x.c[k];
            for (var i = 1; i < k; i++) rest -= r[i] * r[k - i];
            r[k] = rest / (r[0] + r[0]);
        }
        return new(r);
    }

    // Each of these solves its differential equation coefficient by coefficient (Griewank and Walther, Evaluating Derivatives, 13.2).

    /// <inheritdoc/>
    public static Jet Exp(Jet x)
    {
        var r = default(Coefficients);
        r[0] = Real.Exp(x.c[0]);
        if (double.IsNaN(x.Value)) return Pole(x.Value);
        for (var k = x.IsConstant ? Length : 1; k < Length; k++)
        {
            for (var i = 1; i <= k; i++) r[k] += Real.From(i) * x.c[i] * r[k - i];
            r[k] /= Real.From(k);
        }
        return new(r);
    }

    /// <inheritdoc/>
    public static Jet Log(Jet x) => x.IsConstant ? Of(Real.Log(x.c[0])) : Integral(Real.Log(x.c[0]), x, x);

    /// <inheritdoc/>
    public static Jet Atan(Jet x) => Integral(Real.Atan(x.c[0]), x, From(1) + x * x);

    /// <inheritdoc/>
    public static Jet Sin(Jet x) => Turned(x).Sin;

    /// <inheritdoc/>
    public static Jet Cos(Jet x) => Turned(x).Cos;

    private static (Jet Sin, Jet Cos) Turned(Jet x)
    {
        var (s, c) = (default(Coefficients), default(Coefficients));
        (s[0], c[0]) = (Real.Sin(x.c[0]), Real.Cos(x.c[0]));
        for (var k = 1; k < Length; k++)
        {
            for (var i = 1; i <= k; i++)
            {
                var slope = Real.From(i) * x.c[i] / Real.From(k);
                s[k] += slope * c[k - i];
                c[k] -= slope * s[k - i];
            }
        }
        return (new(s), new(c));
    }

    // y with y′ = x′ / z.
    private static Jet Integral(Real start, Jet x, Jet z)
    {
        var r = default(Coefficients);
        r[0] = start;
        for (var k = 1; k < Length; k++)
        {
            var rest = Real.From(k) * x.c[k];
            for (var i = 1; i < k; i++) rest -= Real.From(i) * r[i] * z.c[k - i];
            r[k] = rest / Real.From(k) / z.c[0];
        }
        return new(r);
    }

    /// <summary>The coefficients.</summary>
    public override string ToString() => $"{c[0]}, {c[1]}, {c[2]}, {c[3]}";
}
