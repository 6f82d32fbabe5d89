namespace Functional.Autograd;

/// <summary>
/// Numbers nodes during one traversal: in a scratch field of the node when no other traversal is using it, else in a
/// dictionary. Several threads may traverse shared graphs at once, and traversals may nest. Every traversal has a mark of its own; 64
/// bits never run out, so neither a fresh node nor one last seen long ago looks visited.
/// </summary>
internal ref struct Numbering
{
    private static int busy;

    private readonly long mark;
    private readonly Dictionary<Node, int>? numbers;

    private Numbering(long mark, Dictionary<Node, int>? numbers) => (this.mark, this.numbers) = (mark, numbers);

    /// <summary>The last mark that was given out.</summary>
    internal static long Generation { get; set; }

    public static Numbering Begin() => Interlocked.CompareExchange(ref busy, 1, 0) == 0
        ? new Numbering(++Generation, null)
        : new Numbering(0, new Dictionary<Node, int>(ReferenceEqualityComparer.Instance));

    public readonly bool TryGet(Node node, out int number)
    {
        if (numbers is not null) return numbers.TryGetValue(node, out number);
        number = node.Number;
        return node.Mark == mark;
    }

    public readonly int this[Node node] => numbers is null ? node.Number : numbers[node];

    public readonly void Set(Node node, int number)
    {
        if (numbers is not null) numbers[node] = number;
        else (node.Mark, node.Number) = (mark, number);
    }

    public readonly void Dispose()
    {
        if (numbers is null) Volatile.Write(ref busy, 0);
    }
}
