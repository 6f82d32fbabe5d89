using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>What an <see cref="Optimizer"/> keeps from one step to the next. A tree.</summary>
/// <param name="Steps">How many steps were taken, int64[].</param>
/// <param name="Kept">Averages, for every parameter as many as the optimiser needs, of the parameter's type.</param>
public sealed record OptimizerState(Node Steps, ImmutableArray<Node> Kept)
{
    static OptimizerState() => Tree.Register((OptimizerState s) => (s.Steps, s.Kept), p => new OptimizerState(p.Steps, p.Kept));
}

/// <summary>
/// Descent by gradients, as two pure functions: <see cref="Init"/> gives a first state, <see cref="Update"/> the next parameters and state. All are nodes, so training is looped over by Scan, compiled, batched by Vmap, and
/// differentiated: in the first parameters, in what the loss captures, and in the optimiser's own numbers, which are nodes too.
/// </summary>
public sealed class Optimizer
{
    // One parameter's step: from it, its gradient, what was kept for it, and which step it is, from 1.
    private delegate (Node Next, ImmutableArray<Node> Kept) Step(Node x, Node gradient, ImmutableArray<Node> kept, Node time);

    private readonly int kept;
    private readonly Step step;

    private Optimizer(int kept, Step step) => (this.kept, this.step) = (kept, step);

    /// <summary>Stochastic gradient descent. https://pytorch.org/docs/2.6/generated/torch.optim.SGD.html</summary>
    /// <param name="learningRate">The step size.</param>
    /// <param name="momentum">How much of the last steps goes on; none unless given.</param>
    /// <param name="nesterov">The gradient counts as if the momentum had acted already.</param>
    /// <param name="weightDecay">How much of the parameter is added to its gradient; none unless given.</param>
    /// <exception cref="ArgumentException">Nesterov's form is asked for without momentum.</exception>
    public static Optimizer Sgd(Node learningRate, Node? momentum = null, bool nesterov = false, Node? weightDecay = null)
    {
        if (nesterov && momentum is null) throw new ArgumentException("Sgd: Nesterov's form needs a momentum", nameof(nesterov));
        return new(momentum is null ? 0 : 1, (x, g, kept, _) =>
        {
            if (weightDecay is not null) g += weightDecay * x;
            if (momentum is null) return (x - learningRate * g, []);
            var velocity = momentum * kept[0] + g;
            return (x - learningRate * (nesterov ? g + momentum * velocity : velocity), [velocity]);
        });
    }

    /// <summary>Adam (Kingma and Ba, Adam: a method for stochastic optimization, 2015).</summary>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">How much of the average of gradients remains.</param>
    /// <param name="beta2">How much of the average of their squares remains.</param>
    /// <param name="epsilon">What is added to the root of that.</param>
    /// <param name="weightDecay">How much of the parameter is added to its gradient; none unless given.</param>
    public static Optimizer Adam(Node learningRate, Node? beta1 = null, Node? beta2 = null, Node? epsilon = null, Node? weightDecay = null) =>
        Adam(learningRate, beta1, beta2, epsilon, (x, g) => weightDecay is null ? (x, g) : (x, g + weightDecay * x));

    /// <summary>Adam whose weight decay is no part of the gradient (Loshchilov and Hutter, Decoupled weight decay regularization, 2019).</summary>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">How much of the average of gradients remains.</param>
    /// <param name="beta2">How much of the average of their squares remains.</param>
    /// <param name="epsilon">What is added to the root of that.</param>
    /// <param name="weightDecay">How much of the parameter, times the step size, each step takes off; 0.01 unless given.</param>
    public static Optimizer AdamW(Node learningRate, Node? beta1 = null, Node? beta2 = null, Node? epsilon = null, Node? weightDecay = null) =>
        Adam(learningRate, beta1, beta2, epsilon, (x, g) => (x - learningRate * (weightDecay ?? 0.01) * x, g));

    private static Optimizer Adam(Node rate, Node? beta1, Node? beta2, Node? epsilon, Func<Node, Node, (Node X, Node Gradient)> decayed)
    {
        var (b1, b2, small) = (beta1 ?? 0.9, beta2 ?? 0.999, epsilon ?? 1e-8);
        return new(2, (x, g, kept, time) =>
        {
            (x, g) = decayed(x, g);
            var (mean, square) = (b1 * kept[0] + (1 - b1) * g, b2 * kept[1] + (1 - b2) * g * g);
            // A root has no derivative at 0, where a gradient has been 0 from the beginning.
            var scaled = square / (1 - Pow(b2, time));
            var root = Where(scaled > 0, Sqrt(Where(scaled > 0, scaled, 1)), 0);
            return (x - rate * (mean / (1 - Pow(b1, time))) / (root + small), [mean, square]);
        });
    }

    /// <summary>The state before the first step.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="parameters">Floating-point tensors.</param>
    /// <exception cref="ShapeException">A parameter is no floating-point tensor.</exception>
    public OptimizerState Init<T>(T parameters)
    {
        var leaves = Tree.Leaves(parameters);
        if (leaves.FirstOrDefault(x => !x.DType.IsFloat) is { } other) throw new ShapeException($"Init: parameters are floating-point tensors, not {other.Type}");
        return new(Scalar(0, DType.Int64), [.. leaves.SelectMany(x => Enumerable.Repeat(Full(new TensorType(x.DType, x.Shape), 0), kept))]);
    }

    /// <summary>One step.</summary>
    /// <typeparam name="T">A tree.</typeparam>
    /// <param name="gradients">As <see cref="Transforms.Grad{T}(Func{T, Node})"/> gives them.</param>
    /// <param name="state">The state.</param>
    /// <param name="parameters">The parameters.</param>
    /// <returns>The next parameters, of the same types, and the next state.</returns>
    /// <exception cref="ArgumentException">The gradients have another structure than the parameters, or the state is of other parameters or another optimiser.</exception>
    /// <exception cref="ShapeException">A gradient has another shape than its parameter.</exception>
    public (T Parameters, OptimizerState State) Update<T>(T gradients, OptimizerState state, T parameters)
    {
        var x = Tree.Leaves(parameters);
        if (state.Kept.Length != kept * x.Length) throw new ArgumentException($"Update: a state of {state.Kept.Length} tensors; {x.Length} parameters of this optimiser have {kept * x.Length}", nameof(state));
        var (time, at, all) = (state.Steps + 1, 0, ImmutableArray.CreateBuilder<Node>(state.Kept.Length));
        var next = Tree.Map((value, g) =>
        {
            if (g.Shape != value.Shape) throw new ShapeException($"Update: a gradient of type {g.Type} for a parameter of type {value.Type}");
            var (moved, mine) = step(value, g, state.Kept.Slice(kept * at++, kept), Cast(time, DType.Float64));
            // Numbers of a wider type, such as a rate that was computed, leave a parameter's type alone.
            foreach (var k in mine) all.Add(Cast(k, value.DType));
            return Cast(moved, value.DType);
        }, parameters, gradients);
        return (next, new(time, all.ToImmutable()));
    }
}
