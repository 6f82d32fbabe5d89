// What the author of a wrong derivative sees: a rule of a function of the library, and a gradient beside a plain delegate. The exit code is 1, for both are
// wrong on purpose. `--json` writes the reports for machines.
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

var json = args.Contains("--json");

// Right of first order, and its author detached the slope: the second derivative is lost.
var rule = Verify(x => WithRule("gaussian", Exp(-x * x), [x], (v, y, c) => [c * Detach(-2 * v[0] * y)]), Domain.Line, new() { Name = "gaussian with a detached slope" });

// Rosenbrock's function; a factor was forgotten.
var pair = Verify(
    x => x.Length < 2 ? throw new ArgumentException("two numbers are needed") : 100 * Math.Pow(x[1] - x[0] * x[0], 2) + Math.Pow(1 - x[0], 2),
    x => [-400 * x[0] * (x[1] - x[0] * x[0]) - (1 - x[0]), 200 * (x[1] - x[0] * x[0])],
    (-2, 2), new() { Sizes = [2], Name = "Rosenbrock's gradient" });

// And one that is right, to the third order, in both element types.
var right = Verify(x => WithRule("gaussian", Exp(-x * x), [x], (v, y, c) => [-2 * c * v[0] * y]), Domain.Line, new() { Name = "gaussian" });

Report[] reports = [rule, pair, right];
Console.WriteLine(json ? $"[{string.Join(", ", reports.Select(r => r.ToJson()))}]" : string.Join("\n", reports.Select(r => r.ToString())));
return reports.Max(r => r.ExitCode);
