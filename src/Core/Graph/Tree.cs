using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

/// <summary>
/// Structures of tensors. A tree is a tensor; a tuple or an array of trees; an <see cref="ImmutableArray{T}"/>, a list or a dictionary of tensors; or a type of one's own
/// that was registered. Transforms take and give trees: the gradient of a function of a record is such a record. The leaves are counted from the left; those of
/// dictionaries stand in the order of their keys.
/// </summary>
public static class Tree
{
    // How one layer is taken apart: its kind, its parts, and how it is built of others.
    private readonly record struct Layer(string Kind, object?[] Parts, Func<object[], object> Build);

    private static readonly ConcurrentDictionary<Type, Func<object, Layer>> Registered = [];

    /// <summary>
    /// Makes a type of one's own a tree, by what it is made of. One line for <c>record Dense(Node Weight, Node Bias)</c>:
    /// <c>Tree.Register((Dense d) => (d.Weight, d.Bias), p => new Dense(p.Weight, p.Bias));</c>
    /// </summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <typeparam name="TParts">A tree, such as a tuple.</typeparam>
    /// <param name="parts">What it is made of.</param>
    /// <param name="build">How it is made of that; the result must not depend on anything else.</param>
    /// <exception cref="InvalidOperationException">The type is registered already: compiled functions and pullbacks rely on how.</exception>
    public static void Register<T, TParts>(Func<T, TParts> parts, Func<TParts, T> build) where T : notnull where TParts : notnull
    {
        if (!Registered.TryAdd(typeof(T), tree => new(typeof(T).ToString(), [parts((T)tree)], p => build((TParts)p[0])))) throw new InvalidOperationException($"Tree: {typeof(T)} is registered already");
    }

    /// <summary>The tensors of a tree, from the left.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="tree">The tree.</param>
    /// <exception cref="ArgumentException">It is no tree, or something in it is null.</exception>
    public static ImmutableArray<Node> Leaves<T>(T tree)
    {
        if (tree is ImmutableArray<Node> { IsDefault: false } already && !already.Contains(null!)) return already;
        var leaves = ImmutableArray.CreateBuilder<Node>();
        Collect(tree, leaves);
        return leaves.ToImmutable();
    }

    /// <summary>A tree of the same structure with other leaves.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="tree">The tree.</param>
    /// <param name="leaves">The leaves, from the left.</param>
    /// <exception cref="ArgumentException">It is no tree, or has another number of leaves.</exception>
    public static T With<T>(T tree, ImmutableArray<Node> leaves)
    {
        if (tree is ImmutableArray<Node> { IsDefault: false } before && before.Length == leaves.Length) return (T)(object)leaves;
        var rest = new Queue<Node>(leaves);
        return Leaves(tree).Length == leaves.Length ? (T)Built(tree, rest) : throw new ArgumentException($"Tree: {leaves.Length} leaves for a structure of {Leaves(tree).Length}");
    }

    /// <summary>A function of every leaf.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="f">The function.</param>
    /// <param name="tree">The tree.</param>
    /// <exception cref="ArgumentException">It is no tree.</exception>
    public static T Map<T>(Func<Node, Node> f, T tree) => With(tree, [.. Leaves(tree).Select(f)]);

    /// <summary>A function of the leaves of two trees of one structure, as a step of descent: <c>Tree.Map((w, g) => w - 0.1 * g, weights, gradients)</c>.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="f">The function.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="other">A tree of the same structure.</param>
    /// <exception cref="ArgumentException">One is no tree, or they differ in structure.</exception>
    public static T Map<T>(Func<Node, Node, Node> f, T tree, T other) => With(tree, [.. Leaves(tree).Zip(Like(tree, other), f)]);

    /// <summary>All elements of all leaves as one vector, and the way back from such a vector to a tree.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="tree">A tree whose leaves have one element type.</param>
    /// <exception cref="ArgumentException">It is no tree.</exception>
    /// <exception cref="ShapeException">The leaves have different element types.</exception>
    public static (Node Vector, Func<Node, T> Unravel) Ravel<T>(T tree)
    {
        var types = Leaves(tree).Select(x => x.Type).ToArray();
        if (types.FirstOrDefault(t => t.DType != types[0].DType) is { } other) throw new ShapeException($"Ravel: {types[0]} and {other} have different element types; cast one");
        var vector = types.Length == 0 ? Ops.Zeros(0) : Ops.Concat([.. Leaves(tree).Select(x => Ops.Reshape(x, x.Type.Count))]);
        return (vector, v => v.Type.Equals(vector.Type) ? With(tree, Ops.Pieces(v, 0, types.Select(t => t.Shape))) : throw new ShapeException($"Unravel: {vector.Type} was raveled, and this is {v.Type}"));
    }

    /// <summary>A function of trees as one of their leaves, and the way back to a tree of its result.</summary>
    internal static (Func<ImmutableArray<Node>, ImmutableArray<Node>> Flat, Func<ImmutableArray<Node>, TResult> Back) Flattened<T, TResult>(Func<T, TResult> f, T x)
    {
        TResult? last = default;
        return (leaves =>
        {
            var y = f(With(x, leaves));
            var results = Leaves(y);
            // The structure alone: the way back may be kept for long.
            last = With(y, [.. results.Select(v => Node.Placeholder(v.Type))]);
            return results;
        }, leaves => With(last!, leaves));
    }

    /// <summary>The leaves of a tree that has another's structure.</summary>
    internal static ImmutableArray<Node> Like<T>(T tree, T other) =>
        Structure(tree) == Structure(other) ? Leaves(other) : throw new ArgumentException($"Tree: the structures differ: {Structure(tree)} and {Structure(other)}");

    /// <summary>What a tree is apart from its leaves.</summary>
    internal static string Structure<T>(T tree)
    {
        if (tree is Node) return "*";
        var layer = Apart(tree);
        return $"{layer.Kind}({string.Join(", ", layer.Parts.Select(Structure))})";
    }

    private static void Collect(object? tree, ImmutableArray<Node>.Builder into)
    {
        if (tree is Node leaf) into.Add(leaf);
        else
            foreach (var part in Apart(tree).Parts) Collect(part, into);
    }

    private static object Built(object? tree, Queue<Node> leaves)
    {
        if (tree is Node) return leaves.Dequeue();
        var layer = Apart(tree);
        return layer.Build([.. layer.Parts.Select(p => Built(p, leaves))]);
    }

    private static Layer Apart(object? tree) => tree switch
    {
        ITuple { Length: < 8 } tuple when tuple.GetType().IsValueType => new("", [.. Enumerable.Range(0, tuple.Length).Select(k => tuple[k])], p => Tuple(tuple, p)),
        Array { Rank: 1 } array => new("[]", [.. array.Cast<object?>()], p => Filled(array, p)),
        ImmutableArray<Node> { IsDefault: false } all => new("ImmutableArray", [.. all], p => p.Cast<Node>().ToImmutableArray()),
        List<Node> all => new("List", [.. all], p => p.Cast<Node>().ToList()),
        Dictionary<string, Node> all => Named(all, p => p.ToDictionary(all.Comparer)),
        ImmutableDictionary<string, Node> all => Named(all, p => p.ToImmutableDictionary(all.KeyComparer, all.ValueComparer)),
        null => throw new ArgumentException("Tree: null is no tensor and no structure of tensors"),
        _ when Registered.TryGetValue(tree.GetType(), out var rule) => rule(tree),
        _ => throw new ArgumentException($"Tree: {tree.GetType()} is no tensor and no structure of tensors; Tree.Register makes it one"),
    };

    private static Layer Named(IEnumerable<KeyValuePair<string, Node>> all, Func<IEnumerable<KeyValuePair<string, Node>>, object> build)
    {
        KeyValuePair<string, Node>[] ordered = [.. all.OrderBy(p => p.Key, StringComparer.Ordinal)];
        return new($"{{{string.Join(", ", ordered.Select(p => $"{p.Key.Length}:{p.Key}"))}}}", [.. ordered.Select(p => p.Value)], p => build(ordered.Zip(p, (old, leaf) => KeyValuePair.Create(old.Key, (Node)leaf))));
    }

    private static Array Filled(Array array, object[] parts)
    {
        var copy = (Array)array.Clone();
        for (var k = 0; k < parts.Length; k++) copy.SetValue(parts[k], k);
        return copy;
    }

    // A copy whose fields are set: the type is known only by the tuple itself.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,,,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields, typeof(ValueTuple<,,,,,,>))]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The fields of tuples are kept by the lines above.")]
    private static object Tuple(ITuple tuple, object[] parts)
    {
        var copy = RuntimeHelpers.GetObjectValue(tuple)!;
        for (var k = 0; k < parts.Length; k++) copy.GetType().GetField($"Item{k + 1}")!.SetValue(copy, parts[k]);
        return copy;
    }
}
