using System.Collections;

namespace Functional.Autograd.Generator;

/// <summary>A list that is equal to another of equal items, so that unchanged rows are not written again.</summary>
internal sealed class Items<T>(T[] items) : IReadOnlyList<T>, IEquatable<Items<T>>
{
    public T this[int index] => items[index];

    public int Count => items.Length;

    public bool Equals(Items<T>? other) => other is not null && items.SequenceEqual(other);

    public override bool Equals(object? obj) => obj is Items<T> other && Equals(other);

    public override int GetHashCode() => items.Aggregate(17, (hash, item) => unchecked((hash * 31) + (item?.GetHashCode() ?? 0)));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
