using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Element types where a table of calls does not reach; the table is in the conformance tests.</summary>
public class TypeTests
{
    private static string Error<T>(Action call) where T : PythonError => Assert.Throws<T>(call).Message;

    [Fact]
    public void Numbers_keep_their_precision_beside_float64_in_every_form()
    {
        var x = tensor(new[] { 1.0, 2.0 });
        const double tenth = 0.1;
        x[0] = tenth;
        Assert.Equal([0.1, 2.0], x.to_array<double>());
        x[..] = tenth;
        Assert.Equal([0.1, 0.1], x.to_array<double>());
        Assert.Equal([0.2, 0.2], torch.add(x, tenth).to_array<double>());
        Tensor number = tenth;
        Assert.Equal([0.2, 0.2], torch.add(x, number).to_array<double>());
        Assert.Equal([0.1, 0.1], x.where(tensor(new[] { true, false }), 0.1).to_array<double>());
        Assert.Equal([true, true], torch.ge(x, 0.1).to_array<bool>());
        Assert.Equal([false, false], torch.ne(x, 0.1).to_array<bool>());
        Assert.Equal([Math.Pow(0.1, 0.1), Math.Pow(0.1, 0.1)], torch.pow(0.1, x).to_array<double>());
        Assert.Equal([9f], torch.floor_divide(tensor(new[] { 1L }), 0.1).to_array<float>());
        // A gradient flows through a number as through none.
        var w = tensor(new[] { 2.0 }, requires_grad: true);
        torch.mul(w, 0.1).sum().backward();
        Assert.Equal([0.1], w.grad!.to_array<double>());
    }

    [Fact]
    public void Zero_dimensional_tensors_compose_in_their_own_type()
    {
        var x = full([], 2.0, float32);
        Assert.Equal(float32, nn.functional.gelu(x).dtype);
        Assert.Equal(float32, nn.functional.softplus(x * x).dtype);
        Assert.Equal(float32, (x.sigmoid() * 0.5 + 1).dtype);
        Assert.Equal(int32, (tensor(2, int32) + 3).dtype);
    }

    [Fact]
    public void Integers_leave_the_tensor_exactly_and_real_numbers_are_cut()
    {
        const long big = (1L << 53) + 1;
        Assert.Equal(big, (long)tensor(big));
        Assert.Equal(big, tensor(big).item<long>());
        Assert.Equal([long.MinValue], (tensor(new[] { long.MinValue }).floor_divide(-1)).to_array<long>());
        Assert.Equal([0L], (tensor(new[] { long.MinValue }) % -1).to_array<long>());
        Assert.Equal((1, -1, 2), (tensor(1.5).item<int>(), tensor(-1.5).item<int>(), (int)tensor(2.5)));
        Assert.Equal((1L, 255), (tensor(1.9).item<long>(), tensor(255.5).item<byte>()));
        Assert.Equal("cannot convert float NaN to integer", Error<ValueError>(() => _ = (int)tensor(double.NaN)));
        Assert.Equal("cannot convert float infinity to integer", Error<OverflowError>(() => tensor(double.PositiveInfinity).item<long>()));
        Assert.Throws<RuntimeError>(() => tensor(300).item<byte>());
    }

    [Fact]
    public void Integer_division_by_zero_raises_where_it_is_written_and_changes_nothing()
    {
        var x = tensor(new[] { 1L, 2 });
        Assert.Equal("ZeroDivisionError", Error<RuntimeError>(() => x.floor_divide(0)));
        Assert.Equal("ZeroDivisionError", Error<RuntimeError>(() => x.remainder_(tensor(new[] { 1L, 0 }))));
        Assert.Equal("ZeroDivisionError", Error<RuntimeError>(() => _ = x % false));
        Assert.Equal([1L, 2], x.to_array<long>());
        Assert.Equal(0, x._version);
        Assert.Empty(tensor(new[] { 5L }).floor_divide(zeros([0], int64)).to_array<long>());
        Assert.Equal([double.PositiveInfinity], (tensor(new[] { 1.0 }).floor_divide(0)).to_array<double>());
        Assert.Equal([float.PositiveInfinity], (tensor(new[] { 1L }) / 0).to_array<float>());
    }

    [Fact]
    public void In_place_functions_of_integers_are_refused_and_change_nothing()
    {
        var x = tensor(new[] { 1L, 4 });
        foreach (var call in new Action[] { () => x.exp_(), () => x.sqrt_(), () => x.div_(2), () => x.add_(0.5) })
            Assert.Equal("result type Float can't be cast to the desired output type Long", Error<RuntimeError>(call));
        Assert.Equal("\"remainder_cpu\" not implemented for 'Bool'", Error<RuntimeError>(() => tensor(new[] { true }).remainder_(true)));
        Assert.Equal("result type Float can't be cast to the desired output type long int", Error<RuntimeError>(() => x.clamp_(1.5)));
        Assert.StartsWith("Negation", Error<RuntimeError>(() => tensor(new[] { true }).neg_()));
        Assert.Equal([1L, 4], x.to_array<long>());
        Assert.Equal(0, x._version);
    }

    [Fact]
    public void Comparison_with_nothing_is_identity()
    {
        var x = tensor(1.0, requires_grad: true);
        Tensor none = null!;
        Assert.Equal("'<' not supported between instances of 'Tensor' and 'NoneType'", Error<TypeError>(() => _ = x < none));
        Assert.True((bool)(x.grad == null));
        Assert.False((bool)(x == null));
        Assert.True((bool)(x != null));
    }

    [Fact]
    public void Sizes_beyond_64_bits_are_PyTorchs_errors()
    {
        Assert.Equal("shape '[4294967296, 4294967296]' is invalid for input of size 4", Error<RuntimeError>(() => ones(4).reshape(1L << 32, 1L << 32)));
        Assert.Equal("shape '[4611686018427387904, 4]' is invalid for input of size 4", Error<RuntimeError>(() => ones(4).view(1L << 62, 4)));
        Assert.Equal([4L], (long[])ones(2, 2).reshape(-1).shape);
        Assert.Equal("invalid size, possible overflow?", Error<RuntimeError>(() => arange(long.MinValue, long.MaxValue)));
        Assert.Equal([(1L << 53) + 1, (1L << 53) + 2], arange((1L << 53) + 1, (1L << 53) + 3).to_array<long>());
    }

    private static readonly Tensor None = null!;

    public static TheoryData<Action, string> Nothings() => new()
    {
        { () => _ = 2.0 * None, "unsupported operand type(s) for *: 'float' and 'NoneType'" },
        { () => _ = 1 + None, "unsupported operand type(s) for +: 'int' and 'NoneType'" },
        { () => _ = true - None, "unsupported operand type(s) for -: 'bool' and 'NoneType'" },
        { () => _ = System.Numerics.Complex.One / None, "unsupported operand type(s) for /: 'complex' and 'NoneType'" },
        { () => _ = None % 2, "unsupported operand type(s) for %: 'NoneType' and 'int'" },
        { () => _ = None << ones(1), "unsupported operand type(s) for <<: 'NoneType' and 'Tensor'" },
        { () => _ = -None, "bad operand type for unary -: 'NoneType'" },
        { () => _ = +None, "bad operand type for unary +: 'NoneType'" },
        { () => _ = ~None, "bad operand type for unary ~: 'NoneType'" },
        { () => _ = None < 1, "'<' not supported between instances of 'NoneType' and 'int'" },
        { () => _ = None >= 0.5, "'>=' not supported between instances of 'NoneType' and 'float'" },
        { () => _ = ones(1) > None, "'>' not supported between instances of 'Tensor' and 'NoneType'" },
        { () => { var x = ones(1); x += None; }, "unsupported operand type(s) for +=: 'Tensor' and 'NoneType'" },
        { () => { Tensor x = 1; x /= None; }, "unsupported operand type(s) for /=: 'Tensor' and 'NoneType'" },
        { () => ones(1).data = None, "Variable data has to be a tensor, but got NoneType" },
        { () => ones(1)[0] = None, "can't assign a NoneType to a torch.FloatTensor" },
        { () => ones([1], @bool)[tensor(new long[] { 0 })] = None, "can't assign a NoneType to a torch.BoolTensor" },
        { () => _ = (double)None, "float() argument must be a string or a real number, not 'NoneType'" },
        { () => _ = (int)None, "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'" },
    };

    [Theory, MemberData(nameof(Nothings))]
    public void Arithmetic_with_nothing_is_Pythons_error(Action call, string text) => Assert.Equal(text, Error<TypeError>(call));

    [Fact]
    public void Nothing_is_false_and_a_new_dimension_as_in_Python()
    {
        Assert.False((bool)None);
        Assert.Equal([1L, 2], (long[])ones(2)[None].shape);
    }

    [Fact]
    public void A_number_that_is_updated_by_numbers_stays_a_number()
    {
        Tensor half = 0, quotient = 1, product = 3, sum = true, difference = 0.1, complex = 1;
        half += 0.5;
        quotient /= 2;
        product *= (Tensor)7L;
        sum += 1;
        difference -= (Tensor)0.3;
        complex *= System.Numerics.Complex.ImaginaryOne;
        Assert.Equal([0.5, 0.5, 21L, 2L], new[] { half.item(), quotient.item(), product.item(), sum.item() });
        Assert.Equal(System.Numerics.Complex.ImaginaryOne, complex.item());
        // With the precision of a Python float, and in promotion below every tensor.
        Assert.Equal([0.1 - 0.3], (zeros([1], float64) + difference).to_array<double>());
        Assert.Equal(float16, (zeros([1], float16) + half).dtype);
        Tensor zero = 1, huge = long.MaxValue;
        Assert.Equal("ZeroDivisionError", Error<RuntimeError>(() => zero /= 0));
        Assert.Equal("Python int too large to convert to C long", Error<OverflowError>(() => huge += 1));
        Assert.Equal((1L, long.MaxValue), (zero.item(), huge.item()));
    }
}
