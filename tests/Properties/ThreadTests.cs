using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;

namespace Properties;

/// <summary>The same graph has the same bits from run to run and for any number of threads.</summary>
public class ThreadTests
{
    // Large enough to be spread over threads.
    private static Case Large(Tape t)
    {
        var (rows, columns) = (t.Pick(300L, 257, 513), t.Pick(1025L, 700, 2048));
        var f = t.Pick<Func<Node, Node>>(x => Sum(Exp(x)), x => Sum(Sin(x), [0]), x => Mean(x * x, [1]), x => Softmax(x, 0), x => Softmax(x, 1), x => MatMul(x, Transpose(x)), x => CumSum(x, 1), x => MaxOver(x, [0]), x => LogSumExp(x, [1]),
            x => Prod(1 + x * 1e-3, [1]), x => Sort(x, 1).Values, x => Norm(x, 3, [0]), x => Var(x), x => Gelu(x) * Broadcast(Sum(x, [1], keep: true), x.Shape));
        var dtype = t.Pick(DType.Float64, DType.Float32);
        return new("large", [t.Inside([rows, columns], (-2, 2))], x => f(Cast(x[0], dtype)));
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        var threads = CpuBackend.Threads;
        try
        {
            Property.ForAll("threads", Large, subject =>
            {
                long[] Bits(int count)
                {
                    CpuBackend.Threads = count;
                    var x = Node.Leaf(subject.Inputs[0].Value!, subject.Inputs[0].Type);
                    var fresh = new Node(Functional.Autograd.Primitives.Alias.Instance, x);
                    var y = subject.F([fresh]);
                    var gradient = Gradient.Of([y], [Full(y.Type, 1)], [fresh])[0];
                    return [.. Transforms.Evaluate<double>(Cast(y, DType.Float64)).Concat(gradient is null ? [] : Transforms.Evaluate<double>(gradient)).Select(BitConverter.DoubleToInt64Bits)];
                }
                var one = Bits(1);
                foreach (var count in new[] { 1, 2, 4 })
                    if (!Bits(count).AsSpan().SequenceEqual(one)) throw new LawBroken($"with {count} threads the bits differ from those of one");
            }, 30);
        }
        finally
        {
            CpuBackend.Threads = threads;
        }
    }
}
