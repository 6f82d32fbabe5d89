using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>In-place operations: the storage gets another value, the version moves on, histories are written anew.</summary>
internal static class Writing
{
    private const string Several = " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
    private const string WithoutGrad = " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).";

    /// <summary>Writes op(self, others…) into self.</summary>
    /// <param name="filling">Whether elements that show one place are no matter.</param>
    public static World Write(this World w, Operation op, int self, ImmutableArray<int> others, bool filling = false)
    {
        var h = w.Of(self);
        ImmutableArray<int> x = [self, .. others];
        if (x.Any(t => w.Of(t).Broken)) throw new Abstention("a view whose history PyTorch refuses to tell");
        var tracked = w.Recording && x.Any(w.Requires);
        if (tracked) w.CheckWritable(self);
        if (others.Any(o => w.Of(o).Storage == h.Storage) && h.Places.Distinct().Count() < h.Places.Length) throw new Abstention("a copy of elements onto themselves");
        if (!filling && h.Places.Distinct().Count() < h.Places.Length)
            throw Refusal.Runtime("unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.");
        ImmutableArray<Operand> operands = tracked ? [.. x.Select(w.Operand)] : [.. x.Select(t => new Operand(w.Read(t), null))];
        ImmutableArray<Value> values = [.. operands.Select(o => o.Value)];
        if (op.Domain is { } domain && !domain(values)) throw new Abstention("near a pole, a kink or a tie");
        foreach (var other in others)
            if (other != self && w.Of(other).Storage == h.Storage && (w.Of(other).Shape != h.Shape || !w.Of(other).Places.SequenceEqual(h.Places))) throw new Abstention("operands that share elements");
        var grown = values.Select(v => v.Shape).Aggregate(Broadcast);
        if (grown != h.Shape) throw Refusal.Runtime($"output with shape {h.Shape} doesn't match the broadcast shape {grown}");
        Node Formula(Constants k, ImmutableArray<Node> v) => Ops.Cast(op.Formula(k, v), h.DType);
        var value = World.Sound(Constants.Evaluate(Formula, values));
        var owner = h.Base ?? self;
        if (tracked && owner != self && w.Of(owner).Places.Distinct().Count() < w.Of(owner).Places.Length) throw new Abstention("histories of elements that are shown several times");
        var before = tracked ? Owned(w, owner, self) : null;
        var (saved, saving) = (w.Kept(op, x, null, written: true), w.Saving(op, x));
        w = w.Stored(self, value);
        if (op.KeepsResult) saved = saved.Add(new(self, h.Counter, w.Versions[h.Counter], true, true));
        if (tracked)
        {
            var places = Local(w.Of(owner), h.Places);
            Applied edge = h.Base is null
                ? new(op.Name, Formula, operands, saving, saved)
                : new("CopySlices", (k, v) => Formulas.Scattered(k, v[0], Formula(k, [Formulas.Gathered(k, v[0], places, h.Shape), .. v[1..]]), places), [before!, .. operands[1..]], true, saved, op.Name);
            w = w.With(owner, o => o with { Edge = edge, Number = 0, Wants = false });
        }
        return w.Rebased(h.Counter);
    }

    private static Dims Broadcast(Dims a, Dims b)
    {
        var rank = Math.Max(a.Count, b.Count);
        long At(Dims s, int k) => k < rank - s.Count ? 1 : s[k - rank + s.Count];
        return Dims.Build(rank, k => At(a, k) == At(b, k) || At(b, k) == 1 ? At(a, k) : At(a, k) == 1 ? At(b, k) : throw new Abstention("shapes that do not broadcast"));
    }

    private static Operand Owned(World w, int owner, int self) => owner == self ? w.Operand(self) : w.Operand(owner);

    /// <summary>New elements, and nothing recorded.</summary>
    public static World Stored(this World w, int tensor, Value value)
    {
        var h = w.Of(tensor);
        if (w.Shared.Contains(h.Storage)) throw new Abstention("elements that PyTorch may share between gradients");
        var data = w.Storages[h.Storage].Data.ToBuilder();
        for (var i = 0; i < h.Places.Length; i++) data[h.Places[i]] = value.As(h.DType).Data[i];
        return w with { Storages = w.Storages.SetItem(h.Storage, w.Storages[h.Storage] with { Data = data.ToImmutable() }), Versions = w.Versions.SetItem(h.Counter, w.Versions[h.Counter] + 1) };
    }

    /// <summary>Writes without recording: what no_grad does.</summary>
    public static World Overwrite(this World w, int tensor, Value value) => w.Stored(tensor, value).Rebased(w.Of(tensor).Counter);

    // A view of something that was changed is a view of its new history.
    private static World Rebased(this World w, int counter)
    {
        foreach (var (t, h) in w.Tensors.Where(t => t.Value.Counter == counter && t.Value.Base is not null))
        {
            if (h.Edge is null && !w.Requires(h.Base!.Value)) continue;
            if (h.Made != Made.Plain || w.Of(h.Base!.Value).Storage != h.Storage)
            {
                w = w.With(t, x => x with { Broken = true, Edge = null });
                continue;
            }
            var (owner, o) = (w.Of(h.Base.Value), new Operand(w.Read(h.Base.Value), w.Of(h.Base.Value).Edge ?? (w.Of(h.Base.Value).Wants ? w.Of(h.Base.Value).Leaf : null)));
            var edge = o.Edge is null ? null : new Applied("AsStridedBackward0", Formulas.Gather(Local(owner, h.Places), h.Shape), [o], false, []);
            w = w.With(t, x => x with { Edge = edge, Number = 0 });
        }
        return w;
    }

    // Places in the storage as places in the owner, which may have been transposed in place.
    private static ImmutableArray<int> Local(Handle owner, ImmutableArray<int> places) => [.. places.Select(p => owner.Places.IndexOf(p))];

    private static void CheckWritable(this World w, int self)
    {
        var h = w.Of(self);
        if (h.Base is { } b)
        {
            if (h.Made != Made.Plain)
            {
                var head = h.Made == Made.WithoutGrad && h.Edge is not null ? null
                    : h.Edge is null ? "A view was created in no_grad mode and is being modified inplace with grad mode enabled."
                    : $"Output {h.Number} of {h.Edge.Name} is a view and is being modified inplace.";
                throw Refusal.Runtime(head + (h.Made == Made.OneOfSeveral ? Several : WithoutGrad));
            }
            if (w.Requires(self) && w.Of(b).Edge is null) throw Refusal.Runtime("a view of a leaf Variable that requires grad is being used in an in-place operation.");
        }
        if (w.Requires(self) && h.Edge is null) throw Refusal.Runtime("a leaf Variable that requires grad is being used in an in-place operation.");
    }
}
