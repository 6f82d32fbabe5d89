using Functional.Autograd.Testing;
using Model.Scripts;
using Properties;

namespace Model;

public class ScriptTests
{
    // A difference that is known and not yet mended: a part of the message, a part of the script, and what is wrong. This list may only shrink.
    private static readonly (string Message, string Script, string Wrong)[] Known =
    [
        (": [", ".expand(", "a write through a part of an expanded tensor is lost"),
        ("no error, where PyTorch raises RuntimeError: Trying to backward", "", "a write through a view frees nothing"),
        (".grad.requires_grad is True", "", "a retained gradient is added to in place"),
        ("requires_grad is False", "", "a gradient that a write cut off counts as depending on nothing"),
        ("which is output 0 of torch::autograd::CopySlices", "", "the name of what saved a value that was written through a view"),
    ];

    [Fact]
    public void The_facade_does_what_the_model_does() => Property.ForAll("facade scripts | as the model", Generator.Script, Hold, cases: 5000, choices: 160);

    private static void Hold(Script script)
    {
        try
        {
            script.Hold();
        }
        catch (LawBroken e) when (Array.Exists(Known, k => e.Message.Contains(k.Message, StringComparison.Ordinal) && e.Message.Contains(k.Script, StringComparison.Ordinal)))
        {
            // Known.
        }
    }
}
