using System.Text.RegularExpressions;

namespace Functional.Autograd.Testing;

/// <summary>Draws cases, asks the laws, and makes what breaks one small.</summary>
internal sealed partial class Runner(Subject subject, VerifyOptions options)
{
    private const int Choices = 96;

    private readonly IReadOnlyList<Question> questions = Question.All(options);
    private readonly Tally tally = new();
    private readonly List<Finding> findings = [];

    public Report Run()
    {
        string? note = null;
        if (options.Replay is { } replay) Again(Replay.Parse(replay));
        else
        {
            var (index, seen) = (0, new Dictionary<int, int>());
            foreach (var size in options.Plan())
            {
                var nth = seen[size] = seen.GetValueOrDefault(size) + 1;
                // The first of every size is the simplest.
                Try(size, nth == 1 ? [] : Tape.Random(options.Seed + (ulong)index * 0x632BE59BD9B4E019, Choices), nth == 1 ? 0 : index, ref note);
                index++;
            }
        }
        if (!tally.Any && findings.Count == 0) findings.Add(Whole("value", tally.Refused.Count > 0 ? $"the function cannot be evaluated in any case: {tally.Refused.First().Key}" : "no case was tried"));
        return new(subject.Name, options, findings, tally, note is null ? [] : [note]);
    }

    private void Try(int size, int[] tape, int index, ref string? note)
    {
        tally.Cases++;
        var drawn = subject.Draw(size, tape);
        foreach (var question in questions)
        {
            if (index % question.Every != 0) continue;
            if (Broken(drawn, question, count: true) is { } failure) Found(question, drawn, failure);
        }
        note ??= Note(drawn);
    }

    // Null where the law holds or says nothing.
    private Exception? Broken(Drawn drawn, Question question, bool count)
    {
        try
        {
            var verdict = question.Ask(drawn);
            if (count) tally.Add(question.Law, question.DType, verdict);
            return null;
        }
        catch (LawBroken e)
        {
            return e;
        }
        catch (Exception e) when (e is not TangentsException)
        {
            if (OfRule().IsMatch(e.Message) || Refusal(drawn, question.DType) is not { } refusal) return e;
            if (count) tally.Refuse(question.Law, question.DType, $"size {drawn.Size}: {refusal}");
            return null;
        }
    }

    // A function need not take every size or point, and says so when it is called; its derivative has to exist where it does.
    private static string? Refusal(Drawn drawn, DType dtype)
    {
        try
        {
            var subject = dtype == DType.Float32 ? drawn.Case.InSingle() : drawn.Case;
            Plans.Evaluator.Force([subject.Value]);
            return null;
        }
        catch (Exception e)
        {
            return FirstLine(e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0];

    [GeneratedRegex(": the rule (gave|failed|is not)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfRule();

    private void Found(Question question, Drawn drawn, Exception failure)
    {
        tally.Break(question.Law, question.DType);
        var known = findings.FindIndex(f => f.Law == question.Law && f.DType == question.DType);
        if (known >= 0)
        {
            findings[known] = findings[known] with { Times = findings[known].Times + 1 };
            return;
        }
        var (size, tape, least) = Shrinking.Smallest(drawn.Size, drawn.Tape, failure, options.Shrinks, (n, t) => Likewise(failure, n, t, question));
        findings.Add(Finding(question, subject.Draw(size, tape), least));
    }

    // What else may fail at another case is another finding.
    private Exception? Likewise(Exception failure, int size, int[] tape, Question question)
    {
        try
        {
            return Broken(subject.Draw(size, tape), question, count: false) is { } other && other.GetType() == failure.GetType() && (other as LawBroken)?.Evidence?.Order == (failure as LawBroken)?.Evidence?.Order ? other : null;
        }
        catch (TangentsException)
        {
            return null; // given for other sizes
        }
    }

    private void Again(Replay replay)
    {
        var question = questions.FirstOrDefault(q => q.Law == replay.Law && q.DType == replay.DType)
            ?? throw new ArgumentException($"a replay of the law \"{replay.Law}\" in {replay.DType} asks for what the options leave out");
        tally.Cases++;
        var drawn = subject.Draw(replay.Size, replay.Tape);
        if (Broken(drawn, question, count: true) is not { } failure) return;
        tally.Break(question.Law, question.DType);
        findings.Add(Finding(question, drawn, failure));
    }

    private Finding Finding(Question question, Drawn drawn, Exception failure)
    {
        var evidence = (failure as LawBroken)?.Evidence;
        var single = question.DType == DType.Float32;
        var at = single ? drawn.Case.InSingle() : drawn.Case;
        var message = failure is LawBroken ? FirstLine(failure) : $"{(OfRule().IsMatch(failure.Message) ? "" : $"the derivative throws a {failure.GetType().Name}: ")}{FirstLine(failure)}";
        return new(question.Law, question.DType, message, drawn.Size)
        {
            Shapes = [.. at.Inputs.Select(x => x.Shape)],
            Point = [.. at.Inputs.Select(x => (IReadOnlyList<double>)Oracle<Real>.Elements(x))],
            Direction = evidence is null ? [] : [.. evidence.Direction],
            Order = evidence?.Order,
            Modes = evidence is null ? null : Laws.ModesInWords(evidence.Modes),
            Element = evidence is { Weights: null } ? evidence.Element : null,
            Expected = evidence?.Expected,
            Got = evidence?.Got,
            Within = evidence?.Within,
            Culprit = failure is LawBroken ? Culprit.Of(at, question.DType, options) : null,
            Code = Counterexample.Of(subject, drawn, at, evidence, failure, single),
            Replay = new Replay(question.Law, question.DType, drawn.Size, drawn.Tape).ToString(),
        };
    }

    private static Finding Whole(string law, string message) => new(law, DType.Float64, message, 0);

    // What the function says of itself that decides what its derivative is.
    private string? Note(Drawn drawn)
    {
        if (Refusal(drawn, DType.Float64) is not null) return null;
        var (rules, detached) = Laws.Told(drawn.Case.Value);
        var unknown = options.Surrogates.Where(s => !rules.Contains(s)).ToArray();
        if (unknown.Length > 0) throw new ArgumentException($"no rule of the function is called {string.Join(" or ", unknown)}; its rules are: {string.Join(", ", rules.Order(StringComparer.Ordinal))}");
        string[] notes =
        [
            .. rules.Count > 0 ? new[] { $"rules: {string.Join(", ", rules.Order(StringComparer.Ordinal))}; each is compared with what its value is made of{(options.Surrogates.IsEmpty ? "" : $", except {string.Join(", ", options.Surrogates)}, meant to be something else")}" } : [],
            .. detached ? new[] { "something is detached outside rules, and is taken at its word: no derivative passes there, and differences are not asked" } : [],
        ];
        return string.Join("; ", notes);
    }
}
