using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>
    /// The lower triangular L with A = L·Lᴴ of positive definite matrices. Only the lower triangle is read; the gradient is that of Hermitian matrices, and Hermitian.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.cholesky.html
    /// </summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…, n, n], zero above the diagonal.</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: a matrix is not positive definite; the message names the first leading minor that is not positive.</exception>
    public static Node Cholesky(Node a)
    {
        a = Squares(a, "Cholesky");
        return Reshape(Make(Primitives.Cholesky.Instance, Matrix(a)), a.Shape);
    }

    /// <summary>
    /// The X with A·X = B, or Aᵀ·X = B, for triangular A; nothing but the triangle is read. Leading axes broadcast.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.solve_triangular.html
    /// </summary>
    /// <param name="a">[…, n, n].</param>
    /// <param name="b">[…, n, k], or a vector [n], or vectors […, n] where A is […, n, n].</param>
    /// <param name="lower">Whether A is lower triangular; otherwise it is upper triangular.</param>
    /// <param name="transposed">Whether Aᵀ takes A's place.</param>
    /// <param name="unit">Whether the diagonal counts as ones.</param>
    /// <returns>X, of B's shape with the leading axes of both.</returns>
    /// <exception cref="ShapeException">These are no square matrices, or the shapes do not fit.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element of the diagonal is 0.</exception>
    public static Node SolveTriangular(Node a, Node b, bool lower, bool transposed = false, bool unit = false) =>
        Triangular("SolveTriangular", a, b, new(lower, transposed, unit));

    private static Node Triangular(string operation, Node a, Node b, TriangularSolve solve) => Solved(operation, a, b, (x, y) => Make(solve, x, y));

    /// <summary>
    /// The X with L·Lᴴ·X = B, from what <see cref="Cholesky"/> gives. https://pytorch.org/docs/2.6/generated/torch.cholesky_solve.html
    /// </summary>
    /// <param name="l">[…, n, n], lower triangular.</param>
    /// <param name="b">[…, n, k], or vectors as in <see cref="Solve"/>.</param>
    /// <returns>X, of B's shape with the leading axes of both.</returns>
    /// <exception cref="ShapeException">These are no square matrices, or the shapes do not fit.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element of the diagonal is 0.</exception>
    public static Node CholeskySolve(Node l, Node b) => Conj(Triangular("CholeskySolve", l, Conj(Triangular("CholeskySolve", l, b, new(true, false, false))), new(true, true, false)));

    /// <summary>
    /// The factors of A = P·L·U by Gaussian elimination with partial pivoting. A singular matrix has factors as well, but no derivative.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.lu.html
    /// </summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>Each […, n, n]: the permutation, the lower triangular factor with ones on its diagonal, the upper triangular factor.</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When a derivative is evaluated: a matrix is singular.</exception>
    public static (Node P, Node L, Node U) Lu(Node a)
    {
        a = Squares(a, "Lu");
        if (a.DType.IsHalf) return Lu(Cast(a, a.DType.Compute)) is var (rows, lower, upper) ? (Cast(rows, a.DType), Cast(lower, a.DType), Cast(upper, a.DType)) : default;
        var (factors, order) = Eliminated(Matrix(a));
        var p = Cast(Equal(Unsqueeze(Arange(a.Shape[^1]), 1), Unsqueeze(order, 1)), a.DType);
        return (Reshape(p, a.Shape), Reshape(UnitLower(factors), a.Shape), Reshape(Triu(factors), a.Shape));
    }

    /// <summary>The X with A·X = B, by Gaussian elimination with partial pivoting. https://pytorch.org/docs/2.6/generated/torch.linalg.solve.html</summary>
    /// <param name="a">[…, n, n].</param>
    /// <param name="b">[…, n, k], or a vector [n], or vectors […, n] where A is […, n, n]. Leading axes broadcast.</param>
    /// <returns>X, of B's shape with the leading axes of both.</returns>
    /// <exception cref="ShapeException">These are no square matrices, or the shapes do not fit.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: a matrix is singular.</exception>
    public static Node Solve(Node a, Node b) => Solved("Solve", a, b, (x, y) =>
    {
        var (factors, order) = Eliminated(x);
        var inner = new Node(new TriangularSolve(Lower: true, Transposed: false, Unit: true), factors, Ordered(y, order));
        return new(new TriangularSolve(Lower: false, Transposed: false, Unit: false), factors, inner);
    });

    /// <summary>A⁻¹, by Gaussian elimination; to solve, <see cref="Solve"/> is faster and more accurate. https://pytorch.org/docs/2.6/generated/torch.linalg.inv.html</summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…, n, n].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: a matrix is singular.</exception>
    public static Node Inverse(Node a) => Squares(a, "Inverse") is var x ? Solve(x, Eye(x.Shape[^1], x.DType)) : x;

    /// <summary>The determinant, by Gaussian elimination; 1 of a matrix without elements. https://pytorch.org/docs/2.6/generated/torch.linalg.det.html</summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When a derivative is evaluated: a matrix is singular.</exception>
    public static Node Det(Node a)
    {
        a = Squares(a, "Det");
        if (a.DType.IsHalf) return Wide(a, Det);
        var (diagonal, parity) = Pivots(a);
        return Reshape(parity * Prod(diagonal, 1), a.Shape[..^2]);
    }

    /// <summary>
    /// The sign of the determinant and the logarithm of its size, which leaves the range of numbers later than the determinant. Of a singular matrix 0 and −∞.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.slogdet.html
    /// </summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>Each […].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When a derivative is evaluated: a matrix is singular.</exception>
    public static (Node Sign, Node LogAbsDet) SlogDet(Node a)
    {
        a = Squares(a, "SlogDet");
        if (a.DType.IsHalf) return SlogDet(Cast(a, a.DType.Compute)) is var (sign, log) ? (Cast(sign, a.DType), Cast(log, a.DType)) : default;
        var (diagonal, parity) = Pivots(a);
        return (Reshape(parity * Prod(Sign(diagonal), 1), a.Shape[..^2]), Reshape(Sum(Log(Abs(diagonal)), 1), a.Shape[..^2]));
    }

    /// <summary>The logarithm of the determinant: −∞ where that is 0, NaN where it is negative; of complex matrices with the angle as imaginary part. https://pytorch.org/docs/2.6/generated/torch.logdet.html</summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…].</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When a derivative is evaluated: a matrix is singular.</exception>
    public static Node LogDet(Node a)
    {
        var (sign, log) = SlogDet(Squares(a, "LogDet"));
        return sign.DType.IsComplex ? ToComplex(log, Angle(sign)) : Where(sign < 0, double.NaN, log);
    }

    private static Node Squares(Node a, string operation) => Float(a) is { Type.Rank: >= 2 } x && x.Shape[^1] == x.Shape[^2] ? x : throw new ShapeException($"{operation}: {a.Type} is no square matrix");

    // The conjugate transpose; of real matrices the transpose, and nothing more.
    internal static Node Adjoint(Node x) => Conj(Transpose(x));

    // All leading axes as one.
    private static Node Matrix(Node x) => Reshape(x, [x.Shape[..^2].Product, .. x.Shape[^2..]]);

    private static (Node Factors, Node Order) Eliminated(Node a) => new Node(Primitives.Lu.Instance, a) is var both ? (new(new Part(0), both), new(new Part(1), both)) : default;

    private static Node Solved(string operation, Node a, Node b, Func<Node, Node, Node> solve, bool square = true)
    {
        (a, b) = (square ? Squares(a, operation) : Matrices(a, operation), Float(b));
        var dtype = DTypes.Promote(a.DType, b.DType);
        (a, b) = (Cast(a, dtype.Compute), Cast(b, dtype.Compute));
        var isVector = b.Type.Rank == 1 || b.Shape == a.Shape[..^1];
        if (isVector) b = Unsqueeze(b, -1);
        if (b.Type.Rank < 2 || b.Shape[^2] != a.Shape[^2]) throw new ShapeException($"{operation}: {a.Type} and {b.Type} do not fit");
        var batch = BroadcastShapes(operation, a.Shape[..^2], b.Shape[..^2]);
        var x = solve(Matrix(Broadcast(a, [.. batch, .. a.Shape[^2..]])), Matrix(Broadcast(b, [.. batch, .. b.Shape[^2..]])));
        return Cast(Reshape(x, isVector ? [.. batch, a.Shape[^1]] : [.. batch, a.Shape[^1], b.Shape[^1]]), dtype);
    }

    // The diagonal of U, and the sign of the permutation: that of the number of pairs out of order.
    private static (Node Diagonal, Node Parity) Pivots(Node a)
    {
        var (factors, order) = Eliminated(Matrix(a));
        var swapped = Tril(Cast(Unsqueeze(order, 2) < Unsqueeze(order, 1), DType.Int64), -1);
        return (Diagonal(factors, 0, 1, 2), Cast(1 - 2 * (Sum(swapped, [1, 2]) % 2), a.DType));
    }

    internal static Node UnitLower(Node x) => Tril(x, -1) + Eye(x.Shape[^1], x.DType);

    // Rows of each matrix in an order of its own.
    internal static Node Ordered(Node x, Node order)
    {
        var (batch, n) = (x.Shape[0], x.Shape[1]);
        return Take(Reshape(x, [batch * n, x.Shape[2]]), 0, order + Reshape(Arange(batch) * n, [batch, 1]));
    }
}
