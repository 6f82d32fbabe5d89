using static Facade.Transcript;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Errors of what is saved: read after it was freed, packed and unpacked by hooks.</summary>
internal static class Saved
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["access _saved_ after free"] = (say => { var y = Leaf(2).exp(); y.backward(); say(y.grad_fn!._saved_result); }, "!! RuntimeError: " + Twice),
        ["nested reentrant saved_tensors_hooks disabled"] = (say =>
        {
            using var none = graph.disable_saved_tensors_hooks("message here");
            using var hooks = graph.saved_tensors_hooks(x => x, x => x);
        }, "!! RuntimeError: message here"),
        ["saved_tensors_hooks unpack returns non tensor"] = (say => { Tensor y; using (graph.saved_tensors_hooks(x => x, x => 3)) y = Leaf(1).exp(); y.backward(); }, "!! TypeError: Output of saved tensor unpack_hook expected to be a Tensor but got result of type int"),
        ["register_hooks on raw saved tensor twice"] = (say => { var saved = Leaf(1).exp().grad_fn!._raw_saved_result; saved.register_hooks(x => x, x => x); saved.register_hooks(x => x, x => x); }, "!! RuntimeError: Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time."),
        ["saved_tensors_hooks pack modifies in place"] = (say => { using (graph.saved_tensors_hooks(x => x.add_(1), x => x)) say(Leaf(1) * 1.5 * Leaf(2)); }, "!! RuntimeError: A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook."),
    };
}
