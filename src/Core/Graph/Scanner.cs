using System.Globalization;
using System.Text;

namespace Functional.Autograd;

/// <summary>Takes a text apart from left to right. What is wrong is said with its line, what was expected and what was found.</summary>
/// <param name="text">The text; white space and comments, from // to the end of a line, separate what would run together.</param>
internal class Scanner(string text)
{
    // Long lists would make work that grows with their square.
    private const int LongestList = 1024;

    // Where it is, and where what was read last began.
    private int at, last;

    /// <summary>A text in quotation marks; what would disturb is written by its code.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            if (c is '"' or '\\' || char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else quoted.Append(c);
        return quoted.Append('"').ToString();
    }

    public FormatException Wrong(string expected, string? found = null)
    {
        Skip();
        found ??= at == text.Length ? "the end" : $"'{text[at..Math.Min(text.Length, at + 24)].Split('\n')[0]}'";
        return new($"line {LineOf(at)}: expected {expected}, found {found}");
    }

    /// <summary>The same of what was read last.</summary>
    public FormatException Back(string expected)
    {
        at = last;
        return Wrong(expected);
    }

    /// <summary>Where it is.</summary>
    public int At => at;

    /// <summary>The line of a place; finding it takes a look at all before.</summary>
    public int LineOf(int place) => 1 + text.AsSpan(0, place).Count('\n');

    public bool AtEnd
    {
        get
        {
            Skip();
            return at == text.Length;
        }
    }

    private void Skip()
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text.AsSpan(at).StartsWith("//", StringComparison.Ordinal)))
            if (text[at] == '/') at = text.IndexOf('\n', at) is var end && end < 0 ? text.Length : end;
            else at++;
    }

    public bool Sees(string token)
    {
        Skip();
        return text.AsSpan(at).StartsWith(token, StringComparison.Ordinal);
    }

    public bool Try(string token)
    {
        if (!Sees(token)) return false;
        last = at;
        at += token.Length;
        return true;
    }

    public void Expect(string token)
    {
        if (!Try(token)) throw Wrong($"'{token}'");
    }

    private string While(Func<char, bool> belongs, string expected)
    {
        Skip();
        last = at;
        while (at < text.Length && belongs(text[at])) at++;
        return at > last ? text[last..at] : throw Wrong(expected);
    }

    public string Word(string expected) => While(c => char.IsAsciiLetterOrDigit(c) || c == '_', expected);

    public string Number() => While(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-', "a number");

    public long Long() => Parsed(long.TryParse(Number(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value), value, "an integer of 64 bits");

    public int Int() => Long() is var value && value == (int)value ? (int)value : throw Back("an integer of 32 bits");

    // What was read, if it is what was expected.
    protected T Parsed<T>(bool holds, T value, string expected) => holds ? value : throw Back(expected);

    public Dims Dims()
    {
        var entries = new List<long>();
        Expect("[");
        while (!Try("]"))
        {
            if (entries.Count > 0) Expect(",");
            if (entries.Count == LongestList) throw Wrong($"at most {LongestList} entries");
            entries.Add(Long());
        }
        return Functional.Autograd.Dims.From(entries);
    }

    public DType DType()
    {
        var word = Word("an element type");
        foreach (var type in Enum.GetValues<DType>())
            if (type.ToString().ToLowerInvariant() == word) return type;
        throw Back("an element type");
    }

    public TensorType Type()
    {
        Skip();
        var from = at;
        var type = new TensorType(DType(), Dims());
        last = from;
        return type;
    }

    public string Quotation()
    {
        Expect("\"");
        var quoted = new StringBuilder();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\') quoted.Append(text[at]);
            else if (at + 5 < text.Length && text[at + 1] == 'u' && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                quoted.Append((char)code);
                at += 5;
            }
            else throw Wrong("\\u and four digits");
        }
        Expect("\"");
        return quoted.ToString();
    }
}
