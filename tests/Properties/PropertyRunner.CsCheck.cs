using CsCheck;

namespace Properties;

internal static partial class Property
{
    private static void Random(Action<int[]> law, int cases, int seed) =>
        Gen.Int[0, int.MaxValue - 1].Array[192].Sample(law, iter: cases, seed: $"{seed:D16}");
}
