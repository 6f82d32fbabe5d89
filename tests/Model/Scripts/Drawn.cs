using System.Collections.Immutable;
using System.Reflection;
using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>
/// Every recorded operator of the facade of one or two tensors, from what its row states: PyTorch's name, what is saved, and the value as a function.
/// All that happens with it is the model's.
/// </summary>
internal static class Drawn
{
    // Element types and values that are no numbers, what PyTorch computes from several operations, and results that are the operand's own.
    private static readonly string[] left = ["quantile", "nanquantile", "complex", "polar", "cholesky_solve"];

    private sealed record Found(MethodInfo Row, string Gradient, int Saves, int Operands);

    // Rows with names or refusals of their own for some arguments are the fixed rows' affair.
    private static readonly Found[] rows =
    [
        .. from family in typeof(torch).GetNestedTypes(BindingFlags.NonPublic)
           from method in family.GetMethods(BindingFlags.Public | BindingFlags.Static)
           from fact in method.GetCustomAttributesData()
           where fact.AttributeType.Name == "TorchAttribute" && method.ReturnType == typeof(Node) && Array.IndexOf(left, method.Name) < 0
           where !fact.NamedArguments.Any(a => a.MemberName is "Check" or "WholeGradient" or "WrittenGradient")
           let gradient = (string)fact.ConstructorArguments[0].Value!
           let operands = method.GetParameters().Count(p => p.ParameterType == typeof(Node))
           where gradient is not ("" or "NotImplemented") && operands <= 2 && method.GetParameters().Skip(operands).All(p => p.HasDefaultValue)
           select new Found(method, gradient, (int)fact.ConstructorArguments[1].Value!, operands),
    ];

    /// <summary>Operators of one tensor.</summary>
    public static IEnumerable<(string Text, Operation Op, Func<Tensor, Tensor> Call)> Unary() =>
        from row in rows.Where(r => r.Operands == 1)
        from form in Forms(row, row.Row.Name)
        let op = Of(row)
        where IsReal(op, 1)
        select ($"{row.Row.Name}()", op, (Func<Tensor, Tensor>)(x => form([x])));

    /// <summary>Operators of two tensors.</summary>
    public static IEnumerable<(string Text, Operation Op, Func<Tensor, Tensor, Tensor> Call)> Binary() =>
        from row in rows.Where(r => r.Operands == 2)
        from form in Forms(row, row.Row.Name)
        let op = Of(row)
        where IsReal(op, 2)
        select ($"{{0}}.{row.Row.Name}({{1}})", op, (Func<Tensor, Tensor, Tensor>)((x, y) => form([x, y])));

    /// <summary>Operators of one tensor in place.</summary>
    public static IEnumerable<(string Text, Operation Op, Action<Tensor> Call, bool Filling)> Writes() =>
        from row in rows.Where(r => r.Operands == 1)
        from form in Forms(row, row.Row.Name + "_")
        let op = Of(row)
        where IsReal(op, 1)
        select ($"{row.Row.Name}_()", op, (Action<Tensor>)(x => form([x])), false);

    /// <summary>Operators of two tensors in place.</summary>
    public static IEnumerable<(string Text, Operation Op, Action<Tensor, Tensor> Call)> WritesOfTwo() =>
        from row in rows.Where(r => r.Operands == 2)
        from form in Forms(row, row.Row.Name + "_")
        let op = Of(row)
        where IsReal(op, 2)
        select ($"{row.Row.Name}_", op, (Action<Tensor, Tensor>)((x, y) => form([x, y])));

    // The public method, or the function where there is none.
    private static IEnumerable<Func<Tensor[], Tensor>> Forms(Found row, string name)
    {
        var further = row.Row.GetParameters().Skip(row.Operands).Select(p => p.ParameterType).ToArray();
        foreach (var home in new[] { typeof(Tensor), typeof(torch), typeof(nn.functional), typeof(special) })
        {
            var self = home == typeof(Tensor) ? 1 : 0;
            Type[] types = [.. Enumerable.Repeat(typeof(Tensor), row.Operands - self), .. further];
            if (home.GetMethod(name, BindingFlags.Public | (self == 1 ? BindingFlags.Instance : BindingFlags.Static), types) is not { } method || method.ReturnType != typeof(Tensor)) continue;
            object?[] rest = [.. method.GetParameters().Skip(row.Operands - self).Select(Default)];
            return [x => (Tensor)Invoked(method, self == 1 ? x[0] : null, [.. x[self..], .. rest])];
        }
        return [];
    }

    private static object? Default(ParameterInfo p) => p.DefaultValue ?? (p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null);

    private static object Invoked(MethodInfo method, object? self, object?[] arguments)
    {
        try
        {
            return method.Invoke(self, arguments)!;
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static Operation Of(Found row)
    {
        object?[] rest = [.. row.Row.GetParameters().Skip(row.Operands).Select(Default)];
        Node Value(ImmutableArray<Node> x)
        {
            try
            {
                return (Node)row.Row.Invoke(null, [.. x, .. rest])!;
            }
            catch (TargetInvocationException)
            {
                throw new Abstention("what the operator refuses");
            }
        }
        // A derivative depends on what it is computed from, though the slope there may be zero.
        Node Formula(Constants k, ImmutableArray<Node> x) => Ops.WithRule(row.Row.Name, Value(x), [.. x], (a, _, c) =>
        {
            var own = a.Select(Formulas.Itself).ToArray();
            var back = Gradient.Of([Value([.. own])], [c], own);
            return [.. back.Select((g, i) => own.Where(x => (row.Saves & Reads.Formula) != 0 || Reads.Reached(g, x)).Aggregate(g ?? Ops.Full(a[i].Type, 0), Formulas.Touch))];
        });
        return new(row.Gradient, Keeps.Nothing, Formula, v => v.All(x => x.DType == DType.Float64 && x.Data.All(Formulas.Clear)) && IsSmooth(Formula, v)) { Reads = row.Saves };
    }

    // Poles, kinks, ties and steps show in the neighbourhood: there a rounding decides. No two elements move alike.
    private static bool IsSmooth(Formula f, ImmutableArray<Value> x)
    {
        Value[] Around(double step)
        {
            ImmutableArray<Value> near = [.. x.Select((v, k) => v with { Data = [.. v.Data.Select((d, i) => d + step * (1 + 0.37 * i) * ((i + k) % 2 == 0 ? 1 : -1))] })];
            Node Slope(Constants k, ImmutableArray<Node> at, int i) => f(k, at) is var y && Gradient.Of([y], [Ops.Full(y.Type, 1)], [at[i]])[0] is { } slope ? slope : Ops.Full(at[i].Type, 0);
            return [Constants.Evaluate(f, near), .. x.Select((_, i) => Constants.Evaluate((k, at) => Slope(k, at, i), near))];
        }
        static bool Same(double a, double b) => Math.Abs(a - b) < 1e-4 * (1 + Math.Abs(a) + Math.Abs(b));
        var (above, below) = (Around(1e-7), Around(-1e-7));
        return above.Zip(below, (a, b) => a.Data.Zip(b.Data, Same).All(same => same)).All(same => same) && above[0].Data.All(d => d == 0 || Math.Abs(d) > 1e-6);
    }

    private static bool IsReal(Operation op, int operands)
    {
        try
        {
            return op.Formula(new Constants(), [.. Enumerable.Range(0, operands).Select(_ => Node.Placeholder(new TensorType(DType.Float64, [2])))]).DType == DType.Float64;
        }
        catch (Abstention)
        {
            return false;
        }
    }
}
