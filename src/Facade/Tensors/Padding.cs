using System.Collections;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What a convolution adds on both sides: a number or several, or the word "same" or "valid".</summary>
    [CollectionBuilder(typeof(Padding), nameof(Create))]
    public readonly struct Padding : IEnumerable<long>
    {
        private Padding(Sizes sizes, string? word = null) => (Sizes, Word) = (sizes, word);

        internal Sizes Sizes { get; }

        internal string? Word { get; }

        /// <summary>Makes a list.</summary>
        public static Padding Create(ReadOnlySpan<long> sizes) => new(Sizes.Create(sizes));

        /// <summary>One number for every dimension.</summary>
        public static implicit operator Padding(long size) => new(size);

        /// <summary>A list.</summary>
        public static implicit operator Padding(long[]? sizes) => new(sizes);

        /// <summary>A list of two.</summary>
        public static implicit operator Padding((long, long) sizes) => new(sizes);

        /// <summary>A list of three.</summary>
        public static implicit operator Padding((long, long, long) sizes) => new(sizes);

        /// <summary>The word "same", for results of the input's size, or "valid", for none.</summary>
        public static implicit operator Padding(string word) => new(default, word);

        /// <inheritdoc/>
        public IEnumerator<long> GetEnumerator() => Sizes.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
