using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Page;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<GradientText>("#app");
await builder.Build().RunAsync().ConfigureAwait(false);
