using System.Numerics;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Complex and half-precision tensors where they meet C#: literals, numbers, printing, views of parts, errors. Texts are PyTorch's.</summary>
public class NumberTests
{
    private static readonly Complex I = Complex.ImaginaryOne;

    private static Tensor Z() => tensor(new[] { 1 + 2 * I, -3.5 - 0.25 * I, 0 }).cfloat().requires_grad_();

    public static TheoryData<string, string> Texts()
    {
        var (z, h) = (Z(), tensor(new[] { 1.1, 2.2, 3.3 }, float16, requires_grad: true));
        return new()
        {
            { z.ToString(), "tensor([ 1.0000+2.0000j, -3.5000-0.2500j,  0.0000+0.0000j], requires_grad=True)" },
            { z.real.ToString(), "tensor([ 1.0000, -3.5000,  0.0000], grad_fn=<SelectBackward0>)" },
            { z.conj().ToString(), "tensor([ 1.0000-2.0000j, -3.5000+0.2500j,  0.0000-0.0000j],\n       grad_fn=<ConjBackward0>)" },
            { z.abs().ToString(), "tensor([2.2361, 3.5089, 0.0000], grad_fn=<AbsBackward0>)" },
            { (z * 2).ToString(), "tensor([ 2.+4.0000j, -7.-0.5000j,  0.+0.0000j], grad_fn=<MulBackward0>)" },
            { (z + I).ToString(), "tensor([ 1.0000+3.0000j, -3.5000+0.7500j,  0.0000+1.0000j],\n       grad_fn=<AddBackward0>)" },
            { z.sum().ToString(), "tensor(-2.5000+1.7500j, grad_fn=<SumBackward0>)" },
            { view_as_real(z).ToString(), "tensor([[ 1.0000,  2.0000],\n        [-3.5000, -0.2500],\n        [ 0.0000,  0.0000]], grad_fn=<ViewAsRealBackward0>)" },
            { tensor(1 + 2 * I).ToString(), "tensor(1.+2.j)" },
            { ones([2], complex128).ToString(), "tensor([1.+0.j, 1.+0.j], dtype=torch.complex128)" },
            { (ones(2) * I).ToString(), "tensor([0.+1.j, 0.+1.j])" },
            { (ones([2], int64) * I).ToString(), "tensor([0.+1.j, 0.+1.j])" },
            { (ones([2], float64) * I).ToString(), "tensor([0.+1.j, 0.+1.j], dtype=torch.complex128)" },
            { full([2], I).ToString(), "tensor([0.+1.j, 0.+1.j])" },
            { eye(2, dtype: complex64).ToString(), "tensor([[1.+0.j, 0.+0.j],\n        [0.+0.j, 1.+0.j]])" },
            { tensor(new[] { 1e10 + 1e-5 * I, 1 + I }, complex64).ToString(), "tensor([1.0000e+10+1.0000e-05j, 1.0000e+00+1.0000e+00j])" },
            { tensor(new[,] { { 1 + I, 2 + 22.5 * I }, { 100, -1 - I } }, complex64).ToString(), "tensor([[  1.+1.0000j,   2.+22.5000j],\n        [100.+0.0000j,  -1.-1.0000j]])" },
            { tensor(new[] { new Complex(double.NaN, double.NaN), new Complex(double.PositiveInfinity, 0) }, complex64).ToString(), "tensor([nan+nanj, inf+0.j])" },
            { zeros([0], complex64).ToString(), "tensor([], dtype=torch.complex64)" },
            { (arange(12.0) * (1 + I)).ToString(), "tensor([ 0.+0.j,  1.+1.j,  2.+2.j,  3.+3.j,  4.+4.j,  5.+5.j,  6.+6.j,  7.+7.j,\n         8.+8.j,  9.+9.j, 10.+10.j, 11.+11.j])" },
            { (arange(1200.0) * (1 + I)).ToString(), "tensor([0.0000e+00+0.0000e+00j, 1.0000e+00+1.0000e+00j, 2.0000e+00+2.0000e+00j,\n         ..., 1.1970e+03+1.1970e+03j, 1.1980e+03+1.1980e+03j,\n        1.1990e+03+1.1990e+03j])" },
            { z[0].ToString(), "tensor(1.+2.j, grad_fn=<SelectBackward0>)" },
            { h.ToString(), "tensor([1.0996, 2.1992, 3.3008], dtype=torch.float16, requires_grad=True)" },
            { (h + h.detach().bfloat16()).ToString(), "tensor([2.2012, 4.4023, 6.5977], grad_fn=<AddBackward0>)" },
            { (h * 2.5).ToString(), "tensor([2.7500, 5.5000, 8.2500], dtype=torch.float16, grad_fn=<MulBackward0>)" },
            { h.softmax(0).ToString(), "tensor([0.0767, 0.2303, 0.6929], dtype=torch.float16,\n       grad_fn=<SoftmaxBackward0>)" },
            { tensor(70000.0, float16).ToString(), "tensor(inf, dtype=torch.float16)" },
            { tensor(new[] { 70000f }).half().ToString(), "tensor([inf], dtype=torch.float16)" },
            { (h + ones(3)).ToString(), "tensor([2.0996, 3.1992, 4.3008], grad_fn=<AddBackward0>)" },
            { (h + tensor(1.0, float64)).ToString(), "tensor([2.0996, 3.1992, 4.3008], dtype=torch.float16, grad_fn=<AddBackward0>)" },
            { h.type() + " " + h.bfloat16().type() + " " + z.type(), "torch.HalfTensor torch.BFloat16Tensor torch.ComplexFloatTensor" },
        };
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Tensors_print_as_in_PyTorch(string text, string expected) => Assert.Equal(expected, text);

    [Fact]
    public void Single_elements_are_numbers()
    {
        Assert.Equal(1 + 2 * I, tensor(1 + 2 * I).item());
        Assert.Equal(1 + 2 * I, tensor(1 + 2 * I).item<Complex>());
        Assert.Equal(1.0, (double)tensor((Complex)1));
        Assert.True((bool)tensor(I));
        Assert.False((bool)tensor(Complex.Zero));
        Assert.Equal(1.099609375, tensor(1.1, float16).item());
        Assert.Equal(1.1015625, tensor(1.1, bfloat16).item());
        Assert.Equal((Half)1.1, tensor(new[] { (Half)1.1 }).to_array<Half>()[0]);
    }

    public static TheoryData<Action, string> Refusals() => new()
    {
        { () => _ = (double)tensor(1 + 2 * I), "value cannot be converted to type double without overflow" },
        { () => _ = (long)tensor(1 + 2 * I), "value cannot be converted to type int64_t without overflow" },
        { () => tensor(1 + 2 * I).item<int>(), "value cannot be converted to type int without overflow" },
        { () => tensor(300).item<byte>(), "value cannot be converted to type uint8_t without overflow" },
        { () => tensor(-1).item<ushort>(), "value cannot be converted to type UInt16 without overflow" },
        { () => full([2], 1 << 20, int16), "value cannot be converted to type int16_t without overflow" },
        { () => full([2], 70000.0, float16), "value cannot be converted to type at::Half without overflow" },
        { () => ones(2).fill_(I), "value cannot be converted to type float without overflow" },
        { () => ones(2).add_(I), "result type ComplexFloat can't be cast to the desired output type Float" },
        { () => ones(2).add(1, alpha: I), "For non-complex input tensors, argument alpha must not be a complex number." },
        { () => Z().sum().backward(), "grad can be implicitly created only for real scalar outputs but got torch.complex64" },
        { () => Z().abs().sum().backward(tensor(Complex.One)), "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[0] has a dtype of torch.complex64 and output[0] has a dtype of torch.float32." },
        { () => _ = ones(2).imag, "imag is not implemented for tensors with non-complex dtypes." },
        { () => arange(3, complex64), "\"arange_cpu\" not implemented for 'ComplexFloat'" },
        { () => set_default_dtype(complex64), "only floating-point types are supported as the default type" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_has_no_meaning_is_refused_as_in_PyTorch(Action call, string text) => Assert.Equal(text, Assert.ThrowsAny<PythonError>(call).Message);

    [Fact]
    public void Gradients_of_complex_numbers_follow_the_conjugate_convention()
    {
        var z = tensor(new[] { 1 + 2 * I, -3 - I }, requires_grad: true);
        (z * z.conj()).real.sum().backward();
        Assert.Equal([2 + 4 * I, -6 - 2 * I], z.grad!.to_array<Complex>());
        var x = tensor(new[] { 0.5, 2.0 }, requires_grad: true);
        (x * (1 + 2 * I)).imag.sum().backward();
        Assert.Equal([2.0, 2.0], x.grad!.to_array<double>());
    }

    [Fact]
    public void Parts_and_conjugates_are_views()
    {
        var z = tensor(new[] { 1 + 2 * I, 3 + 4 * I });
        z.real.mul_(10);
        z.imag = zeros(2);
        Assert.Equal([10, 30], z.to_array<Complex>());
        Assert.Equal(2, z._version);
        Assert.Equal([2L], z.real.stride());
        var parts = ones([2, 2], float64);
        view_as_complex(parts)[0] = 5 + 6 * I;
        Assert.Equal([5.0, 6.0, 1.0, 1.0], parts.to_array<double>());
        z.conj().copy_(tensor(new[] { I, 2 * I }));
        Assert.Equal([-I, -2 * I], z.to_array<Complex>());
        // A write through a part has the gradient of what it leaves.
        var w = tensor(new[] { 1 + I }, requires_grad: true);
        var y = w * 2;
        y.imag.mul_(3);
        (y.real + y.imag).sum().backward();
        Assert.Equal([2 + 6 * I], w.grad!.to_array<Complex>());
    }

    [Fact]
    public void Half_types_train_and_accumulate_in_their_own_type()
    {
        var h = tensor(new[] { 1.5, -2.0 }, float16, requires_grad: true);
        (h * h).sum().backward();
        (h * 3).sum().backward();
        Assert.Equal(float16, h.grad!.dtype);
        Assert.Equal([6.0, -1.0], h.grad.to(float64).to_array<double>());
    }

    [Fact]
    public void Elements_are_listed_and_converted_whatever_their_type()
    {
        Assert.Equal([0.5, 2.25], tensor(new[] { 0.5, 2.25 }, float16).tolist());
        Assert.Equal([0.5, 2.25], tensor(new[] { 0.5, 2.25 }, bfloat16).tolist());
        Assert.Equal([0.5 + I, -2 * I], tensor(new[] { 0.5 + I, -2 * I }, complex64).tolist());
        Assert.Equal([1L, -2L], tensor(new[] { 1, -2 }, int8).tolist());
        Assert.Equal(((Half)0.5, (Half)3, (Half)2), (tensor(0.5).item<Half>(), tensor(3).item<Half>(), tensor((Complex)2).item<Half>()));
        Assert.Equal((new Complex(0.5, 0), new Complex(3, 0), Complex.One), (tensor(0.5).item<Complex>(), tensor(3).item<Complex>(), tensor(true).item<Complex>()));
        Assert.Equal("a tensor of type torch.float32 cannot be read as Guid", Assert.Throws<TypeError>(() => tensor(0.5).item<Guid>()).Message);
    }

    [Fact]
    public void A_transpose_of_complex_numbers_lies_as_one_of_real_numbers()
    {
        var z = zeros([2, 3, 4], complex64).permute(2, 0, 1);
        Assert.Equal([1L, 12, 4], z.stride());
        Assert.Equal([1L, 12, 4], z.conj().stride());
        Assert.Equal([2L, 24, 8, 1], view_as_real(z).stride());
        Assert.Throws<RuntimeError>(() => z.view(24));
    }
}
