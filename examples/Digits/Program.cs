using System.Collections.Immutable;
using System.Globalization;
using Digits;
using Functional.Autograd;
using Spectre.Console;
using static Functional.Autograd.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Contains("--help"))
{
    Console.WriteLine(Options.Usage);
    return 0;
}
Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{Options.Usage}");
    return 2;
}

manual_seed(options.Seed);
var (train, test) = Images.Load(options.Type).Split();
var model = FacadeTraining.Model(options.Type);
ImmutableArray<Node> start = [.. model.parameters().Select(p => options.Type == float64 ? Ops.Tensor<double>(p.data<double>(), Dims.Create((long[])p.shape)) : Ops.Tensor<float>(p.data<float>(), Dims.Create((long[])p.shape)))];
var order = Enumerable.Range(0, options.Epochs).Select(_ => randperm(train.Labels.shape[0]).split(64).Select(r => r.clone()).ToArray()).ToArray();
Console.WriteLine($"{train.Labels.shape[0]} images to train on, {test.Labels.shape[0]} to test with; {options.Optimizer}, {options.Type}, seed {options.Seed}");

if (Console.IsOutputRedirected)
{
    FacadeTraining.Run(model, train, order, options, (epoch, loss) => Console.WriteLine(Report(epoch, loss)));
}
else
{
    AnsiConsole.Progress().Start(progress =>
    {
        var task = progress.AddTask("training", maxValue: options.Epochs);
        FacadeTraining.Run(model, train, order, options, (epoch, loss) =>
        {
            AnsiConsole.WriteLine(Report(epoch, loss));
            task.Increment(1);
        });
    });
}

var read = FacadeTraining.Read(model, test);
var truth = test.Labels.data<long>();
Confusion(read, truth);
Misread(read, truth);

var batches = order.SelectMany(rows => rows).Select(rows => (Pixels: Leaf(train.Pixels.index_select(0, rows)), Labels: Leaf(train.Labels.index_select(0, rows))));
var pure = PureTraining.Run(start, batches, options);
var (difference, largest) = (0.0, 0.0);
foreach (var (p, w) in model.parameters().Zip(pure))
{
    foreach (var (a, b) in p.to(float64).data<double>().Zip(Transforms.Evaluate<double>(Ops.Cast(w, DType.Float64))))
        (difference, largest) = (Math.Max(difference, Math.Abs(a - b)), Math.Max(largest, Math.Abs(a)));
}
var derivative = PureTraining.DirectionalError(pure, Leaf(test.Pixels), Leaf(test.Labels), options.Seed);

Console.WriteLine();
Console.WriteLine($"test accuracy: {100.0 * read.Zip(truth).Count(p => p.First == p.Second) / truth.Length:F2} %");
Console.WriteLine($"facade and pure weights differ by: {difference / largest:0.0e+00}");
Console.WriteLine($"directional derivative: relative error {derivative:0.0e+00}");
return 0;

string Report(int epoch, double loss)
{
    var hits = FacadeTraining.Read(model, test).Zip(test.Labels.data<long>()).Count(p => p.First == p.Second);
    return $"epoch {epoch + 1,3}: loss {loss:F4}, test accuracy {100.0 * hits / test.Labels.shape[0]:F2} %";
}

static Node Leaf(Tensor x)
{
    var shape = Dims.Create((long[])x.shape);
    return x.dtype == float64 ? Ops.Tensor<double>(x.data<double>(), shape) : x.dtype == float32 ? Ops.Tensor<float>(x.data<float>(), shape) : Ops.Tensor<long>(x.data<long>(), shape);
}

static void Confusion(long[] read, long[] truth)
{
    Console.WriteLine("\nconfusion matrix (rows: true digit, columns: read as)\n     " + string.Concat(Enumerable.Range(0, 10).Select(d => $"{d,4}")));
    for (var d = 0; d < 10; d++) Console.WriteLine($"  {d}: " + string.Concat(Enumerable.Range(0, 10).Select(k => $"{read.Zip(truth).Count(p => p.First == k && p.Second == d),4}")));
}

void Misread(long[] read, long[] truth)
{
    var pixels = test.Pixels.to(float64).data<double>();
    foreach (var i in Enumerable.Range(0, truth.Length).Where(i => read[i] != truth[i]).Take(3))
    {
        Console.WriteLine($"\na {truth[i]} read as {read[i]}:");
        foreach (var line in Images.Drawn(pixels[(i * 64)..((i + 1) * 64)])) Console.WriteLine("  " + line);
    }
}
