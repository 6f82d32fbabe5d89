using System.Collections.Immutable;

namespace Functional.Autograd;

/// <summary>
/// A function being called to see what it builds. Every node remembers the trace on which it hangs: that tells what a function
/// makes from what it captures, and a derivative in progress from one that is over, without a look at any history.
/// </summary>
internal sealed class Trace : IDisposable
{
    [ThreadStatic] private static Trace? current;
    private static long count;

    private const int Deepest = 200;

    // What hangs on a placeholder that no trace made.
    public static readonly Trace Unbound = new("", null, 0);

    // The outermost of the traces around this one ends last.
    private readonly Trace? outer;
    private readonly Trace root;
    private readonly long number;
    private readonly int depth;

    // The same for what hangs on an unbound placeholder as well, or on the trace of another thread: that is not over when this is.
    private Trace? endless;

    private Trace(string name, Trace? outer, long number) => (Name, this.outer, root, this.number, depth) = (name, outer, outer?.root ?? this, number, outer is null ? 1 : outer.depth + 1);

    /// <summary>The innermost trace of this thread.</summary>
    public static Trace? Current => current;

    public string Name { get; }

    public bool Ended { get; private set; }

    // So many traces in progress are one inside itself, and a stack that ends would end the process.
    public static Trace Begin(string name) => current?.depth >= Deepest ? throw new InvalidOperationException($"{name}: {Deepest} functions are traced within each other; does one call itself?")
        : current = new(name, current, Interlocked.Increment(ref count));

    /// <summary>The innermost of the traces in progress in which a node of some inputs, or anything it is made of, was born.</summary>
    public static Trace? Over(ImmutableArray<Node> inputs)
    {
        var hangs = inputs.IsEmpty ? null : current;
        foreach (var input in inputs)
            if (input.Hangs is { } trace && !ReferenceEquals(trace, hangs)) hangs = Inner(trace, hangs);
        return hangs;
    }

    private static Trace? Inner(Trace a, Trace? b) =>
        a.root.Ended ? b : b is null || b.root.Ended ? a : a.number > b.number ? a.Beside(b) : b.Beside(a);

    private Trace Beside(Trace other) => ReferenceEquals(root, other.root) || ReferenceEquals(endless, this) ? this : endless ??= Endless();

    private Trace Endless()
    {
        var trace = new Trace(Name, null, number);
        return trace.endless = trace;
    }

    /// <summary>Whether a node, or anything it is made of, was born in this trace or in one that began later, as nested ones do.</summary>
    public bool Made(Node node) => node.Hangs is { } hangs && hangs.number >= number;

    public void Dispose() => (Ended, current) = (true, outer);

    /// <summary>Whether a node may depend on an argument that has no value, or on that of a derivative in progress.</summary>
    public static bool IsOpen(Node node) => node.Hangs is { root.Ended: false };

    /// <summary>Why a placeholder has no value.</summary>
    public static string Explain(Node placeholder) => placeholder.Hangs switch
    {
        null or { number: 0 } => $"a placeholder of type {placeholder.Type} has no value: run the function through Compile, or give it a leaf",
        { Ended: false } trace => $"{trace.Name}: a value was demanded that depends on an argument of type {placeholder.Type}, which has no value while the function is traced; use Where to choose",
        { } trace => $"a placeholder of type {placeholder.Type} has no value: a node leaked out of {trace.Name}, whose trace has ended",
    };
}
