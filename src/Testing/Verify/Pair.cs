using System.Text;

namespace Functional.Autograd.Testing;

/// <summary>A plain function with a Jacobian that was written by hand, held to differences of the function.</summary>
internal sealed class Pair(Func<double[], double[]> f, Func<double[], double[][]?> claimed, Domain domain, VerifyOptions options, string text, string claim, bool isGradient)
{
    private sealed record Failure(string Law, string Message)
    {
        public double[]? Direction { get; init; }

        public int Row { get; init; }

        public Slope Slope { get; init; }

        public double Got { get; init; }

        public double Within { get; init; }
    }

    // What is asked of all elements where there are few, of some where there are many; two directions move all at once.
    private const int Few = 32, Some = 12;

    private readonly Tally tally = new();
    private readonly List<Finding> findings = [];

    private string Law => isGradient ? "gradient" : "Jacobian";

    public Report Run()
    {
        options.Check();
        if (!domain.DType.IsFloat) throw new ArgumentException("a delegate of float64 numbers has a domain of them, not of integers or truth values");
        if (options.Replay is { } replay) Try(Replay.Parse(replay), shrink: false);
        else
        {
            var (index, seen) = (0UL, new HashSet<int>());
            foreach (var size in options.Plan()) Try(new(Law, DType.Float64, size, seen.Add(size) ? [] : Tape.Random(options.Seed + index++ * 0x632BE59BD9B4E019, 96)), shrink: true);
        }
        if (!tally.Any && findings.Count == 0 && tally.Refused.Count > 0) findings.Add(new(Law, DType.Float64, $"the function cannot be evaluated in any case: {tally.Refused.First().Key}", 0));
        return new(options.Name ?? text, options, findings, tally, []);
    }

    private void Try(Replay replay, bool shrink)
    {
        var (size, tape) = (replay.Size, replay.Tape);
        tally.Cases++;
        if (Judge(size, tape, count: true) is not { } failure) return;
        tally.Break(failure.Law, DType.Float64);
        var known = findings.FindIndex(k => k.Law == failure.Law);
        if (known >= 0) findings[known] = findings[known] with { Times = findings[known].Times + 1 };
        else
        {
            if (shrink) (size, tape, failure) = Shrinking.Smallest(size, tape, failure, options.Shrinks, (n, t) => Judge(n, t, count: false) is { } other && other.Law == failure.Law ? other : null);
            findings.Add(Found(failure, size, tape));
        }
    }

    private double[] Draw(int size, int[] tape) => domain.Draw(new Tape(tape), domain.Shape(size).Product);

    private Failure? Judge(int size, int[] tape, bool count)
    {
        var x = Draw(size, tape);
        double[] y, again;
        try
        {
            (y, again) = (f([.. x]), f([.. x]));
        }
        catch (Exception e)
        {
            if (count) tally.Refuse(Law, DType.Float64, $"size {size}: {e.Message.Split('\n')[0]}");
            return null;
        }
        if (y.Length != again.Length || !y.Zip(again, (a, b) => a.Equals(b) || Math.Abs(a - b) <= options.Nondeterminism * Math.Max(Math.Abs(a), Math.Abs(b))).All(same => same))
            return new("deterministic", $"the function is not deterministic: it gives [{string.Join(", ", y.Take(4).Select(v => v.ToString("R")))}], and [{string.Join(", ", again.Take(4).Select(v => v.ToString("R")))}] when it is called again");
        if (count) tally.Add("deterministic", DType.Float64, Verdict.Held);
        double[][]? jacobian;
        try
        {
            jacobian = claimed([.. x]);
        }
        catch (Exception e)
        {
            return new(Law, $"what was claimed throws a {e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }
        if (jacobian is null || jacobian.Length != y.Length) return new(Law, $"{jacobian?.Length ?? 0} rows are claimed for {y.Length} results");
        if (Array.Find(jacobian, r => r?.Length != x.Length) is var row && Array.Exists(jacobian, r => r?.Length != x.Length)) return new(Law, $"{row?.Length ?? 0} derivatives are claimed for {x.Length} numbers");
        return Slopes(x, y, jacobian, count);
    }

    private Failure? Slopes(double[] x, double[] y, double[][] jacobian, bool count)
    {
        var differences = new Differences(f, x, y, domain, options.Nondeterminism);
        foreach (var v in Directions(x))
        {
            var slopes = differences.Along(v);
            for (var i = 0; i < y.Length; i++)
            {
                var stated = jacobian[i].Zip(v, (g, d) => d == 0 ? 0 : g * d).Sum();
                var size = jacobian[i].Zip(v, (g, d) => d == 0 ? 0 : Math.Abs(g * d)).Sum();
                var slope = slopes[i];
                var within = Math.Max(options.Tolerance, 1e-7) * Math.Max(Math.Abs(slope.Value), double.IsFinite(size) ? size : 0) + 8 * slope.Error;
                var off = Math.Abs(stated - slope.Value);
                var why = !double.IsFinite(slope.Error) ? "differences do not settle"
                    : off <= within ? (stated == 0 || slope.Error <= 0.01 * Math.Abs(slope.Value) ? null : "differences do not settle")
                    : slope.Error > 0.1 * off ? "differences do not settle" : differences.IsKink(v, i, slope) ? "a kink or a jump" : "";
                if (why == "") return new(Law, $"the derivative along the direction{(isGradient ? "" : $" in row {i}")} is claimed to be {stated:R}, and differences give {slope.Value:R}") { Direction = v, Row = i, Slope = slope, Got = stated, Within = within };
                if (!count) continue;
                if (why is null) tally.Add(Law, DType.Float64, Verdict.Held);
                else tally.Reject(Law, DType.Float64, why);
            }
        }
        return null;
    }

    // Steps are in proportion to the numbers, by powers of two, so that they are exact.
    private static IEnumerable<double[]> Directions(double[] x)
    {
        double Scale(int k) => x[k] == 0 ? 1 : Math.ScaleB(1, Math.ILogB(x[k]));
        var columns = x.Length <= Few ? Enumerable.Range(0, x.Length) : Enumerable.Range(0, Some).Select(k => (int)((long)k * (x.Length - 1) / (Some - 1)));
        foreach (var j in columns)
        {
            var unit = new double[x.Length];
            unit[j] = Scale(j);
            yield return unit;
        }
        if (x.Length < 2) yield break;
        var signs = Tape.Random((ulong)x.Length, x.Length);
        yield return [.. x.Select((_, k) => (signs[k] & 1) == 0 ? Scale(k) : -Scale(k))];
        yield return [.. x.Select((_, k) => (signs[k] & 2) == 0 ? Scale(k) : 0.5 * Scale(k))];
    }

    private Finding Found(Failure failure, int size, int[] tape)
    {
        var x = Draw(size, tape);
        var numeric = failure.Direction is not null;
        return new(failure.Law, DType.Float64, failure.Message, size)
        {
            Shapes = [[x.Length]],
            Point = [x],
            Direction = numeric ? [failure.Direction!] : [],
            Order = numeric ? 1 : null,
            Element = numeric ? failure.Row : null,
            Expected = numeric ? failure.Slope.Value : null,
            Got = numeric ? failure.Got : null,
            Within = numeric ? failure.Within : null,
            Code = Code(failure, x),
            Replay = new Replay(failure.Law, DType.Float64, size, tape).ToString(),
        };
    }

    private string Code(Failure failure, double[] x)
    {
        static string Array(double[] values) => $"[{Counterexample.Elements([.. values.Select(v => Counterexample.Literal(v))])}]";
        var code = new StringBuilder("using System;\nusing System.Linq;\n\n");
        var (function, gradient) = isGradient ? ("double", "double[]") : ("double[]", "double[][]");
        code.Append($"Func<double[], {function}> f = {text};\nFunc<double[], {gradient}> claimed = {claim};\ndouble[] x = {Array(x)};\n");
        if (failure.Direction is not { } v) return code.Append($"// {failure.Message}\n").ToString();
        var row = isGradient ? "" : $"[{failure.Row}]";
        code.Append($"double[] v = {Array(v)};\nvar h = {Counterexample.Literal(failure.Slope.Step)};\n");
        code.Append($"double At(double step) => f([.. x.Zip(v, (a, d) => a + step * d)]){row};\n");
        code.Append("var slope = (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);\n");
        code.Append($"var stated = claimed([.. x]){row}.Zip(v, (g, d) => g * d).Sum();\nConsole.WriteLine($\"{{stated:R}} instead of {{slope:R}}\");\n");
        return code.ToString();
    }
}
