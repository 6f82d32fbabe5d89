using System.Reflection;
using System.Runtime.ExceptionServices;
using Conformance;
using CsCheck;
using Functional.Autograd.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Faults;

/// <summary>
/// What may notice a fault: a law over a row of the catalogue or over random programs ("Sin | derivatives"), recorded calls of PyTorch
/// ("calls mish"), the recorded values of a function or its float32 against its float64 ("values Exp", "singles Exp"), or a test ("Facade.AutogradTests.Grad_modes_nest"), perhaps with one of its rows alone ("….Name(row)").
/// </summary>
internal sealed class Killer
{
    private const ulong Usual = 20240229;

    private readonly Func<ulong, IEnumerable<Action>> cases;

    private Killer(string name, bool random, Func<ulong, IEnumerable<Action>> cases) => (Name, IsRandom, this.cases) = (name, random, cases);

    public string Name { get; }

    /// <summary>Whether its cases are drawn.</summary>
    public bool IsRandom { get; }

    /// <summary>Runs its cases, as many as it has in CI, until one fails.</summary>
    /// <returns>What failed, and how many cases that took; null when none did.</returns>
    public (Exception Failure, int Cases)? Run(ulong seed = Usual)
    {
        (Exception, int)? found = null;
        // On a thread of its own, so that what a failing case leaves behind in the flow of execution ends with it.
        var thread = new Thread(() =>
        {
            var count = 0;
            try
            {
                foreach (var one in cases(seed))
                {
                    count++;
                    one();
                }
            }
            catch (Exception e)
            {
                found = (e is TargetInvocationException { InnerException: { } inner } ? inner : e, count);
            }
        }, 1 << 24);
        thread.Start();
        if (!thread.Join(TimeSpan.FromMinutes(2))) throw new TimeoutException($"{Name} does not end");
        return found;
    }

    public static Killer Named(string name)
    {
        if (name.Split(" | ") is [var row, var law]) return new(name, true, seed => Law(row, Laws.All.First(l => l.Name == law), seed));
        return name.Split(' ') switch
        {
            ["calls", var op] => new(name, false, _ => Calls(op)),
            ["values", var function] => new(name, false, _ => [() => Accurate(function, f => (f.MeasureDouble(), f.Double))]),
            ["singles", var function] => new(name, false, _ => [() => Accurate(function, f => (f.MeasureSingle(), f.Single))]),
            _ => new(name, false, _ => Test(name)),
        };
    }

    /// <summary>Every law over every row.</summary>
    public static IEnumerable<Killer> OfLaws() =>
        from law in Laws.All
        from row in Catalogue.All
        from name in (string?[])[row.Name, row.Special is null || !law.Everywhere ? null : row.Name + Special, row.Round is null || law.Everywhere ? null : row.Name + Round]
        where name is not null
        select Named($"{name} | {law.Name}");

    private const string Special = " at special points", Round = " at round numbers", Program = "program";

    // The cases that the tests of properties draw.
    private static IEnumerable<Action> Law(string name, Law law, ulong seed)
    {
        Catalogue.Row Row(string suffix) => Catalogue.All.First(r => r.Name + suffix == name);
        var (make, count) = name == Program ? (Programs.Make, 300)
            : name.EndsWith(Special, StringComparison.Ordinal) ? (Row(Special).Special!, 12)
            : name.EndsWith(Round, StringComparison.Ordinal) ? (Row(Round).Round!, 24)
            : (Row("").Make, 12);
        var tapes = Gen.Int[0, int.MaxValue - 1].Array[48, 192];
        yield return () => law.Check(make(new Tape()));
        for (var i = 0u; i < count; i++)
        {
            var tape = tapes.Generate(new PCG(i, seed), null, out _);
            yield return () => law.Check(make(new Tape(tape)));
        }
    }

    private static readonly Dictionary<RecordedCall, string?> Usually = [];

    // A call of which is known that it differs, or that nothing takes, says nothing unless it differs in another way.
    private static IEnumerable<Action> Calls(string op)
    {
        static string? Difference(RecordedCall call)
        {
            var inputs = call.Tensors();
            return Conformance.Binder.Bind(call, inputs) is { } bound ? Agreement.Difference(call, bound, inputs) : null;
        }
        foreach (var call in RecordedCall.All.Where(c => c.Op == op))
        {
            if (!Usually.ContainsKey(call))
            {
                var on = Planted.Current;
                Planted.Current = 0;
                Usually[call] = Difference(call);
                Planted.Current = on;
            }
            yield return () =>
            {
                if (Difference(call) is var now && now != Usually[call]) throw new LawBroken($"{call}: {now}");
            };
        }
    }

    private static void Accurate(string name, Func<Accuracy.Function, (Accuracy.Function.Worst Worst, double Bound)> measure)
    {
        var (worst, bound) = measure(Accuracy.Function.All.First(f => f.Name == name));
        if (!(worst.Ulp <= bound)) throw new LawBroken($"{worst.Ulp:F3} ulp, allowed are {bound}: {worst.Where}");
    }

    private static IEnumerable<Action> Test(string name)
    {
        var row = name.EndsWith(')') ? name[(name.IndexOf('(', StringComparison.Ordinal) + 1)..^1] : null;
        var path = (row is null ? name : name[..name.IndexOf('(', StringComparison.Ordinal)]).Split('.');
        var method = typeof(Killer).Assembly.GetType(string.Join('.', path[..^1]))?.GetMethod(path[^1]) ?? throw new ArgumentException($"there is no test {name}");
        object?[][] data = method.GetParameters().Length == 0 ? [[]] : [.. method.GetCustomAttributes().OfType<DataAttribute>().SelectMany(d => d.GetData(method))];
        return data.Where(d => row is null || string.Join(", ", d) is var text && (text == row || text.StartsWith(row + ",", StringComparison.Ordinal))).Select(d => (Action)(() => Call(method, d)));
    }

    private static void Call(MethodInfo method, object?[] arguments)
    {
        var made = method.DeclaringType!.GetConstructors()[0];
        var test = method.IsStatic ? null : made.Invoke([.. made.GetParameters().Select(_ => new Silence())]);
        try
        {
            // A number of an attribute may be of a narrower type than the parameter.
            object?[] fitted = [.. method.GetParameters().Zip(arguments, (p, a) => a is IConvertible && p.ParameterType.IsPrimitive ? Convert.ChangeType(a, p.ParameterType, System.Globalization.CultureInfo.InvariantCulture) : a)];
            (method.Invoke(test, fitted) as Task)?.GetAwaiter().GetResult();
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
        finally
        {
            (test as IDisposable)?.Dispose();
        }
    }

    private sealed class Silence : ITestOutputHelper
    {
        public void WriteLine(string message) { }

        public void WriteLine(string format, params object[] args) { }
    }
}
