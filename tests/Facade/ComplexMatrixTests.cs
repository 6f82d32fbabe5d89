using Functional.Autograd;
using static Functional.Autograd.torch;
using Number = System.Numerics.Complex;

namespace Facade;

/// <summary>Derivatives through factors of complex matrices, and what only numbers with an imaginary part show; what is expected is PyTorch 2.6's.</summary>
public class ComplexMatrixTests
{
    private static Tensor Of(Number[,] numbers) => tensor(numbers);

    private static readonly Number[,] Numbers = { { new(1, 2), new(0.5, -1) }, { new(0, -1), new(2, 0.25) } };

    private static readonly Number[,] Weights = { { new(1, 0.5), 0 }, { new(2, -1), new(-0.5, 1) } };

    private static readonly Dictionary<string, (Func<Tensor, Tensor> F, double[] Gradient, double[]? Second)> Cases = new()
    {
        ["cholesky"] = (h => linalg.cholesky(Definite(h)), [0.02656436914554261, 0.1544769499905202, 1.7294284756469953, -1.0618186402141352, -0.10134821169943503, 2.0270735942659988, 0.33738850591046693, -0.5570860145311554],
            [2.2036614570865853, -0.8360524749039338, -0.5886168288400271, 0.0010505379075173016, 0.9201208542823801, 0.0170637295208233, -0.0044667144973915, -0.01447831595706206]),
        ["cholesky upper"] = (h => linalg.cholesky(Definite(h), upper: true).mT, [0.884604897273989, 0.3849953008309983, 1.601362725180063, 0.3084848897820406, 1.3842144937169798, 1.2842922415577913, -0.4053928467977404, -0.9284766908852591],
            [1.0638762779308877, -0.432645360933097, -0.1019669770656843, 0.14192286342114313, 0.5487301779282765, -0.7257176231873841, -0.004466714497391527, -0.014478315957062171]),
        ["svd"] = (b => linalg.svd(b, full_matrices: false) is var (u, s, vh) ? u.matmul(s.sin().unsqueeze(-1) * vh) : b, [-0.1769111835993287, 0.3749128077793057, -0.8047176423831679, -0.9971988202896577, -0.5128127222615219, -0.562936171230514, 0.6248976774081345, 0.37258479400239797], null),
        ["eigh"] = (h => linalg.eigh(Definite(h)) is var (w, v) ? v.matmul(w.sin().unsqueeze(-1) * v.mH) : h, [0.24955666561805595, 0.5263209729493974, 2.5362273478668493, -1.5541818910381626, -0.02720764171328549, 3.3129285568615696, -0.518739589472353, -0.944410649857928],
            [6.413662357841428, 0.36763585230433016, 16.683320906802166, -5.287363968559965, 5.155524802183676, 18.274735371329747, 0.135757803549433, -6.979582603545717]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Tensor Definite(Tensor b) => b.matmul(b.mH) + eye(2, dtype: complex128);

    private static void Close(double[] wanted, Tensor got)
    {
        var found = view_as_real(got.detach().resolve_conj()).reshape(-1).to_array<double>();
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(wanted[i] - found[i]) <= 1e-10, $"element {i} is {found[i]}, recorded {wanted[i]}");
    }

    /// <summary>The gradient of Re Σ w·y, and that of Re Σ w·gradient.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Derivatives_through_factors_are_the_recorded_ones(string name)
    {
        var (f, gradient, second) = Cases[name];
        var (b, w) = (Of(Numbers).requires_grad_(), Of(Weights));
        var slope = autograd.grad([(f(b) * w).sum().real], [b], create_graph: true)[0]!;
        Close(gradient, slope);
        if (second is not null) Close(second, autograd.grad([(slope * w).sum().real], [b])[0]!);
    }

    /// <summary>The upper triangle stands for its conjugate below; a rest of Q is orthogonal to what is there, and LAPACK's.</summary>
    [Fact]
    public void Triangles_and_complements_are_conjugated()
    {
        var b = Of(Numbers);
        Close([3.872808365827464, 0, 7.439691634172532, 0], linalg.eigvalsh(b.matmul(b.mH).triu(), UPLO: "U").to(complex128));
        var q = linalg.qr(Of(new Number[,] { { new(1, 2), 0.5 }, { -1, new(2, 0.25) }, { new(0, 0.5), 1 } }), "complete").Q;
        Close([-0.3999999999999999, -0.8, -0.08520859229960706, -0.35976961193167456, -0.2442730006502317, -0.06029944678173609, 0.4, 0, -0.8331506802628253, 0.014201432049934536, -0.38131013539661907, -0.01615066404622819,
            0, -0.2, -0.4071077187647897, -0.056805728199738094, 0.8887944371299111, -0.03287648236583033], q);
        var (u, _, vh) = linalg.svd(q[.., ..1]);
        Assert.True(allclose(u.mH.matmul(u), eye(3, dtype: complex128), 1e-12, 1e-12));
        var wide = linalg.svd(q[..1]).Vh;
        Assert.True(allclose(wide.matmul(wide.mH), eye(3, dtype: complex128), 1e-12, 1e-12));
    }

    /// <summary>The first operand of an inner product is conjugated, for vectors as for rows of them.</summary>
    [Fact]
    public void Inner_products_are_conjugated()
    {
        Tensor x = tensor(new Number[] { new(1, 2), new(0, -1) }), y = tensor(new Number[] { new(3, 1), new(2, 2) });
        Assert.Equal(new Number(3, -3), linalg.vecdot(x, y).item());
        Assert.Equal("VdotBackward0", linalg.vecdot(x.clone().requires_grad_(), y).grad_fn!.name());
        Assert.Equal(new Number(3, -3), linalg.vecdot(x.unsqueeze(0), y).squeeze(0).item());
        Assert.Equal("linalg.vecdot: Expected x and y to have the same dtype, but found x of type ComplexDouble and y of type Double instead", Assert.Throws<RuntimeError>(() => linalg.vecdot(x, ones([2], dtype: float64))).Message);
    }
}
