using System.Collections.Concurrent;
using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>
        /// A value with a derivative of the caller's own in place of the one that its graph would give with respect to some arguments.
        /// What else the value depends on is differentiated as the value was made of it, with the arguments held fixed.
        /// </summary>
        /// <param name="name">The name in listings and messages.</param>
        /// <param name="value">The value.</param>
        /// <param name="arguments">What the rule gives cotangents of.</param>
        /// <param name="rule">
        /// From (arguments, result, cotangent) to one cotangent per argument, linear in the cotangent; null for zero. It is called once, here,
        /// with placeholders; derivatives of higher order reach what it captures.
        /// </param>
        /// <exception cref="ShapeException">The rule gives another number of cotangents than there are arguments, or one of another type than its argument's.</exception>
        /// <exception cref="InvalidOperationException">The rule throws; its exception is the inner one.</exception>
        public static Node WithRule(string name, Node value, ImmutableArray<Node> arguments, Func<ImmutableArray<Node>, Node, Node, IReadOnlyList<Node?>> rule)
        {
            var n = arguments.Length;
            List<long> given = [];
            var (closed, captured) = Function.Of($"the rule of {name}", Traced, [.. arguments.Select(a => a.Type), value.Type, value.Type]);
            var (plain, others) = Plain(value, arguments);
            return new(new Custom(name, n, plain, closed, Dims.From(given)), [Detach(value), .. arguments, .. others, .. captured]);

            ImmutableArray<Node> Traced(ImmutableArray<Node> x)
            {
                var cotangents = Called(name, rule, x);
                if (cotangents?.Count != n) throw new ShapeException($"{name}: the rule gave {cotangents?.Count ?? 0} cotangents for {n} arguments");
                var some = ImmutableArray.CreateBuilder<Node>(n);
                for (var k = 0; k < n; k++)
                {
                    if (cotangents[k] is not { } c) continue;
                    if (!c.Type.Equals(arguments[k].Type)) throw new ShapeException($"{name}: the rule gave a cotangent of type {c.Type} for argument {k} of type {arguments[k].Type}");
                    given.Add(k);
                    some.Add(c);
                }
                return some.ToImmutable();
            }
        }

        private static IReadOnlyList<Node?>? Called(string name, Func<ImmutableArray<Node>, Node, Node, IReadOnlyList<Node?>?> rule, ImmutableArray<Node> x)
        {
            try
            {
                return rule(x[..^2], x[^2], x[^1]);
            }
            catch (Exception e) when (!e.Message.StartsWith($"{name}: ", StringComparison.Ordinal)) // it is told already whose rule it is
            {
                throw new InvalidOperationException($"{name}: the rule failed: {e.Message}", e);
            }
        }

        // The value as a function of the arguments and of what else it is made of: the nearest nodes that do not depend on them. None
        // where there is nothing else to differentiate.
        private static (Function? Closed, ImmutableArray<Node> Others) Plain(Node value, ImmutableArray<Node> arguments)
        {
            HashSet<Node> inside;
            using (var numbering = Numbering.Begin())
            {
                for (var k = 0; k < arguments.Length; k++) numbering.Set(arguments[k], ~k);
                var order = Traversal.Order([value], Ends, numbering);
                var follows = new bool[order.Count];
                bool IsOther(int n) => n >= 0 && !follows[n] && !Ends(order[n]) && Constant(order[n]) is null;
                for (var i = 0; i < follows.Length; i++)
                    if (!Ends(order[i]))
                        foreach (var input in order[i].Inputs) follows[i] |= numbering[input] is var n && (n < 0 || follows[n]);
                var any = IsOther(numbering[value]);
                for (var i = 0; i < follows.Length && !any; i++)
                    if (follows[i])
                        foreach (var input in order[i].Inputs) any |= IsOther(numbering[input]);
                if (!any) return (null, []);
                inside = new(order.Where((_, i) => follows[i]), ReferenceEqualityComparer.Instance);
            }
            return Function.Between(arguments.AsSpan(), [value], n => !inside.Contains(n) && Constant(n) is null);
        }

        // Where no derivative passes.
        private static bool Ends(Node node) => !node.Type.IsSmooth || node.Op is Primitives.Detach;
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>
    /// A value with a rule of the user's own. The operands are the value, the arguments that the rule gives cotangents of, what else the
    /// value is made of, and what the rule captured.
    /// </summary>
    public sealed record Custom : Ruled
    {
        internal Custom(string title, int arguments, Function? plain, Function rule, Dims given) => (Title, Arguments, Plain, Rule, Given) = (title, arguments, plain, rule, given);

        /// <summary>The name in listings and messages.</summary>
        public string Title { get; }

        /// <summary>How many arguments there are.</summary>
        public int Arguments { get; }

        /// <summary>From (arguments, what else the value is made of) to the value; none where nothing else has a derivative.</summary>
        public Function? Plain { get; }

        /// <summary>From (arguments, result, cotangent, captured) to cotangents, linear in the cotangent.</summary>
        public Function Rule { get; }

        /// <summary>Which argument each result of the rule is for; all others have none.</summary>
        public Dims Given { get; }

        /// <inheritdoc/>
        public override string Name => Title;

        internal override void Pull(Node y, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
        {
            if (active.Slice(1, Arguments).Contains(true))
            {
                var ruled = Cotangents(y, c);
                for (var k = 0; k < ruled.Length; k++)
                    if (1 + (int)Given[k] is var operand && active[operand]) cotangents[operand] = ruled[k];
            }
            if (!active.Slice(1 + Arguments, Others).Contains(true)) return;
            bool[] moving = [.. new bool[Arguments], .. active.Slice(1 + Arguments, Others)];
            Gradient.Through(Plain!, Fresh(y), c, moving, cotangents.Slice(1, moving.Length));
        }

        internal override Node? Push(Node y, ReadOnlySpan<Node?> tangents)
        {
            List<int> moving = [];
            List<Node> along = [];
            for (var k = 0; k < Given.Count; k++)
                if (tangents[1 + (int)Given[k]] is { } t)
                {
                    moving.Add(k);
                    along.Add(t);
                }
            if (moving.Count > 0 && !IsLinear) throw new InvalidOperationException($"{Title}: the rule is not linear in the cotangent, so there is no forward mode through it; use reverse mode");
            var ruled = moving.Count == 0 ? null : Tangent.Transposed(y, c => Cotangents(y, c) is var all ? [.. moving.Select(k => all[k])] : [], [.. along]);
            var fresh = Fresh(y);
            var plain = Plain is null ? null : Tangent.Along(Plain.Apply(fresh).AsSpan(), fresh, [.. new Node?[Arguments], .. tangents.Slice(1 + Arguments, Others)])[0];
            return ruled is not null && plain is not null ? ruled + plain : ruled ?? plain;
        }

        // The rule's cotangents are each row's own; what broadcast an argument adds them.
        internal override Node Batch(Node y, ReadOnlySpan<Node?> rows)
        {
            var (n, differs) = (BatchSize(rows), Differing(rows));
            differs.AsSpan(0, 1 + Arguments).Fill(true);
            var rule = Batching.Of(Rule, n, [.. differs.AsSpan(1, Arguments), true, true, .. differs.AsSpan(1 + Arguments + Others)]);
            var plain = Plain is null ? null : Batching.Of(Plain, n, differs[1..(1 + Arguments + Others)]);
            return new(new Custom(Title, Arguments, plain, rule, Given), Each(y, rows, differs));
        }

        // Found out once of equal rules, as long as they are not too many: each might be another.
        private static readonly ConcurrentDictionary<(Function Rule, int Cotangent), bool> Known = [];

        private bool IsLinear
        {
            get
            {
                if (Known.Count > 1000) Known.Clear();
                return Known.GetOrAdd((Rule, 1 + Arguments), static of => Tangent.IsLinear(of.Rule, [.. of.Rule.Parameters.Select((_, k) => k == of.Cotangent)]));
            }
        }

        private int Others => Plain is null ? 0 : Plain.Parameters.Length - Arguments;

        private Node[] Fresh(Node y) => Fresh(y.Inputs.Skip(1).Take(Arguments + Others));

        private ImmutableArray<Node> Cotangents(Node y, Node c) => Rule.Apply([.. y.Inputs[1..(1 + Arguments)], y, c, .. y.Inputs.AsSpan()[(1 + Arguments + Others)..]]);

        /// <inheritdoc/>
        public override IReadOnlyList<Function> Functions => Plain is null ? [Rule] : [Rule, Plain];

        private protected override IEnumerable<TensorType>? Takes(TensorType value)
        {
            var (n, takes) = (Arguments, Rule.Parameters);
            if (n < 0 || n > takes.Length - 2 || !takes[n].Equals(value) || !takes[n + 1].Equals(value) || Given.Count != Rule.Results.Length) return null;
            for (var k = 0; k < Given.Count; k++)
                if (Given[k] < 0 || Given[k] >= n || !Rule.Results[k].Equals(takes[(int)Given[k]])) return null;
            if (Plain is not null && !(Plain.Parameters.Take(n).SequenceEqual(takes[..n]) && Plain.Results is [var same] && same.Equals(value))) return null;
            return [value, .. takes[..n], .. Plain?.Parameters[n..] ?? [], .. takes[(n + 2)..]];
        }

        internal override string Written(Func<Function, string> name) => $"Custom({Scanner.Quoted(Title)}, {Arguments} of {Given}: {string.Join("; ", Functions.Select(name))})";
    }
}
