namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Several results by name and by number, as PyTorch's named tuples are.</summary>
    public abstract record NamedTuple
    {
        private readonly string name;
        private readonly (string Name, Tensor Value)[] fields;

        private protected NamedTuple(string name, params (string Name, Tensor Value)[] fields) => (this.name, this.fields) = (name, fields);

        /// <summary>A result by its number; a negative one counts from the end.</summary>
        /// <exception cref="IndexError">There are not as many.</exception>
        public Tensor this[int index] => index >= -fields.Length && index < fields.Length ? fields[index < 0 ? index + fields.Length : index].Value : throw new IndexError("tuple index out of range");

        /// <summary>As PyTorch prints it.</summary>
        public sealed override string ToString() => $"torch.return_types.{name}({string.Join(',', fields.Select(f => $"\n{f.Name}={f.Value}"))})";
    }

    /// <summary>What operators of several results return.</summary>
    public static class return_types
    {
#pragma warning disable CS1591 // Tuples and their fields by PyTorch's names.
        public sealed record slogdet(Tensor sign, Tensor logabsdet) : NamedTuple(nameof(slogdet), (nameof(sign), sign), (nameof(logabsdet), logabsdet));

        public sealed record linalg_slogdet(Tensor sign, Tensor logabsdet) : NamedTuple(nameof(linalg_slogdet), (nameof(sign), sign), (nameof(logabsdet), logabsdet));

        public sealed record linalg_inv_ex(Tensor inverse, Tensor info) : NamedTuple(nameof(linalg_inv_ex), (nameof(inverse), inverse), (nameof(info), info));

        public sealed record linalg_solve_ex(Tensor result, Tensor info) : NamedTuple(nameof(linalg_solve_ex), (nameof(result), result), (nameof(info), info));

        public sealed record linalg_cholesky_ex(Tensor L, Tensor info) : NamedTuple(nameof(linalg_cholesky_ex), (nameof(L), L), (nameof(info), info));

        public sealed record linalg_lu(Tensor P, Tensor L, Tensor U) : NamedTuple(nameof(linalg_lu), (nameof(P), P), (nameof(L), L), (nameof(U), U));

        public sealed record linalg_lu_factor(Tensor LU, Tensor pivots) : NamedTuple(nameof(linalg_lu_factor), (nameof(LU), LU), (nameof(pivots), pivots));

        public sealed record linalg_lu_factor_ex(Tensor LU, Tensor pivots, Tensor info) : NamedTuple(nameof(linalg_lu_factor_ex), (nameof(LU), LU), (nameof(pivots), pivots), (nameof(info), info));

        public sealed record lu_unpack(Tensor P, Tensor L, Tensor U) : NamedTuple(nameof(lu_unpack), (nameof(P), P), (nameof(L), L), (nameof(U), U));

        public sealed record qr(Tensor Q, Tensor R) : NamedTuple(nameof(qr), (nameof(Q), Q), (nameof(R), R));

        public sealed record linalg_qr(Tensor Q, Tensor R) : NamedTuple(nameof(linalg_qr), (nameof(Q), Q), (nameof(R), R));

        public sealed record linalg_eigh(Tensor eigenvalues, Tensor eigenvectors) : NamedTuple(nameof(linalg_eigh), (nameof(eigenvalues), eigenvalues), (nameof(eigenvectors), eigenvectors));

        public sealed record svd(Tensor U, Tensor S, Tensor V) : NamedTuple(nameof(svd), (nameof(U), U), (nameof(S), S), (nameof(V), V));

        public sealed record linalg_svd(Tensor U, Tensor S, Tensor Vh) : NamedTuple(nameof(linalg_svd), (nameof(U), U), (nameof(S), S), (nameof(Vh), Vh));

        public sealed record linalg_lstsq(Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values) : NamedTuple(nameof(linalg_lstsq), (nameof(solution), solution), (nameof(residuals), residuals), (nameof(rank), rank), (nameof(singular_values), singular_values));
#pragma warning restore CS1591
    }
}
