namespace Functional.Autograd.Numerics;

/// <summary>An iteration ended without what it was to find.</summary>
/// <param name="message">Which, after how many steps, and how far it was off.</param>
public sealed class ConvergenceException(string message) : ArithmeticException(message)
{
    // Of a batch, every row.
    internal static void Demand(Node converged, Func<string> otherwise)
    {
        if (Transforms.Evaluate<bool>(converged).Contains(false)) throw new ConvergenceException(otherwise());
    }

    // The worst of a batch.
    internal static double Worst(Node x) => x.Type.Count == 0 ? 0 : Transforms.Evaluate<double>(Ops.MaxOver(Ops.Cast(x, DType.Float64)))[0];
}
