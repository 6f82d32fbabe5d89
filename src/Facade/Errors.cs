using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
#pragma warning disable CS1591 // Python's exception types by their names; the message is PyTorch's text.
    public abstract class PythonError(string message) : Exception(message)
    {
        /// <summary>The type's Python name.</summary>
        public string Kind => GetType().Name;
    }

    public class RuntimeError(string message) : PythonError(message);

    public sealed class NotImplementedError(string message) : RuntimeError(message);

    public sealed class ValueError(string message) : PythonError(message);

    public sealed class TypeError(string message) : PythonError(message);

    public sealed class IndexError(string message) : PythonError(message);

    public sealed class AttributeError(string message) : PythonError(message);

    public sealed class OverflowError(string message) : PythonError(message);

    public sealed class AssertionError(string message) : PythonError(message);
#pragma warning restore CS1591

    /// <summary>Where warnings go; Python's module of the same name.</summary>
    public static class warnings
    {
        private static readonly HashSet<(string File, int Line, string Text)> Seen = [];

        /// <summary>Receives category and text; the standard error stream unless replaced.</summary>
        public static Action<string, string> sink { get; set; } = (category, text) => Console.Error.WriteLine($"{category}: {text}");

        /// <summary>Lets every warning through again that was shown before, but those that PyTorch gives once in the life of a process.</summary>
        public static void resetwarnings()
        {
            lock (Seen) Seen.Clear();
        }

        private static readonly HashSet<string> Given = [];

        /// <summary>As in a new process.</summary>
        internal static void Forget()
        {
            resetwarnings();
            lock (Given) Given.Clear();
        }

        // Some warnings PyTorch gives once in the life of a process, whatever is reset.
        internal static void once(string message)
        {
            lock (Given)
                if (!Given.Add(message)) return;
            sink("UserWarning", message);
        }

        /// <summary>Warns, once per place and text.</summary>
        /// <param name="message">The text.</param>
        /// <param name="category">The Python category.</param>
        /// <param name="file">The caller's file, filled in by the compiler.</param>
        /// <param name="line">The caller's line, filled in by the compiler.</param>
        public static void warn(string message, string category = "UserWarning", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            lock (Seen)
                if (!Seen.Add((file, line, message))) return;
            sink(category, message);
        }
    }

    /// <summary>Runs code of the functional core; what it refuses becomes PyTorch's exception.</summary>
    internal static T Guard<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is not PythonError)
        {
            throw Translated(e);
        }
    }

    /// <summary>The Python exception that stands for one of .NET or of the core.</summary>
    internal static PythonError Translated(Exception e) => e switch
    {
        ArgumentOutOfRangeException or IndexOutOfRangeException => new IndexError(e.Message),
        NullReferenceException or ArgumentNullException => new TypeError("argument must be Tensor, not NoneType"),
        TensorMemoryException m => new RuntimeError($"[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate {m.Bytes} bytes. Error code 12 (Cannot allocate memory)"),
        InsufficientMemoryException or OutOfMemoryException => new RuntimeError($"DefaultCPUAllocator: can't allocate memory: {e.Message}"),
        _ => new RuntimeError(e.Message),
    };

    /// <summary>Room for elements that are made here and not by a plan; refused at once where there is none.</summary>
    /// <param name="count">How many.</param>
    /// <param name="width">The bytes of one where it is kept, if not what T takes.</param>
    internal static T[] Room<T>(long count, int? width = null) where T : unmanaged
    {
        var size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        if (count <= Array.MaxLength && count * size <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) return new T[count];
        var bytes = (Int128)count * (width ?? size);
        throw bytes <= long.MaxValue ? Translated(new TensorMemoryException((long)bytes, "elements")) : new RuntimeError($"Storage size calculation overflowed with sizes=[{count}]");
    }

    internal static int Wrap(long dim, int rank)
    {
        var range = Math.Max(rank, 1);
        return dim >= -range && dim < range ? (int)(dim < 0 ? dim + range : dim)
            : throw new IndexError($"Dimension out of range (expected to be in range of [{-range}, {range - 1}], but got {dim})");
    }
}
