using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public sealed partial class Function
    {
        /// <summary>
        /// Reads what <see cref="Listing.Of(Function, int)"/> wrote without a limit. Functions that operations hold stand first, each between
        /// braces under a name; then come the function's own lines: <c>%2 = Mul(%0, %1) : float64[3]</c>. Parameters are <c>Input</c>; after <c>→</c> (or -&gt;) come the
        /// results. Nodes may have any names, text from // to the end of a line is passed over, and what no result needs is left out.
        /// </summary>
        /// <param name="text">The text.</param>
        /// <exception cref="FormatException">The text is none of a function; the message names the line, what was expected and what was found.</exception>
        /// <exception cref="ShapeException">An operation does not fit its operands; the message names the line.</exception>
        public static Function Parse(string text) => new Reading(text).Function();
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>Reads functions: a row for each operation, which reads what its <c>Text</c> writes.</summary>
    internal sealed class Reading(string text) : Scanner(text)
    {
        // Comparing and differentiating functions goes as deep as they are nested.
        private const int Deepest = 128;

        // The number of operands, or -1 where the operation counts them itself, and what is read after the name.
        private static readonly FrozenDictionary<string, (int Operands, Func<Reading, Op> Read)> rows = new Dictionary<string, (int, Func<Reading, Op>)>(
        [
            .. Elementwise.Rows.Select(op => KeyValuePair.Create<string, (int, Func<Reading, Op>)>(op.Name, (op is Unary ? 1 : 2, _ => op))),
            new("Polygamma", With(1, r => new Polygamma(r.Int()))),
            new("Select", (3, _ => Select.Instance)),
            new("ComplexOf", (2, _ => ComplexOf.Instance)),
            new("Real", (1, _ => new Component(false))),
            new("Imag", (1, _ => new Component(true))),
            new("Cast", With(1, r => new Cast(r.DType()))),
            new("Iota", With(0, r => new Iota(r.Long(), r.After(",").DType()))),
            new("Reshape", With(1, r => new Reshape(r.Dims()))),
            new("Permute", With(1, r => new Permute(r.Dims()))),
            new("Broadcast", With(1, r => new Broadcast(r.Dims()))),
            new("Slice", With(1, r => new Slice(r.Dims(), r.After("+").Dims(), r.After("by").Dims()))),
            new("Pad", With(1, r => new Pad(r.Dims(), r.After("from").Dims(), r.After("by").Dims()))),
            new("Flip", With(1, r => new Flip(r.Dims()))),
            new("Concat", With(-1, r => new Concat(r.Int()))),
            new("Insert", With(2, r => new Insert(r.Dims(), r.After("by").Dims()))),
            new("Windows", With(1, r => r.Windows())),
            new("Fold", With(1, r => new Fold(r.After("Windows").After("(").Windows(), r.After(")").After(",").Long()))),
            new("Sum", With(1, r => new Reduce(Combine.Sum, r.Dims()))),
            new("Prod", With(1, r => new Reduce(Combine.Prod, r.Dims()))),
            new("MaxOver", With(1, r => new Reduce(Combine.Max, r.Dims()))),
            new("MinOver", With(1, r => new Reduce(Combine.Min, r.Dims()))),
            new("ArgMax", With(1, r => new ArgMax(r.Int()))),
            new("CumSum", With(1, r => new CumSum(r.Int(), r.Try(", reverse")))),
            new("Dot", (2, _ => Dot.Instance)),
            new("Cholesky", (1, _ => Cholesky.Instance)),
            new("TriangularSolve", With(2, r => new TriangularSolve(r.Either("lower", "upper"), r.Try(", transposed"), r.Try(", unit")))),
            new("Fourier", With(1, r => new Fourier(r.Either("inverse", "forward")))),
            new("Lu", (1, _ => Lu.Instance)),
            new("Qr", (1, _ => Qr.Instance)),
            new("Eigh", (1, _ => Eigh.Instance)),
            new("Svd", (1, _ => Svd.Instance)),
            new("Take", With(2, r => new Take(r.Int()))),
            new("ScatterAdd", With(3, r => new Scatter(r.Int(), true))),
            new("ScatterSet", With(3, r => new Scatter(r.Int(), false))),
            new("ArgSort", With(1, r => new ArgSort(r.Int(), r.Try(", descending")))),
            new("RandomBits", With(1, r => new RandomBits(r.Dims()))),
            new("Detach", (1, _ => Detach.Instance)),
            new("Alias", (1, _ => Alias.Instance)),
            new("Checkpoint", (2, _ => Checkpoint.Instance)),
            new("Part", With(1, r => new Part(r.Int()))),
            new("Cond", With(-1, r => new Cond(r.Held(), r.After(";").Held()))),
            new("While", With(-1, r => new While(constants: r.After("constants").Int(), test: r.After(":").Held(), body: r.After(";").Held()))),
            new("Scan", With(-1, r => new Scan(length: r.Long(), constants: r.After(", constants").Int(), carries: r.After(", carries").Int(),
                reverse: r.Try(", reverse"), body: r.After(":").Held()))),
            new("Recompute", With(-1, r => new Recompute(r.Held()))),
            new("Custom", With(-1, r => new Custom(title: r.Quotation(), arguments: r.After(",").Int(), given: r.After("of").Dims(), rule: r.After(":").Held(), plain: r.Try(";") ? r.Held() : null))),
        ]).ToFrozenDictionary();

        private static (int, Func<Reading, Op>) With(int operands, Func<Reading, Op> read) => (operands, r => r.Parenthesized(read));

        private Op Parenthesized(Func<Reading, Op> read)
        {
            Expect("(");
            var op = read(this);
            Expect(")");
            return op;
        }

        private readonly Dictionary<string, (Function Function, int Depth)> functions = [];
        private readonly HashSet<Function> known = [];

        // How deep the functions are nested that the present one holds.
        private int depth;

        public Function Function()
        {
            while (!AtEnd && !Sees("%") && !AtResults())
            {
                var name = Word("a function's name, % or →");
                if (functions.ContainsKey(name)) throw Back("a name that is not taken");
                Expect("=");
                Expect("{");
                var function = Body();
                Expect("}");
                // Equal ones are one, so that comparing those that hold them stays cheap.
                if (!known.TryGetValue(function, out var same)) known.Add(same = function);
                functions[name] = (same, depth + 1);
            }
            var result = Body();
            return AtEnd ? result : throw Wrong("the end");
        }

        private bool AtResults() => Sees("→") || Sees("->");

        private Function Body()
        {
            depth = 0;
            var nodes = new Dictionary<string, Node>();
            var parameters = new List<Node>();
            while (!AtResults())
            {
                if (!Try("%")) throw Wrong("% or →");
                var name = Word("a node's name");
                if (nodes.ContainsKey(name)) throw Back("a name that is not taken");
                Expect("=");
                var start = At;
                try
                {
                    var node = nodes[name] = Applied(nodes);
                    if (node.Op is Input) parameters.Add(node);
                }
                catch (ShapeException e)
                {
                    throw new ShapeException($"line {LineOf(start)}: {e.Message}");
                }
            }
            if (!Try("→")) Expect("->");
            List<Node> results = [];
            while (results.Count == 0 ? Sees("%") : Try(",")) results.Add(Named(nodes));
            if (results.Exists(r => r.Type.IsTuple)) throw Back("a tensor and not a tuple");
            return Functional.Autograd.Function.Between([.. parameters], [.. results], _ => false).Closed;
        }

        private Node Named(Dictionary<string, Node> nodes)
        {
            Expect("%");
            return nodes.TryGetValue(Word("a node's name"), out var node) ? node : throw Back("a node of a line before");
        }

        private Node Applied(Dictionary<string, Node> nodes)
        {
            var bare = Try("bare ");
            var title = Number();
            if (bare || char.IsAsciiDigit(title[^1]) && !char.IsAsciiLetter(title[0]) || title is "NaN" or "Infinity" or "-Infinity") return Literal(title, bare);
            if (title == "Input")
            {
                Expect(":");
                return Node.Placeholder(Type());
            }
            if (!rows.TryGetValue(title, out var row)) throw Back("an operation");
            var op = row.Read(this);
            List<Node> operands = [];
            if (Try("("))
            {
                do operands.Add(Named(nodes));
                while (Try(","));
                Expect(")");
            }
            if (row.Operands >= 0 && operands.Count != row.Operands) throw Wrong($"{row.Operands} operands of {title}", $"{operands.Count}");
            if (op is not Part && operands.Exists(x => x.Type.IsTuple)) throw Back("tensors as operands and no tuples");
            var node = new Node(op, [.. operands]);
            Expect(":");
            Expect(node.Type.ToString());
            return node;
        }

        private Node Literal(string digits, bool bare)
        {
            var bits = digits == "NaN" && Try("(0x") ? Payload() : (long?)null;
            Expect(":");
            var type = Type();
            if (type.Rank > 0 || type.DType.IsComplex) throw Back("a real type without axes");
            if (!type.DType.IsFloat)
            {
                if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) || Primitives.Literal.Of(whole, type.DType).Bits != whole) throw Back($"a type that holds {digits}");
                bits = whole;
            }
            else if (bits is null)
            {
                if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || Primitives.Literal.Of(value, type.DType).Value is var held && !held.Equals(value)) throw Back($"a type that holds {digits}");
                bits = BitConverter.DoubleToInt64Bits(value);
            }
            return new(new Literal(type.DType, bits.Value, bare));
        }

        private long Payload()
        {
            var bits = Parsed(long.TryParse(Word("the bits of a NaN"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && double.IsNaN(BitConverter.Int64BitsToDouble(value)), value, "the bits of a NaN");
            Expect(")");
            return bits;
        }

        private Reading After(string token)
        {
            Expect(token);
            return this;
        }

        private bool Either(string yes, string no)
        {
            if (Try(yes)) return true;
            Expect(no);
            return false;
        }

        private Windows Windows() => new(After("axis").Int(), After(", size").Long(), After(", stride").Long(), After(", dilation").Long());

        private Function Held()
        {
            if (!functions.TryGetValue(Word("a function's name"), out var held)) throw Back("a function of a section before");
            if (held.Depth > Deepest) throw Back($"functions that are nested at most {Deepest} deep");
            depth = Math.Max(depth, held.Depth);
            return held.Function;
        }
    }
}
