using System.Collections.Immutable;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A handle that removes a hook.</summary>
    public sealed class Hook
    {
        private readonly Action removal;

        internal Hook(Action removal) => this.removal = removal;

        /// <summary>Removes the hook.</summary>
        public void remove() => removal();
    }

    /// <summary>
    /// Hooks in the order of their coming; a function may stand there twice. What a pass reads is never changed but replaced: it keeps the
    /// hooks that it began with, whoever adds and removes others meanwhile.
    /// </summary>
    internal sealed class HookList<T>
    {
        private sealed record Entry(T Hook);

        private ImmutableArray<Entry> entries = [];

        public IEnumerable<T> All => entries.Select(e => e.Hook);

        public Hook Add(T hook)
        {
            var added = new Entry(hook);
            ImmutableInterlocked.Update(ref entries, all => all.Add(added));
            return new(() => ImmutableInterlocked.Update(ref entries, all => all.Remove(added, ReferenceEqualityComparer.Instance)));
        }
    }

    internal static class HookList
    {
        /// <summary>The list at a place, made where there is none.</summary>
        public static HookList<T> At<T>(ref HookList<T>? place) => place ?? Interlocked.CompareExchange(ref place, new(), null) ?? place;

        public static Hook Add<T>(ref HookList<T>? place, T hook) => At(ref place).Add(hook);
    }
}
