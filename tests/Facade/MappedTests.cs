using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.func;

namespace Facade;

/// <summary>Operators that look at values when they are called, inside vmap.</summary>
public class MappedTests
{
    private static Tensor Random(params long[] shape)
    {
        manual_seed(3);
        return randn(shape, dtype: float64);
    }

    private static Tensor Definite(Tensor a) => a.matmul(a.mH) + eye(a.size(-1), dtype: a.dtype);

    private static Tensor Factor(Tensor a) => a.tril() + 3 * eye(3, dtype: a.dtype);

    private static Tensor SolvedByLu(Tensor a, bool adjoint)
    {
        var (lu, pivots) = linalg.lu_factor(a);
        return linalg.lu_solve(lu, pivots, a[..2].mT, adjoint: adjoint);
    }

    // Of a matrix; what signs or angles are free in is asked through what they cancel in.
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Smooth = new()
    {
        ["cholesky"] = a => linalg.cholesky(Definite(a)),
        ["cholesky upper"] = a => linalg.cholesky(Definite(a), upper: true),
        ["cholesky_ex"] = a => linalg.cholesky_ex(Definite(a)).L,
        ["torch.cholesky"] = a => torch.cholesky(Definite(a)),
        ["eigh"] = a => linalg.eigh(Definite(a)) is var (w, v) ? v.matmul(w.sin().unsqueeze(-1) * v.mH) : a,
        ["eigvalsh"] = a => linalg.eigvalsh(a),
        ["svdvals"] = a => linalg.svdvals(a),
        ["svd"] = a => linalg.svd(a, full_matrices: false) is var (u, _, vh) ? u.matmul(vh) : a,
        ["qr"] = a => linalg.qr(a).R.abs(),
        ["inv"] = a => linalg.inv(a),
        ["inv of a view"] = a => linalg.inv(a.reshape(9)[..4].view(2, 2)),
        ["inv_ex"] = a => linalg.inv_ex(a).inverse,
        ["inverse"] = a => a.inverse(),
        ["solve"] = a => linalg.solve(a, a.mT),
        ["solve a vector"] = a => linalg.solve(a, a[0]),
        ["pinv"] = a => linalg.pinv(a[..2]),
        ["lstsq"] = a => linalg.lstsq(a[.., ..2], a[.., 2..]).solution,
        ["solve_triangular"] = a => linalg.solve_triangular(a, a.mT, upper: true),
        ["cholesky_solve"] = a => torch.cholesky_solve(a, Factor(a)),
        ["cholesky_inverse"] = a => torch.cholesky_inverse(Factor(a).real),
        ["lu"] = a => linalg.lu(a) is var (_, l, u) ? l + u : a,
        ["lu_factor"] = a => linalg.lu_factor(a).LU,
        ["lu_solve"] = a => SolvedByLu(a, false),
        ["lu_solve adjoint"] = a => SolvedByLu(a, true),
        ["lu_unpack"] = a => linalg.lu_factor(a) is var (lu, pivots) ? torch.lu_unpack(lu, pivots).L : a,
        ["matrix_norm"] = a => linalg.matrix_norm(a, 2),
        ["cond"] = a => linalg.cond(a),
        ["cond 1"] = a => linalg.cond(a, 1),
        ["matrix_power"] = a => linalg.matrix_power(a, -2),
        ["det"] = a => linalg.det(a),
        ["slogdet"] = a => linalg.slogdet(a).logabsdet,
        ["two checks after another"] = a => linalg.inv(linalg.inv(a).sin() + linalg.solve(a, a.mT)),
    };

    // What is whole numbers, or truth values, of a matrix.
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Whole = new()
    {
        ["matrix_rank"] = a => linalg.matrix_rank(a.real),
        ["info"] = a => linalg.cholesky_ex(a).info,
        ["pivots"] = a => linalg.lu_factor(a).pivots,
        ["complement"] = a => linalg.qr(a[.., ..1], "complete").Q.abs(),
        ["full"] = a => linalg.svd(a[.., ..1]).U.abs(),
        ["one_hot"] = a => nn.functional.one_hot((a.real > 0).to(int64), 2),
        ["searchsorted"] = a => searchsorted(a.real[0].sort().values, a.real),
        ["searchsorted rows"] = a => searchsorted(a.real.sort().values, a.real, right: true),
        ["searchsorted with a sorter"] = a => a.real[0] is var x ? searchsorted(x, a.real, sorter: x.argsort()) : a,
        ["bucketize"] = a => bucketize(a.real, arange(3.0)),
        ["isin"] = a => isin(a.real, a.real[0]),
        ["histc"] = a => a.real.histc(4, -1, 1),
        ["histc of its own range"] = a => a.real.histc(4),
        ["bincount"] = a => (a.real[0] > 0).to(int64).bincount(minlength: 4),
        ["masked_scatter"] = a => a.masked_scatter(a.real > 0, a.mT),
        ["gcd"] = a => (a.real * 10).to(int64) is var n ? n.gcd(n + 6) + (n >> 1) : a,
        ["floor_divide"] = a => torch.floor_divide(tensor(7), (a.real > 0).to(int64) + 1),
        ["index_add"] = a => zeros([2, 3], dtype: a.dtype).index_add(0, (a.real[0] > 0).to(int64), a),
        ["repeat_interleave"] = a => a.repeat_interleave(tensor(new[] { 1L, 0, 2 }), 0),
    };

    public static TheoryData<string> Names => [.. Smooth.Keys];

    public static TheoryData<string> WholeNames => [.. Whole.Keys];

    private static Tensor Each(Func<Tensor, Tensor> f, Tensor x) => stack([.. Enumerable.Range(0, (int)x.size(0)).Select(i => f(x[i]))]);

    private static Tensor Weighted(Tensor y) => (y * (y.is_complex() ? y.detach().conj().sin() : y.detach().cos())) is var z && z.is_complex() ? z.real.sum() : z.sum();

    private static void Close(Tensor wanted, Tensor got)
    {
        Assert.Equal(wanted.shape, got.shape);
        Assert.Equal(wanted.dtype, got.dtype);
        Assert.True(allclose(wanted, got, 1e-9, 1e-9, equal_nan: true), $"{wanted}\nis\n{got}");
    }

    /// <summary>Mapped over rows, rows of rows, inside a derivative and around one, a function gives what it gives of each.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_checked_is_mapped(string name)
    {
        var f = Smooth[name];
        foreach (var x in new[] { Random(3, 3, 3), complex(Random(3, 3, 3), Random(3, 3, 3).sin()) })
        {
            Close(Each(f, x), vmap(f)(x));
            var rows = stack([x, 2 * x]);
            Close(Each(y => Each(f, y), rows), vmap((Tensor y) => vmap(f)(y))(rows));
            Tensor Slope(Tensor a) => Weighted(f(a));
            var each = Each(func.grad((Func<Tensor, Tensor>)Slope), x);
            Close(each, vmap(func.grad((Func<Tensor, Tensor>)Slope))(x));
            var leaf = x.clone().requires_grad_();
            Weighted(vmap(f)(leaf)).backward();
            Close(each, leaf.grad!);
        }
    }

    /// <summary>The same of what has no derivative.</summary>
    [Theory]
    [MemberData(nameof(WholeNames))]
    public void What_is_counted_is_mapped(string name)
    {
        var f = Whole[name];
        foreach (var x in new[] { Random(3, 3, 3), complex(Random(3, 3, 3), Random(3, 3, 3).sin()) })
        {
            Close(Each(f, x), vmap(f)(x));
            var rows = stack([x, 2 * x]);
            Close(Each(y => Each(f, y), rows), vmap((Tensor y) => vmap(f)(y))(rows));
            Assert.Equal((long[])[0, .. f(x[0]).shape], vmap(f)(x[..0]).shape);
        }
    }

    /// <summary>A wrong value in any row is an error of the call, which names the element of the batch.</summary>
    [Fact]
    public void What_is_wrong_in_a_row_is_named()
    {
        static void Refuses<T>(string text, Func<Tensor, Tensor> f, Tensor x) where T : Exception => Assert.Equal(text, Assert.Throws<T>(() => vmap(f)(x)).Message);
        var x = stack([eye(2), zeros(2, 2), eye(2)]);
        Refuses<linalg.LinAlgError>("linalg.inv: (Batch element 1): The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.", linalg.inv, x);
        Assert.Contains("(Batch element 4): ", Assert.Throws<linalg.LinAlgError>(() => vmap((Tensor y) => vmap((Tensor a) => linalg.inv(a))(y))(stack([eye(2).repeat(3, 1, 1), x]))).Message);
        Refuses<linalg.LinAlgError>("torch.linalg.solve: (Batch element 1): The solver failed because the input matrix is singular.", a => linalg.solve(a, ones(2)), x);
        Refuses<linalg.LinAlgError>("linalg.cholesky: (Batch element 1): The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite).", a => linalg.cholesky(a), x);
        Refuses<linalg.LinAlgError>("linalg.svd: (Batch element 1): The algorithm failed to converge because the input matrix contained non-finite values.", a => linalg.svdvals(a / a.sum()), x);
        Refuses<RuntimeError>("torch.linalg.lu_factor: (Batch element 1): U[1,1] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)", a => linalg.lu_factor(a).LU, x);
        Assert.Equal([0, 1, 0], vmap((Tensor a) => linalg.inv_ex(a).info)(x).to_array<int>());
        Assert.Equal([0, 1, 0], vmap((Tensor a) => linalg.cholesky_ex(a).info)(x).to_array<int>());
        Assert.Equal([double.NaN], vmap((Tensor a) => linalg.inv_ex(a.to(float64)).inverse)(x)[1, 0, 1].reshape(1).to_array<double>());
        var i = tensor(new[,] { { 0L, 1 }, { 2, 3 } });
        Refuses<RuntimeError>("Class values must be smaller than num_classes.", a => nn.functional.one_hot(a, 3), i);
        Refuses<RuntimeError>("index 3 is out of bounds for dimension 0 with size 3", a => zeros(3).gather(0, a), i);
        Refuses<IndexError>("index 3 is out of bounds for dimension 0 with size 3", a => arange(3)[a], i);
        Refuses<RuntimeError>("ZeroDivisionError", a => torch.floor_divide(tensor(5), a), i);
        Refuses<RuntimeError>("all elements of input should be between 0 and 1", a => nn.functional.binary_cross_entropy(a, a), 2 * x);
        Refuses<RuntimeError>("Number of elements of source < number of ones in mask", a => a.masked_scatter(a > 0, ones(1)), x);
        Refuses<RuntimeError>("stack expects each tensor to be equal size, but got [2] at entry 0 and [4] at entry 1", a => a.bincount(), i);
        // What was refused has left nothing behind.
        Close(ones(3), vmap((Tensor a) => a[0, 0] * 0 + 1)(x));
    }

    /// <summary>Where a shape depends on values, there is no batch of results.</summary>
    [Fact]
    public void What_has_no_shape_of_its_own_is_refused()
    {
        static string Of(string operation) => $"vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{operation}. Please voice your support in https://github.com/pytorch/functorch/issues/256";
        static void Refuses(string text, Func<Tensor, Tensor> f) => Assert.Equal(text, Assert.Throws<RuntimeError>(() => vmap(f)(ones(2, 3))).Message);
        Refuses(Of("nonzero"), a => a.nonzero());
        Refuses(Of("_unique2"), a => a.unique());
        Refuses(Of("unique_consecutive"), a => a.unique_consecutive());
        Refuses("vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each batch this would return a differently shaped Tensor. Please voice your support in https://github.com/pytorch/functorch/issues/256", a => a.masked_select(a > 0));
        Refuses("vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask.", a => a[a > 0]);
        Refuses("When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument.", a => nn.functional.one_hot(a.to(int64)));
    }
}
