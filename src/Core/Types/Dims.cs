using System.Collections;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

/// <summary>An immutable list of sizes, axes or strides that compares by value.</summary>
[CollectionBuilder(typeof(Dims), nameof(Create))]
public readonly struct Dims : IEquatable<Dims>, IReadOnlyList<long>
{
    private readonly long[]? items;

    private Dims(long[] items) => this.items = items;

    /// <summary>The list of no dimensions: the shape of a scalar.</summary>
    public static Dims Empty => default;

    /// <summary>How many entries there are.</summary>
    public int Count => items?.Length ?? 0;

    /// <inheritdoc/>
    public long this[int index] => (items ?? [])[index];

    /// <summary>The entry at an index counted from either end.</summary>
    /// <param name="index">The position.</param>
    public long this[Index index] => (items ?? [])[index];

    /// <summary>The entries of a range.</summary>
    /// <param name="range">The positions.</param>
    public Dims this[Range range] => Create(Span[range]);

    /// <summary>The entries as a span.</summary>
    public ReadOnlySpan<long> Span => items;

    /// <summary>The product of the entries; 1 for none.</summary>
    /// <exception cref="ShapeException">The product does not fit in 64 bits.</exception>
    public long Product
    {
        get
        {
            if (Span.Contains(0)) return 0;
            var product = 1L;
            foreach (var n in Span)
                if (Math.BigMul(product, n, out product) != (product >> 63))
                    throw new ShapeException($"the element count of shape {this} does not fit in 64 bits");
            return product;
        }
    }

    /// <summary>Makes a list from a span.</summary>
    /// <param name="values">The entries, copied.</param>
    public static Dims Create(ReadOnlySpan<long> values) => values.IsEmpty ? default : new Dims(values.ToArray());

    /// <summary>Makes a list from a sequence.</summary>
    /// <param name="values">The entries.</param>
    public static Dims From(IEnumerable<long> values) => Create(values.ToArray());

    /// <summary>A list of one entry, so that one axis can be written as a number: <c>Sum(x, 1)</c>.</summary>
    /// <param name="entry">The entry.</param>
    public static implicit operator Dims(long entry) => new([entry]);

    /// <summary>The integers 0 … count − 1.</summary>
    /// <param name="count">How many.</param>
    public static Dims Range(int count) => Build(count, i => i);

    /// <summary>One number, repeated.</summary>
    /// <param name="value">The number.</param>
    /// <param name="count">How often.</param>
    public static Dims Repeat(long value, int count)
    {
        if (count == 0) return default;
        var values = new long[count];
        Array.Fill(values, value);
        return new Dims(values);
    }

    /// <summary>Makes a list by a rule.</summary>
    /// <param name="count">How many entries.</param>
    /// <param name="entry">The entry at each index.</param>
    public static Dims Build(int count, Func<int, long> entry)
    {
        if (count == 0) return default;
        var values = new long[count];
        for (var i = 0; i < count; i++) values[i] = entry(i);
        return new Dims(values);
    }

    /// <summary>The list with one entry replaced.</summary>
    /// <param name="index">Where.</param>
    /// <param name="value">By what.</param>
    public Dims With(int index, long value)
    {
        var copy = Span.ToArray();
        copy[index] = value;
        return new Dims(copy);
    }

    /// <summary>The list without one entry.</summary>
    /// <param name="index">Which.</param>
    public Dims Without(int index) => [.. Span[..index], .. Span[(index + 1)..]];

    /// <summary>The entries but those at some positions.</summary>
    internal Dims Without(Dims positions)
    {
        var (rest, n) = (new long[Count], 0);
        for (var i = 0; i < Count; i++)
            if (!positions.Span.Contains(i)) rest[n++] = this[i];
        return Create(rest.AsSpan(0, n));
    }

    /// <summary>The list with one more entry.</summary>
    /// <param name="index">Before which position.</param>
    /// <param name="value">The entry.</param>
    public Dims Inserted(int index, long value) => [.. Span[..index], value, .. Span[index..]];

    /// <summary>The entries, each greater by one: axes, once there is another before them.</summary>
    internal Dims Next => From(this.Select(n => n + 1));

    /// <summary>The entries at the given positions.</summary>
    /// <param name="positions">The positions, in the order wanted.</param>
    public Dims Pick(Dims positions)
    {
        if (positions.Count == 0) return default;
        var picked = new long[positions.Count];
        for (var i = 0; i < picked.Length; i++) picked[i] = this[(int)positions[i]];
        return new Dims(picked);
    }

    /// <summary>Whether the entries are axes of a type, ascending, none twice.</summary>
    internal bool AreAxesOf(TensorType type)
    {
        for (var i = 0; i < Count; i++)
            if (this[i] < 0 || this[i] >= type.Rank || (i > 0 && this[i] <= this[i - 1])) return false;
        return true;
    }

    /// <summary>Row-major strides, in elements, of a dense tensor of this shape.</summary>
    public Dims Strides()
    {
        var strides = new long[Count];
        var step = 1L;
        for (var i = Count - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, items![i]);
        }
        return Create(strides);
    }

    /// <inheritdoc/>
    public bool Equals(Dims other) => ReferenceEquals(items, other.items) || Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dims other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var n in Span) hash.Add(n);
        return hash.ToHashCode();
    }

    /// <summary>Value equality.</summary>
    /// <param name="left">One list.</param>
    /// <param name="right">The other list.</param>
    public static bool operator ==(Dims left, Dims right) => left.Equals(right);

    /// <summary>Value inequality.</summary>
    /// <param name="left">One list.</param>
    /// <param name="right">The other list.</param>
    public static bool operator !=(Dims left, Dims right) => !left.Equals(right);

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entries as <c>[2, 3]</c>.</summary>
    public override string ToString() => "[" + string.Join(", ", items ?? []) + "]";
}
