using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

/// <summary>
/// Structures of tensors. A tree is a tensor; a tuple, an array, an <see cref="ImmutableArray{T}"/>, a list or a dictionary of trees; or a type of one's own that was registered.
/// (Where code is compiled ahead of time, lists and dictionaries of structs are none.) Transforms take and give trees: the gradient of a function of a record is such a record. The leaves are counted from the left; those of
/// dictionaries stand in the order of their keys.
/// </summary>
public static class Tree
{
    // How one layer is taken apart: its kind, which ends in a bracket, its parts and their names, and how it is built of others.
    private readonly record struct Layer(string Kind, object?[] Parts, Func<object[], object> Build, string[]? Names = null);

    private static readonly ConcurrentDictionary<Type, Func<object, Layer>> Registered = [], Collections = [];

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
        if (!Registered.TryAdd(typeof(T), tree => new($"{typeof(T)}(", [parts((T)tree)], p => build((TParts)p[0])))) throw new InvalidOperationException($"Tree: {typeof(T)} is registered already");
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
        return Leaves(tree).Length == leaves.Length ? (T)Built(tree, new Queue<Node>(leaves)) : throw new ArgumentException($"Tree: {leaves.Length} leaves for a structure of {Leaves(tree).Length}");
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
        Structure(tree) == Structure(other) ? Leaves(other) : throw new ArgumentException($"{Who}: the structures differ: {Structure(tree)} is expected, and this is {Structure(other)}");

    // Whose function is being called.
    private static string Who => Trace.Current?.Name ?? "Tree";

    /// <summary>What a tree is apart from its leaves.</summary>
    internal static string Structure<T>(T tree) => StructureOf<Node>(tree);

    /// <summary>The same where leaves are of another type.</summary>
    internal static string StructureOf<TLeaf>(object? tree)
    {
        if (tree is TLeaf) return "*";
        var layer = Apart(tree);
        return $"{layer.Kind}{string.Join(", ", layer.Parts.Select((p, k) => (layer.Names is { } names ? $"{names[k]}: " : "") + StructureOf<TLeaf>(p)))}{layer.Kind[^1] switch { '(' => ')', '[' => ']', _ => '}' }}";
    }

    /// <summary>The leaves of a tree whose leaves are of another type.</summary>
    internal static List<TLeaf> LeavesOf<TLeaf>(object? tree) where TLeaf : class
    {
        List<TLeaf> leaves = [];
        Collect(tree, leaves);
        return leaves;
    }

    /// <summary>A tree of the same structure with other leaves, as many.</summary>
    internal static T WithLeaves<T, TLeaf>(T tree, IEnumerable<TLeaf> leaves) where TLeaf : class => (T)Built(tree, new Queue<TLeaf>(leaves));

    private static void Collect<TLeaf>(object? tree, ICollection<TLeaf> into) where TLeaf : class
    {
        if (tree is TLeaf leaf) into.Add(leaf);
        else
            foreach (var part in Apart(tree).Parts) Collect(part, into);
    }

    private static object Built<TLeaf>(object? tree, Queue<TLeaf> leaves) where TLeaf : class
    {
        if (tree is TLeaf) return leaves.Dequeue();
        var layer = Apart(tree);
        return layer.Build([.. layer.Parts.Select(p => Built(p, leaves))]);
    }

    private static Layer Apart(object? tree) => tree switch
    {
        ITuple { Length: < 8 } tuple when tuple.GetType().IsValueType => new("(", [.. Enumerable.Range(0, tuple.Length).Select(k => tuple[k])], p => Tuple(tuple, p)),
        Array { Rank: 1 } array => new("[", [.. array.Cast<object?>()], p => Filled(array, p)),
        null => throw new ArgumentException($"{Who}: null is no tensor and no structure of tensors"),
        _ when Registered.TryGetValue(tree.GetType(), out var rule) || Collections.TryGetValue(tree.GetType(), out rule) => rule(tree),
        _ when Collection(tree.GetType()) is { } rule => Collections.GetOrAdd(tree.GetType(), rule)(tree),
        _ => throw new ArgumentException($"{Who}: {tree.GetType()} is no tensor and no structure of tensors; Tree.Register makes it one"),
    };

    private static readonly Dictionary<Type, Func<Func<object, Layer>>> Rules = new()
    {
        [typeof(ImmutableArray<>)] = ImmutableArrays<Node>,
        [typeof(List<>)] = Lists<Node>,
        [typeof(Dictionary<,>)] = Dictionaries<string, Node>,
        [typeof(SortedDictionary<,>)] = SortedDictionaries<string, Node>,
        [typeof(ImmutableDictionary<,>)] = ImmutableDictionaries<string, Node>,
    };

    private static Func<object, Layer> ImmutableArrays<T>() => tree => tree is ImmutableArray<T> { IsDefault: false } all ? Listed(all, p => p.ToImmutableArray()) : Apart(null);

    private static Func<object, Layer> Lists<T>() => tree => Listed((List<T>)tree, p => p.ToList());

    private static Func<object, Layer> Dictionaries<TKey, T>() where TKey : notnull => tree => Named((Dictionary<TKey, T>)tree, p => p.ToDictionary(((Dictionary<TKey, T>)tree).Comparer));

    private static Func<object, Layer> SortedDictionaries<TKey, T>() where TKey : notnull =>
        tree => Named((SortedDictionary<TKey, T>)tree, p => new SortedDictionary<TKey, T>(p.ToDictionary(), ((SortedDictionary<TKey, T>)tree).Comparer));

    private static Func<object, Layer> ImmutableDictionaries<TKey, T>() where TKey : notnull =>
        tree => Named((ImmutableDictionary<TKey, T>)tree, p => p.ToImmutableDictionary(((ImmutableDictionary<TKey, T>)tree).KeyComparer, ((ImmutableDictionary<TKey, T>)tree).ValueComparer));

    // The rule for a type of collections; none where no code for it can be made.
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The rules ask nothing of their type parameters.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Classes share the code that is made for tensors; structs are turned away.")]
    private static Func<object, Layer>? Collection(Type type)
    {
        if (!type.IsGenericType || !Rules.TryGetValue(type.GetGenericTypeDefinition(), out var rule)) return null;
        if (!RuntimeFeature.IsDynamicCodeSupported && type.GenericTypeArguments.Any(t => t.IsValueType)) return null;
        return (Func<object, Layer>)rule.Method.GetGenericMethodDefinition().MakeGenericMethod(type.GenericTypeArguments).Invoke(null, null)!;
    }

    private static Layer Listed<T>(IEnumerable<T> all, Func<IEnumerable<T>, object> build) => new($"{all.GetType().Name.Split('`')[0]}[", [.. all], p => build(p.Cast<T>()));

    // In the order of the keys, however they were put in; what is built has them as they were.
    private static Layer Named<TKey, T>(IEnumerable<KeyValuePair<TKey, T>> all, Func<IEnumerable<KeyValuePair<TKey, T>>, object> build)
    {
        KeyValuePair<TKey, T>[] given = [.. all];
        var order = Enumerable.Range(0, given.Length).ToArray();
        Array.Sort(order, (i, j) => given[i].Key is string name ? string.CompareOrdinal(name, (string)(object)given[j].Key!) : Comparer<TKey>.Default.Compare(given[i].Key, given[j].Key));
        return new("{", [.. order.Select(i => given[i].Value)], p => build(order.Zip(p).OrderBy(part => part.First).Select(part => KeyValuePair.Create(given[part.First].Key, (T)part.Second))), [.. order.Select(i => Quoted(given[i].Key!))]);
    }

    private static string Quoted(object key) => key is string name ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : $"{key}";

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
