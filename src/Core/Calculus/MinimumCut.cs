namespace Functional.Autograd;

/// <summary>
/// What to keep of a computation for a later one, in the fewest bytes: a minimum cut (Ford and Fulkerson, Maximal flow through a network, 1956),
/// found along shortest ways (Edmonds and Karp, 1972).
/// </summary>
internal static class MinimumCut
{
    /// <summary>
    /// The values from which, with what is at hand anyway, a later computation can be made. Of cuts that are equally small, the one nearest to it, so that least is computed again.
    /// </summary>
    /// <param name="results">What the later computation gives.</param>
    /// <param name="later">What it is given, and the earlier one was not.</param>
    /// <param name="gone">What the earlier one was given, and is not at hand any more.</param>
    /// <param name="free">Values of the earlier one that are kept in any case.</param>
    public static Node[] Of(ReadOnlySpan<Node> results, ReadOnlySpan<Node> later, ReadOnlySpan<Node> gone, ReadOnlySpan<Node> free)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(results, null, numbering);
        var (isGone, isLate) = (Following(gone, order, numbering), Following(later, order, numbering));
        var network = new Network(order.Count);
        foreach (var result in results)
            if (numbering[result] is var place && isGone[place] && !isLate[place]) network.Want(place);
        for (var i = 0; i < order.Count; i++)
        {
            var isMade = false;
            foreach (var input in order[i].Inputs)
            {
                var operand = numbering[input];
                if (!isGone[operand] || isLate[operand]) continue;
                isMade = true;
                if (isLate[i]) network.Want(operand);
                else network.Make(i, operand);
            }
            if (isGone[i] && !isLate[i]) network.Keep(i, free.Contains(order[i]) ? 0 : Bytes(order[i].Type), isGone: !isMade);
        }
        return [.. network.Cut().Select(place => order[place])];
    }

    private static long Bytes(TensorType type) => type.IsTuple ? Network.Endless : type.Count * type.DType.Size;

    // What is made of some nodes, and they.
    private static bool[] Following(ReadOnlySpan<Node> from, List<Node> order, in Numbering numbering)
    {
        var follows = new bool[order.Count];
        foreach (var node in from)
            if (numbering.TryGet(node, out var place)) follows[place] = true;
        for (var i = 0; i < follows.Length; i++)
            foreach (var input in order[i].Inputs) follows[i] |= follows[numbering[input]];
        return follows;
    }

    // What flows from what is wanted down to what is gone. A value has two ends, and between them as much room as it has bytes.
    private sealed class Network(int values)
    {
        public const long Endless = long.MaxValue / 4;

        // Edges that the search may follow: a second or two. Beyond them, what is gone is kept as it is.
        private const long Patience = 1L << 28;

        private readonly List<int> to = [], next = [], gone = [];
        private readonly List<long> room = [];
        private readonly int[] first = [.. Enumerable.Repeat(-1, (2 * values) + 2)];
        private readonly int source = 2 * values, sink = (2 * values) + 1;

        public void Want(int value) => Connect(source, 2 * value, Endless);

        public void Make(int value, int operand) => Connect((2 * value) + 1, 2 * operand, Endless);

        public void Keep(int value, long bytes, bool isGone)
        {
            Connect(2 * value, (2 * value) + 1, bytes);
            if (!isGone) return;
            gone.Add(value);
            Connect((2 * value) + 1, sink, Endless);
        }

        public IEnumerable<int> Cut()
        {
            for (var followed = 0L; followed < Patience; followed += to.Count)
            {
                var way = Search();
                if (way[sink] < 0) return Enumerable.Range(0, values).Where(v => way[2 * v] >= 0 && way[(2 * v) + 1] < 0);
                var most = Endless;
                for (var at = sink; at != source; at = to[way[at] ^ 1]) most = Math.Min(most, room[way[at]]);
                for (var at = sink; at != source; at = to[way[at] ^ 1])
                {
                    room[way[at]] -= most;
                    room[way[at] ^ 1] += most;
                }
            }
            return gone;
        }

        // An edge and, beside it, what may flow back.
        private void Connect(int from, int target, long size)
        {
            Add(from, target, size);
            Add(target, from, 0);
        }

        private void Add(int from, int target, long size)
        {
            next.Add(first[from]);
            first[from] = to.Count;
            to.Add(target);
            room.Add(size);
        }

        // By which edge each end is reached first; -1 for one that is not.
        private int[] Search()
        {
            var way = new int[first.Length];
            Array.Fill(way, -1);
            var open = new Queue<int>([source]);
            while (open.TryDequeue(out var at))
                for (var e = first[at]; e >= 0; e = next[e])
                {
                    if (room[e] == 0 || way[to[e]] >= 0 || to[e] == source) continue;
                    way[to[e]] = e;
                    open.Enqueue(to[e]);
                }
            return way;
        }
    }
}
