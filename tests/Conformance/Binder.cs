using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>Finds the overload that C# would take for a call in Python's words, and calls it.</summary>
internal static class Binder
{
    private sealed record Candidate(MethodInfo Method, object? Self, object?[] Arguments, int Cost);

    /// <summary>The call, ready to be made; null when the facade has no member or no overload for it.</summary>
    public static Func<Tensor[]>? Bind(RecordedCall call, Tensor[] inputs)
    {
        var arguments = call.Arguments(inputs);
        var keywords = call.Keywords(inputs);
        var path = call.Op.Split('.');
        // torch.fft is an object, the others are classes.
        var self = call.Form == "method" ? arguments[0] : path.Length == 1 ? null : typeof(torch).GetProperty(path[0])?.GetValue(null);
        var home = call.Form == "F" ? typeof(nn.functional) : self?.GetType() ?? path[..^1].Aggregate(typeof(torch), (t, n) => t?.GetNestedType(n)!);
        if (call.Form == "method") arguments = arguments[1..];
        var best = (home?.GetMember(path[^1], MemberTypes.Method, BindingFlags.Public | (self is null ? BindingFlags.Static : BindingFlags.Instance)) ?? [])
            .Cast<MethodInfo>().Where(m => !m.IsGenericMethod && keywords.ContainsKey("out") == Array.Exists(m.GetParameters(), p => p.Name == "out")).SelectMany(m => Fit(m, self, arguments, keywords)).MinBy(c => c.Cost);
        return best is null ? null : () => Flat(Invoke(best));
    }

    private static object? Invoke(Candidate c)
    {
        try
        {
            return c.Method.Invoke(c.Self, c.Arguments);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static Tensor[] Flat(object? result) => result switch
    {
        Tensor t => [t],
        IEnumerable<Tensor> many => [.. many],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)],
        null => [],
        _ => [.. result.GetType().GetProperties().Where(p => p.PropertyType == typeof(Tensor) && p.GetIndexParameters().Length == 0).Select(p => (Tensor)p.GetValue(result)!)],
    };

    // Positional arguments, then keywords, then defaults; a last array of params also takes its elements one by one.
    private static IEnumerable<Candidate> Fit(MethodInfo method, object? self, object?[] arguments, IReadOnlyDictionary<string, object?> keywords)
    {
        var parameters = method.GetParameters();
        if (keywords.Keys.Any(k => Array.FindIndex(parameters, p => p.Name == k) < arguments.Length)) yield break;
        if (Filled(parameters, arguments, keywords) is { } plain) yield return new(method, self, plain.Values, plain.Cost);
        if (parameters is not [.., var last] || !TakesAll(last)) yield break;
        var fixedCount = parameters.Length - 1;
        object?[] packed = arguments.Length >= fixedCount ? [.. arguments[..fixedCount], arguments[fixedCount..]] : arguments;
        var spread = keywords.TryGetValue(last.Name!, out var single) ? new Dictionary<string, object?>(keywords) { [last.Name!] = new object?[] { single } } : keywords;
        if (spread != keywords && packed.Length > fixedCount) packed = packed[..fixedCount];
        if (Filled(parameters, packed, spread) is { } expanded) yield return new(method, self, expanded.Values, expanded.Cost + 1);
    }

    private static bool TakesAll(ParameterInfo p) => p.IsDefined(typeof(ParamArrayAttribute)) || p.IsDefined(typeof(ParamCollectionAttribute));

    private static (object?[] Values, int Cost)? Filled(ParameterInfo[] parameters, object?[] arguments, IReadOnlyDictionary<string, object?> keywords)
    {
        if (arguments.Length > parameters.Length) return null;
        var (values, cost) = (new object?[parameters.Length], 0);
        for (var i = 0; i < values.Length; i++)
        {
            var p = parameters[i];
            if (i < arguments.Length || keywords.ContainsKey(p.Name!))
            {
                if (Conversion.To(p.ParameterType, i < arguments.Length ? arguments[i] : keywords[p.Name!]) is not { } converted) return null;
                (values[i], cost) = (converted.Value, cost + converted.Cost);
            }
            else if (p.HasDefaultValue)
            {
                values[i] = p.DefaultValue ?? (p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null);
            }
            else if (TakesAll(p))
            {
                values[i] = Conversion.To(p.ParameterType, Array.Empty<object?>())?.Value;
            }
            else
            {
                return null;
            }
        }
        return (values, cost);
    }
}
