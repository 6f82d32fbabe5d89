using System.Collections;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Helpers around training.</summary>
    public static partial class utils
    {
        /// <summary>Data in batches: https://pytorch.org/docs/2.6/data.html</summary>
        public static class data
        {
            /// <summary>Tensors whose first dimension counts samples.</summary>
            public sealed class TensorDataset
            {
                /// <summary>Makes a set of tensors of one first size.</summary>
                /// <exception cref="AssertionError">The first sizes differ.</exception>
                /// <exception cref="IndexError">A tensor has no dimensions.</exception>
                public TensorDataset(params Tensor[] tensors)
                {
                    if (Array.Exists(tensors, t => t.ndim == 0)) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
                    if (Array.Exists(tensors, t => t.size(0) != tensors[0].size(0))) throw new AssertionError("Size mismatch between tensors");
                    this.tensors = tensors;
                }

                /// <summary>The tensors.</summary>
                public Tensor[] tensors { get; }

                /// <summary>One sample of each tensor.</summary>
                /// <exception cref="IndexError">There is no such sample.</exception>
                public Tensor[] this[long index] => [.. tensors.Select(t => t[index])];

                /// <summary>How many samples there are.</summary>
                /// <exception cref="IndexError">There are no tensors.</exception>
                public long Count => tensors.Length > 0 ? tensors[0].size(0) : throw new IndexError("tuple index out of range");
            }

            /// <summary>Batches of a data set, shuffled anew for each pass if asked for. Order and random draws are PyTorch's.</summary>
            public sealed class DataLoader : IEnumerable<Tensor[]>
            {
                private readonly TensorDataset dataset;
                private readonly long size;
                private readonly bool shuffle, drop;
                private readonly Generator? generator;

                /// <summary>Batches of samples.</summary>
                /// <param name="dataset">The samples.</param>
                /// <param name="batch_size">Samples in a batch.</param>
                /// <param name="shuffle">In random order.</param>
                /// <param name="drop_last">Leave out a last batch that is not full.</param>
                /// <param name="generator">Where the order is drawn from.</param>
                /// <exception cref="ValueError">The batch size is not positive, or there is nothing to shuffle.</exception>
                public DataLoader(TensorDataset dataset, long batch_size = 1, bool shuffle = false, bool drop_last = false, Generator? generator = null)
                {
                    if (shuffle && dataset.Count == 0) throw new ValueError("num_samples should be a positive integer value, but got num_samples=0");
                    if (batch_size <= 0) throw new ValueError($"batch_size should be a positive integer value, but got batch_size={batch_size}");
                    (this.dataset, size, this.shuffle, drop, this.generator) = (dataset, batch_size, shuffle, drop_last, generator);
                }

                /// <summary>How many batches a pass has.</summary>
                public long Count => dataset.Count / size + (drop || dataset.Count % size == 0 ? 0 : 1);

                /// <inheritdoc/>
                public IEnumerator<Tensor[]> GetEnumerator()
                {
                    // PyTorch draws a seed for its workers, whether there are any or not.
                    Seed(generator ?? default_generator);
                    return Batches();
                }

                IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

                private IEnumerator<Tensor[]> Batches()
                {
                    foreach (var rows in Order().Chunk((int)Math.Min(size, int.MaxValue)))
                    {
                        if (drop && rows.Length < size) yield break;
                        var index = tensor(rows);
                        yield return [.. dataset.tensors.Select(t => t.index_select(0, index))];
                    }
                }

                private IEnumerable<long> Order()
                {
                    if (!shuffle)
                    {
                        for (var i = 0L; i < dataset.Count; i++) yield return i;
                        yield break;
                    }
                    var source = generator ?? new Generator(Seed(default_generator));
                    foreach (var i in Shuffled(source)) yield return i;
                    // The sampler's last round is empty, but PyTorch draws its order too.
                    Shuffled(source);
                }

                private long[] Shuffled(Generator source)
                {
                    lock (source) return source.Permutation(dataset.Count);
                }

                private static long Seed(Generator source)
                {
                    lock (source) return source.Int63();
                }
            }
        }
    }
}
