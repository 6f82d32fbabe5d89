// A gradient through either door, small enough to be published as one native file.
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

var gradient = Compile(Grad(x => Sum(Sin(x) * x)), TensorType.Float64(2));
var pure = gradient([0.5, 1.0]);
Console.WriteLine($"{pure[0]:F4} {pure[1]:F4}");

var t = torch.tensor(new[] { 0.5f, 1 }, requires_grad: true);
torch.sum(torch.sin(t) * t).backward();
Console.WriteLine(t.grad);
