namespace Faults;

/// <summary>Which fault is on; the switches in the planted copies of the sources ask it.</summary>
internal static class Planted
{
    private static volatile int current;

    /// <summary>The number of the fault that is on; 0 for none.</summary>
    public static int Current
    {
        get => current;
        set => current = value;
    }

    public static bool Is(int fault) => current == fault;
}
