using System.Collections;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Helpers around training.</summary>
    public static class utils
    {
        /// <summary>Data in batches: https://pytorch.org/docs/2.6/data.html</summary>
        public static class data
        {
            /// <summary>Tensors whose first dimension counts samples.</summary>
            public sealed class TensorDataset
            {
                /// <summary>Makes a set of tensors of one first size.</summary>
                /// <exception cref="AssertionError">The first sizes differ.</exception>
                public TensorDataset(params Tensor[] tensors)
                {
                    if (tensors.Any(t => t.Dims[0] != tensors[0].Dims[0])) throw new AssertionError("Size mismatch between tensors");
                    this.tensors = tensors;
                }

                /// <summary>The tensors.</summary>
                public Tensor[] tensors { get; }

                /// <summary>How many samples there are.</summary>
                public long Count => tensors[0].Dims[0];
            }

            /// <summary>Batches of a data set, shuffled anew for each pass if asked for.</summary>
            /// <param name="dataset">The samples.</param>
            /// <param name="batch_size">Samples in a batch.</param>
            /// <param name="shuffle">In random order.</param>
            /// <param name="drop_last">Leave out a last batch that is not full.</param>
            /// <param name="generator">Where the order is drawn from.</param>
            public sealed class DataLoader(TensorDataset dataset, long batch_size = 1, bool shuffle = false, bool drop_last = false, Generator? generator = null) : IEnumerable<Tensor[]>
            {
                /// <summary>How many batches a pass has.</summary>
                public long Count => drop_last ? dataset.Count / batch_size : (dataset.Count + batch_size - 1) / batch_size;

                /// <inheritdoc/>
                public IEnumerator<Tensor[]> GetEnumerator()
                {
                    var order = shuffle ? randperm(dataset.Count, generator: generator) : arange(dataset.Count);
                    for (var b = 0L; b < Count; b++)
                    {
                        var rows = order[slice(b * batch_size, Math.Min(dataset.Count, (b + 1) * batch_size))];
                        yield return [.. dataset.tensors.Select(t => t.index_select(0, rows))];
                    }
                }

                IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
            }
        }
    }
}
