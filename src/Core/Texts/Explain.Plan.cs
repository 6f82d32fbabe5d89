using System.Globalization;
using System.Text;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Why things are as they are: what a plan does, and how a derivative came to be 0 or no number.</summary>
public static partial class Explain
{
    /// <summary>
    /// What the plan of a function does: its kernels in order, what each computes, and why a value is stored. A value between operations of one
    /// region is never stored; what is stored says who reads it and why it could not be had otherwise.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <exception cref="TensorMemoryException">No plan can be made: a tensor to compute is too large.</exception>
    public static string Plan(Function function)
    {
        var text = new StringBuilder();
        Say(Stats.Planned(function), text, "");
        return text.ToString();
    }

    /// <summary>What the plan of some nodes does, as if none of them had been computed yet; leaves are its arguments, in the order in which the listing shows them.</summary>
    /// <param name="roots">What is computed.</param>
    /// <inheritdoc cref="Plan(Function)"/>
    public static string Plan(params ReadOnlySpan<Node> roots) => Plan(Function.Between([], roots, n => n.Op is Input).Closed);

    private static void Say(Program program, StringBuilder text, string margin)
    {
        void Line(string line) => text.Append(margin).Append(line).Append('\n');
        string Name(int slot) => Named(program, slot);

        Line(string.Create(CultureInfo.InvariantCulture, $"{program.Launches.Length} kernels; temporaries take {program.ArenaBytes} bytes, results {Stats.Results(program)}"));
        for (var k = 0; k < program.Launches.Length; k++)
        {
            var launch = program.Launches[k];
            Line($"kernel {k}: {Title(launch.Kernel)}{(launch.Kernel is Kernel.Map || launch.Inputs.IsEmpty ? "" : $" of {string.Join(", ", launch.Inputs.Select(Name))}")}");
            if (launch.Kernel is Kernel.Map map)
            {
                string Operand(int i) => i < map.Inputs.Length ? Name(launch.Inputs[i]) : $"%{i - map.Inputs.Length}";
                for (var i = 0; i < map.Steps.Length; i++)
                    Line($"  %{i} = {(IsCopy(map.Steps[i]) ? "Copy" : map.Steps[i].Op)}({string.Join(", ", new[] { map.Steps[i].A, map.Steps[i].B, map.Steps[i].C }.Where(o => o >= 0).Select(Operand))})");
                for (var i = 0; i < map.Sinks.Length; i++)
                    Line($"  {Name(launch.Outputs[i])} = {(map.Sinks[i].How is { } how ? $"{how} of {Operand(map.Sinks[i].Operand)}" : Operand(map.Sinks[i].Operand))}, {Why(program, k, launch.Outputs[i])}");
                continue;
            }
            foreach (var slot in launch.Outputs) Line($"  {Name(slot)}, {Why(program, k, slot)}");
            if (launch.Kernel is Kernel.Control control)
                foreach (var held in control.Programs) Say(held, text, margin + "  | ");
        }
        Line($"→ {string.Join(", ", program.Roots.Select(Name))}");
    }

    private static string Named(Program program, int slot) => program.Slots[slot] switch
    {
        { From: Source.Leaf, Index: var k } => $"argument {k}",
        { From: Source.Scalar, Index: var k } => $"scalar {k}",
        { From: Source.Constant, Index: var k, DType: var type } => new Literal(type, program.Constants[(int)k]).ToString(),
        { From: Source.Result, Index: var k } => $"result {k}",
        _ => $"t{slot}",
    };

    private static string Title(Kernel kernel) => kernel switch
    {
        Kernel.Map map when map.Steps.All(IsCopy) && map.Sinks.All(s => s.How is null) => $"a dense copy of {map.Count} elements",
        Kernel.Map map => $"one region of {map.Steps.Length + map.Sinks.Count(s => s.How is not null)} operations over {map.Count} elements",
        Kernel.Product p => $"{p.Batch} products of {p.M}×{p.K} and {p.K}×{p.N}, a kernel of its own",
        Kernel.Control { Programs.IsEmpty: false } c => $"{c.Op.Name}, which runs functions",
        Kernel.Control c => $"{c.Op}, a kernel of its own",
        Kernel.Call c => $"{c.Op}, a kernel of its own",
        _ => kernel.GetType().Name,
    };

    // What stands for a value that another order needs, or that is computed anew.
    private static bool IsCopy(MapStep step) => step.Op is Cast && step.From == step.To;

    private static string Why(Program program, int writer, int slot)
    {
        List<string> reasons = [];
        if (program.Slots[slot].From == Source.Result) reasons.Add("a result");
        for (var k = writer + 1; k < program.Launches.Length; k++)
            if (program.Launches[k].Inputs.Contains(slot)) reasons.Add(Reads(program, writer, slot, k));
        if (reasons.Count == 0) reasons.Add("read by nobody");
        return string.Create(CultureInfo.InvariantCulture, $"{program.Slots[slot].Bytes} bytes: {string.Join("; ", reasons)}");
    }

    // Why a kernel reads what another one stored, instead of computing it in one region with it.
    private static string Reads(Program program, int writer, int slot, int reader)
    {
        var (from, to) = (program.Launches[writer], program.Launches[reader]);
        if (to.Kernel is not Kernel.Map map) return $"read by kernel {reader}, which takes whole tensors";
        if (from.Kernel is not Kernel.Map source) return $"read by kernel {reader}";
        if (source.Sinks[from.Outputs.IndexOf(slot)].How is not null) return $"read by kernel {reader}, once the reduction is complete";
        // It may be read in several orders, one of them the same.
        bool IsMoved(int s) => to.Inputs.Where((t, i) => t == s && !map.Inputs[i].IsDense).Any();
        if (map.Count != source.Count || IsMoved(slot)) return $"read by kernel {reader} in another order or repeatedly";
        for (var k = reader - 1; k >= 0; k--)
            if (program.Launches[k].Outputs.Any(s => s != slot && to.Inputs.Contains(s) && (k != writer || source.Sinks[from.Outputs.IndexOf(s)].How is not null || IsMoved(s))))
                return $"read once more by kernel {reader}, which waits for kernel {k}";
        return $"read by kernel {reader}, another part of a large region";
    }
}
