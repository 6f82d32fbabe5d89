using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Batches
{
    private sealed record Model(Node Weight, Node Bias);

    private static readonly double[,] Rows = { { 0.5, -1.0 }, { 2.0, 0.3 }, { -0.7, 1.1 }, { 0.1, 0.9 } };
    private static readonly double[] Labels = [1, 0, 1, 0], Weight = [0.4, -0.6];
    private const double Bias = 0.2;

    static Batches() => Tree.Register((Model m) => (m.Weight, m.Bias), p => new Model(p.Weight, p.Bias));

    private static Node Loss(Model m, Node x, Node label) => Softplus(Sum(m.Weight * x) + m.Bias) - label * (Sum(m.Weight * x) + m.Bias);

    private static readonly Model At = new(Tensor(Weight), Bias);

    // The probability that a row's label is 1, in plain numbers.
    private static double Probability(int i) => 1 / (1 + Math.Exp(-(Weight[0] * Rows[i, 0] + Weight[1] * Rows[i, 1] + Bias)));

    public static (string, double, double) PerSample()
    {
        var each = Vmap(((Node X, Node Label) row) => Grad((Model m) => Loss(m, row.X, row.Label))(At))((Tensor(Rows), Tensor(Labels)));
        double[] wanted = [.. Enumerable.Range(0, 4).SelectMany(i => new[] { Rows[i, 0], Rows[i, 1] }.Select(x => (Probability(i) - Labels[i]) * x)), .. Enumerable.Range(0, 4).Select(i => Probability(i) - Labels[i])];
        return ($"weights {each.Weight.Type}, biases {each.Bias.Type}", Compare.Relative([.. Evaluate<double>(each.Weight), .. Evaluate<double>(each.Bias)], wanted), 1e-14);
    }

    public static (string, double, double) HessianOfRecord()
    {
        var hessian = Hessian((Model m) => Sum(Vmap(((Node X, Node Label) row) => Loss(m, row.X, row.Label))((Tensor(Rows), Tensor(Labels)))))(At);
        double[] given = [.. Evaluate<double>(hessian[0].Weight), .. Evaluate<double>(hessian[0].Bias), .. Evaluate<double>(hessian[1].Bias)];
        double Second(Func<int, double> a, Func<int, double> b) => Enumerable.Range(0, 4).Sum(i => Probability(i) * (1 - Probability(i)) * a(i) * b(i));
        double X(int i) => Rows[i, 0];
        double Y(int i) => Rows[i, 1];
        return ($"weight by weight {hessian[0].Weight.Type}", Compare.Relative(given, [Second(X, X), Second(X, Y), Second(Y, X), Second(Y, Y), Second(X, _ => 1), Second(Y, _ => 1), Second(_ => 1, _ => 1)]), 1e-14);
    }
}
