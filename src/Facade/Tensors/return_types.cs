namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What operators of several results return; each prints itself as PyTorch's named tuple does.</summary>
    public static class return_types
    {
#pragma warning disable CS1591 // Tuples and their fields by PyTorch's names.
        public readonly record struct slogdet(Tensor sign, Tensor logabsdet)
        {
            public override string ToString() => Named("slogdet", ("sign", sign), ("logabsdet", logabsdet));
        }

        public readonly record struct linalg_slogdet(Tensor sign, Tensor logabsdet)
        {
            public override string ToString() => Named("linalg_slogdet", ("sign", sign), ("logabsdet", logabsdet));
        }

        public readonly record struct linalg_inv_ex(Tensor inverse, Tensor info)
        {
            public override string ToString() => Named("linalg_inv_ex", ("inverse", inverse), ("info", info));
        }

        public readonly record struct linalg_solve_ex(Tensor result, Tensor info)
        {
            public override string ToString() => Named("linalg_solve_ex", ("result", result), ("info", info));
        }

        public readonly record struct linalg_cholesky_ex(Tensor L, Tensor info)
        {
            public override string ToString() => Named("linalg_cholesky_ex", ("L", L), ("info", info));
        }

        public readonly record struct linalg_lu(Tensor P, Tensor L, Tensor U)
        {
            public override string ToString() => Named("linalg_lu", ("P", P), ("L", L), ("U", U));
        }

        public readonly record struct linalg_lu_factor(Tensor LU, Tensor pivots)
        {
            public override string ToString() => Named("linalg_lu_factor", ("LU", LU), ("pivots", pivots));
        }

        public readonly record struct linalg_lu_factor_ex(Tensor LU, Tensor pivots, Tensor info)
        {
            public override string ToString() => Named("linalg_lu_factor_ex", ("LU", LU), ("pivots", pivots), ("info", info));
        }

        public readonly record struct lu_unpack(Tensor P, Tensor L, Tensor U)
        {
            public override string ToString() => Named("lu_unpack", ("P", P), ("L", L), ("U", U));
        }

        public readonly record struct qr(Tensor Q, Tensor R)
        {
            public override string ToString() => Named("qr", ("Q", Q), ("R", R));
        }

        public readonly record struct linalg_qr(Tensor Q, Tensor R)
        {
            public override string ToString() => Named("linalg_qr", ("Q", Q), ("R", R));
        }

        public readonly record struct linalg_eigh(Tensor eigenvalues, Tensor eigenvectors)
        {
            public override string ToString() => Named("linalg_eigh", ("eigenvalues", eigenvalues), ("eigenvectors", eigenvectors));
        }

        public readonly record struct svd(Tensor U, Tensor S, Tensor V)
        {
            public override string ToString() => Named("svd", ("U", U), ("S", S), ("V", V));
        }

        public readonly record struct linalg_svd(Tensor U, Tensor S, Tensor Vh)
        {
            public override string ToString() => Named("linalg_svd", ("U", U), ("S", S), ("Vh", Vh));
        }

        public readonly record struct linalg_lstsq(Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)
        {
            public override string ToString() => Named("linalg_lstsq", ("solution", solution), ("residuals", residuals), ("rank", rank), ("singular_values", singular_values));
        }
#pragma warning restore CS1591

        private static string Named(string name, params ReadOnlySpan<(string Name, Tensor Value)> fields)
        {
            var text = $"torch.return_types.{name}(";
            for (var i = 0; i < fields.Length; i++) text += $"{(i > 0 ? "," : "")}\n{fields[i].Name}={fields[i].Value}";
            return text + ")";
        }
    }
}
