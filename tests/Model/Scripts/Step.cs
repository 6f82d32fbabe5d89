using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>One line of a script: what the model makes of a world, and the same for the facade.</summary>
/// <param name="Text">As C#, without the variables that it makes.</param>
/// <param name="Model">The model's step.</param>
/// <param name="Facade">The facade's step.</param>
internal sealed record Step(string Text, Func<World, World> Model, Action<Bench> Facade);

/// <summary>A script at work in the facade, as a user would write it.</summary>
internal sealed class Bench
{
    public List<Tensor> Variables { get; } = [];

    public Dictionary<int, Hook> Hooks { get; } = [];

    public Stack<IDisposable> Modes { get; } = [];

    public List<optim.Optimizer> Optimisers { get; } = [];

    /// <summary>What hooks were shown in the current step.</summary>
    public List<(int Id, Tensor Shown)> Log { get; set; } = [];

    public Tensor this[int variable] => Variables[variable];

    public void Add(params IEnumerable<Tensor?> tensors) => Variables.AddRange(tensors.OfType<Tensor>());

    public Func<Tensor, Tensor?> Hook(int id, HookKind kind) => g =>
    {
        using (no_grad()) Log.Add((id, g.clone()));
        return kind switch
        {
            HookKind.Double => g * 2,
            HookKind.DoubleInPlace => g.mul_(2) is null ? g : null,
            HookKind.Detach => g.detach(),
            HookKind.Raise => throw new RuntimeError("boom"),
            _ => null,
        };
    };

    public void Close()
    {
        while (Modes.TryPop(out var mode)) mode.Dispose();
    }
}
