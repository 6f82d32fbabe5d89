#pragma warning disable IDE0130
namespace System.Runtime.CompilerServices;

// Records need it, and the generator's framework has none.
internal static class IsExternalInit;
