using System.Globalization;
using Autograd;

// Each example prints its numbers; those that PyTorch 2.6 prints for the same program stand beside them and must agree.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Name, Func<(double Number, double PyTorch, double Tolerance)[]> Run)[] examples =
[
    ("a function of several results", SeveralResults.Run),
    ("gradient penalty", GradientPenalty.Run),
    ("gradients of each sample", EachSample.Run),
    ("forward mode", ForwardMode.Run),
    ("checkpointing", Checkpointing.Run),
];
var wrong = 0;
foreach (var (name, run) in examples)
{
    Console.WriteLine(name);
    foreach (var (number, pytorch, tolerance) in run())
    {
        var agrees = Math.Abs(number - pytorch) <= tolerance * Math.Abs(pytorch);
        if (!agrees) wrong++;
        Console.WriteLine($"  {number:G9} (PyTorch {pytorch:G9}){(agrees ? "" : ": they differ")}");
    }
}
return wrong == 0 ? 0 : 1;
