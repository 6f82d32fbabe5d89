using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Functional.Autograd;

namespace Notebooks;

/// <summary>Cells of a notebook: each prints its name, what it prints, its value, the exception that ended it, and its warnings.</summary>
public abstract partial class Notebook(TextWriter output)
{
    /// <summary>Runs all cells in order, as a fresh Python process would.</summary>
    public void Execute()
    {
        torch.warnings.resetwarnings();
        Run();
    }

    /// <summary>The cells.</summary>
    protected abstract void Run();

    /// <summary>A cell that only prints.</summary>
    protected void Cell(string id, Action body) => Cell(id, () =>
    {
        body();
        return null;
    });

    /// <summary>A cell whose last line is a value.</summary>
    protected void Cell(string id, Func<object?> body)
    {
        var warned = new List<string>();
        var before = torch.warnings.sink;
        torch.warnings.sink = (category, text) => warned.Add($"~~ {category}: {text}");
        output.WriteLine($">>> [{id}]");
        try
        {
            if (body() is { } value)
            {
                output.WriteLine("Out:");
                Print(value);
            }
        }
        catch (torch.PythonError e)
        {
            output.WriteLine($"!! {e.Kind}: {e.Message}");
        }
        finally
        {
            torch.warnings.sink = before;
        }
        foreach (var text in warned) output.WriteLine(text);
        output.WriteLine();
    }

    /// <summary>Python's print.</summary>
    protected void Print(params object?[] values) => output.WriteLine(string.Join(" ", values.Select(Text)));

    /// <summary>Python's str. Addresses change from run to run and are shown as 0x….</summary>
    protected static string Text(object? value) => value switch
    {
        null => "None",
        bool b => b ? "True" : "False",
        double d => Float(d),
        string s => s,
        object?[] tuple => "(" + string.Join(", ", tuple.Select(Text)) + ")",
        _ => Address().Replace(value.ToString()!, "0x…"),
    };

    private static string Float(double d)
    {
        var text = d.ToString("R", CultureInfo.InvariantCulture);
        if (!text.Contains('E') && Math.Abs(d) is > 0 and < 1e-4) text = d.ToString("E16", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        if (e < 0) return text.Contains('.') || !double.IsFinite(d) ? text : text + ".0";
        var exponent = int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        return new StringBuilder(text[..e]).Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00")).ToString();
    }

    [GeneratedRegex("0x[0-9a-f]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
