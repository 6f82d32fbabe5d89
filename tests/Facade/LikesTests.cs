using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What is like another tensor, results by number, numbers in formats, and which type comes of two; expectations are PyTorch 2.6's.</summary>
public class LikesTests
{
    [Fact]
    public void Results_are_taken_by_number()
    {
        var x = tensor(new[,] { { 1f, 3 }, { 2, 0 } });
        Assert.Equal("tensor([3., 2.])", x.max(1)[0].ToString());
        Assert.Equal("tensor([1, 0])", x.max(1)[-1].ToString());
        Assert.Equal("tensor([2., 1.])", linalg.eigh(tensor(new[,] { { 1f, 0 }, { 0, 2 } }))[0].flip(0).ToString());
        Assert.Equal("tuple index out of range", Assert.Throws<IndexError>(() => x.sort()[2]).Message);
        Assert.Equal("tuple index out of range", Assert.Throws<IndexError>(() => linalg.qr(x)[-3]).Message);
        Assert.StartsWith("torch.return_types.linalg_qr(\nQ=tensor(", linalg.qr(x).ToString());
    }

    [Fact]
    public void A_number_has_formats()
    {
        var loss = tensor(3.14159, requires_grad: true);
        Assert.Equal("3.14", $"{loss:F2}");
        Assert.Equal("7", $"{tensor(7L):D}");
        Assert.Equal("tensor(3.1416, requires_grad=True)", $"{loss}");
        Assert.Equal("unsupported format string passed to Tensor.__format__", Assert.Throws<TypeError>(() => $"{ones(2):F2}").Message);
    }

    [Fact]
    public void Tensors_are_made_like_others()
    {
        var x = ones([2, 3], dtype: float64);
        Assert.Equal("tensor([0, 0], dtype=torch.int32)", x.new_zeros(2, int32).ToString());
        Assert.Equal("tensor([[1.]], dtype=torch.float64)", x.new_ones((1, 1)).ToString());
        Assert.Equal("tensor([7., 7.], dtype=torch.float64)", x.new_full(2, 7).ToString());
        Assert.Equal("tensor([1., 2.], dtype=torch.float64)", x.new_tensor(new[] { 1, 2 }).ToString());
        Assert.Equal("torch.Size([0, 4])", x.new_empty((0, 4)).shape.ToString());
        Assert.Same(x, as_tensor(x));
        Assert.Equal("tensor([1, 2])", as_tensor(new[] { 1, 2 }).ToString());
        Assert.Equal("tensor([0.5000], dtype=torch.float64)", from_numpy(new[] { 0.5 }).ToString());
        Assert.Equal("tensor(3.)", scalar_tensor(3).ToString());
        Assert.Equal(float64, ones(1).to(x).dtype);
        Assert.Equal((3L, 1L, 8, 48L, 2, 6L), (x.stride(0), x.stride(-1), x.element_size(), x.nbytes, x.ndimension(), numel(x)));
        Assert.True(is_tensor(x) && !is_tensor(1) && x.is_same_size(zeros(2, 3)) && tensor(2f).is_nonzero());
        Assert.Equal("Dimension out of range (expected to be in range of [-2, 1], but got 2)", Assert.Throws<IndexError>(() => x.stride(2)).Message);
        Assert.Equal("Boolean value of Tensor with more than one value is ambiguous", Assert.Throws<RuntimeError>(() => x.is_nonzero()).Message);
    }

    [Fact]
    public void Types_are_promoted()
    {
        Assert.Equal((float32, int16, complex64, bfloat16), (promote_types(int64, float32), promote_types(uint8, int8), promote_types(float16, complex64), promote_types(bfloat16, int64)));
        Assert.Equal((float32, float64, int64), (result_type(arange(3), 1.5), result_type(ones([1], dtype: float64), tensor(1f)), result_type(tensor(new[] { 1L }), tensor(true))));
        Assert.True(can_cast(float64, float32) && can_cast(int64, float16) && !can_cast(float32, int64) && !can_cast(complex64, float64) && can_cast(@bool, uint8) && !can_cast(int8, @bool));
    }
}
