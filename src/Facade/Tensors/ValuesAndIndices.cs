namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Values and where they came from.</summary>
    /// <param name="values">The values.</param>
    /// <param name="indices">Their positions, int64.</param>
    public readonly record struct ValuesAndIndices(Tensor values, Tensor indices)
    {
        internal string Name { get; init; } = "";

        /// <summary>Either by its number; a negative one counts from the end.</summary>
        /// <exception cref="IndexError">There are two.</exception>
        public Tensor this[int index] => index switch { 0 or -2 => values, 1 or -1 => indices, _ => throw new IndexError("tuple index out of range") };

        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => $"torch.return_types.{Name}(\nvalues={values},\nindices={indices})";
    }

    internal static Dims? Axes(Node x, Sizes? dim)
    {
        if (dim is not { All.Length: > 0 } given) return null;
        var seen = new HashSet<int>();
        foreach (var d in given)
            if (!seen.Add(Wrap(d, x.Type.Rank))) throw new RuntimeError($"dim {Wrap(d, x.Type.Rank)} appears multiple times in the list of dims");
        // A 0-d tensor has one dimension to name, and none to reduce.
        return x.Type.Rank == 0 ? null : Dims.From(seen.Select(d => (long)d).Order());
    }

    internal static ValuesAndIndices WithIndices(string name, Tensor x, Func<Node, (Node Values, Node Indices)> f, Saves saves = Saves.None)
    {
        Node? indices = null;
        var values = Record(name, saves, own => { (var picked, indices) = f(own); return picked; }, x);
        var places = new Tensor(indices!);
        values.gradFn?.SaveResult(places);
        return new(values, places) { Name = name[..name.IndexOf("Backward", StringComparison.Ordinal)].ToLowerInvariant() };
    }
}
