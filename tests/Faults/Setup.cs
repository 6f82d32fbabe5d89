using System.Runtime.CompilerServices;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;

namespace Faults;

internal static class Setup
{
    // In one assembly with everything else the backend is not found by the name of its own.
    [ModuleInitializer]
    internal static void UseCpu() => Backend.Default = new CpuBackend();
}
