using System.Collections.Immutable;
using System.Numerics;
using System.Reflection;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Core;

/// <summary>Whoever gives an operation what it does not take is told so by the name of that operation, and not of one that it is made of.</summary>
public class NamedTests
{
    private static readonly Dims[] shapes = [Dims.Repeat(1, 0), [2], [3], [2, 2], [2, 3], [2, 2, 3], [0], [1, 0], [2, 3, 4, 4]];

    private static readonly TensorType[] types = [.. from dtype in new[] { DType.Complex128, DType.Float64, DType.Int64, DType.Bool, DType.Float16 } from shape in shapes select new TensorType(dtype, shape)];

    private static readonly MethodInfo[] operations = [.. typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(m => m.GetParameters().All(p => Takes(p.ParameterType) || p.HasDefaultValue) && m.GetParameters().Any(p => IsTensor(p.ParameterType)))];

    public static readonly TheoryData<string> Names = [.. operations.Select(m => m.Name).Distinct()];

    private static bool IsTensor(Type type) => type == typeof(Node) || type == typeof(IReadOnlyList<Node>) || type == typeof(ImmutableArray<Node>);

    private static bool Takes(Type type) => IsTensor(type) || type.IsPrimitive || type == typeof(DType) || type == typeof(TensorType) || type == typeof(Dims) || type == typeof(Dims?);

    private static object? Argument(ParameterInfo p, Func<Node> operand) =>
        p.HasDefaultValue ? p.DefaultValue :
        p.ParameterType == typeof(Node) ? operand() : p.ParameterType == typeof(IReadOnlyList<Node>) ? new[] { operand(), operand() } : p.ParameterType == typeof(ImmutableArray<Node>) ? ImmutableArray.Create(operand(), operand()) :
        p.ParameterType == typeof(DType) ? DType.Float64 : p.ParameterType == typeof(TensorType) ? TensorType.Float64(2) : p.ParameterType.IsPrimitive ? Convert.ChangeType(1, p.ParameterType, null) : Dims.Repeat(0, 1);

    private static readonly Node z = Tensor<Complex>([new(1, 2), new(3, -1)]), x = Tensor([1.0, 2]);

    [Fact]
    public void What_orders_or_bounds_takes_no_complex_numbers()
    {
        foreach (var (name, f) in new (string, Func<Node>)[]
        {
            ("Relu", () => Relu(z)), ("Softmax", () => Softmax(z)), ("Clamp", () => Clamp(z, 0)), ("Clamp", () => Clamp(x, z)), ("Gelu", () => Gelu(z, tanh: true)), ("Greater", () => z > x), ("MseLoss", () => MseLoss(z, x)), ("MseLoss", () => MseLoss(x, z)),
            ("CrossEntropy", () => CrossEntropy(z, Scalar(0, DType.Int64))), ("ArgMin", () => ArgMin(z, 0)), ("TopK", () => TopK(z, 1).Values), ("Polar", () => Polar(z, x)),
        })
            Assert.Equal($"{name} is not defined for complex128[2]", Assert.Throws<ShapeException>(f).Message);
    }

    // Every operation over tensors of all types and shapes in every place: what it takes it takes, and else it speaks for itself.
    [Theory, MemberData(nameof(Names))]
    public void Mistakes_name_what_was_called(string name)
    {
        var strangers = new SortedSet<string>();
        foreach (var method in operations.Where(m => m.Name == name))
            foreach (var first in types)
                foreach (var second in types.Where(t => t.DType == first.DType || t.Shape == first.Shape))
                {
                    var place = 0;
                    // No constant, of which some operations make others.
                    Node Operand() => new(Alias.Instance, Full(place++ == 0 ? first : second, 1));
                    try
                    {
                        method.Invoke(null, [.. method.GetParameters().Select(p => Argument(p, Operand))]);
                    }
                    catch (TargetInvocationException e)
                    {
                        var (told, isTold) = (e.InnerException!.Message, e.InnerException is ArgumentException and not ArgumentNullException);
                        if (!isTold || !told.StartsWith(name, StringComparison.Ordinal) || char.IsLetterOrDigit(told[name.Length])) strangers.Add($"{first}, {second}: {e.InnerException.GetType().Name}: {told}");
                    }
                }
        Assert.Equal([], strangers);
    }
}
