using System.Collections.Immutable;
using System.Globalization;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using Tests;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Functions as texts that read back.</summary>
public class TextTests
{
    private static string Written(Function f) => Listing.Of(f, int.MaxValue);

    private static Function Traced(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, params ImmutableArray<TensorType> types) => Function.Of(f, types).Closed;

    private static Function ReadsBack(Function f)
    {
        var text = Written(f);
        var read = Function.Parse(text);
        Assert.True(read.Equals(f), text);
        Assert.Equal(f.GetHashCode(), read.GetHashCode());
        Assert.True(f.Results.SequenceEqual(read.Results));
        Assert.Equal(text, Written(read));
        return read;
    }

    // The graph of some nodes as a function: leaves are its parameters.
    private static Function Of(params ReadOnlySpan<Node> roots) => Function.Between([], roots, n => n.Op is Input).Closed;

    private static Function Nested() => Traced(x =>
    {
        var (carry, outputs) = Scan((c, u) => (Cond(c > u, v => While(w => w < 3, w => w * u + 1, v), v => Sin(v) * c, c), c * u), x[0], x[1]);
        return [carry, outputs, Recompute(v => WithRule("a \"rule\"\n", Sin(v[0]) * carry, [v[0]], (a, y, c) => [c * y * outputs[0]]), x[0])];
    }, TensorType.Float64(), TensorType.Float64(4));

    [Fact]
    public void A_function_is_written_and_read()
    {
        var f = Traced(x => [Scan((c, u) => (c * 0.5 + u, c), x[0], x[1]).Carry, x[1]], TensorType.Float64(), TensorType.Float64(4));
        Assert.Equal("""
            f0 = {
              %0 = Input : float64[]
              %1 = Input : float64[]
              %2 = bare 0.5 : float64[]
              %3 = Mul(%0, %2) : float64[]
              %4 = Add(%3, %1) : float64[]
              → %4, %0
            }
            %0 = Input : float64[]
            %1 = Input : float64[4]
            %2 = Scan(4, constants 0, carries 1: f0)(%0, %1) : (float64[], float64[4])
            %3 = Part(0)(%2) : float64[]
            → %3, %1

            """.ReplaceLineEndings("\n"), Written(f));
        ReadsBack(f);
        var loose = Function.Parse("%x=Input:float64[2]// the point\n\n%unused = Exp ( %x ) : float64[2] %y = Sin(%x) : float64[2] -> %y,%x");
        Assert.Equal(Traced(x => [Sin(x[0]), x[0]], TensorType.Float64(2)), loose);
        Assert.Equal([Math.Sin(0.5), Math.Sin(2)], Evaluate<double>(loose.Apply(Tensor([0.5, 2.0]))[0]));
        ReadsBack(Traced(_ => []));
    }

    [Fact]
    public void Functions_within_functions_read_back()
    {
        var f = ReadsBack(Nested());
        var (p, q) = (Scalar(0.25, DType.Float64), Tensor([0.5, 0.1, 2, 1]));
        Assert.Equal(Nested().Apply(p, q).SelectMany(Evaluate<double>), f.Apply(p, q).SelectMany(Evaluate<double>));
        // A function that two operations hold is written once.
        Func<Node, Node> twice = v => v * v;
        var held = Traced(x => [Cond(x[0] > 0, twice, twice, Cond(x[0] > 1, twice, twice, x[0]))], TensorType.Float64());
        Assert.Equal(1, Written(held).Split("f0 = {").Length - 1);
        Assert.DoesNotContain("f1", Written(held));
        ReadsBack(held);
    }

    // Every operation that there is: the completeness of these samples is what the architecture's tests hold.
    public static TheoryData<string> Ops() => [.. CalculusTable.Samples.Select((s, k) => $"{k} {s.Y.Op}")];

    [Theory, MemberData(nameof(Ops))]
    public void Every_operation_reads_back(string sample)
    {
        var y = CalculusTable.Samples[int.Parse(sample.Split(' ')[0], CultureInfo.InvariantCulture)].Y;
        ReadsBack(Of(y.Type.IsTuple ? [.. y.Type.Parts.Select((_, k) => new Node(new Part(k), y))] : [y]));
        var kinds = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract).ToHashSet();
        var seen = CalculusTable.Samples.Select(s => s.Y.Op).ToList();
        Assert.Equal(kinds, seen.Select(op => op.GetType()).ToHashSet());
        Assert.All(Elementwise.Rows, row => Assert.Contains(row, seen));
    }

    [Fact]
    public void Every_parameter_of_an_operation_reads_back()
    {
        var (x, i) = (Node.Placeholder(TensorType.Float32(6, 4)), Node.Placeholder(TensorType.Int64(5)));
        Node On(Op op, params Node[] more) => new(op, [x, .. more]);
        Node[] nodes =
        [
            On(new Polygamma(7)), On(new Reshape([2, 3, 4, 1])), On(new Permute([1, 0])), On(new Slice([1, 0], [2, 2], [3, 2])), On(new Pad([20, 9], [1, 2], [3, 2])), On(new Flip([0, 1])), On(new Flip([])),
            On(new Concat(1), x, x), On(new Insert([1, 0], [2, 3]), Node.Placeholder(TensorType.Float32(2, 1))), On(new Windows(1, 2, 3, 1)), On(new Windows(0, 2, 1, 4)), On(new Fold(new Windows(0, 4, 1, 2), 12)),
            .. Enum.GetValues<Combine>().Select(how => On(new Reduce(how, [0, 1]))), On(new Reduce(Combine.Sum, [])), On(new ArgMax(1)), On(new CumSum(1, true)), On(new CumSum(0, false)),
            .. Enumerable.Range(0, 8).Select(k => new Node(new TriangularSolve((k & 1) > 0, (k & 2) > 0, (k & 4) > 0), Node.Placeholder(TensorType.Float32(2, 3, 3)), Node.Placeholder(TensorType.Float32(2, 3, 1)))),
            On(new Take(1), i), On(new Scatter(0, true), i, Node.Placeholder(TensorType.Float32(5, 4))), On(new Scatter(0, false), i, Node.Placeholder(TensorType.Float32(5, 4))), On(new ArgSort(1, true)), On(new ArgSort(0, false)),
            new(new RandomBits([3, 2]), Node.Placeholder(TensorType.Int64(2))), .. Enum.GetValues<DType>().Where(t => !t.IsComplex).Select(t => On(new Cast(t))), .. Enum.GetValues<DType>().Where(t => !t.IsHalf && !t.IsComplex).Select(t => new Node(new Iota(2, t), [])),
            ToComplex(x, x), Conj(Node.Placeholder(new(DType.Complex64, [2]))),
            Broadcast(Node.Placeholder(TensorType.Int64(1, 1)), [0, long.MaxValue / 8]),
        ];
        foreach (var node in nodes) ReadsBack(Of(node));
        foreach (var reverse in new[] { false, true })
            ReadsBack(Of(Scan((c, u) => (c * u, c), Node.Placeholder(TensorType.Float64()), Node.Placeholder(TensorType.Float64(3)), reverse).Carry));
        ReadsBack(Of(Scan((_, _) => ([], [Arange(2)]), [], [], length: 3).Outputs[0]));
    }

    [Fact]
    public void Numbers_read_back_to_the_last_bit()
    {
        double[] special = [0, -0.0, 1, -1, 0.1, 1e300, -1e-300, double.Epsilon, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, Math.PI, 1e16, 123456789012345678];
        var random = new Random(7);
        var all = special.Concat(Enumerable.Range(0, 2000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)))).Concat([BitConverter.Int64BitsToDouble(0x7FF8000000000001), BitConverter.Int64BitsToDouble(0x7FF0000000000001)]).ToList();
        Literal[] literals =
        [
            .. all.Select(v => new Literal(DType.Float64, BitConverter.DoubleToInt64Bits(v))), .. all.Select(v => new Literal(DType.Float32, BitConverter.DoubleToInt64Bits((double)(float)v))),
            .. new[] { 0, 1, -1, long.MaxValue, long.MinValue, 127, -128, 255, 32767 }.SelectMany(v => Enum.GetValues<DType>().Where(t => !t.IsSmooth).Select(t => Literal.Of(v, t))),
        ];
        foreach (var literal in literals)
        {
            Node node = new(literal, []), bare = new(literal with { IsNumber = true }, []);
            ReadsBack(Of(node));
            var read = ReadsBack(Of(bare));
            Assert.NotEqual(Of(node), read);
            Assert.Equal(literal.Bits, ((Literal)read.Apply()[0].Op).Bits);
        }
    }

    public static TheoryData<string> Rows() => [.. Catalogue.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Rows))]
    public void Every_row_of_the_catalogue_reads_back_with_its_derivatives(string name)
    {
        var random = new Random(name.Length);
        foreach (var row in Catalogue.All.Where(r => r.Name == name))
            foreach (var tape in new[] { new Tape(), new Tape([.. Enumerable.Range(0, 40).Select(_ => random.Next())]) })
            {
                var subject = row.Make(tape);
                ReadsBack(Traced(x => [subject.F([.. x])], [.. subject.Inputs.Select(x => x.Type)]));
                ReadsBack(Traced(x =>
                {
                    var y = subject.F([.. x]);
                    var gradients = Gradient.Of([y], [y * 2], x.AsSpan());
                    return [.. gradients.OfType<Node>(), .. Tangent.Of([y], x.AsSpan(), x.AsSpan()).OfType<Node>()];
                }, [.. subject.Inputs.Select(x => x.Type)]));
            }
    }

    [Theory]
    [InlineData("", "line 1: expected % or →, found the end")]
    [InlineData("hello", "line 1: expected '=', found the end")]
    [InlineData("%0 = Input : float64[2]\n%1 = Sine(%0) : float64[2]\n→ %1", "line 2: expected an operation, found 'Sine(%0) : float64[2]'")]
    [InlineData("%0 = Input : float64[2]\n%1 = Sin(%0) : float64[3]\n→ %1", "line 2: expected 'float64[2]', found 'float64[3]'")]
    [InlineData("%0 = Input : float64[2]\n%1 = Sin(%2) : float64[2]\n→ %1", "line 2: expected a node of a line before, found '2) : float64[2]'")]
    [InlineData("%0 = Input : float64[2]\n%1 = Sin(%0, %0) : float64[2]\n→ %1", "line 2: expected 1 operands of Sin, found 2")]
    [InlineData("%0 = Input : float64[2]\n%0 = Sin(%0) : float64[2]\n→ %0", "line 2: expected a name that is not taken, found '0 = Sin(%0) : float64[2]'")]
    [InlineData("%0 = Input : float65[2]\n→ %0", "line 1: expected an element type, found 'float65")]
    [InlineData("%0 = Input : float64[2]\n%1 = Take(x)(%0, %0) : float64[2]\n→ %1", "line 2: expected an integer of 64 bits, found 'x)(%0, %0)")]
    [InlineData("%0 = Input : float64[2]\n%1 = Take(99999999999)(%0, %0) : float64[2]\n→ %1", "line 2: expected an integer of 32 bits, found '99999999999)")]
    [InlineData("%0 = 1.5 : int64[]\n→ %0", "line 1: expected a type that holds 1.5, found 'int64[]'")]
    [InlineData("%0 = 300 : uint8[]\n→ %0", "line 1: expected a type that holds 300, found 'uint8[]'")]
    [InlineData("%0 = 0.1 : float32[]\n→ %0", "line 1: expected a type that holds 0.1, found 'float32[]'")]
    [InlineData("%0 = NaN(0x1) : float64[]\n→ %0", "line 1: expected the bits of a NaN, found '1) : float64[]'")]
    [InlineData("%0 = Input : bool[]\n%1 = Cond(f0; f1)(%0) : (bool[])\n→ %1", "line 2: expected a function of a section before, found 'f0; f1)(%0) : (bool[])")]
    [InlineData("f0 = {\n  → \n}\nf0 = {\n → \n}\n→ ", "line 4: expected a name that is not taken, found 'f0 = {'")]
    [InlineData("→ \n}", "line 2: expected the end, found '}'")]
    public void What_cannot_be_read_is_said_with_its_line(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Function.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Operations_are_checked_as_they_are_where_they_are_built()
    {
        void Misfit(string text, string message) => Assert.StartsWith(message, Assert.Throws<ShapeException>(() => Function.Parse(text)).Message, StringComparison.Ordinal);
        Misfit("%0 = Input : float64[2]\n%1 = Input : float64[3]\n%2 = Add(%0, %1) : float64[3]\n→ %2", "line 3: Add: operands float64[2] and float64[3] do not fit");
        Misfit("%0 = Input : float64[-2]\n→ %0", "line 1: a size in shape [-2] is negative");
        Misfit("%0 = Input : float64[9223372036854775807, 4]\n→ %0", "line 1: the element count");
        Misfit("%0 = Concat(0) : float64[2]\n→ %0", "line 1: Concat");
        // A step that makes less than it is given, one that counts wrongly, and a rule for another value.
        var scan = Written(Traced(x => [Scan((c, u) => (c + u, c), x[0], x[1]).Carry], TensorType.Float64(), TensorType.Float64(4)));
        Function.Parse(scan);
        Misfit(scan.Replace("carries 1", "carries 3", StringComparison.Ordinal), "line 9: Scan");
        Misfit(scan.Replace("constants 0", "constants 1", StringComparison.Ordinal), "line 9: Scan");
        Misfit(scan.Replace("constants 0, carries 1", "constants -1, carries 2", StringComparison.Ordinal), "line 9: Scan");
        Misfit(scan.Replace("(%0, %1) : (float", "(%0) : (float", StringComparison.Ordinal), "line 9: Scan");
        Misfit(scan.Replace("Scan(4", "Scan(-4", StringComparison.Ordinal), "line 9: Scan");
        var custom = Written(Traced(x => [WithRule("R", x[0] * x[1], [x[0]], (a, y, c) => [c * y])], TensorType.Float64(3), TensorType.Float64(3)));
        Function.Parse(custom);
        Misfit(custom.Replace("1 of [0]", "1 of [1]", StringComparison.Ordinal), "line");
        Misfit(custom.Replace("1 of [0]", "2 of [0]", StringComparison.Ordinal), "line");
        Misfit(custom.Replace("1 of [0]", "-1 of [0]", StringComparison.Ordinal), "line");
    }

    [Fact]
    public void Changed_texts_are_read_or_refused()
    {
        string[] texts = [Written(Nested()), .. CalculusTable.Samples.Where(s => !s.Y.Type.IsTuple).Select(s => Written(Of(s.Y)))];
        var random = new Random(11);
        string[] pieces = ["%", "0", "9223372036854775807", "-1", "[", "]", "(", ")", ",", ":", "→", "{", "}", "\"", "\\", "f0", "f1", "NaN", "bare ", "Input", "float64[]", "Part(0)", "Max", " ", "\n", "//"];
        var (read, refused) = (0, 0);
        for (var n = 0; n < 20_000; n++)
        {
            var text = texts[random.Next(3) == 0 ? 0 : random.Next(texts.Length)];
            for (var k = random.Next(3); k >= 0; k--)
            {
                var (from, to) = (random.Next(text.Length + 1), random.Next(text.Length + 1));
                var lines = text.Split('\n');
                text = random.Next(5) switch
                {
                    0 => text.Remove(from, Math.Min(random.Next(4), text.Length - from)),
                    1 => text.Insert(from, pieces[random.Next(pieces.Length)]),
                    2 => text[..from] + pieces[random.Next(pieces.Length)] + text[Math.Min(text.Length, from + 1)..],
                    3 => text.Insert(from, text[Math.Min(from, to)..Math.Min(Math.Min(from, to) + 12, text.Length)]),
                    _ => string.Join('\n', [.. lines[..random.Next(lines.Length)], .. lines[random.Next(lines.Length)..]]),
                };
            }
            Function f;
            try
            {
                f = Function.Parse(text);
            }
            catch (Exception e) when (e is FormatException or ShapeException)
            {
                Assert.StartsWith("line ", e.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }
            read++;
            ReadsBack(f);
        }
        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    // Each line would else be counted from the beginning.
    [Fact]
    public void A_long_text_is_read_line_by_line()
    {
        var text = new System.Text.StringBuilder(new string('\n', 4 << 20)).Append("%0 = Input : float64[]\n");
        for (var k = 1; k < 20_000; k++) text.Append(CultureInfo.InvariantCulture, $"%{k} = Sin(%{k - 1}) : float64[]\n");
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal(20_000, Function.Parse(text.Append("→ %19999\n").ToString()).Lines);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
        Assert.StartsWith("line 4194307: Add", Assert.Throws<ShapeException>(() => Function.Parse(new string('\n', 4 << 20) + "%0 = Input : float64[2]\n%1 = Input : float64[3]\n%2 = Add(%0, %1)\n: float64[]\n→ %2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_long_and_nested_texts_do_no_harm() => SmallStack.Run(() =>
    {
        var deep = new System.Text.StringBuilder("%0 = Input : float64[]\n");
        for (var k = 1; k < 50_000; k++) deep.Append(CultureInfo.InvariantCulture, $"%{k} = Sin(%{k - 1}) : float64[]\n");
        ReadsBack(Function.Parse(deep.Append("→ %49999\n").ToString()));
        static string Nest(int depth)
        {
            var nested = new System.Text.StringBuilder("f0 = { %0 = Input : float64[] → %0 }\n");
            // Each holds the one before it twice: all paths through them would be more than there are atoms.
            for (var k = 1; k < depth; k++)
                nested.Append(CultureInfo.InvariantCulture, $"f{k} = {{ %0 = Input : float64[] %c = 1 : bool[] %1 = Cond(f{k - 1}; f{k - 1})(%c, %0) : (float64[]) %2 = Part(0)(%1) : float64[] → %2 }}\n");
            return nested.Append(CultureInfo.InvariantCulture, $"%0 = Input : float64[] %c = 1 : bool[] %1 = Cond(f{depth - 1}; f{depth - 1})(%c, %0) : (float64[]) %2 = Part(0)(%1) : float64[] → %2\n").ToString();
        }
        var f = Function.Parse(Nest(128));
        Assert.Equal(Written(f), Written(Function.Parse(Written(f))));
        Assert.Contains("nested at most 128 deep", Assert.Throws<FormatException>(() => Function.Parse(Nest(129))).Message, StringComparison.Ordinal);
        Assert.Contains("1024 entries", Assert.Throws<FormatException>(() => Function.Parse($"%0 = Input : float64[{string.Join(", ", Enumerable.Repeat(1, 100_000))}]\n→ %0")).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Function.Parse(new string('(', 1_000_000)));
        Assert.Throws<FormatException>(() => Function.Parse("%0 = Custom(\"" + new string('\\', 100_000)));
    });

    [Fact]
    public void A_listing_is_bounded_with_what_it_holds()
    {
        var f = Nested();
        var lines = Written(f).Split('\n').Count(l => l.Contains(" = ", StringComparison.Ordinal) && l.Contains('%', StringComparison.Ordinal));
        for (var limit = 0; limit <= lines; limit++)
        {
            var text = Listing.Of(f, limit);
            Assert.Equal(limit, text.Split('\n').Count(l => l.Contains(" = ", StringComparison.Ordinal) && l.Contains('%', StringComparison.Ordinal)));
            Assert.Equal(limit < lines, text.StartsWith($"… {lines - limit} earlier nodes\n", StringComparison.Ordinal));
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
        }
    }
}
