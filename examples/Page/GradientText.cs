using Functional.Autograd;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Page;

/// <summary>A gradient that the browser computes.</summary>
public sealed class GradientText : ComponentBase
{
    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var y = Evaluate<double>(Grad(x => Sum(Sin(x) * x))(Tensor([0.5, 1.0])));
        builder.AddContent(0, $"The gradient of Σ x·sin x at (0.5, 1) is ({y[0]:F4}, {y[1]:F4}).");
    }
}
