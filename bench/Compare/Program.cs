using System.Diagnostics;
using System.Globalization;
using Compare;
using static Compare.Timing;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var failed = args.Length == 0 || args.Contains("planning") ? Planning.Print() : 0;
if (args.Length == 0 || args.Contains("orders")) failed += Orders.Print();
if (args is ["planning" or "orders"]) return Math.Min(failed, 1);
const double seconds = 0.7;
const int rounds = 3;
var wanted = args.Length == 0 ? Rows.All : [.. Rows.All.Where(r => args.Contains(r.Name))];
using var peer = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTORCH") ?? "python3", [Path.Combine(AppContext.BaseDirectory, "peer.py")])
{
    UseShellExecute = false,
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
}) ?? throw new InvalidOperationException("the peer did not start");
Console.WriteLine($"against {peer.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer does not answer: set PYTORCH to an interpreter that has PyTorch")}; {Environment.ProcessorCount} processors");
Console.WriteLine($"{"row",-72} {"ours, ms",10} {"peer, ms",10} {"ratio",7}  wanted");
foreach (var (name, what, atLeast, make) in wanted)
{
    var step = make();
    Time(step, seconds);
    Ask(name);
    // Alternating rounds, so that both sides see the same machine.
    var (ours, theirs) = (new List<double>(), new List<double>());
    for (var i = 0; i < rounds; i++)
    {
        ours.Add(Time(step, seconds));
        theirs.Add(Ask(name));
    }
    var (a, b) = (Median(ours), Median(theirs));
    if (b / a < atLeast) failed++;
    Console.WriteLine($"{what,-72} {a,10:F4} {b,10:F4} {b / a,6:F2}×  {(atLeast == 0 ? "" : $"≥ {atLeast:F2}× {(b / a >= atLeast ? "holds" : "NOT REACHED")}")}");
}
peer.StandardInput.Close();
if (args.Length == 0 || args.Contains("nodes")) NodeCost.Print();
if (args.Length == 0 || args.Contains("endurance"))
{
    var misses = Endurance.Misses();
    Console.WriteLine($"plan-cache misses over 100 steps of the digits model with two batch shapes: {misses}");
    var (early, late) = Endurance.Memory(50_000);
    Console.WriteLine($"memory over 50,000 steps of a small model: {early / 1024.0:F0} KiB after 5,000, {late / 1024.0:F0} KiB after 50,000");
    if (misses != 2 || late > early * 1.1 + 65536) failed++;
}
return failed == 0 ? 0 : 1;

static double Time(Action step, double seconds)
{
    var until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    var times = new List<double>();
    while (Stopwatch.GetTimestamp() < until || times.Count < 5)
    {
        var start = Stopwatch.GetTimestamp();
        step();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    times.Sort();
    return times[times.Count / 4];
}

double Ask(string name)
{
    peer.StandardInput.WriteLine($"{name} {seconds}");
    return double.Parse(peer.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"the peer ended during '{name}'"));
}
