using System.Globalization;
using System.Runtime.CompilerServices;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Prints its arguments in a line, as Python's print does.</summary>
internal delegate void Say(params object?[] values);

/// <summary>All that a program tells, a line each: what it prints, then <c>!!</c> and the error that it ends with, then <c>~~</c> and the warnings.</summary>
internal static class Transcript
{
    public static string Of(Action<Say> program)
    {
        List<string> lines = [], heard = [];
        var before = warnings.sink;
        warnings.Forget();
        warnings.sink = (category, text) => heard.Add($"~~ {category}: {text}");
        try
        {
            program(values => lines.Add(string.Join(' ', values.Select(Shown))));
        }
        catch (PythonError e)
        {
            lines.Add($"!! {e.Kind}: {e.Message}");
        }
        finally
        {
            warnings.sink = before;
        }
        // Where the program stands is not PyTorch's to say.
        return string.Join('\n', string.Join('\n', [.. lines, .. heard]).Split('\n').Where(line => !line.StartsWith("  File \"", StringComparison.Ordinal)));
    }

    private static string Shown(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        double real => real.ToString(real == Math.Floor(real) ? "F1" : "R", CultureInfo.InvariantCulture),
        float real => Shown((double)real),
        string text => text,
        Tensor?[] several => Tuple(several),
        Tensor?[][] nested => Tuple(nested),
        Array items => $"[{string.Join(", ", items.Cast<object?>().Select(Shown))}]",
        ITuple tuple => Tuple([.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i])]),
        _ => value.ToString()!,
    };

    private static string Tuple(object?[] items) => items.Length == 1 ? $"({Shown(items[0])},)" : $"({string.Join(", ", items.Select(Shown))})";

    /// <summary>A leaf of float32 that requires grad: one number has no dimension.</summary>
    public static Tensor Leaf(params double[] values) => values.Length == 1 ? tensor(values[0], requires_grad: true) : tensor(values, float32, requires_grad: true);

    /// <summary>The same of float64.</summary>
    public static Tensor Exact(params double[] values) => tensor(values, requires_grad: true);

    public const string Twice = "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.";

    public const string Hint = "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).";

    public const string AmbiguousMode = " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).";

    public const string SeveralViews = " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
}
