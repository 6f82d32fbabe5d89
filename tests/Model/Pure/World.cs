using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>
/// All that PyTorch would know: an immutable value. A step of a script is a function from one world to the next. It is written from
/// PyTorch's documented behaviour alone and shares nothing with the facade.
/// </summary>
internal sealed record World
{
    public ImmutableList<int> Variables { get; init; } = [];

    public ImmutableDictionary<int, Handle> Tensors { get; init; } = ImmutableDictionary<int, Handle>.Empty;

    public ImmutableDictionary<int, Value> Storages { get; init; } = ImmutableDictionary<int, Value>.Empty;

    public ImmutableDictionary<int, int> Versions { get; init; } = ImmutableDictionary<int, int>.Empty;

    public ImmutableStack<bool> Modes { get; init; } = [];

    public bool Recording => Modes.IsEmpty || Modes.Peek();

    public ImmutableHashSet<History> Freed { get; init; } = [];

    /// <summary>Operations of which the model does not know whether they were freed.</summary>
    public ImmutableHashSet<History> Clouded { get; init; } = [];

    public ImmutableDictionary<History, ImmutableList<(int Id, HookKind Kind)>> Hooks { get; init; } = ImmutableDictionary<History, ImmutableList<(int, HookKind)>>.Empty;

    /// <summary>Hooks that look at a leaf after its gradient was added to.</summary>
    public ImmutableDictionary<int, ImmutableList<int>> After { get; init; } = ImmutableDictionary<int, ImmutableList<int>>.Empty;

    public ImmutableList<Optimiser> Optimisers { get; init; } = [];

    /// <summary>What the hooks were shown in the last step.</summary>
    public ImmutableList<(int Id, Value Shown)> Log { get; init; } = [];

    /// <summary>Version counters of gradients: whether PyTorch copied or took them over shows there, and is its own affair.</summary>
    public ImmutableHashSet<int> Loose { get; init; } = [];

    /// <summary>Storages that PyTorch may share with another gradient or with the one passed in.</summary>
    public ImmutableHashSet<int> Shared { get; init; } = [];

    private int Next { get; init; }

    public Handle Of(int tensor) => Tensors[tensor];

    public World With(int tensor, Func<Handle, Handle> change) => this with { Tensors = Tensors.SetItem(tensor, change(Tensors[tensor])) };

    public Value Read(int tensor)
    {
        var (h, data) = (Of(tensor), Storages[Of(tensor).Storage].Data);
        return new(h.DType, h.Shape, [.. h.Places.Select(p => data[p])]);
    }

    public int Version(int tensor) => Versions[Of(tensor).Counter];

    /// <summary>A view of something that requires grad requires grad, whatever its own history says.</summary>
    public bool Requires(int tensor) => Of(tensor) is var h && (h.Edge is not null || h.Wants || (h.Base is { } b && Requires(b)));

    public Operand Operand(int tensor)
    {
        var h = Of(tensor);
        if (h.Broken) throw new Abstention("a view whose history PyTorch refuses to tell");
        var edge = h.Edge ?? (h.Wants ? h.Leaf : null);
        if (edge is null && Recording && Requires(tensor)) throw new Abstention("a view made without grad of something that requires grad");
        return new(Read(tensor), edge);
    }

    /// <summary>A tensor of its own.</summary>
    public (World, int) New(Value value, bool wants = false, History? edge = null, bool dense = true)
    {
        var (tensor, storage, counter) = (Next, Next + 1, Next + 2);
        var handle = new Handle(storage, counter, value.DType, value.Shape, [.. Enumerable.Range(0, value.Data.Length)])
        {
            Wants = wants,
            Edge = edge,
            Leaf = new(tensor, value.Type),
            Dense = dense,
        };
        return (this with { Next = Next + 3, Tensors = Tensors.Add(tensor, handle), Storages = Storages.Add(storage, value), Versions = Versions.Add(counter, 0) }, tensor);
    }

    /// <summary>Another tensor over the elements of one: its counter may be a new one.</summary>
    private (World, int) Other(Handle handle, bool counter)
    {
        var (tensor, fresh) = (Next, Next + 1);
        handle = handle with { Leaf = new(tensor, handle.Type), Counter = counter ? fresh : handle.Counter, Grad = null, Retains = false };
        return (this with { Next = Next + 2, Tensors = Tensors.Add(tensor, handle), Versions = counter ? Versions.Add(fresh, 0) : Versions }, tensor);
    }

    public World Bind(params ReadOnlySpan<int> tensors) => this with { Variables = Variables.AddRange(tensors.ToArray()) };

    /// <summary>The result of an operation.</summary>
    public (World, int) Apply(Operation op, params ImmutableArray<int> x)
    {
        ImmutableArray<Operand> operands = [.. x.Select(Operand)];
        ImmutableArray<Value> values = [.. operands.Select(o => o.Value)];
        if (op.Domain is { } domain && !domain(values)) throw new Abstention("near a pole, a kink or a tie");
        var value = Sound(Constants.Evaluate(op.Formula, values));
        var edge = Recording && x.Any(Requires) ? new Applied(op.Name, op.Formula, operands, Saving(op, x), Kept(op, x, Next)) : null;
        return New(value, edge: edge, dense: x.All(t => Of(t).Dense));
    }

    /// <summary>A gradient: a tensor whose version is PyTorch's own affair, and its order in memory: it may be an expanded one.</summary>
    public (World, int) NewGradient(Value value, History? edge, bool shared = false) => New(value, edge: edge, dense: false) is var (w, t)
        ? (w with { Loose = Loose.Add(w.Of(t).Counter), Shared = shared ? Shared.Add(w.Of(t).Storage) : Shared }, t) : default;

    public static Value Sound(Value value) => value.Data.All(d => Math.Abs(d) < 1e4) ? value : throw new Abstention("numbers get large");

    private bool IsRead(int reads, int i, ImmutableArray<int> x)
    {
        var readers = reads >> (3 * i) & 7;
        return readers != 0 && (!int.IsPow2(readers) || (int.Log2(readers) is var j && j < x.Length && Requires(x[j])));
    }

    /// <summary>Whether a derivative reads anything that a pass frees.</summary>
    public bool Saving(Operation op, ImmutableArray<int> x) => op.Reads is not { } reads ? op.Keeps != Keeps.Nothing
        : (reads & (Reads.Result | Reads.Number)) != 0 || Enumerable.Range(0, x.Length).Any(i => IsRead(reads, i, x));

    /// <summary>What a derivative reads, with the versions of now. Of a tensor that is written to PyTorch keeps the old value as a copy, whatever happens to it.</summary>
    public ImmutableArray<Saved> Kept(Operation op, ImmutableArray<int> x, int? result, bool written = false)
    {
        bool Wanted(int i) => Enumerable.Range(0, x.Length).Any(j => j != i && Requires(x[j]));
        bool Kept(int i) => op.Reads is { } reads ? IsRead(reads, i, x)
            : op.Keeps.HasFlag(Keeps.All) || (op.Keeps.HasFlag(Keeps.Self) && i == 0) || (op.Keeps.HasFlag(Keeps.Other) && i == 1) || (op.Keeps.HasFlag(Keeps.Cross) && Wanted(i));
        var operands = Enumerable.Range(written ? 1 : 0, x.Length - (written ? 1 : 0)).Where(Kept).Select(i => new Saved(x[i], Of(x[i]).Counter, Version(x[i]), false, Of(x[i]).Edge is not null));
        return op.KeepsResult && result is { } r ? [.. operands, new Saved(r, r + 2, 0, true, true)] : [.. operands];
    }

    /// <summary>A view: elements by their places in row-major order.</summary>
    public (World, int) View(int x, string name, Dims shape, ImmutableArray<int> places, bool dense = false, Made made = Made.Plain, int number = 0)
    {
        var h = Of(x);
        if (h.Broken) throw new Abstention("a view whose history PyTorch refuses to tell");
        if (!Recording) made = Made.WithoutGrad;
        var edge = Recording && Requires(x) ? new Applied(name, Formulas.Gather(places, shape), [Operand(x)], false, []) : null;
        return Other(new(h.Storage, h.Counter, h.DType, shape, [.. places.Select(p => h.Places[p])])
        {
            Base = h.Base ?? x,
            Made = h.Made == Made.Plain ? made : h.Made,
            Edge = edge,
            Number = edge is null ? 0 : number,
            Dense = dense && h.Dense,
        }, counter: false);
    }

    public (World, int) Detached(int x, bool data) => Other(Of(x) with { Base = null, Made = Made.Plain, Edge = null, Number = 0, Wants = false, Broken = false }, counter: data);
}
