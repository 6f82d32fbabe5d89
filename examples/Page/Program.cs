// A page that computes a gradient in the browser, with the pure door.
using Functional.Autograd;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<Gradient>("#app");
await builder.Build().RunAsync().ConfigureAwait(false);

internal sealed class Gradient : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var y = Evaluate<double>(Grad(x => Sum(Sin(x) * x))(Tensor([0.5, 1.0])));
        builder.AddContent(0, $"The gradient of Σ x·sin x at (0.5, 1) is ({y[0]:F4}, {y[1]:F4}).");
    }
}
