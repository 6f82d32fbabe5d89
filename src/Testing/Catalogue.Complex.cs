using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Complex numbers, made of two real leaves and looked at as real numbers; away from the cuts along the axes, where functions jump.</summary>
public static partial class Catalogue
{
    private static IEnumerable<Row> Pairs() =>
    [
        Plane("Fourier", z => Look(Fft(z * z)) + Look(new Node(new Fourier(true), Reshape(z, [1, z.Type.Count]))[0]), "Fft"),
        Plane("ComplexOf", z => Look(z * z), "ToComplex"),
        Plane("Component", z => Look(new Node(Alias.Instance, z)), "Real", "Imag"),
    ];

    private static readonly (string Name, Func<Node, Node> F)[] functionsOfPairs =
    [
        ("Neg", z => -z * z), ("Abs", Abs), ("Sign", Sign), ("Exp", Exp), ("Exp2", Exp2), ("Expm1", Expm1), ("Log", Log), ("Log2", Log2), ("Log10", Log10), ("Log1p", Log1p), ("Sqrt", Sqrt), ("Rsqrt", Rsqrt),
        ("Sin", Sin), ("Cos", Cos), ("Tan", Tan), ("Sinh", Sinh), ("Cosh", Cosh), ("Tanh", Tanh), ("Asin", Asin), ("Acos", Acos), ("Atan", Atan), ("Asinh", Asinh), ("Acosh", Acosh), ("Atanh", Atanh),
        ("Sigmoid", Sigmoid), ("Reciprocal", Reciprocal), ("Square", Square), ("Pow", z => Pow(z, 2.5) + Pow(1.5, z) + Pow(z, z)),
    ];

    // Quotients detach a scale.
    private static IEnumerable<Row> ComplexFunctions() =>
    [
        Plane("Conj", z => Look(Conj(z) * z * z)), Plane("Angle", Angle) with { Silent = Detaching }, Plane("Polar", z => Look(Polar(Real(z), Imag(z)))),
        Plane("ViewAsReal", z => Square(ViewAsReal(z)) + ViewAsReal(ViewAsComplex(ViewAsReal(z))), "ViewAsReal", "ViewAsComplex"),
        .. functionsOfPairs.Select(f => Plane($"{f.Name} of complex numbers", z => Look(f.F(z)), f.Name) with { Silent = f.Name is "Sign" or "Rsqrt" or "Sigmoid" or "Reciprocal" ? Detaching : [] }),
        Plane("Div of complex numbers", z => Look((z + 1) / (z * z) + z / 2 + 1 / z), "Div") with { Silent = Detaching },
        Plane("Sums and products of complex numbers", z => Folded(Stack([z, Exp(z), z * z])), "Sum", "Prod", "CumProd") with { Silent = [.. Detaching, "third order"] },
        Plane("Fourier transforms", z => Look(Ifft(Fft(z, 4, norm: "ortho") * 2, 5)) + Irfft(Rfft(Real(z), 7, norm: "forward") * 1.5, 5) + Sum(Look(IfftN(FftN(Stack([z, z * z]), [0, 1]) * 2))), "Fft", "Ifft", "Rfft", "Irfft", "FftN", "IfftN"),
        Plane("Rearranged complex numbers", z => Moved(Stack([z, Exp(z), z * z], 1)), "Concat", "Take"),
    ];

    private static Node Folded(Node z) => Look(Sum(z, 0)) * Look(Prod(z, 0)) + Look(Mean(z)) + Look(Sum(MatMul(z, Transpose(Exp(z))))) + Look(Sum(CumSum(z, 1) * CumProd(z, 0)));

    private static Node Moved(Node z) => Look(Concat([Take(z, 1, Tensor<long>([2, 0, 2])), Flip(z, 0) * z], 1)) + Look(Sum(ScatterAdd(z, 1, Tensor<long>([0, 0, 1]), z * z))) + Look(Sum(Tril(z))) + Norm(z) + Var(z);

    private static Row Plane(string name, Func<Node, Node> f, params string[] covers) => new(name, t => Both([t.Pick(3L, 1, 2, 17)], t, f, name), covers);

    private static Case Both(Dims shape, Tape t, Func<Node, Node> f, string name) =>
        new(name, [t.Inside(shape, (0.2, 1.8), (-1.8, -0.2)), t.Inside(shape, (0.2, 1.8), (-1.8, -0.2))], x => f(ToComplex(x[0], x[1])));

    // Both parts, each seen by itself.
    private static Node Look(Node z) => z.DType.IsComplex ? 1.5 * Real(z) - Imag(z) * Imag(z) : z;
}
