using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Transforms;

namespace Pure;

/// <summary>Adam over any structure of parameters, as a compiled function from state to state.</summary>
internal sealed class Adam<T>(Func<T, Node> loss, double rate)
{
    private readonly Optimizer optimizer = Optimizer.Adam(rate);

    public T Run(T x, int steps)
    {
        var step = Compile<(T X, OptimizerState State), (T, OptimizerState)>(s => optimizer.Update(Grad(loss)(s.X), s.State, s.X));
        var state = (X: x, State: optimizer.Init(x));
        for (var k = 0; k < steps; k++) state = step(state);
        return state.X;
    }
}
