namespace Functional.Autograd.Numerics;

/// <summary>Which entries of a matrix may differ from zero.</summary>
public sealed class SparsityPattern
{
    private readonly int[][] rows;
    private SparsityPattern? transposed;
    private (int[] Colour, int Count)? colours;

    internal SparsityPattern(int[][] rows, long columns) => (this.rows, Columns) = (rows, columns);

    /// <summary>How many rows there are.</summary>
    public long Rows => rows.Length;

    /// <summary>How many columns there are.</summary>
    public long Columns { get; }

    /// <summary>How many entries may differ from zero.</summary>
    public long Count => rows.Sum(r => (long)r.Length);

    /// <summary>The columns of a row's entries, in order.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<int> this[long row] => rows[row];

    /// <summary>The entries (row, column), row by row.</summary>
    public IEnumerable<(int Row, int Column)> Entries => rows.SelectMany((r, i) => r.Select(j => (i, j)));

    /// <summary>The pattern with rows and columns exchanged.</summary>
    public SparsityPattern Transposed
    {
        get
        {
            if (transposed is not null) return transposed;
            var columns = new List<int>[Columns];
            for (var j = 0; j < columns.Length; j++) columns[j] = [];
            foreach (var (i, j) in Entries) columns[j].Add(i);
            return transposed = new(Array.ConvertAll(columns, c => c.ToArray()), Rows) { transposed = this };
        }
    }

    /// <summary>
    /// A colour for every column, so that columns of one colour have no row in common, and how many colours there are: as many directions give the whole matrix
    /// (Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974). Greedy, in the order of the columns.
    /// </summary>
    public (IReadOnlyList<int> Colour, int Count) Colours => colours ??= Coloured();

    private (int[] Colour, int Count) Coloured()
    {
        var (colour, taken, count) = (new int[Columns], new List<int>(), 0);
        Array.Fill(colour, -1);
        for (var j = 0; j < colour.Length; j++)
        {
            foreach (var i in Transposed[j])
                foreach (var other in rows[i])
                    if (colour[other] >= 0) taken[colour[other]] = j;
            colour[j] = taken.FindIndex(by => by != j);
            if (colour[j] >= 0) continue;
            colour[j] = count++;
            taken.Add(-1);
        }
        return (colour, count);
    }
}
