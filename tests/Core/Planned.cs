using Functional.Autograd;
using Functional.Autograd.Plans;

namespace Core;

internal static class Planned
{
    /// <summary>The program that computes some nodes, before a backend has seen it.</summary>
    public static Program Of(params ReadOnlySpan<Node> roots)
    {
        var cone = Cone.Of(roots);
        var program = Planner.Program(Functional.Autograd.Plans.Graph.Of(cone));
        cone.Return();
        return program;
    }
}
