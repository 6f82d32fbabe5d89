using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public sealed partial class Node
{
    private static readonly ConditionalWeakTable<Node, string> origins = [];
    private static readonly string[] library = ["Functional.Autograd.Core", "Functional.Autograd.Cpu", "Functional.Autograd.Cuda", "Functional.Autograd.Torch", "Functional.Autograd.Testing"];
    private static volatile bool recordOrigins;

    /// <summary>
    /// Whether nodes that are built from now on, on any thread, remember the line of the caller's code that built them. Off at first: each node then takes
    /// a look at the whole stack, some ten microseconds or more. It can be switched at any time; what was recorded stays with its node.
    /// </summary>
    public static bool RecordOrigins
    {
        get => recordOrigins;
        set => recordOrigins = value;
    }

    /// <summary>
    /// The file, without its folder, and the line of the innermost call from outside of this library that built the node: <c>Model.cs:12</c>. None
    /// where <see cref="RecordOrigins"/> was off, or nothing is known about lines, as where the symbols of an assembly are missing.
    /// </summary>
    public string? Origin => origins.TryGetValue(this, out var origin) ? origin : null;

    private void RecordOrigin()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetFileName() is not { } file || IsLibrary(frame)) continue;
            origins.Add(this, $"{Path.GetFileName(file)}:{frame.GetFileLineNumber()}");
            return;
        }
    }

    private static bool IsLibrary(StackFrame frame) => library.Contains(DiagnosticMethodInfo.Create(frame)?.DeclaringAssemblyName.Split(',')[0], StringComparer.Ordinal);
}
