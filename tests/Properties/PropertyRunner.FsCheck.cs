using FsCheck;
using FsCheck.Fluent;
using Functional.Autograd.Testing;

namespace Properties;

internal static partial class Property
{
    private static void Random(Action<int[]> law, int cases, int seed)
    {
        var tapes = Arb.From(Gen.Choose(0, int.MaxValue - 1).ArrayOf(192), Tape.Shrink);
        var config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay((ulong)seed, (ulong)(2 * seed + 1)).WithQuietOnSuccess(true);
        Check.One(config, Prop.ForAll(tapes, law));
    }
}
