namespace Model.Pure;

/// <summary>An error that PyTorch would raise; null text: the kind is known, the text is not. Nothing has changed.</summary>
internal sealed class Refusal(string kind, params string?[] texts) : Exception(string.Join(" | ", texts))
{
    public string Kind => kind;

    /// <summary>Whether an error is the expected one; where several things are wrong, any of them may be told.</summary>
    public bool Allows(string actualKind, string actualText) => kind == actualKind && texts.Any(t => t is null || t == actualText);

    public static Refusal Runtime(params string?[] texts) => new("RuntimeError", texts);
}

/// <summary>The model does not know what PyTorch does here. A script leaves such a step out.</summary>
internal sealed class Abstention(string why) : Exception(why);
