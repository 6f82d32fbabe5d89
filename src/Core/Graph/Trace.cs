namespace Functional.Autograd;

/// <summary>
/// A function being called to see what it builds. Every node remembers the trace in which it was born: that tells what a function
/// makes from what it captures, and a derivative in progress from one that is over.
/// </summary>
internal sealed class Trace : IDisposable
{
    [ThreadStatic] private static Trace? current;
    private static long count;

    private readonly Trace? outer;
    private readonly long number;

    private Trace(string name, Trace? outer) => (Name, this.outer, number) = (name, outer, Interlocked.Increment(ref count));

    /// <summary>The innermost trace of this thread.</summary>
    public static Trace? Current => current;

    public string Name { get; }

    public bool Ended { get; private set; }

    public static Trace Begin(string name) => current = new(name, current);

    /// <summary>Whether a node was born in this trace or in one that began later, as nested ones do.</summary>
    public bool Made(Node node) => node.Born is { } born && born.number >= number;

    public void Dispose() => (Ended, current) = (true, outer);

    /// <summary>Whether a node may depend on an argument that has no value, or on that of a derivative in progress.</summary>
    public static bool IsOpen(Node node) => node.Inputs.IsEmpty ? node is { Op: Primitives.Input, Value: null } : node.Born is { Ended: false };

    /// <summary>Why a placeholder has no value.</summary>
    public static string Explain(Node placeholder) => placeholder.Born switch
    {
        null => $"a placeholder of type {placeholder.Type} has no value: run the function through Compile, or give it a leaf",
        { Ended: false } trace => $"{trace.Name}: a value was demanded that depends on an argument of type {placeholder.Type}, which has no value while the function is traced; use Where to choose",
        { } trace => $"a placeholder of type {placeholder.Type} has no value: a node leaked out of {trace.Name}, whose trace has ended",
    };
}
