using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Why a derivative at a hard point is what it is.</summary>
public enum LimitKind
{
    /// <summary>Value and derivatives are the limits of those nearby, from inside the domain; infinite ones included.</summary>
    Limit,
    /// <summary>There is no limit, or it depends on the side; these are PyTorch's numbers.</summary>
    PyTorch,
    /// <summary>There is no finite limit and PyTorch gives NaN; zero is chosen, so that a point that stays where it is spoils nothing.</summary>
    Chosen,
}

/// <summary>A function of one number at a kink, tie, pole or end.</summary>
/// <param name="Function">The function's name; x is the number, the other operands are held.</param>
/// <param name="F">The function of a node of shape [].</param>
/// <param name="X">The point.</param>
/// <param name="Value">f(x).</param>
/// <param name="First">f′(x).</param>
/// <param name="Second">f″(x).</param>
/// <param name="Kind">Where the numbers come from.</param>
public sealed record Limit(string Function, Func<Node, Node> F, double X, double Value, double First, double Second, LimitKind Kind)
{
    /// <summary>The function and the point.</summary>
    public override string ToString() => $"{Function} at {X}";
}

/// <summary>
/// Values and first and second derivatives at hard points: numbers from closed forms, computed to a hundred digits, or recorded from PyTorch 2.6.
/// </summary>
public static class Limits
{
    private const double Inf = double.PositiveInfinity, NaN = double.NaN;
    private const LimitKind L = LimitKind.Limit, P = LimitKind.PyTorch, C = LimitKind.Chosen;

    // A number that the graph takes for a variable, so that rules for constants do not apply.
    private static Node Held(Node x, double value) => new(Primitives.Alias.Instance, Full(x.Type, value));

    private static Node Vector(Node x, params double[] others) => Stack([x, .. others.Select(v => Held(x, v))]);

    private static IEnumerable<Limit> Of(string name, Func<Node, Node> f, params (double X, double Value, double First, double Second, LimitKind Kind)[] points) =>
        points.Select(p => new Limit(name, f, p.X, p.Value, p.First, p.Second, p.Kind));

    /// <summary>The rows.</summary>
    public static IReadOnlyList<Limit> All { get; } =
    [
        .. Of("abs", Abs, (0, 0, 0, 0, P), (NaN, NaN, 0, 0, P), (-Inf, Inf, -1, 0, L), (Inf, Inf, 1, 0, L), (-3, 3, -1, 0, L)),
        .. Of("sign", Sign, (0, 0, 0, 0, P), (NaN, 0, 0, 0, P), (-Inf, -1, 0, 0, L)),
        .. Of("floor", Floor, (1, 1, 0, 0, P), (-0.5, -1, 0, 0, L)),
        .. Of("ceiling", Ceiling, (1, 1, 0, 0, P), (0.5, 1, 0, 0, L)),
        .. Of("round", Round, (0.5, 0, 0, 0, P), (1.5, 2, 0, 0, P), (2.5, 2, 0, 0, P)),
        .. Of("truncate", Truncate, (1, 1, 0, 0, P), (-1.5, -1, 0, 0, L)),
        .. Of("reciprocal", Reciprocal, (0, Inf, -Inf, Inf, L), (Inf, 0, 0, 0, L), (-Inf, 0, 0, 0, L)),
        .. Of("square", Square, (0, 0, 0, 2, L), (Inf, Inf, Inf, 2, L)),
        .. Of("sqrt", Sqrt, (0, 0, Inf, -Inf, L), (Inf, Inf, 0, 0, L), (-1, NaN, NaN, NaN, P)),
        .. Of("rsqrt", Rsqrt, (0, Inf, -Inf, Inf, L), (Inf, 0, 0, 0, L)),
        .. Of("exp", Exp,
            (-Inf, 0, 0, 0, L), (Inf, Inf, Inf, Inf, L), (0, 1, 1, 1, L),
            (-37.5, 5.175555005801869e-17, 5.175555005801869e-17, 5.175555005801869e-17, L), (-1e300, 0, 0, 0, L)),
        .. Of("exp2", Exp2,
            (-Inf, 0, 0, 0, L), (3, 8, 5.545177444479562, 3.8436241113456115, L),
            (-37.5, 5.1448789686149945e-12, 3.5661583514176427e-12, 2.4718726067154415e-12, L)),
        .. Of("expm1", Expm1,
            (0, 0, 1, 1, L), (-37.5, -1, 5.175555005801869e-17, 5.175555005801869e-17, L),
            (9.094947017729282e-13, 9.094947017733418e-13, 1.0000000000009095, 1.0000000000009095, L), (-Inf, -1, 0, 0, L),
            (Inf, Inf, Inf, Inf, L)),
        .. Of("log", Log, (0, -Inf, Inf, -Inf, L), (Inf, Inf, 0, 0, L)),
        .. Of("log2", Log2, (0, -Inf, Inf, -Inf, L), (Inf, Inf, 0, 0, L)),
        .. Of("log10", Log10, (0, -Inf, Inf, -Inf, L), (Inf, Inf, 0, 0, L)),
        .. Of("log1p", Log1p,
            (-1, -Inf, Inf, -Inf, L), (9.094947017729282e-13, 9.094947017725146e-13, 0.9999999999990905, -0.999999999998181, L),
            (-9.094947017729282e-13, -9.094947017733418e-13, 1.0000000000009095, -1.000000000001819, L), (Inf, Inf, 0, 0, L)),
        .. Of("asin", Asin, (1, 1.5707963267948966, Inf, Inf, L), (-1, -1.5707963267948966, Inf, -Inf, L), (0, 0, 1, 0, L)),
        .. Of("acos", Acos, (1, 0, -Inf, -Inf, L), (-1, 3.141592653589793, -Inf, Inf, L), (0, 1.5707963267948966, -1, 0, L)),
        .. Of("acosh", Acosh, (1, 0, Inf, -Inf, L), (Inf, Inf, 0, 0, L)),
        .. Of("atanh", Atanh, (1, Inf, Inf, Inf, L), (-1, -Inf, Inf, -Inf, L), (0, 0, 1, 0, L)),
        .. Of("tanh", Tanh, (0, 0, 1, 0, L), (Inf, 1, 0, 0, L), (-Inf, -1, 0, 0, L)),
        .. Of("sigmoid", Sigmoid,
            (0, 0.5, 0.25, 0, L), (-37.5, 5.175555005801868e-17, 5.175555005801868e-17, 5.1755550058018675e-17, L), (-Inf, 0, 0, 0, L),
            (Inf, 1, 0, 0, L)),
        .. Of("erf", Erf, (0, 0, 1.1283791670955126, 0, L), (2, 0.9953222650189527, 0.020666985354092053, -0.08266794141636821, L)),
        .. Of("erfc", Erfc,
            (6, 2.1519736712498913e-17, -2.617301239249265e-16, 3.1407614870991178e-15, L),
            (-2, 1.9953222650189528, -0.020666985354092053, -0.08266794141636821, L)),
        .. Of("erfinv", ErfInv, (0, 0, 0.886226925452758, 0, L), (1, Inf, Inf, Inf, L), (-1, -Inf, Inf, -Inf, L)),
        .. Of("relu", Relu, (0, 0, 0, 0, P), (-0.0, 0, 0, 0, P), (NaN, NaN, 1, 0, P), (Inf, Inf, 1, 0, L), (-Inf, 0, 0, 0, L)),
        .. Of("leaky_relu", x => LeakyRelu(x, 0.25), (0, 0, 0.25, 0, P), (NaN, NaN, 0.25, 0, P), (-Inf, -Inf, 0.25, 0, L), (Inf, Inf, 1, 0, L)),
        .. Of("elu", x => Elu(x),
            (0, 0, 1, 0, P), (NaN, NaN, 1, 0, P), (-37.5, -1, 5.175555005801869e-17, 5.175555005801869e-17, L),
            (-1, -0.6321205588285577, 0.36787944117144233, 0.36787944117144233, L),
            (-9.094947017729282e-13, -9.094947017725146e-13, 0.9999999999990905, 0.9999999999990905, L), (-Inf, -1, 0, 0, L),
            (Inf, Inf, 1, 0, L), (3, 3, 1, 0, L)),
        .. Of("elu (2)", x => Elu(x, 2),
            (0, 0, 2, 0, P), (-37.5, -2, 1.0351110011603738e-16, 1.0351110011603738e-16, L),
            (-1, -1.2642411176571153, 0.7357588823428847, 0.7357588823428847, L), (-Inf, -2, 0, 0, L), (3, 3, 1, 0, L)),
        .. Of("softplus", Softplus,
            (0, 0.6931471805599453, 0.5, 0.25, L), (-37.5, 5.175555005801868e-17, 5.175555005801868e-17, 5.175555005801868e-17, L),
            (-750, 0, 0, 0, L), (0.5, 0.9740769841801067, 0.6224593312018546, 0.2350037122015945, L), (750, 750, 1, 0, L), (-Inf, 0, 0, 0, L),
            (Inf, Inf, 1, 0, L), (1e300, 1e300, 1, 0, L), (-1e300, 0, 0, 0, L)),
        .. Of("logsigmoid", LogSigmoid,
            (0, -0.6931471805599453, 0.5, -0.25, L), (37.5, -5.175555005801868e-17, 5.175555005801868e-17, -5.175555005801868e-17, L),
            (-2, -2.1269280110429727, 0.8807970779778824, -0.10499358540350652, L), (-750, -750, 1, 0, L), (-Inf, -Inf, 1, 0, L),
            (Inf, 0, 0, 0, L)),
        .. Of("silu", Silu,
            (0, 0, 0.5, 0.5, L), (-37.5, -1.9408331271757007e-15, -1.8890775771176817e-15, -1.837322027059663e-15, L),
            (-2, -0.23840584404423512, -0.09078424878489548, 0.05006216869470691, L), (750, 750, 1, 0, L), (800, 800, 1, 0, L),
            (-800, 0, 0, 0, L), (-Inf, 0, 0, 0, L), (Inf, Inf, 1, 0, L), (1e300, 1e300, 1, 0, L), (-1e300, 0, 0, 0, L)),
        .. Of("mish", Mish,
            (0, 0, 0.6, 0.64, L), (-37.5, -1.9408331271757007e-15, -1.889077577117682e-15, -1.837322027059663e-15, L),
            (-2, -0.2525014826957089, -0.10835509242039394, 0.035027081852659236, L), (750, 750, 1, 0, L), (-Inf, 0, 0, 0, L),
            (Inf, Inf, 1, 0, L), (1e300, 1e300, 1, 0, L)),
        .. Of("gelu", x => Gelu(x),
            (0, 0, 0.5, 0.7978845608028654, L), (-2, -0.04550026389635842, -0.0852318010781969, -0.1079819330263761, L),
            (-8, -4.976768459417427e-15, -3.979607261086796e-14, -3.1324080717928733e-13, L),
            (-20, -5.507248237212468e-88, -1.1014360483133464e-86, -2.1973374481395856e-85, L),
            (-37.5, -1.7270073785932332e-306, -6.476271143055812e-305, -2.4268722185599547e-303, L), (40, 40, 1, 0, L), (-Inf, 0, 0, 0, L),
            (Inf, Inf, 1, 0, L), (1e300, 1e300, 1, 0, L), (-1e300, 0, 0, 0, L)),
        .. Of("gelu (tanh)", x => Gelu(x, true),
            (0, 0, 0.5, 0.7978845608028654, L), (-2, -0.04540230591222498, -0.08609925662361838, -0.10787507995107845, L),
            (-5, -2.291796196629506e-07, -1.5463619875325946e-06, -9.934132224996203e-06, L),
            (-8, -3.1077829375011112e-21, -4.7147845041068414e-20, -7.0458213960972915e-19, L), (40, 40, 1, 0, L), (-Inf, 0, 0, 0, L),
            (Inf, Inf, 1, 0, L), (1e300, 1e300, 1, 0, L), (-1e300, 0, 0, 0, L)),
        .. Of("softsign", Softsign,
            (0, 0, 1, 0, P), (-3, -0.75, 0.0625, 0.03125, L),
            (1073741824.0, 0.9999999990686774, 8.673617363728164e-19, -1.6155871293787339e-27, L), (-Inf, -1, 0, 0, L), (Inf, 1, 0, 0, L)),
        .. Of("clamp to [-1, 1]", x => Clamp(x, -1, 1), (-1, -1, 1, 0, P), (1, 1, 1, 0, P), (NaN, NaN, 0, 0, P), (Inf, 1, 0, 0, L), (-2, -1, 0, 0, L)),
        .. Of("clamp below NaN", x => Clamp(x, null, Held(x, double.NaN)), (0.5, NaN, 0, 0, P)),
        .. Of("maximum (x, 1)", x => Max(x, Held(x, 1)), (1, 1, 0.5, 0, P), (NaN, NaN, 1, 0, P), (0, 1, 0, 0, L), (Inf, Inf, 1, 0, L)),
        .. Of("maximum (x, NaN)", x => Max(x, Held(x, double.NaN)), (0, NaN, 1, 0, P)),
        .. Of("minimum (x, 1)", x => Min(x, Held(x, 1)), (1, 1, 0.5, 0, P), (NaN, NaN, 1, 0, P), (2, 1, 0, 0, L), (-Inf, -Inf, 1, 0, L)),
        .. Of("max (x, 1, 1)", x => MaxOver(Vector(x, 1, 1)), (1, 1, 0.3333333333333333, 0, P), (NaN, NaN, 1, 0, P), (2, 2, 1, 0, L)),
        .. Of("max (x, NaN)", x => MaxOver(Vector(x, double.NaN)), (0, NaN, 0, 0, P), (NaN, NaN, 0.5, 0, P)),
        .. Of("min (x, 1, 1)", x => MinOver(Vector(x, 1, 1)), (1, 1, 0.3333333333333333, 0, P), (NaN, NaN, 1, 0, P), (2, 1, 0, 0, L)),
        .. Of("first of equals (x, 1)", x => MaxAlong(Vector(x, 1), 0).Values, (1, 1, 1, 0, P)),
        .. Of("largest of a window (x, 1, 1)", x => Sum(MaxPool(Reshape(Vector(x, 1, 1), [1, 1, 3]), [3])), (1, 1, 1, 0, P)),
        .. Of("where (x > 0, x, x²)", x => Where(x > 0, x, x * x), (0, 0, 0, 2, P)),
        .. Of("x⁰", x => Pow(x, 0), (0, 1, 0, 0, L), (NaN, 1, 0, 0, P), (Inf, 1, 0, 0, L)),
        .. Of("x¹", x => Pow(x, 1), (0, 0, 1, 0, L)),
        .. Of("x²", x => Pow(x, 2), (0, 0, 0, 2, L), (-3, 9, -6, 2, L)),
        .. Of("x³", x => Pow(x, 3), (0, 0, 0, 0, L), (-2, -8, 12, -12, L)),
        .. Of("x⁴", x => Pow(x, 4), (0, 0, 0, 0, L)),
        .. Of("√x as a power", x => Pow(x, 0.5), (0, 0, Inf, -Inf, L)),
        .. Of("x^1.5", x => Pow(x, 1.5), (0, 0, 0, Inf, L)),
        .. Of("x^2.5", x => Pow(x, 2.5), (0, 0, 0, 0, L)),
        .. Of("x⁻¹", x => Pow(x, -1), (0, Inf, -Inf, Inf, L), (Inf, 0, 0, 0, L)),
        .. Of("x^b at b = 0", x => Pow(x, Held(x, 0)), (0, 1, 0, 0, L), (NaN, 1, 0, 0, P), (-2, 1, 0, 0, L)),
        .. Of("x^b at b = 1", x => Pow(x, Held(x, 1)), (0, 0, 1, 0, L)),
        .. Of("x^b at b = 2", x => Pow(x, Held(x, 2)), (0, 0, 0, 2, L), (-3, 9, -6, 2, L)),
        .. Of("x^b at b = 3", x => Pow(x, Held(x, 3)), (0, 0, 0, 0, L)),
        .. Of("0^x", x => Pow(Held(x, 0), x), (0, 1, 0, 0, C), (2, 0, 0, 0, L), (0.5, 0, 0, 0, L)),
        .. Of("2^x as a power", x => Pow(Held(x, 2), x),
            (0, 1, 0.6931471805599453, 0.48045301391820144, L), (-2, 0.25, 0.17328679513998632, 0.12011325347955036, L)),
        .. Of("1^x", x => Pow(Held(x, 1), x), (0, 1, 0, 0, L)),
        .. Of("(-2)^x", x => Pow(Held(x, -2), x), (2, 4, NaN, NaN, P)),
        .. Of("atan2 (x, 1)", x => Atan2(x, Held(x, 1)), (0, 0, 1, 0, L)),
        .. Of("atan2 (x, 0)", x => Atan2(x, Held(x, 0)), (0, 0, NaN, NaN, P), (1, 1.5707963267948966, 0, 0, L)),
        .. Of("atan2 (x, -1)", x => Atan2(x, Held(x, -1)), (0, 3.141592653589793, -1, 0, L)),
        .. Of("atan2 (1, x)", x => Atan2(Held(x, 1), x), (0, 1.5707963267948966, -1, 0, L)),
        .. Of("atan2 (x, 2⁻³⁰⁰)", x => Atan2(x, Held(x, Math.ScaleB(1, -300))),
            (4.909093465297727e-91, 0.7853981633974483, 1.018517988167243e90, -2.0747577844404965e180, L)),
        .. Of("x mod 1", x => x % Held(x, 1), (0, 0, 1, 0, P), (1, 0, 1, 0, P), (-0.5, 0.5, 1, 0, L)),
        .. Of("1 mod x", x => Held(x, 1) % x, (1, 0, -1, 0, P), (0.75, 0.25, -1, 0, L), (-0.75, -0.5, 2, 0, L)),
        .. Of("-5 mod x", x => Held(x, -5) % x, (Inf, Inf, 1, 0, L), (2, 1, 3, 0, L)),
        .. Of("hypot (x, 0)", x => Hypot(x, Held(x, 0)), (0, 0, NaN, NaN, P)),
        .. Of("hypot (x, 1)", x => Hypot(x, Held(x, 1)), (0, 1, 0, 1, L), (1e300, 1e300, 1, 0, L)),
        .. Of("2-norm (x)", x => Norm(Vector(x)), (0, 0, 0, 0, C), (-3, 3, -1, 0, L)),
        .. Of("2-norm (x, 4)", x => Norm(Vector(x, 4)), (0, 4, 0, 0.25, L), (3, 5, 0.6, 0.128, L)),
        .. Of("1-norm (x, 2)", x => Norm(Vector(x, 2), 1), (0, 2, 0, 0, P), (NaN, NaN, 0, 0, P)),
        .. Of("0-norm (x, 2)", x => Norm(Vector(x, 2), 0), (0, 1, 0, 0, P)),
        .. Of("∞-norm (x, 2)", x => Norm(Vector(x, 2), double.PositiveInfinity), (2, 2, 0.5, 0, P), (-2, 2, -0.5, 0, P), (0, 2, 0, 0, L)),
        .. Of("-∞-norm (x, 2)", x => Norm(Vector(x, 2), double.NegativeInfinity), (2, 2, 0.5, 0, P), (0, 0, 0, 0, P)),
        .. Of("1.5-norm (x, 2)", x => Norm(Vector(x, 2), 1.5), (0, 2, 0, 0, C)),
        .. Of("3-norm (x, 2)", x => Norm(Vector(x, 2), 3), (0, 2, 0, 0, L)),
        .. Of("3-norm (x)", x => Norm(Vector(x), 3), (0, 0, 0, 0, C), (-2, 2, -1, 0, L)),
        .. Of("½-norm (x, 2)", x => Norm(Vector(x, 2), 0.5), (0, 2, 0, 0, C), (2, 8, 2, -0.25, L)),
        .. Of("-1-norm (x, 2)", x => Norm(Vector(x, 2), -1), (0, 0, 0, 0, C), (2, 1, 0.25, -0.125, L)),
        .. Of("var (x, 1)", x => Var(Vector(x, 1)), (1, 0, 0, 1, L)),
        .. Of("var (x, 10⁸)", x => Var(Vector(x, 1e8)), (100000001.0, 0.5, 1, 1, L)),
        .. Of("std (x, 1, 1)", x => Std(Vector(x, 1, 1)), (1, 0, 0, 0, P)),
        .. Of("std (x, 0, 3)", x => Std(Vector(x, 0, 3)), (1.5, 1.5, 0, 0.2222222222222222, L)),
        .. Of("prod (x, 2)", x => Prod(Vector(x, 2)), (0, 0, 2, 0, L)),
        .. Of("prod (x, 0, 3)", x => Prod(Vector(x, 0, 3)), (2, 0, 0, 0, L)),
        .. Of("prod (x, x, 3)", x => Prod(Concat([Vector(x), Vector(x, 3)])), (0, 0, 0, 6, L)),
        .. Of("prod (x, x, x)", x => Prod(Stack([x, x, x])), (0, 0, 0, 0, L)),
        .. Of("logsumexp (x, 0)", x => LogSumExp(Vector(x, 0)),
            (0, 0.6931471805599453, 0.5, 0.25, L), (-Inf, 0, 0, 0, L), (750, 750, 1, 0, L), (Inf, Inf, NaN, NaN, P)),
        .. Of("logsumexp (x)", x => LogSumExp(Vector(x)), (-3, -3, 1, 0, L), (-Inf, -Inf, NaN, NaN, P)),
        .. Of("logsumexp (x, 10²⁰⁰)", x => LogSumExp(Vector(x, 1e200)), (1e200, 1e200, 0.5, 0.25, L)),
        .. Of("softmax (x, 0)", x => SliceAxis(Softmax(Vector(x, 0)), 0, 0, 1),
            (0, 0.5, 0.25, 0, L), (-37.5, 5.175555005801868e-17, 5.175555005801868e-17, 5.1755550058018675e-17, L), (-Inf, 0, 0, 0, L),
            (750, 1, 0, 0, L), (Inf, NaN, NaN, NaN, P)),
        .. Of("softmax (x, -∞)", x => SliceAxis(Softmax(Vector(x, double.NegativeInfinity)), 0, 0, 1), (0, 1, 0, 0, L)),
        .. Of("log_softmax (x, 0)", x => SliceAxis(LogSoftmax(Vector(x, 0)), 0, 0, 1),
            (0, -0.6931471805599453, 0.5, -0.25, L), (-2, -2.1269280110429727, 0.8807970779778824, -0.10499358540350652, L),
            (-750, -750, 1, 0, L), (-Inf, -Inf, 1, 0, L)),
        .. Of("log_softmax (x, -∞)", x => SliceAxis(LogSoftmax(Vector(x, double.NegativeInfinity)), 0, 0, 1), (0, 0, 0, 0, L)),
        .. Of("bce (x, 0)", x => BinaryCrossEntropy(x, Held(x, 0)),
            (0, 0, 1, 1, L), (9.094947017729282e-13, 9.094947017733418e-13, 1.0000000000009095, 1.000000000001819, L),
            (0.5, 0.6931471805599453, 2, 4, L), (1, 100, 1000000003995.8029, 1.0000000079916056e24, P)),
        .. Of("bce (x, 1)", x => BinaryCrossEntropy(x, Held(x, 1)),
            (1, 0, -1, 1, L), (0, 100, -1000000003995.8029, 1.0000000079916056e24, P),
            (9.313225746154785e-10, 20.79441541679836, -1073741824.0, 1.152921504606847e18, L)),
        .. Of("bce (x, ½)", x => BinaryCrossEntropy(x, Held(x, 0.5)),
            (0.5, 0.6931471805599453, 0, 4, L), (0, 50, -500000001997.4014, 5.000000039958028e23, P)),
        .. Of("bce with logits (x, 0)", x => BinaryCrossEntropyWithLogits(x, Held(x, 0)),
            (0, 0.6931471805599453, 0.5, 0.25, L), (-37.5, 5.175555005801868e-17, 5.175555005801868e-17, 5.175555005801868e-17, L),
            (37.5, 37.5, 1, 5.175555005801868e-17, L), (Inf, Inf, 1, 0, L), (-Inf, NaN, 0, 0, P), (1e300, 1e300, 1, 0, L)),
        .. Of("bce with logits (x, 1)", x => BinaryCrossEntropyWithLogits(x, Held(x, 1)),
            (0, 0.6931471805599453, -0.5, 0.25, L), (-37.5, 37.5, -1, 5.175555005801868e-17, L),
            (37.5, 5.175555005801868e-17, -5.175555005801868e-17, 5.175555005801868e-17, L)),
        .. Of("bce with logits (x, ½)", x => BinaryCrossEntropyWithLogits(x, Held(x, 0.5)),
            (0, 0.6931471805599453, 0, 0.25, L), (-2, 1.1269280110429725, -0.3807970779778824, 0.10499358540350652, L), (-Inf, Inf, -0.5, 0, L)),
        .. Of("mse (x, 1)", x => MseLoss(x, Held(x, 1)), (1, 0, 0, 2, L)),
        .. Of("dropout (1)", x => Dropout(x, 1, Key(1)), (3, 0, 0, 0, L), (Inf, NaN, 0, 0, P)),
    ];
}
