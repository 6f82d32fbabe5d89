namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What an operation's derivative reads, as PyTorch's rule saves it.</summary>
    [Flags]
    internal enum Saves
    {
        None = 0,
        /// <summary>The first operand.</summary>
        Self = 1,
        /// <summary>Each operand whose partner wants a gradient.</summary>
        Cross = 2,
        /// <summary>All operands.</summary>
        All = 4,
        /// <summary>The result.</summary>
        Result = 8,
        /// <summary>A number, kept as a tensor.</summary>
        Number = 16,
        /// <summary>The second operand.</summary>
        Other = 32,
    }

    private const int DeepestPending = 4096;

    /// <summary>Makes the result of an operation and records it when a gradient may be wanted.</summary>
    /// <param name="name">PyTorch's name of the derivative.</param>
    /// <param name="saves">What the derivative reads.</param>
    /// <param name="node">The result.</param>
    /// <param name="operands">The tensors that the result was made of.</param>
    internal static Tensor Record(string name, Saves saves, Node node, params ReadOnlySpan<Tensor> operands)
    {
        var result = new Tensor(node);
        var depth = 0;
        var wanted = false;
        foreach (var x in operands)
        {
            depth = Math.Max(depth, x.storage.Depth);
            wanted |= x.requires_grad;
        }
        result.storage.Depth = depth + 1;
        if (wanted && GradMode && node.DType.IsFloat)
        {
            result.gradFn = Function(name, saves, [node], operands);
            if (saves is not (Saves.None or Saves.Number)) result.gradFn.SavedValues = SavedBy(saves, operands, result);
        }
        // Histories are computed before they grow without bound.
        if (depth >= DeepestPending) Force([result]);
        return result;
    }

    internal static GradFn Function(string name, Saves saves, Node[] outputs, ReadOnlySpan<Tensor> operands)
    {
        var (nodes, edges) = (new Node[operands.Length], new Edge[operands.Length]);
        for (var i = 0; i < nodes.Length; i++) (nodes[i], edges[i]) = (operands[i].Node, operands[i].Edge);
        return new GradFn(name, outputs, nodes, edges) { Saving = saves != Saves.None };
    }

    internal static Saved[] SavedBy(Saves saves, ReadOnlySpan<Tensor> operands, Tensor? result)
    {
        Span<bool> take = stackalloc bool[Math.Min(operands.Length, 64)];
        var count = 0;
        for (var i = 0; i < take.Length; i++)
        {
            take[i] = saves.HasFlag(Saves.All) || (saves.HasFlag(Saves.Self) && i == 0) || (saves.HasFlag(Saves.Other) && i == 1);
            for (var j = 0; j < operands.Length && saves.HasFlag(Saves.Cross) && !take[i]; j++) take[i] = j != i && operands[j].requires_grad;
            if (take[i]) count++;
        }
        var saved = new Saved[count + (saves.HasFlag(Saves.Result) && result is not null ? 1 : 0)];
        if (saved.Length > count) saved[count] = new(result!, result!.version.Value, true);
        for (var i = take.Length - 1; i >= 0; i--)
            if (take[i]) saved[--count] = new(operands[i], operands[i].version.Value, false);
        return saved;
    }

    /// <summary>Operands that may be one node: what carries no gradient becomes a node of its own.</summary>
    internal static (Node A, Node B) Apart(Tensor a, Tensor b)
    {
        var (x, y) = (a.Node, b.Node);
        if (ReferenceEquals(x, y) && !ReferenceEquals(a, b) && a.requires_grad != b.requires_grad) y = Ops.Detach(y);
        return (x, y);
    }

    /// <summary>A view of a tensor, recorded.</summary>
    internal static Tensor MakeView(string name, Tensor x, Func<Node, Node> read, Func<Node, Node, Node>? write, Creation made = Creation.Normal)
    {
        var node = Guard(() => read(x.Node));
        if (!GradMode && made == Creation.Normal) made = Creation.NoGrad;
        var window = x.window is { } outer ? outer.Through(read, write, outer.Made == Creation.Normal ? made : outer.Made) : new View(x, read, write, made);
        var result = new Tensor(node, x.storage, x.version, window) { rebased = window.Base.rebased };
        if (x.requires_grad && GradMode && node.DType.IsFloat) result.gradFn = Function(name, Saves.None, [node], [x]);
        return result;
    }

    internal static string Forbidden(View window, string what)
    {
        var tail = window.Made == Creation.NoGrad
            ? " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
            : " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
        return window.Made == Creation.NoGrad ? $"A view was created in no_grad mode and {what} modified inplace with grad mode enabled.{tail}" : $"{what} modified inplace.{tail}";
    }

    /// <summary>Writes a new value into a tensor, as PyTorch's in-place operations do: aliases see it, the version moves on, history is rebased.</summary>
    /// <param name="self">The tensor.</param>
    /// <param name="name">PyTorch's name of the derivative.</param>
    /// <param name="saves">What the derivative reads; operand 0 is the tensor itself.</param>
    /// <param name="value">The new value from the old.</param>
    /// <param name="others">Further operands.</param>
    internal static Tensor InPlace(Tensor self, string name, Saves saves, Func<Node, Node> value, params ReadOnlySpan<Tensor> others)
    {
        var track = GradMode;
        if (track) CheckWritable(self);
        var old = self.Node;
        var node = Guard(() => value(old));
        if (node.Shape != old.Shape && node.Shape.Count >= old.Shape.Count) throw new RuntimeError($"output with shape {old.Shape} doesn't match the broadcast shape {node.Shape}");
        if (node.DType != old.DType)
        {
            if (Kind(node.DType) > Kind(old.DType)) throw new RuntimeError($"result type {Named(node.DType).TensorType} can't be cast to the desired output type {Named(old.DType).TensorType}");
            node = Ops.Cast(node, old.DType);
        }
        if (self.window is { Write: null }) throw new RuntimeError("unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.");
        var wanted = self.requires_grad;
        foreach (var x in others) wanted |= x.requires_grad;
        wanted &= track && node.DType.IsFloat;
        Tensor[] operands = [self, .. others];
        var owner = self.window?.Base ?? self;
        var before = owner.Node;
        var edge = owner.Edge;
        var whole = self.window is { } v ? Guard(() => v.Write!(before, node)) : node;
        var fn = !wanted ? null : self.window is null
            ? Function(name, saves, [whole], operands)
            : new GradFn("CopySlices", [whole], [before, .. Nodes(others)], [edge, .. Edges(others)]) { Saving = saves != Saves.None };
        if (fn is not null) fn.SavedValues = SavedBy(saves & ~Saves.Result, operands, null);
        owner.storage.Write(whole);
        owner.storage.Depth = Math.Max(owner.storage.Depth, Deepest(others)) + 1;
        self.version.Bump();
        if (fn is not null)
        {
            (owner.gradFn, owner.outputNr) = (fn, 0);
            owner.SetLeafRequiresGrad(false);
            owner.rebased++;
            if (saves.HasFlag(Saves.Result)) fn.SavedValues = [.. fn.SavedValues, new(self, self.version.Value, true)];
        }
        if (owner.storage.Depth >= DeepestPending) Force([owner]);
        return self;
    }

    public partial class Tensor
    {
        /// <summary>Writes a value without recording, as PyTorch does under no_grad.</summary>
        internal void Set(Node value)
        {
            var owner = window?.Base ?? this;
            owner.storage.Write(window is null ? value : window.Write!(owner.Node, value));
            version.Bump();
        }
    }

    private static int Kind(DType type) => type.IsFloat ? 2 : type == DType.Bool ? 0 : 1;

    private static int Deepest(ReadOnlySpan<Tensor> tensors)
    {
        var depth = 0;
        foreach (var t in tensors) depth = Math.Max(depth, t.storage.Depth);
        return depth;
    }

    private static Node[] Nodes(ReadOnlySpan<Tensor> tensors)
    {
        var nodes = new Node[tensors.Length];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = tensors[i].Node;
        return nodes;
    }

    private static Edge[] Edges(ReadOnlySpan<Tensor> tensors)
    {
        var edges = new Edge[tensors.Length];
        for (var i = 0; i < edges.Length; i++) edges[i] = tensors[i].Edge;
        return edges;
    }

    private static void CheckWritable(Tensor self)
    {
        if (self.window is null)
        {
            if (self.requires_grad && self.is_leaf) throw new RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
            return;
        }
        if (self.window.Made == Creation.MultiOutput && self.gradFn is { } fn)
            throw new RuntimeError(Forbidden(self.window, $"Output {self.outputNr} of {fn.Name} is a view and is being"));
        if (self.window.Base.requires_grad && self.window.Made == Creation.NoGrad) throw new RuntimeError(Forbidden(self.window, "is being"));
        if (self.window.Base is { is_leaf: true, requires_grad: true }) throw new RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
    }
}
