using System.Collections;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A number or several, where PyTorch takes either: dimensions, strides, shapes. Written 2, (2, 3), [2, 3] or as an array.</summary>
    [CollectionBuilder(typeof(Sizes), nameof(Create))]
    public readonly struct Sizes : IEnumerable<long>
    {
        private readonly long[]? all;

        private Sizes(long[]? all, bool alone = false) => (this.all, IsNumber) = (all, alone);

        /// <summary>Whether it was one number and no list.</summary>
        internal bool IsNumber { get; }

        internal long[] All => all ?? [];

        /// <summary>Whether an array was meant that is not there.</summary>
        internal bool IsNone => all is null;

        /// <summary>A number for each of so many dimensions: one alone is every dimension's.</summary>
        internal long[] Each(int count) => All.Length == 1 ? [.. Enumerable.Repeat(All[0], count)] : All;

        /// <summary>Makes a list.</summary>
        public static Sizes Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray());

        /// <summary>One number.</summary>
        public static implicit operator Sizes(long size) => new([size], alone: true);

        /// <summary>A list.</summary>
        public static implicit operator Sizes(long[]? sizes) => new(sizes);

        /// <summary>A list.</summary>
        public static implicit operator Sizes(int[] sizes) => new([.. sizes.Select(n => (long)n)]);

        /// <summary>A list of two.</summary>
        public static implicit operator Sizes((long, long) sizes) => new([sizes.Item1, sizes.Item2]);

        /// <summary>A list of three.</summary>
        public static implicit operator Sizes((long, long, long) sizes) => new([sizes.Item1, sizes.Item2, sizes.Item3]);

        /// <summary>A list of four.</summary>
        public static implicit operator Sizes((long, long, long, long) sizes) => new([sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4]);

        /// <summary>A list of five.</summary>
        public static implicit operator Sizes((long, long, long, long, long) sizes) => new([sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4, sizes.Item5]);

        /// <summary>A list of six.</summary>
        public static implicit operator Sizes((long, long, long, long, long, long) sizes) => new([sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4, sizes.Item5, sizes.Item6]);

        /// <summary>The sizes of a tensor.</summary>
        public static implicit operator Sizes(Size size) => new(size);

        /// <inheritdoc/>
        public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)All).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
