using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.torch;

namespace Properties;

/// <summary>Every facade function against the operation of Core that it is: value, gradient and second derivative.</summary>
public partial class FacadeTests
{
    // What has no counterpart in Core to be compared with, and why.
    private static readonly string[] exempt =
    [
        // Makers of tensors and random numbers.
        "tensor", "Variable", "FloatTensor", "DoubleTensor", "LongTensor", "zeros", "ones", "empty", "full", "eye", "arange", "linspace", "zeros_like", "ones_like", "full_like", "rand", "randn", "rand_like", "randn_like", "randint", "randperm", "normal", "bernoulli", "multinomial",
        "empty_like", "as_tensor", "from_numpy", "scalar_tensor", "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor", "bernoulli_", "exponential_", "normal_", "uniform_", "__deepcopy__",
        // Parts of a tensor, its type, and its place in a graph.
        "Item", "data", "grad", "_base", "detach", "detach_", "requires_grad_", "bool", "int", "long", "float", "cuda", "type", "type_as", "nonzero", "half", "bfloat16", "cfloat", "cdouble", "resolve_conj",
        // The same by another name of a recorded one: transposes as properties, a shape taken from a tensor, pools that tell places besides.
        "H", "mH", "reshape_as", "adaptive_max_pool1d_with_indices", "adaptive_max_pool2d_with_indices", "max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices",
    ];

    public static TheoryData<string> Names => [.. FacadeRows.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_facade_is_what_core_is(string name)
    {
        var row = FacadeRows.All.First(r => r.Name == name);
        var random = new Random(7);
        double[][] data = [.. row.Shapes.Select(s => Enumerable.Range(0, (int)s.Aggregate(1L, (a, b) => a * b)).Select(_ => row.Domain.Low + random.NextDouble() * (row.Domain.High - row.Domain.Low)).ToArray())];
        Node[] nodes = [.. data.Select((d, i) => new Node(Functional.Autograd.Primitives.Alias.Instance, Ops.Tensor<double>(d, Dims.Create(row.Shapes[i]))))];
        var y = row.Pure(nodes);
        double[] Weights(long n, int seed) => [.. Enumerable.Range(0, (int)n).Select(i => 0.3 + (i * 7 + seed) % 11 / 10.0)];
        var c = Ops.Tensor<double>(Weights(y.Type.Count, 1), y.Shape);
        var gradients = Gradient.Of([y], [c], nodes);
        var slope = Sloped(gradients);
        var second = slope is null ? [] : Gradient.Of([slope], [Ops.Scalar(1.0)], nodes);
        foreach (var form in row.Forms)
        {
            Tensor[] x = [.. data.Select((d, i) => tensor<double>(d, row.Shapes[i], requires_grad: true))];
            var z = form(x);
            Same("value", Transforms.Evaluate<double>(y), z);
            Assert.Equal(y.Shape.ToArray(), z.shape);
            if (!z.requires_grad)
            {
                Assert.All(gradients, g => Assert.True(g is null || Transforms.Evaluate<double>(g).All(v => v == 0), "the facade has no gradient"));
                continue;
            }
            var got = autograd.grad([z], x, [tensor<double>(Weights(z.numel(), 1), z.shape)], create_graph: true, allow_unused: true);
            for (var i = 0; i < x.Length; i++) Same($"gradient {i}", gradients[i] is { } g ? Transforms.Evaluate<double>(g) : null, got[i]);
            Tensor? total = null;
            for (var i = 0; i < x.Length; i++)
                if (got[i] is { requires_grad: true } g) total = total is null ? (g * tensor<double>(Weights(g.numel(), 2), g.shape)).sum() : total + (g * tensor<double>(Weights(g.numel(), 2), g.shape)).sum();
            var curved = total is null ? new Tensor?[x.Length] : autograd.grad([total], x, allow_unused: true);
            for (var i = 0; i < x.Length; i++) Same($"second derivative {i}", slope is not null && second[i] is { } g ? Transforms.Evaluate<double>(g) : null, curved[i]);
        }

        Node? Sloped(Node?[] parts)
        {
            Node? sum = null;
            foreach (var g in parts.OfType<Node>()) sum = sum is null ? Ops.Sum(g * Ops.Tensor<double>(Weights(g.Type.Count, 2), g.Shape)) : sum + Ops.Sum(g * Ops.Tensor<double>(Weights(g.Type.Count, 2), g.Shape));
            return sum;
        }

        // A path with the derivative zero is zeros here and may be nothing there.
        void Same(string what, double[]? expected, Tensor? actual)
        {
            var values = actual?.detach().data<double>();
            expected ??= new double[values?.Length ?? 0];
            values ??= new double[expected.Length];
            Assert.Equal(expected.Length, values.Length);
            for (var i = 0; i < values.Length; i++)
                if (!(expected[i].Equals(values[i]) || Math.Abs(expected[i] - values[i]) <= 1e-13 * (1 + Math.Abs(expected[i])))) throw new LawBroken($"{name}: {what}: element {i} is {values[i]:R}, in Core {expected[i]:R}");
        }
    }

    // Operators of calls that were recorded from PyTorch and are replayed by tests/Conformance, by the last part of their names.
    private static HashSet<string> Recorded()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functional.Autograd.sln"))) folder = folder.Parent;
        var names = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder.FullName, "tests/Conformance/golden"), "*.jsonl.gz"))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                if (Operator().Match(line) is { Success: true } op) names.Add(op.Groups["name"].Value.Split('.')[^1]);
        }
        return names;
    }

    [GeneratedRegex("\"op\": ?\"(?<name>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Operator();

    [Fact]
    public void Every_facade_function_has_a_row_or_recorded_calls()
    {
        Type[] computed = [typeof(Tensor), typeof(Tensor[]), typeof(ValuesAndIndices)];
        var names = new[] { typeof(torch), typeof(nn.functional), typeof(Tensor) }.SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(m => computed.Contains(m is MethodInfo f && !f.IsSpecialName ? f.ReturnType : m is PropertyInfo p ? p.PropertyType : typeof(void))).Select(m => m.Name).Distinct().ToHashSet();
        var rows = FacadeRows.All.Select(r => r.Name.Split(' ')[0]).Concat(["view_as", "expand_as", "T", "mT", "contiguous", "cpu", "to", "double"]).Concat(Recorded()).ToHashSet();
        // In place is a form of the row without the underscore.
        Assert.Equal([], names.Where(n => !rows.Contains(n) && !rows.Contains(n.TrimEnd('_')) && !exempt.Contains(n)).Order());
        Assert.Equal([], exempt.Where(n => !names.Contains(n)).Order());
    }
}
