using System.Diagnostics;
using System.Globalization;
using System.Text;
using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;
using Xunit.Abstractions;

namespace Faults;

/// <summary>Faults are planted one at a time, and something must notice each: a law or a recorded value, within the cases that CI runs.</summary>
public class MatrixTests(ITestOutputHelper output)
{
    private const int AtLeast = 80;

    private static readonly IReadOnlyList<Fault> All = Fault.Read(Path.Combine(AppContext.BaseDirectory, "faults.txt"));

    private static readonly string Root = Up(AppContext.BaseDirectory);

    // FAULT_SEARCH=1 looks among all laws and rows for what kills a survivor; FAULT_ONLY=text plants those whose titles contain it;
    // FAULT_SEEDS=n tries the laws under n other seeds without a fault.
    private static readonly bool Search = Environment.GetEnvironmentVariable("FAULT_SEARCH") == "1";
    private static readonly string? Only = Environment.GetEnvironmentVariable("FAULT_ONLY");
    private static readonly ulong Seeds = ulong.TryParse(Environment.GetEnvironmentVariable("FAULT_SEEDS"), out var n) ? n : 1;

    private static string Up(string folder) => File.Exists(Path.Combine(folder, "Functional.Autograd.sln")) ? folder : Up(Path.GetDirectoryName(folder)!);

    private static IEnumerable<Fault> Chosen => All.Where(f => Only is null || f.Title.Contains(Only, StringComparison.Ordinal));

    // Plans made with a fault, and switches that a failing test left, must not outlive it.
    private static void Plant(int number)
    {
        Planted.Current = number;
        PlanCache.Clear();
        CpuBackend.Threads = Environment.ProcessorCount;
        torch.set_default_dtype(torch.float32);
        torch.warnings.sink = (_, _) => { };
    }

    [Xunit.Fact]
    public void Every_fault_has_its_place_and_killers()
    {
        Assert.True(All.Count >= AtLeast, $"{All.Count} faults");
        Assert.Equal(All.Count, All.Select(f => f.Title).Distinct().Count());
        Assert.All(All, f => Assert.NotEmpty(f.Killers));
        var lost = All.Where(f => f.Place(File.ReadAllText(Path.Combine(Root, "src", f.File))) is null).Select(f => $"{f.Title}: {f.File} does not have, exactly once, {f.Before}{f.Code}{f.After}");
        Assert.Equal([], lost);
    }

    [Xunit.Fact]
    public void Without_a_fault_no_killer_alarms()
    {
        var alarms = new List<string>();
        foreach (var killer in Chosen.SelectMany(f => f.Killers).Distinct().Select(Killer.Named))
        {
            Plant(0);
            var watch = Stopwatch.StartNew();
            if (killer.Run() is { } alarm) alarms.Add($"{killer.Name}: {alarm.Failure.Message}");
            if (watch.ElapsedMilliseconds > 1000) output.WriteLine($"{killer.Name} takes {watch.ElapsedMilliseconds} ms");
            for (var seed = 1UL; killer.IsRandom && seed <= Seeds; seed++)
                if (killer.Run(seed) is { } other) alarms.Add($"{killer.Name} under seed {seed}: {other.Failure.Message}");
        }
        Assert.True(alarms.Count == 0, $"{alarms.Count} false alarms:\n{string.Join('\n', alarms)}");
    }

    [Xunit.Fact]
    public void Every_fault_is_killed()
    {
        var (killed, survivors) = (new List<(Fault Fault, string Killer)>(), new List<string>());
        foreach (var fault in Chosen)
        {
            var watch = Stopwatch.StartNew();
            var found = fault.Killers.Select(Killer.Named).Concat(Search ? Killer.OfLaws().TakeWhile(_ => watch.Elapsed < TimeSpan.FromMinutes(1)) : []).Select(k =>
            {
                Plant(fault.Number);
                return (k.Name, Failed: k.Run());
            }).FirstOrDefault(k => k.Failed is not null);
            if (found.Failed is { } failed)
            {
                killed.Add((fault, found.Name));
                output.WriteLine($"{fault.Number} {fault.Title}: {found.Name}, case {failed.Cases}, {watch.ElapsedMilliseconds} ms: {failed.Failure.Message.Split('\n')[0]}");
            }
            else
            {
                survivors.Add($"{fault.Number} {fault.Title}: survives {string.Join("; ", fault.Killers)}");
            }
        }
        Plant(0);
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {All.Count} faults survive:\n{string.Join('\n', survivors)}");
        if (Only is null) CheckPage(Page(killed));
    }

    private static void CheckPage(string text)
    {
        var path = Path.Combine(Root, "docs", "verification.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, text, new UTF8Encoding(false));
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, "docs/verification.md is stale: UPDATE_DOCS=1 dotnet test tests/Faults writes it anew");
    }

    private static string Page(List<(Fault Fault, string Killer)> killed)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # How the library is verified

            Laws that derivatives obey are tried on a catalogue that has a row for every operation: at points of the interior, at round numbers, and where rounding, ties, poles and
            infinities do what they do nowhere else; and on random programs. Towers of up to three transforms, in any order, are held to the programs that they are, written out. Composites, element types, the facade and the random streams are also held to values that PyTorch 2.6
            gave, and the scalar functions to 40 digits of mpmath.

            Whether that suffices is tried by planting faults. tests/Faults/faults.txt is a table of {killed.Count} of them. Each is switched on alone, in a copy of the sources, and what is named
            here noticed it within the cases that CI runs: a law over a row, recorded calls, or a test. Without a fault all of them are silent.

            | fault | where | noticed by |
            | --- | --- | --- |

            """);
        foreach (var (fault, killer) in killed) text.Append(CultureInfo.InvariantCulture, $"| {fault.Title} | {Path.GetFileName(fault.File)} | {Spoken(killer)} |\n");
        return text.ToString();
    }

    private static string Spoken(string killer) => killer switch
    {
        _ when killer.Split(" | ") is [var row, var law] => $"{law}, over {row}",
        _ when killer.Split(' ') is ["calls", var op] => $"recorded calls of {op}",
        _ when killer.Split(' ') is ["values", var function] => $"recorded values of {function}",
        _ when killer.Split(' ') is ["singles", var function] => $"{function} in float32 against float64",
        _ => killer[(killer.IndexOf('.', StringComparison.Ordinal) + 1)..].Replace('_', ' '),
    };
}
