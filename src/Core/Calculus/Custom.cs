using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>
        /// A value with a derivative of the caller's own in place of the one that its graph would give with respect to some arguments.
        /// What else the value depends on is differentiated through its graph, with the arguments held fixed.
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
            var others = Others(value, arguments);
            return new(new Custom(name, n, others.Length, closed, Dims.From(given)), [Detach(value), .. arguments, .. others, .. captured]);

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
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name}: the rule failed: {e.Message}", e);
            }
        }

        // What the value depends on beside the arguments: the nearest nodes that do not depend on them.
        private static ImmutableArray<Node> Others(Node value, ImmutableArray<Node> arguments)
        {
            using var numbering = Numbering.Begin();
            for (var k = 0; k < arguments.Length; k++) numbering.Set(arguments[k], ~k);
            var order = Traversal.Order([value], Ends, numbering);
            var (follows, others) = (new bool[order.Count], ImmutableArray.CreateBuilder<Node>());
            for (var i = 0; i < follows.Length; i++)
                if (!Ends(order[i]))
                    foreach (var input in order[i].Inputs) follows[i] |= numbering[input] is var n && (n < 0 || follows[n]);
            for (var i = 0; i < follows.Length; i++)
                if (follows[i])
                    foreach (var input in order[i].Inputs) Meet(numbering[input]);
            if (order.Count > 0) Meet(order.Count - 1);
            return others.ToImmutable();

            void Meet(int n)
            {
                if (n < 0 || follows[n] || Ends(order[n]) || Constant(order[n]) is not null) return;
                follows[n] = true;
                others.Add(order[n]);
            }
        }

        // Where no derivative passes.
        private static bool Ends(Node node) => !node.DType.IsFloat || node.Op is Primitives.Detach;
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>
    /// A value with a rule of the user's own. The operands are the value, the arguments that the rule gives cotangents of, what else the
    /// value depends on, and what the rule captured.
    /// </summary>
    public sealed record Custom : Ruled
    {
        internal Custom(string title, int arguments, int others, Function rule, Dims given) => (Title, Arguments, Others, Rule, Given) = (title, arguments, others, rule, given);

        /// <summary>The name in listings and messages.</summary>
        public string Title { get; }

        /// <summary>How many arguments there are.</summary>
        public int Arguments { get; }

        /// <summary>How many operands after the arguments are differentiated through the value's graph.</summary>
        public int Others { get; }

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
            var plain = Gradient.Of([Graph(y)], [c], OthersOf(y), ArgumentsOf(y));
            plain.CopyTo(cotangents[(1 + Arguments)..]);
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
            var ruled = moving.Count == 0 ? null : Tangent.Transposed(y, c => Cotangents(y, c) is var all ? [.. moving.Select(k => all[k])] : [], [.. along]);
            var plain = Tangent.Along([Graph(y)], [.. OthersOf(y), .. ArgumentsOf(y)], [.. tangents.Slice(1 + Arguments, Others), .. new Node?[Arguments]])[0];
            return ruled is not null && plain is not null ? ruled + plain : ruled ?? plain;
        }

        private static Node Graph(Node y) => y.Inputs[0].Inputs[0];

        private ReadOnlySpan<Node> ArgumentsOf(Node y) => y.Inputs.AsSpan(1, Arguments);

        private ReadOnlySpan<Node> OthersOf(Node y) => y.Inputs.AsSpan(1 + Arguments, Others);

        private ImmutableArray<Node> Cotangents(Node y, Node c) => Rule.Apply([.. ArgumentsOf(y), y, c, .. y.Inputs.AsSpan()[(1 + Arguments + Others)..]]);

        private protected override string Text => Title;
    }
}
