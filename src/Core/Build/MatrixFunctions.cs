namespace Functional.Autograd;

public static partial class Ops
{
    // The most squarings. Where they would not do, eᴬ has lost most of its digits to the rounding of A.
    private const int Squarings = 40;

    // Padé's approximation of degree 13, which is exact to all digits up to this 1-norm.
    private const double Exact = 5.371920351148152;

    private static readonly double[] pade =
    [
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ];

    /// <summary>
    /// eᴬ, by Padé's approximation of A / 2ˢ and s squarings (Higham, "The scaling and squaring method for the matrix exponential revisited", 2005). NaN where the largest sum of sizes in a
    /// column exceeds 5·10¹². https://pytorch.org/docs/2.6/generated/torch.linalg.matrix_exp.html
    /// </summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…, n, n].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    public static Node MatrixExp(Node a)
    {
        a = Squares(a, "MatrixExp");
        if (a.DType.IsHalf) return Wide(a, MatrixExp);
        var n = a.Shape[^1];
        if (a.Type.Count == 0) return a;
        var x = Matrix(a);
        // Each matrix by its own power of two: to square more often than needed costs digits.
        var size = MaxOver(Sum(Abs(x), 1, keep: true), 2, keep: true);
        var times = Ceiling(Log2(Max(size / Exact, 1)));
        x = x * Where(times <= Squarings, Exp2(-times), double.NaN);
        var (one, x2) = (Eye(n, a.DType), MatMul(x, x));
        var x4 = MatMul(x2, x2);
        var x6 = MatMul(x4, x2);
        Node Half(int k) => MatMul(x6, pade[k + 12] * x6 + pade[k + 10] * x4 + pade[k + 8] * x2) + (pade[k + 6] * x6 + pade[k + 4] * x4 + pade[k + 2] * x2 + pade[k] * one);
        var (odd, even) = (MatMul(x, Half(1)), Half(0));
        var power = While(c => Any(c.K < times), c => (c.K + 1, Where(c.K < times, MatMul(c.X, c.X), c.X)), (K: Scalar(0, size.DType), X: Solve(even - odd, even + odd)), Squarings);
        return Reshape(power.X, a.Shape);
    }

    /// <summary>The product of as many equal matrices; of none the unit matrix, of negatively many that of the inverse. https://pytorch.org/docs/2.6/generated/torch.linalg.matrix_power.html</summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <param name="n">How many.</param>
    /// <returns>[…, n, n].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated, n &lt; 0: a matrix is singular.</exception>
    public static Node MatrixPower(Node a, int n)
    {
        a = Squares(a, "MatrixPower");
        var (power, square) = ((Node?)null, n < 0 ? Inverse(a) : a);
        for (var left = Math.Abs((long)n); left > 0; left /= 2)
        {
            if (left % 2 == 1) power = power is null ? square : MatMul(power, square);
            if (left > 1) square = MatMul(square, square);
        }
        return power ?? Broadcast(Eye(a.Shape[^1], a.DType), a.Shape);
    }
}
