namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// What is ready to run, the largest order first. Equal ones, such as all leaves, leave in the order of the binary heap of C++
    /// (std::push_heap and std::pop_heap of libstdc++), which is the order in which PyTorch adds to leaves.
    /// </summary>
    internal sealed class ReadyQueue<T>
    {
        private readonly List<(T Item, long Order)> heap = [];

        public void Enqueue(T item, long order)
        {
            heap.Add(default);
            Rise(heap.Count - 1, (item, order));
        }

        public bool TryDequeue([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
        {
            item = default;
            if (heap.Count == 0) return false;
            item = heap[0].Item;
            var last = heap[^1];
            heap.RemoveAt(heap.Count - 1);
            if (heap.Count == 0) return true;
            // The hole sinks to the bottom along the larger children, the right one of equals; there the last item rises.
            var hole = 0;
            for (var child = 2; child <= heap.Count; child = 2 * hole + 2)
            {
                if (child == heap.Count || heap[child].Order < heap[child - 1].Order) child--;
                heap[hole] = heap[child];
                hole = child;
            }
            Rise(hole, last);
            return true;
        }

        private void Rise(int hole, (T Item, long Order) risen)
        {
            for (var parent = (hole - 1) / 2; hole > 0 && heap[parent].Order < risen.Order; parent = (hole - 1) / 2)
            {
                heap[hole] = heap[parent];
                hole = parent;
            }
            heap[hole] = risen;
        }
    }
}
