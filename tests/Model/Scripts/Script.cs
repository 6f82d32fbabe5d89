using System.Text;
using Functional.Autograd;
using Functional.Autograd.Testing;
using Model.Pure;

namespace Model.Scripts;

/// <summary>Steps, and what the model says about each: the world after it, or the error that it is.</summary>
internal sealed class Script
{
    private readonly List<(Step Step, World After, Refusal? Refusal)> lines = [];

    public World World { get; private set; } = new();

    public int Length => lines.Count;

    /// <summary>Adds a step unless the model does not know what it does.</summary>
    public bool Add(Step step)
    {
        var fresh = World with { Log = [] };
        try
        {
            World = step.Model(fresh);
            lines.Add((step, World, null));
        }
        catch (Refusal refusal)
        {
            World = fresh;
            lines.Add((step, World, refusal));
        }
        catch (Abstention)
        {
            return false;
        }
        return true;
    }

    /// <summary>Runs the script in the facade: first reading everything at each step, then reading at the end alone.</summary>
    public void Hold()
    {
        Run(looking: true);
        Run(looking: false);
    }

    private void Run(bool looking)
    {
        torch.warnings.sink = (_, _) => { };
        var bench = new Bench();
        List<(int Line, World After, List<(int, torch.Tensor)> Log)> later = [];
        try
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var (step, after, refusal) = lines[i];
                bench.Log = [];
                if (Failure(step, bench, refusal) is { } wrong) throw Broken(i, looking, wrong);
                if (refusal is not null) continue;
                if (looking) Compare(i, after, bench, looking);
                else later.Add((i, after, bench.Log));
            }
            foreach (var (line, after, log) in later)
                if (Comparison.Shown(after, log) is { } wrong) throw Broken(line, looking, wrong);
            if (!looking) Compare(lines.Count - 1, World, bench, looking);
        }
        finally
        {
            bench.Close();
        }
    }

    private void Compare(int line, World after, Bench bench, bool looking)
    {
        if (looking && Comparison.Shown(after, bench.Log) is { } shown) throw Broken(line, looking, shown);
        if (Comparison.Difference(after, bench) is { } wrong) throw Broken(line, looking, wrong);
    }

    private static string? Failure(Step step, Bench bench, Refusal? refusal)
    {
        try
        {
            step.Facade(bench);
            return refusal is null ? null : $"no error, where PyTorch raises {refusal.Kind}: {refusal.Message}";
        }
        catch (torch.PythonError e)
        {
            return refusal is null ? $"{e.Kind}: {e.Message}" : refusal.Allows(e.Kind, e.Message) ? null : $"{e.Kind}: {e.Message}\n  where PyTorch raises {refusal.Kind}: {refusal.Message}";
        }
        catch (Exception e)
        {
            return $"an exception of .NET: {e}";
        }
    }

    private LawBroken Broken(int line, bool looking, string wrong) =>
        new($"after line {line + 1}{(looking ? "" : ", read at the end only")}: {wrong}\n{Listing(line)}");

    /// <summary>The script as C#.</summary>
    public string Listing(int last)
    {
        var (text, before) = (new StringBuilder(), 0);
        for (var i = 0; i <= last; i++)
        {
            var count = lines[i].After.Variables.Count;
            var made = string.Join(", ", Enumerable.Range(before, count - before).Select(v => $"v{v}"));
            text.Append($"  {i + 1,2}  ").Append(count - before == 0 ? "" : count - before == 1 ? $"var {made} = " : $"var ({made}) = ").Append(lines[i].Step.Text).Append(lines[i].Refusal is null ? ";\n" : ";  // an error\n");
            before = count;
        }
        return text.ToString();
    }
}
