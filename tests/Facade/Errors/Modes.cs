using static Facade.Transcript;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Errors of tensors made in inference mode, and of anomalies; the lines of the program that are told are left out.</summary>
internal static class Modes
{
    private static Tensor Made()
    {
        using var _ = inference_mode();
        return ones(2);
    }

    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["modified in-place with anomaly mode"] = (say => { using (detect_anomaly()) { var y = Leaf(1, 2).exp(); y.add_(1); y.sum().backward(); } }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead. Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!\n~~ UserWarning: Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.\n~~ UserWarning: Error detected in ExpBackward0. Traceback of forward call that caused the error:\n"),
        ["anomaly: nan in backward"] = (say => { using (detect_anomaly()) (sqrt(Leaf(0)) * 0).backward(); }, "!! RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.\n~~ UserWarning: Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.\n~~ UserWarning: Error detected in SqrtBackward0. Traceback of forward call that caused the error:\n"),
        ["inference tensor saved for backward"] = (say => _ = Leaf(1, 2) * Made(), "!! RuntimeError: Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd."),
        ["inference tensor in-place outside"] = (say => Made().add_(1), "!! RuntimeError: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."),
        ["inference tensor requires_grad_"] = (say => Made().requires_grad_(), "!! RuntimeError: Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."),
        ["inference tensor _version"] = (say => say(Made()._version), "!! RuntimeError: Inference tensors do not track version counter."),
        ["forward AD: make_dual outside level"] = (say => forward_ad.make_dual(ones(1), ones(1)), "!! RuntimeError: Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."),
        ["forward AD: tangent shape mismatch"] = (say => { using (forward_ad.dual_level()) forward_ad.make_dual(ones(1), ones(2)); }, "!! RuntimeError: Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [1] while the given forward gradient is of size [2]."),
        ["forward AD: nested level"] = (say => { using (forward_ad.dual_level()) using (forward_ad.dual_level()) say(); }, "!! RuntimeError: Nested forward mode AD is not supported at the moment"),
    };
}
