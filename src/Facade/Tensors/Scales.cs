using System.Collections;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A factor or several, where PyTorch takes either. Written 2, 1.5, [2, 1.5] or as an array.</summary>
    [CollectionBuilder(typeof(Scales), nameof(Create))]
    public readonly struct Scales : IEnumerable<double>
    {
        private readonly double[]? all;

        private Scales(double[]? all, bool alone = false) => (this.all, IsNumber) = (all, alone);

        internal bool IsNumber { get; }

        internal double[] All => all ?? [];

        /// <summary>Makes a list.</summary>
        public static Scales Create(ReadOnlySpan<double> factors) => new(factors.ToArray());

        /// <summary>One factor for every dimension.</summary>
        public static implicit operator Scales(double factor) => new([factor], alone: true);

        /// <summary>A list.</summary>
        public static implicit operator Scales(double[]? factors) => new(factors);

        /// <inheritdoc/>
        public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)All).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
