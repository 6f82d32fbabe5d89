namespace Functional.Autograd;

public static partial class torch
{
    // The switch flows with asynchronous code, as a Python context manager flows with its block.
    private static readonly AsyncLocal<bool> NoGrad = new();
    private static volatile bool everUsed;

    internal static bool GradMode => !everUsed || !NoGrad.Value;

    /// <summary>Whether operations are recorded.</summary>
    public static bool is_grad_enabled() => GradMode;

    /// <summary>Turns recording on or off; disposing restores what was.</summary>
    /// <param name="mode">Whether to record.</param>
    public static IDisposable set_grad_enabled(bool mode)
    {
        var before = NoGrad.Value;
        everUsed = true;
        NoGrad.Value = !mode;
        return new Scope(() => NoGrad.Value = before);
    }

    /// <summary>Operations inside are not recorded: <c>using (torch.no_grad()) { … }</c>.</summary>
    public static IDisposable no_grad() => set_grad_enabled(false);

    /// <summary>Operations inside are recorded, also within <see cref="no_grad"/>.</summary>
    public static IDisposable enable_grad() => set_grad_enabled(true);

    /// <summary>Like <see cref="no_grad"/>.</summary>
    public static IDisposable inference_mode(bool mode = true) => set_grad_enabled(!mode && GradMode);
}
