using System.Numerics;

namespace Functional.Autograd.Cpu;

/// <summary>Comparisons as types, so that the loop around them is compiled once for each.</summary>
internal static class Comparison
{
    public interface ITest<in T>
    {
        static abstract bool Holds(T a, T b);
    }

    public readonly struct Less<T> : ITest<T> where T : INumber<T>
    {
        public static bool Holds(T a, T b) => a < b;
    }

    public readonly struct LessEqual<T> : ITest<T> where T : INumber<T>
    {
        public static bool Holds(T a, T b) => a <= b;
    }

    public readonly struct Equal<T> : ITest<T> where T : INumber<T>
    {
        public static bool Holds(T a, T b) => a == b;
    }
}
