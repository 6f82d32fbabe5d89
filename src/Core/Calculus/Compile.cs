using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class Transforms
{
    /// <summary>A function planned once for arguments of one type.</summary>
    /// <param name="f">The function; what it captures is bound as <see cref="Compile(Func{ImmutableArray{Node}, ImmutableArray{Node}}, ImmutableArray{TensorType})"/> says.</param>
    /// <param name="type">The argument's type, float64.</param>
    /// <returns>From the argument's elements, in row-major order, to the result's.</returns>
    /// <exception cref="ShapeException">The argument or the result is not float64.</exception>
    public static Func<double[], double[]> Compile(Func<Node, Node> f, TensorType type)
    {
        CheckFloat64("argument", Given(f, type));
        return OverArrays(Compile(x =>
        {
            var y = f(x[0]);
            CheckFloat64("result", y.Type);
            return [y];
        }, [type]), type);
    }

    // Apart from the lambda above, so that what is returned does not hold f and, through it, the history of what f captured.
    private static Func<double[], double[]> OverArrays(Func<ImmutableArray<Node>, ImmutableArray<Node>> run, TensorType type) =>
        data => Evaluator.Read<double>(run([Ops.Tensor<double>(data, type.Shape)])[0]);

    private static void CheckFloat64(string what, TensorType type)
    {
        if (type.DType != DType.Float64) throw new ShapeException($"Compile: a function of double[] needs float64, and the {what} is {type}");
    }

    /// <summary>
    /// A function of several tensors planned once for arguments of the given types. What it captures is bound: computed here if need
    /// be, and held as data without its history.
    /// </summary>
    /// <param name="f">From tensors to tensors; it is called once, here, with placeholders.</param>
    /// <param name="types">The arguments' types.</param>
    /// <returns>
    /// From tensors to leaves, which hold no history: <see cref="Gradient.Of(ReadOnlySpan{Node}, ReadOnlySpan{Node}, ReadOnlySpan{Node})"/> throws where it
    /// would have to look behind one, unless <see cref="Settled(Node)"/> says that it is data. Where an argument, or what <paramref name="f"/> captured, hangs on the argument of a derivative in progress
    /// (<see cref="Grad(Func{Node, Node})"/>, <see cref="Jvp"/> …), of a function being traced, or on a placeholder, the call builds the
    /// function's graph instead, so that it is differentiated and compiled like any other. It throws <see cref="ShapeException"/> when an
    /// argument is of another type.
    /// </returns>
    /// <exception cref="InvalidOperationException">The function depends on a placeholder that is not its argument, or demands a value that depends on its arguments.</exception>
    public static Func<ImmutableArray<Node>, ImmutableArray<Node>> Compile(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types) => Bound(f, types).Run;

    private static (Func<ImmutableArray<Node>, ImmutableArray<Node>> Run, bool IsOpen) Bound(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types)
    {
        var (function, captured) = Closed("Compile", f, types);
        var open = IsOpen(captured);
        ImmutableArray<Node> bound = open ? captured : Settled(captured);
        var run = open ? null : Planned(function, bound);
        return (given =>
        {
            Function.Check("the compiled function", types, given.AsSpan());
            return run is null || IsOpen(given) ? function.Apply([.. given, .. bound]) : run(given);
        }, open);
    }

    private static (Function Function, ImmutableArray<Node> Captured) Closed(string name, Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types)
    {
        var (function, captured) = Function.Of(name, Given(f, f), types);
        return Foreign(captured.AsSpan()) is not { } foreign ? (function, captured)
            : throw new InvalidOperationException($"{name}: the function depends on a placeholder of type {foreign.Type} that is not among its arguments{(foreign.Hangs!.Ended ? $": a node leaked out of {foreign.Hangs.Name}, whose trace has ended" : "")}");
    }

    /// <summary>A function planned once and given memory, to be called in a hot loop: its arguments are written and its results read in place.</summary>
    /// <param name="f">From tensors to tensors; it is called once, here, with placeholders. What it captures is bound, as by <see cref="Compile(Func{ImmutableArray{Node}, ImmutableArray{Node}}, ImmutableArray{TensorType})"/>.</param>
    /// <param name="types">The arguments' types.</param>
    /// <exception cref="InvalidOperationException">The function depends on a placeholder or an argument of a derivative in progress, which have no values, or demands a value that depends on its arguments.</exception>
    /// <exception cref="TensorMemoryException">An argument or a result is of two gibibytes or more, or there is not enough memory.</exception>
    public static Prepared Prepare(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types)
    {
        var (function, captured) = Closed("Prepare", f, types);
        if (IsOpen(captured)) throw new InvalidOperationException("Prepare: the function depends on an argument of a derivative in progress, which has no value; Compile builds its graph instead");
        var backend = Backend.Default;
        var (plan, bound) = (Planner.Run(Graph.Of(function), backend), Data(Settled(captured)));
        return new(types, function.Results, () => backend.Prepare(plan, bound));
    }

    /// <inheritdoc cref="Prepare(Func{ImmutableArray{Node}, ImmutableArray{Node}}, ImmutableArray{TensorType})"/>
    /// <param name="f">From a tensor to a tensor; it is called once, here, with a placeholder.</param>
    /// <param name="type">The argument's type.</param>
    public static Prepared Prepare(Func<Node, Node> f, TensorType type) => Prepare(x => [f(x[0])], [Given(f, type)]);

    /// <summary>
    /// A function planned once for every combination of types that it is called with. It is called once for each, with placeholders; what it captures is bound then, as
    /// <see cref="Compile(Func{ImmutableArray{Node}, ImmutableArray{Node}}, ImmutableArray{TensorType})"/> says, which also tells what calls give and throw.
    /// </summary>
    /// <param name="f">From a tensor to a tensor.</param>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node> Compile(Func<Node, Node> f) => Compile<Node, Node>(f);

    /// <inheritdoc cref="Compile(Func{Node, Node})"/>
    [OverloadResolutionPriority(1)]
    public static Func<Node, Node, Node> Compile(Func<Node, Node, Node> f)
    {
        var run = Given(f, Compile(((Node A, Node B) x) => f(x.A, x.B)));
        return (a, b) => run((a, b));
    }

    /// <inheritdoc cref="Compile(Func{Node, Node})"/>
    /// <typeparam name="T">A tree.</typeparam>
    /// <typeparam name="TResult">A tree.</typeparam>
    public static Func<T, TResult> Compile<T, TResult>(Func<T, TResult> f)
    {
        var known = Given(f, new ConcurrentDictionary<Call, Func<ImmutableArray<Node>, TResult>>());
        return x =>
        {
            var leaves = Tree.Leaves(x);
            var call = new Call(Tree.Structure(x), [.. leaves.Select(v => v.Type)]);
            if (known.TryGetValue(call, out var run)) return run(leaves);
            // The example that the structure is copied from must not hold values.
            var (flat, back) = Tree.Flattened(f, Tree.With(x, [.. call.Types.Select(Node.Placeholder)]));
            var (planned, isOpen) = Bound(flat, call.Types);
            run = given => back(planned(given));
            // What hangs on a derivative in progress ends with it.
            if (isOpen) return run(leaves);
            if (known.Count >= MostCalls) known.Clear();
            known[call] = run;
            return run(leaves);
        };
    }

    // As many combinations of types are remembered.
    private const int MostCalls = 256;

    // What a function is planned for. Bare numbers are told from scalars, since they promote otherwise.
    private readonly record struct Call(string Structure, ImmutableArray<TensorType> Types)
    {
        public bool Equals(Call other) => Structure == other.Structure && Types.SequenceEqual(other.Types) && Types.Select(t => t.IsNumber).SequenceEqual(other.Types.Select(t => t.IsNumber));

        public override int GetHashCode() => Types.Aggregate(HashCode.Combine(Structure), HashCode.Combine);
    }

    // A placeholder of no function that is being traced.
    private static Node? Foreign(ReadOnlySpan<Node> captured)
    {
        using var numbering = Numbering.Begin();
        return Traversal.Order(captured, null, numbering).Find(n => n is { Op: Primitives.Input, Value: null } && (n.Hangs!.Ended || ReferenceEquals(n.Hangs, Trace.Unbound)));
    }

    private static bool IsOpen(ImmutableArray<Node> nodes) => nodes.Any(Trace.IsOpen);

    private static ImmutableArray<Node> Settled(ImmutableArray<Node> nodes)
    {
        Evaluator.Force(nodes.AsSpan());
        return [.. nodes.Select(n => n.Inputs.IsEmpty ? n : Node.Result(n.Value!, n.Type))];
    }

    private static TensorBuffer[] Data(ImmutableArray<Node> nodes) => [.. nodes.Select(n => n.Value!)];

    private static Func<ImmutableArray<Node>, ImmutableArray<Node>> Planned(Function function, ImmutableArray<Node> bound)
    {
        var backend = Backend.Default;
        var (plan, data) = (Planner.Run(Graph.Of(function), backend), Data(bound));
        return given =>
        {
            Evaluator.Force(given.AsSpan());
            var values = backend.Run(plan, [.. Data(given), .. data], []);
            return [.. values.Zip(function.Results, Node.Result)];
        };
    }
}
