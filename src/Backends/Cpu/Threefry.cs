using System.Numerics;

namespace Functional.Autograd.Cpu;

/// <summary>Threefry-2x32 with 20 rounds (Salmon et al., 2011): random words as a function of key and index.</summary>
internal static unsafe class Threefry
{
    private static readonly int[] Rotations = [13, 15, 26, 6, 17, 29, 16, 24];

    public static void Fill(long* keys, long number, long* words, long count)
    {
        for (var k = 0L; k < number; k++) Fill(keys + 2 * k, words + count * k, count);
    }

    private static void Fill(long* key, long* words, long count)
    {
        var (k0, k1) = ((uint)key[0], (uint)key[1]);
        for (var i = 0L; i < count; i += 2)
        {
            var (a, b) = Words(k0, k1, (uint)(i / 2), (uint)((i / 2) >> 32));
            words[i] = a;
            if (i + 1 < count) words[i + 1] = b;
        }
    }

    public static (uint A, uint B) Words(uint k0, uint k1, uint x0, uint x1)
    {
        ReadOnlySpan<uint> keys = [k0, k1, k0 ^ k1 ^ 0x1BD11BDA];
        var (a, b) = (x0 + k0, x1 + k1);
        for (var group = 0; group < 5; group++)
        {
            for (var r = 0; r < 4; r++)
            {
                a += b;
                b = BitOperations.RotateLeft(b, Rotations[group % 2 * 4 + r]) ^ a;
            }
            a += keys[(group + 1) % 3];
            b += keys[(group + 2) % 3] + (uint)(group + 1);
        }
        return (a, b);
    }
}
