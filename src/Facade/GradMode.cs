namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// A switch of the running code, as PyTorch's thread-local ones: it survives <c>await</c> and reaches parallel loops and tasks, but a
    /// thread that is started by hand begins with the default.
    /// </summary>
    internal sealed class Ambient
    {
        private readonly AsyncLocal<(bool On, Thread? By)> value = new();
        private volatile bool used;

        public bool On
        {
            get
            {
                if (!used) return false;
                var (on, by) = value.Value;
                return on && (by == Thread.CurrentThread || RunsOthersCode);
            }
            set
            {
                used = true;
                this.value.Value = (value, Thread.CurrentThread);
            }
        }

        // A continuation or a task runs here, on behalf of the code that the switch was set in.
        private static bool RunsOthersCode => serves || Thread.CurrentThread.IsThreadPoolThread || SynchronizationContext.Current is not null || Task.CurrentId is not null;

        [ThreadStatic] private static bool serves;

        /// <summary>Says that the current thread was started to go on with its starter's code.</summary>
        public static void Serve() => serves = true;

        public IDisposable Set(bool on)
        {
            var before = On;
            On = on;
            return new Scope(() => On = before);
        }
    }

    private static readonly Ambient NoGrad = new();

    internal static readonly Ambient Inference = new();

    internal static bool GradMode => !NoGrad.On && !Inference.On;

    /// <summary>Whether operations are recorded.</summary>
    public static bool is_grad_enabled() => GradMode;

    /// <summary>Turns recording on or off; disposing restores what was. A new thread records.</summary>
    /// <param name="mode">Whether to record.</param>
    public static IDisposable set_grad_enabled(bool mode) => NoGrad.Set(!mode);

    /// <summary>Operations inside are not recorded: <c>using (torch.no_grad()) { … }</c>.</summary>
    public static IDisposable no_grad() => set_grad_enabled(false);

    /// <summary>Operations inside are recorded, also within <see cref="no_grad"/>.</summary>
    public static IDisposable enable_grad() => set_grad_enabled(true);

    /// <summary>
    /// Like <see cref="no_grad"/>, and what is made inside can't be changed, or saved for a derivative, outside. With mode false: as usual inside.
    /// </summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.autograd.grad_mode.inference_mode.html</remarks>
    public static IDisposable inference_mode(bool mode = true)
    {
        var (grad, inference) = (set_grad_enabled(!mode), Inference.Set(mode));
        return new Scope(() =>
        {
            inference.Dispose();
            grad.Dispose();
        });
    }

    /// <summary>Whether <see cref="inference_mode"/> is on.</summary>
    public static bool is_inference_mode_enabled() => Inference.On;
}
