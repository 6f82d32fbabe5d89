namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Writes a new value into a tensor, as PyTorch's in-place operations do: aliases see it, the version moves on, history is rebased.</summary>
    /// <param name="self">The tensor.</param>
    /// <param name="name">PyTorch's name of the derivative.</param>
    /// <param name="saves">What the derivative reads; operand 0 is the old value, which the graph holds in any case.</param>
    /// <param name="value">The new value from the old.</param>
    internal static Tensor InPlace(Tensor self, string name, Saves saves, Func<Node, Node> value) => InPlace(self, name, saves, (x, _) => value(x), []);

    /// <summary>The same with a second operand.</summary>
    internal static Tensor InPlace(Tensor self, string name, Saves saves, Func<Node, Node, Node> value, Tensor other, params ReadOnlySpan<Tensor> watched) =>
        InPlace(self, name, saves, (x, o) => value(x, o[0]), [other], watched);

    /// <summary>The same with any number of further operands.</summary>
    internal static Tensor InPlace(Tensor self, string name, Saves saves, Func<Node, Node[], Node> value, ReadOnlySpan<Tensor> others, params ReadOnlySpan<Tensor> watched)
    {
        CheckInference(self);
        var wanted = self.requires_grad;
        foreach (var x in others) wanted |= x.requires_grad;
        wanted &= GradMode && self.Node.DType.IsSmooth;
        if (wanted) CheckWritable(self);
        var owner = self.viewed is { } b && ReferenceEquals(b.storage, self.storage) ? b : self;
        var edges = wanted ? Edges([owner, .. others]) : [];
        foreach (var x in others)
            if (name is not ("FillBackward3" or "IndexPutBackward0") && Layouts.PartlyOverlap(self, x)) throw new RuntimeError(PartlyShared);
        if (name is not ("ZeroBackward0" or "FillBackward2") && self.window is { } seen && self.Type.Count > 0 && Layouts.Overlaps(seen.Layout) && !(name == "CopyBackwards" && Layouts.AreOne(self, others[0])))
            throw new RuntimeError(Overlapping);

        // A view is written through its base's history, seen as a function of the base alone: what was read of the view before is not asked.
        var own = Positions([owner, .. others], watched);
        var before = ReferenceEquals(owner, self) ? own[0] : self.Part(owner.Whole(own[0]));
        var node = Fitting(Guard(() => value(before, own[1..])), before.Type);
        var whole = Guard(() => self.Over(ReferenceEquals(owner, self) ? self.storage.Node : owner.Whole(own[0]), node));
        var after = ReferenceEquals(owner, self) ? node : owner.Part(whole);

        if (Mapping.Current is { } mapping && mapping.Differs(whole) && !mapping.Owns(self.storage.Node))
            throw new RuntimeError($"vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a vmap. Please try to use out-of-place operators instead of inplace arithmetic.");
        var motions = Duals.Any ? Duals.Pushed(name, saves, after, own, [owner, .. others]) : [];
        GradFn? fn = null;
        if (wanted)
        {
            Tensor[] operands = [self, .. others];
            fn = new GradFn(ReferenceEquals(owner, self) ? name : "CopySlices", saves, [after], own, edges) { Writer = name, Motions = motions };
            fn.Save(operands, watched, written: true);
        }
        self.storage.Write(whole);
        self.storage.Depth = Math.Max(self.storage.Depth, Deepest(others)) + 1;
        self.version.Bump();
        foreach (var motion in motions) Duals.Give(owner, motion.Level, motion.Tangent);
        if (fn is not null)
        {
            owner.Follow(fn, 0);
            owner.SetLeafRequiresGrad(false);
            if (saves.HasFlag(Saves.Result)) fn.SaveResult(self);
        }
        if (whole.Hangs is not null) return self;
        if (self.storage.Depth >= DeepestPending) Force([owner]);
        else if (!wanted) Together(owner);
        return self;
    }

    private const string PartlyShared = "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.";

    private const string Overlapping = "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.";

    // What an operation computed, in the type and shape of what it is written to.
    private static Node Fitting(Node node, TensorType place)
    {
        if (node.Shape != place.Shape)
        {
            if (!Spreads(node.Shape, place.Shape)) throw new RuntimeError($"output with shape {place.Shape} doesn't match the broadcast shape {Guard(() => Ops.BroadcastShapes("write", place.Shape, node.Shape))}");
            node = Ops.Broadcast(node, place.Shape);
        }
        if (node.DType == place.DType) return node;
        if (Kind(node.DType) > Kind(place.DType)) throw new RuntimeError($"result type {Named(node.DType).TensorType} can't be cast to the desired output type {Named(place.DType).TensorType}");
        return Ops.Cast(node, place.DType);
    }

    private static bool Spreads(Dims from, Dims to)
    {
        for (var k = 1; k <= from.Count; k++)
            if (k > to.Count || (from[^k] != to[^k] && from[^k] != 1)) return false;
        return true;
    }

    public partial class Tensor
    {
        /// <summary>Writes a value without recording, as PyTorch does under no_grad.</summary>
        internal void Set(Node value)
        {
            storage.Write(Whole(Ops.Cast(value, Node.DType)));
            version.Bump();
        }
    }

    private static int Kind(DType type) => type.IsComplex ? 3 : type.IsFloat ? 2 : type == DType.Bool ? 0 : 1;

    private static int Deepest(ReadOnlySpan<Tensor> tensors)
    {
        var depth = 0;
        foreach (var t in tensors) depth = Math.Max(depth, t.storage.Depth);
        return depth;
    }

    /// <summary>Refuses a tensor that may not be written to while operations are recorded.</summary>
    internal static void Writing(Tensor self)
    {
        CheckInference(self);
        if (GradMode && self.requires_grad) CheckWritable(self);
    }

    private static void CheckInference(Tensor self)
    {
        if (self.version.IsInference && !Inference.On)
            throw new RuntimeError("Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
    }

    private static void CheckWritable(Tensor self)
    {
        if (self.viewed is { } owner)
        {
            if (self.made != Creation.Normal) throw new RuntimeError(Forbidden(self, "is being"));
            if (self.requires_grad && owner.is_leaf) throw new RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
        }
        if (self.requires_grad && self.is_leaf) throw new RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
    }

    /// <summary>Why a view may not be written to.</summary>
    internal static string Forbidden(Tensor view, string what)
    {
        var made = view.gradFn;
        var head = view.made == Creation.Inference ? $"{(made is null ? "A view was" : $"Output {view.outputNr} of {made.FullName} is a view of a view which was")} created in inference mode and {what} modified inplace in normal mode."
            : made is null ? $"A view was created in no_grad mode and {what} modified inplace with grad mode enabled."
            : view.made == Creation.NoGrad ? $"Output {view.outputNr} of {made.FullName} is a view of a view which was created in no_grad mode and {what} modified inplace with grad mode enabled."
            : $"Output {view.outputNr} of {made.FullName} is a view and {what} modified inplace.";
        return head + view.made switch
        {
            Creation.NoGrad => " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
            Creation.Inference => " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
            Creation.MultiOutput => " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
            _ => " This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.",
        };
    }
}
