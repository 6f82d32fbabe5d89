using System.Text.RegularExpressions;
using Notebooks;

namespace Conformance;

public partial class NotebookTests
{
    // Cells that only speak of Python itself, or print what cannot repeat (a random seed).
    private static readonly HashSet<string> LeftOut = ["000 None-b", "001 12b", "002 8b types", "003 3", "003 3b", "004 1"];

    // Cells where a better answer is given on purpose, and that answer.
    private static readonly Dictionary<string, string> Better = new()
    {
        ["000 20-text .data vs .detach: data"] = "tensor([0.7311, 0.8808, 0.9526]) False\ntensor([0., 0., 0.], grad_fn=<SigmoidBackward0>)\ntensor([0.1966, 0.1050, 0.0452])\n(PyTorch gives zeros here, silently wrong: the recorded sigmoid holds the value that it computed)",
        ["002 16b what was accumulated before the failure"] = "tensor([[ 1.0969,  4.2966, -1.0894],\n        [ 1.0969,  4.2966, -1.0894],\n        [ 1.0969,  4.2966, -1.0894],\n        [ 1.0969,  4.2966, -1.0894],\n        [ 1.0969,  4.2966, -1.0894]]) tensor([5., 5., 5., 5., 5., 5., 5., 5., 5., 5.])\n(PyTorch leaves half of the failed pass in b.grad; here a pass that fails changes nothing)",
    };

    // Cells that print a matrix product, whose order of summation decides the last digit.
    private static readonly HashSet<string> Products = ["002 14"];

    [Theory]
    [InlineData("000")]
    [InlineData("001")]
    [InlineData("002")]
    [InlineData("003")]
    [InlineData("004")]
    public void Every_cell_prints_what_the_transcript_holds(string name)
    {
        var output = new StringWriter { NewLine = "\n" };
        Notebook notebook = name switch
        {
            "000" => new N000(output),
            "001" => new N001(output),
            "002" => new N002(output),
            "003" => new N003(output),
            _ => new N004(output),
        };
        notebook.Execute();
        var printed = Cells(output.ToString());
        var recorded = Cells(File.ReadAllText(Golden.Path(name + ".transcript.txt")));
        Assert.Equal(recorded.Keys.Where(id => !LeftOut.Contains($"{name} {id}")), printed.Keys);
        foreach (var (id, text) in printed)
        {
            var key = $"{name} {id}";
            var wanted = Better.GetValueOrDefault(key, recorded[id]);
            if (Products.Contains(key)) Assert.True(SameButLastDigit(wanted, text), $"{key}:\n{text}\nrecorded:\n{wanted}");
            else Assert.Equal($"{key}\n{wanted}", $"{key}\n{text}");
        }
    }

    private static Dictionary<string, string> Cells(string text) => Cell().Matches(text)
        .ToDictionary(m => m.Groups["id"].Value, m => string.Join('\n', m.Groups["text"].Value.Split('\n').Where(l => !l.StartsWith("    | ", StringComparison.Ordinal))).TrimEnd('\n'));

    private static bool SameButLastDigit(string a, string b)
    {
        if (Number().Replace(a, "#") != Number().Replace(b, "#")) return false;
        return Number().Matches(a).Zip(Number().Matches(b)).All(p => Math.Abs(double.Parse(p.First.Value) - double.Parse(p.Second.Value)) < 1.5 * Math.Pow(10, -(p.First.Value.Length - p.First.Value.IndexOf('.') - 1)));
    }

    [GeneratedRegex(@"^>>> \[(?<id>.*)\]\n(?<text>(?:(?!>>> ).*\n?)*)", RegexOptions.Multiline, 10_000)]
    private static partial Regex Cell();

    [GeneratedRegex(@"-?\d+\.\d+", RegexOptions.None, 10_000)]
    private static partial Regex Number();
}
