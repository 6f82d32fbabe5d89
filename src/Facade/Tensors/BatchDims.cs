using System.Collections;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>One dimension for all arguments, or one for each: <c>0</c>, <c>[0, null]</c>; null for an argument that is the same for all.</summary>
    [CollectionBuilder(typeof(BatchDims), nameof(Create))]
    public readonly struct BatchDims : IEnumerable<int?>
    {
        private readonly int?[]? each;
        private readonly int all;

        private BatchDims(int?[]? each, int all) => (this.each, this.all) = (each, all);

        /// <summary>One for each argument.</summary>
        public static BatchDims Create(ReadOnlySpan<int?> each) => new(each.ToArray(), 0);

        /// <summary>One for all.</summary>
        public static implicit operator BatchDims(int all) => new(null, all);

        /// <summary>One for each argument.</summary>
        public static implicit operator BatchDims(int?[] each) => new(each, 0);

        internal int? Count => each?.Length;

        /// <summary>The first dimension in place of any other.</summary>
        internal BatchDims First => each is null ? 0 : new BatchDims([.. each.Select(d => d is null ? (int?)null : 0)], 0);

        internal int? Of(int argument) => each is null || argument >= each.Length ? all : each[argument];

        internal int? this[int argument] => each is null ? all : each[argument];

        /// <summary>As Python writes it.</summary>
        public override string ToString() => each is null ? $"{all}" : each.Length == 1 ? $"({Told(each[0])},)" : $"({string.Join(", ", each.Select(Told))})";

        private static string Told(int? axis) => axis?.ToString() ?? "None";

        IEnumerator<int?> IEnumerable<int?>.GetEnumerator() => (each ?? [all]).AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => (each ?? [all]).GetEnumerator();
    }
}
