using System.Reflection;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>A Python value as an argument of a C# parameter, the way C# converts a literal; a lower cost is a better conversion.</summary>
internal static class Conversion
{
    public static (object? Value, int Cost)? To(Type type, object? value)
    {
        if (value is null) return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? (null, 0) : null;
        if (Nullable.GetUnderlyingType(type) is { } some) return To(some, value) is { } inner ? (inner.Value, inner.Cost + 1) : null;
        return (value, type) switch
        {
            (Tensor or bool or string or double or dtype, _) when type == value.GetType() => (value, 0),
            (long n, _) when type == typeof(int) => ((int)n, 0),
            (long n, _) when type == typeof(long) => (n, 1),
            (long n, _) when type == typeof(double) => ((double)n, 2),
            (object?[] list, _) => List(type, list),
            _ => Implicit(type, value),
        };
    }

    private static (object? Value, int Cost)? List(Type type, object?[] list)
    {
        var element = type.IsArray ? type.GetElementType()! : type.IsGenericType && type.IsInterface ? type.GenericTypeArguments[0] : null;
        if (element is null || !type.IsAssignableFrom(element.MakeArrayType())) return Implicit(type, list);
        var (array, cost) = (Array.CreateInstance(element, list.Length), type.IsArray ? 0 : 1);
        for (var i = 0; i < list.Length; i++)
        {
            if (To(element, list[i]) is not { } converted) return null;
            array.SetValue(converted.Value, i);
            cost += converted.Cost;
        }
        return (array, cost);
    }

    // A conversion that the parameter's type declares; one step only, as in C#.
    private static (object? Value, int Cost)? Implicit(Type type, object? value)
    {
        (object? Value, int Cost)? best = null;
        foreach (var m in type.GetMember("op_Implicit", MemberTypes.Method, BindingFlags.Public | BindingFlags.Static).Cast<MethodInfo>())
        {
            var from = m.GetParameters()[0].ParameterType;
            if (m.ReturnType != type || from == type || from.IsByRefLike || !(from.IsPrimitive || from.IsArray || from == typeof(string) || from == typeof(Tensor))) continue;
            if (To(from, value) is { } given && !(given.Cost >= best?.Cost - 10)) best = (m.Invoke(null, [given.Value]), given.Cost + 10);
        }
        return best is { } b && type == typeof(Tensor) ? (b.Value, b.Cost + 10) : best;
    }
}
