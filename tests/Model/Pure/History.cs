using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>A pure function of the values that an operation saw. Data that it needs beside them are constants.</summary>
internal delegate Node Formula(Constants constants, ImmutableArray<Node> x);

/// <summary>A value that an operation saw, and where its cotangent goes.</summary>
internal sealed record Operand(Value Value, History? Edge);

/// <summary>A value that a derivative reads: whose version must still be the same.</summary>
internal sealed record Saved(int Tensor, int Counter, int Version, bool IsResult, bool WasResult);

/// <summary>Where a value came from. It has identity, as a leaf and a recorded operation have.</summary>
internal abstract class History(string name)
{
    /// <summary>PyTorch's name; null where the model does not know it.</summary>
    public string? Name { get; } = name.Length == 0 ? null : name;

    public abstract IEnumerable<History> Sources { get; }

    /// <summary>All that some histories are made of, sources first. Without recursion: depth is program length.</summary>
    public static List<History> Order(IEnumerable<History> roots)
    {
        var (order, seen, stack) = (new List<History>(), new HashSet<History>(), new Stack<(History At, bool Done)>());
        foreach (var root in roots) stack.Push((root, false));
        while (stack.TryPop(out var top))
        {
            if (top.Done) order.Add(top.At);
            else if (seen.Add(top.At))
            {
                stack.Push((top.At, true));
                foreach (var source in top.At.Sources) stack.Push((source, false));
            }
        }
        return order;
    }
}

/// <summary>A tensor whose gradient is wanted.</summary>
internal sealed class Leaf(int tensor, TensorType type) : History("AccumulateGrad")
{
    public int Tensor => tensor;

    public TensorType Type => type;

    public override IEnumerable<History> Sources => [];
}

/// <summary>A recorded operation: a function of the values that it saw.</summary>
internal sealed class Applied(string name, Formula formula, ImmutableArray<Operand> operands, bool saving, ImmutableArray<Saved> saved, string? inner = null) : History(name)
{
    public Formula Formula => formula;

    public ImmutableArray<Operand> Operands => operands;

    /// <summary>Whether PyTorch may hand on the incoming gradient itself, or a view of it.</summary>
    public bool HandsOn => Name is "FracBackward0" or "RemainderBackward0" or "ProdBackward0" or "AddBackward0" or "SubBackward0" or "CloneBackward0" or "CopyBackwards" or "CatBackward0" or "StackBackward0" or "SumBackward0" or "SumBackward1"
        or "ViewBackward0" or "TBackward0" or "TransposeBackward0" or "SqueezeBackward0" or "UnsqueezeBackward0" or "ExpandBackward0" or "AliasBackward0";

    /// <summary>Whether a pass without retain_graph frees something of it.</summary>
    public bool Saving => saving;

    public ImmutableArray<Saved> Saved => saved;

    /// <summary>The name of the operation that saved; it differs for a write through a view.</summary>
    public string Saver => inner ?? Name!;

    public override IEnumerable<History> Sources => operands.Select(o => o.Edge).OfType<History>();
}

/// <summary>A gradient that was made with create_graph: the gradient of a pass with respect to a history, again a pure function.</summary>
internal sealed class Derived(Pass pass, History target) : History("")
{
    public Pass Pass => pass;

    public History Target => target;

    /// <summary>How many passes deep it is.</summary>
    public int Rank { get; } = 1 + Order(pass.Roots.Concat(pass.Seeds).Select(o => o.Edge).OfType<History>()).OfType<Derived>().Select(d => d.Rank).Append(0).Max();

    public override IEnumerable<History> Sources => [.. pass.Roots.Concat(pass.Seeds).Select(o => o.Edge).OfType<History>(), target];
}

/// <summary>What is differentiated, with which cotangents, under which hooks; cotangents are given or are ones.</summary>
internal sealed record Pass(ImmutableArray<Operand> Roots, ImmutableArray<Operand> Seeds, ImmutableArray<bool> Given, ImmutableDictionary<History, ImmutableList<(int Id, HookKind Kind)>> Hooks);

/// <summary>What a hook does with a gradient.</summary>
internal enum HookKind { Look, Double, Detach, Raise, DoubleInPlace }
