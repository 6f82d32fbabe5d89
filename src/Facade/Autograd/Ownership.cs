using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// What tensor PyTorch's derivatives hand out: the gradient itself, a view of it, or a new one, how often that was written into, and which
    /// derivative it has. Values do not depend on it, but versions, strides and names do, and whether a gradient becomes a variable's as it is.
    /// </summary>
    internal static class Ownership
    {
        /// <summary>How an operand's gradient comes about.</summary>
        private enum How
        {
            /// <summary>Computed element by element, laid out as the incoming gradient is.</summary>
            Like,
            /// <summary>Computed element by element, row-major.</summary>
            Plain,
            /// <summary>Computed element by element with the operand, laid out as it is.</summary>
            Own,
            /// <summary>Computed as a whole, row-major.</summary>
            New,
            /// <summary>The incoming gradient itself where nothing has to be done to it.</summary>
            Same,
            /// <summary>A view of the incoming gradient.</summary>
            View,
            /// <summary>A matrix computed transposed, column by column.</summary>
            Column,
            /// <summary>One number spread over all places.</summary>
            Spread,
        }

        /// <summary>An operand's gradient.</summary>
        /// <param name="How">How it comes about.</param>
        /// <param name="Second">Its own derivative; null for what the primitive says.</param>
        /// <param name="Written">How often it was written into before it was handed out.</param>
        /// <param name="Recorded">The same where the gradient is to be differentiated; null when that makes no difference.</param>
        private sealed record Rule(How How, string? Second = null, int Written = 0, int? Recorded = null);

        private static readonly Rule Same = new(How.Same), Product = new(How.Like, "MulBackward0"), Quotient = new(How.Like, "DivBackward0"), Negative = new(How.Like, "NegBackward0"),
            Reduction = new(How.Own, "MulBackward0"), Matrix = new(How.New, "MmBackward0"), Column = new(How.Column, "TBackward0"), Scattered = new(How.New, "ScatterBackward0", 2);

        private static Rule Like(string? second = null) => new(How.Like, second);

        private static Rule Plain(string second, int written = 0) => new(How.Plain, second, written);

        private static Rule New(string? second = null, int written = 0, int? recorded = null) => new(How.New, second, written, recorded);

        private static Rule View(string second, int written = 0) => new(How.View, second, written);

        // A rule an operand, the last for all that follow; operations that do not stand here multiply element by element.
        private static readonly Dictionary<string, Rule[]> Rules = new()
        {
            ["AddBackward0"] = [Same],
            ["SubBackward0"] = [Same, Negative],
            ["RsubBackward1"] = [Negative],
            ["NegBackward0"] = [Negative],
            ["DivBackward0"] = [Quotient, Product],
            ["RemainderBackward0"] = [Same],
            ["RemainderBackward1"] = [Same, Product],
            ["FracBackward0"] = [Same],
            ["PowBackward1"] = [Plain("WhereBackward0"), Product],
            ["LogBackward0"] = [Quotient],
            ["Log2Backward0"] = [Quotient],
            ["Log10Backward0"] = [Quotient],
            ["Log1PBackward0"] = [Quotient],
            ["SqrtBackward0"] = [Quotient],
            ["AtanBackward0"] = [Quotient],
            ["AtanhBackward0"] = [Quotient],
            ["Exp2Backward0"] = [Like("MulBackward1")],
            ["LerpBackward0"] = [Like("MulBackward1")],
            ["TanhBackward0"] = [Like("TanhBackwardBackward0")],
            ["SigmoidBackward0"] = [Like("SigmoidBackwardBackward0")],
            ["EluBackward0"] = [Like("EluBackwardBackward0")],
            ["GeluBackward0"] = [Like("GeluBackwardBackward0")],
            ["SoftplusBackward0"] = [Like("SoftplusBackwardBackward0")],
            ["LogSigmoidBackward0"] = [Like("LogSigmoidBackwardBackward0")],
            ["ToCopyBackward0"] = [Like("ToCopyBackward0")],
            ["FlipBackward0"] = [Like("FlipBackward0")],
            ["ReluBackward0"] = [Plain("ThresholdBackwardBackward0")],
            ["LeakyReluBackward0"] = [Plain("LeakyReluBackwardBackward0")],
            ["ErfBackward0"] = [Plain("MulBackward0")],
            ["ErfcBackward0"] = [Plain("MulBackward0")],
            ["ClampBackward1"] = [Plain("WhereBackward0")],
            ["WhereBackward0"] = [Plain("WhereBackward0")],
            ["MaskedFillBackward0"] = [Plain("MaskedFillBackward0")],
            ["MaximumBackward0"] = [Plain("MaskedFillBackward0", 1)],
            ["MinimumBackward0"] = [Plain("MaskedFillBackward0", 1)],
            ["AddcmulBackward0"] = [Same, Product],
            ["AddcdivBackward0"] = [Same, Product],
            ["CloneBackward0"] = [Same],
            ["AliasBackward0"] = [Same],
            ["ExpandBackward0"] = [Same],
            ["CopyBackwards"] = [New(), Same],
            ["CopySlices"] = [New("CopySlices", 2)],
            ["IndexPutBackward0"] = [New("IndexPutBackward0"), New("IndexBackward0")],
            ["SumBackward0"] = [new(How.Spread, "ExpandBackward0")],
            ["SumBackward1"] = [View("ExpandBackward0")],
            ["MeanBackward0"] = [New("DivBackward1")],
            ["MeanBackward1"] = [New("DivBackward1")],
            ["ProdBackward0"] = [Reduction],
            ["ProdBackward1"] = [Reduction],
            ["VarBackward0"] = [Reduction],
            ["StdBackward0"] = [Reduction],
            ["LinalgVectorNormBackward0"] = [Reduction],
            ["AmaxBackward0"] = [Reduction],
            ["AminBackward0"] = [Reduction],
            ["LogsumexpBackward0"] = [Reduction],
            ["MaxBackward1"] = [New("MaskedFillBackward1", 1)],
            ["MinBackward1"] = [New("MaskedFillBackward1", 1)],
            ["MedianBackward0"] = [New("MaskedFillBackward1", 1)],
            ["NanmedianBackward0"] = [New("MaskedFillBackward1", 1)],
            ["MaxBackward0"] = [Scattered],
            ["MinBackward0"] = [Scattered],
            ["SortBackward0"] = [Scattered],
            ["TopkBackward0"] = [Scattered],
            ["CumprodBackward0"] = [new(How.Same, "DivBackward0")],
            ["CumsumBackward0"] = [new(How.Same, "FlipBackward0")],
            ["RepeatBackward0"] = [new(How.Same, "SumBackward1")],
            ["TrilBackward0"] = [New("TrilBackward0")],
            ["TriuBackward0"] = [New("TriuBackward0")],
            ["ViewBackward0"] = [View("ViewBackward0")],
            ["UnsafeViewBackward0"] = [View("ViewBackward0")],
            ["ReshapeAliasBackward0"] = [View("ViewBackward0")],
            ["TBackward0"] = [View("TBackward0")],
            ["TBackward1"] = [View("TBackward0")],
            ["PermuteBackward0"] = [View("PermuteBackward0")],
            ["TransposeBackward0"] = [View("TransposeBackward0")],
            ["UnsqueezeBackward0"] = [View("SqueezeBackward1")],
            ["UnsqueezeBackward1"] = [View("SqueezeBackward1")],
            ["SqueezeBackward0"] = [View("UnsqueezeBackward0")],
            ["SqueezeBackward1"] = [View("UnsqueezeBackward0")],
            ["SqueezeBackward4"] = [View("UnsqueezeBackward0")],
            ["CatBackward0"] = [View("SliceBackward0")],
            ["StackBackward0"] = [View("SelectBackward0")],
            ["TraceBackward0"] = [View("ViewBackward0", 2)],
            ["AsStridedBackward0"] = [View("AsStridedBackward0", 1)],
            ["SliceBackward0"] = [New("SliceBackwardBackward0")],
            ["SelectBackward0"] = [New("SelectBackwardBackward0")],
            ["DiagonalBackward0"] = [New("DiagonalBackwardBackward0")],
            ["UnbindBackward0"] = [New("StackBackward0")],
            ["SplitBackward0"] = [New("CatBackward0")],
            ["SplitWithSizesBackward0"] = [New("CatBackward0")],
            ["IndexBackward0"] = [New("IndexPutImplBackward0", 1)],
            ["GatherBackward0"] = [New("ScatterAddBackward0", 1)],
            ["IndexSelectBackward0"] = [New("IndexAddBackward0", 1)],
            ["MaskedSelectBackward0"] = [New("MaskedScatterBackward0", 1)],
            ["ScatterBackward0"] = [New("ScatterBackward1"), New("GatherBackward0")],
            ["ScatterAddBackward0"] = [Same, New("GatherBackward0")],
            ["EmbeddingBackward0"] = [New("EmbeddingDenseBackwardBackward0")],
            ["MmBackward0"] = [Matrix],
            ["MmBackward0, left column"] = [Column, Matrix],
            ["MmBackward0, right column"] = [Matrix, Column],
            ["MmBackward0, left column, right column"] = [Column],
            ["AddmmBackward0"] = [Same, Matrix],
            ["AddmmBackward0, left column"] = [Same, Column, Matrix],
            ["AddmmBackward0, right column"] = [Same, Matrix, Column],
            ["AddmmBackward0, left column, right column"] = [Same, Column],
            ["AddmmBackward0, scaled"] = [new(How.Same, "MulBackward1"), New("MulBackward1")],
            ["MvBackward0"] = [New("MulBackward0"), New("MvBackward0")],
            ["BmmBackward0"] = [New("BmmBackward0")],
            ["SoftmaxBackward0"] = [New("SoftmaxBackwardDataBackward0")],
            ["LogSoftmaxBackward0"] = [New("LogSoftmaxBackwardDataBackward0")],
            ["NativeLayerNormBackward0"] = [New("NativeLayerNormBackwardBackward0")],
            ["MseLossBackward0"] = [New("MseLossBackwardBackward0")],
            ["NllLossBackward0"] = [New("NllLossBackwardBackward0")],
            ["BinaryCrossEntropyWithLogitsBackward0"] = [New("MulBackward0", 2, 0), New("MulBackward0")],
            ["BinaryCrossEntropyWithLogitsBackward0, mean"] = [New("DivBackward1", 3, 1), New("DivBackward1", 1)],
        };

        private static Rule RuleOf(GradFn fn, int operand) => fn.Name == "CopySlices" && operand > 0 ? OfPart(RuleOf(fn.Writer ?? "CopyBackwards", operand)) : RuleOf(fn.Name + fn.Variant, operand);

        private static Rule RuleOf(string name, int operand) => !Rules.TryGetValue(name, out var rules) ? Product : rules[Math.Min(operand, rules.Length - 1)];

        // What wrote through a view is given a copy of the view's part of the gradient.
        private static Rule OfPart(Rule rule) => rule with { How = How.New, Second = rule.How == How.Same ? "CloneBackward0" : rule.Second };

        /// <summary>The gradient of an operand: what came in when that is handed on, else a new flow.</summary>
        /// <param name="fn">The operation.</param>
        /// <param name="operand">The number of the operand.</param>
        /// <param name="node">The gradient's value.</param>
        /// <param name="flows">The gradients of the results.</param>
        /// <param name="cotangents">Their nodes, as the operation saw them.</param>
        /// <param name="record">Gives the value a derivative of the given name; null when it is not to be differentiated.</param>
        public static Flow Given(GradFn fn, int operand, Node node, Flow?[] flows, Node?[] cotangents, Func<string, Edge>? record)
        {
            var rule = RuleOf(fn, operand);
            var k = Math.Max(0, Array.FindIndex(flows, f => f is not null));
            var passes = rule.How == How.Same && Is(node, cotangents[k]!);
            // A number that was expanded to a number is summed over nothing.
            if (passes && !(fn.Name == "ExpandBackward0" && node.Type.Rank == 0)) return flows[k]!;
            // A view of another shape hands the same gradient on where there is nothing to move.
            if (fn.Name is "SqueezeBackward0" or "SqueezeBackward1" && node.Shape == flows[k]!.Node.Shape) return flows[k]!;
            var isAlias = rule.How is How.View or How.Spread && rule.Written == 0;
            var (isView, layout, second) = (rule.How is How.View or How.Spread or How.Column, Placed(rule.How, fn, operand, node, flows[k]!, cotangents[k]!), rule.Second);
            var written = isAlias ? flows[k]!.Version : (record is null ? null : rule.Recorded) ?? rule.Written;
            // Where an operand was broadcast, the gradient is summed: over leading dimensions that ends in a view of the sum.
            if (rule.How is How.Like or How.Plain or How.Same && fn.Outputs.Length > 0 && fn.Name is not ("RepeatBackward0" or "CumsumBackward0" or "CumprodBackward0" or "FlipBackward0") && node.Shape != fn.Outputs[0].Shape)
            {
                isView = node.Type.Rank is > 0 && node.Type.Rank < fn.Outputs[0].Type.Rank;
                (layout, written, second) = (null, 0, node.Type.Rank == 0 ? "SumBackward0" : isView ? "ViewBackward0" : "SumBackward1");
            }
            if (passes) second = "SumBackward0";
            // Where types were promoted, the gradient is converted back.
            var converted = fn.Outputs.Length > 0 && node.DType != fn.Outputs[0].DType && node.DType.IsComplex == fn.Outputs[0].DType.IsComplex && fn.Name != "ToCopyBackward0";
            if (converted) (isView, isAlias, written, second, layout) = (false, false, 0, "ToCopyBackward0", layout is null ? null : Layouts.Like(node.Type, [layout]));
            return new(node, record?.Invoke(second ?? NameOf(node.Op)) ?? default) { Version = written, IsView = isView, Layout = layout, Base = isAlias && record is null ? flows[k]!.Origin : null };
        }

        // The gradient that came in, perhaps reshaped there and back; one number in all places is folded on the way.
        private static bool Is(Node node, Node cotangent)
        {
            if (node.Shape != cotangent.Shape) return false;
            if (Ops.Constant(node) is { } number) return number.Equals(Ops.Constant(cotangent));
            while (node.Op is Reshape && !ReferenceEquals(node, cotangent)) node = node.Inputs[0];
            return ReferenceEquals(node, cotangent);
        }

        private static Layout? Placed(How how, GradFn fn, int operand, Node node, Flow flow, Node cotangent)
        {
            var spread = how == How.Spread || (how == How.View && node.Type.Count > 0 && flow.Layout is { } wide && wide.Strides.All(s => s == 0));
            if (spread) return node.Type.Rank == 0 ? null : new(node.DType, node.Shape, Dims.Repeat(0, node.Type.Rank), 0);
            if (how == How.Column) return Seen(Layouts.Ordered(node.Type, [1, 0]));
            if (how == How.View) return Seen(Moved(fn, node, cotangent, flow.Layout ?? Layout.Dense(cotangent.Type)));
            if (how == How.Own) return fn.SavedValues is [var own, ..] && own.Tensor.Dims == node.Shape ? Seen(Layouts.Like(node.Type, [own.Tensor.Layout])) : null;
            if (how is not (How.Like or How.Same) || flow.Layout is not { } layout || layout.Shape != node.Shape) return null;
            // Where the gradient is one number spread, what it is multiplied by tells.
            var saved = Array.Find(fn.SavedValues, s => fn.Inputs.Length != 2 || ReferenceEquals(s.Tensor.Node, fn.Inputs[1 - operand])).Tensor;
            return Layouts.Like(node.Type, saved is null || how == How.Same ? [layout] : [layout, saved.Layout]);
        }

        // The layout seen through the movements from the incoming gradient.
        private static Layout? Moved(GradFn fn, Node to, Node from, Layout layout)
        {
            if (fn.Outputs is [{ Op: Permute forth, Inputs: [var operand] }] && ReferenceEquals(operand, fn.Inputs[0])) return layout.Through(new Permute(forth.Inverse), to.Type);
            var path = new Stack<Node>();
            for (var at = to; !ReferenceEquals(at, from); at = at.Inputs[0])
            {
                if (at.Op is not (Permute or Broadcast or Slice or Reshape or Alias)) return null;
                path.Push(at);
            }
            foreach (var node in path)
            {
                if (node.Op is Alias) continue;
                if (layout.Through(node.Op, node.Type) is not { } seen) return null;
                layout = seen;
            }
            return layout;
        }

        private static Layout? Seen(Layout? layout) => layout is null || (Layouts.IsContiguous(layout) && SameStrides(layout, Layout.Dense(new(layout.DType, layout.Shape)))) ? null : layout with { Offset = 0 };

        /// <summary>Whether the gradient can become a variable's as it is: nobody else holds it, and it lies as the variable does.</summary>
        public static bool CanBeTaken(Flow flow, Tensor variable)
        {
            if (flow.Holders > 1 || flow.Node.Shape != variable.Dims) return false;
            if (flow.Layout is not { } layout) return variable.IsPlain || flow.Node.Type.Count == 1 || SameStrides(Layout.Dense(flow.Node.Type), variable.Layout) || (!Layouts.IsDense(variable.Layout) && variable.Type.Count > 0);
            return flow.Node.Type.Count != 1 && (Layouts.IsDense(variable.Layout) ? SameStrides(layout, variable.Layout) : Layouts.IsContiguous(layout));
        }

        private static bool SameStrides(Layout a, Layout b)
        {
            for (var k = 0; k < a.Shape.Count; k++)
                if (a.Shape[k] != 1 && a.Strides[k] != b.Strides[k]) return false;
            return true;
        }

        /// <summary>Whether a sum may be written into its first term: nobody else holds it, it is no view, and it fills its memory.</summary>
        public static bool CanBeAddedTo(Flow flow) => flow.Holders == 1 && !flow.IsView && (flow.Layout is not { } layout || Layouts.IsDense(layout));

        private static string NameOf(Op op) => op switch
        {
            Unary u => u.Title + "Backward0",
            Binary b => b.Title + "Backward0",
            Dot => "MmBackward0",
            Broadcast => "ExpandBackward0",
            Reshape => "ViewBackward0",
            Permute => "TBackward0",
            Reduce => "SumBackward1",
            Select => "WhereBackward0",
            Cast => "ToCopyBackward0",
            _ => op.Name + "Backward0",
        };
    }
}
