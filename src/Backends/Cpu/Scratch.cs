namespace Functional.Autograd.Cpu;

/// <summary>A thread's working memory, 64-byte aligned: pinned, and owned by whoever works with it until it is put back.</summary>
internal readonly unsafe ref struct Scratch : IDisposable
{
    [ThreadStatic] private static byte[]? idle;

    private readonly byte[] owner;

    public Scratch(long bytes)
    {
        owner = idle is { } kept && kept.Length >= bytes + 64 ? kept : GC.AllocateUninitializedArray<byte>(checked((int)bytes + 64), pinned: true);
        idle = null;
        Pointer = ((nint)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(owner, 0) + 63) & ~63;
    }

    public nint Pointer { get; }

    public void Dispose() => idle = owner;
}
