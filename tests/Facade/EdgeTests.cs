using Functional.Autograd;
using static Facade.Telling;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Results and refusals at the edges of indexing and of factories, as recorded from PyTorch 2.6: values with shape and strides, or the error's kind and text.</summary>
public class EdgeTests
{
    private static Tensor T(params long[] x) => tensor(x);

    private static Tensor F(params float[] x) => tensor(x);

    private static Tensor Matrix => tensor(new long[,] { { 1, 2 }, { 3, 4 } });

    private static Tensor Bytes(params byte[] x) => tensor(x);

    private static readonly Tensor Yes = tensor(true), No = tensor(false);

    private static Tensor Backward(Tensor loss)
    {
        loss.backward();
        return loss;
    }

    private static Tensor Set(Func<TensorIndex> index, Tensor value)
    {
        var x = F(1, 2);
        x[index()] = value;
        return x;
    }

    public static readonly (Func<object> Call, string Expected)[] Indexing =
    [
        (() => T(1, 2)[Yes], "1 2 | 1,2 | 2,1"), (() => T(1, 2)[No], " | 0,2 | 2,1"), (() => Matrix[Yes, T(1, 0)], "3 4 1 2 | 2,2 | 2,1"),
        (() => Matrix[No, T(1, 0)], "IndexError shape mismatch: indexing tensors could not be broadcast together with shapes [0], [2]"),
        (() => Matrix[Yes, T(1), tensor(new[] { true, false })], "3 | 1 | 1"), (() => tensor(5L)[Yes], "5 | 1 | 1"), (() => tensor(5L)[No], " | 0 | 1"),
        (() => Matrix[T(1, 0), Yes], "3 4 1 2 | 2,2 | 2,1"), (() => Matrix[Yes, .., Yes], "1 2 3 4 | 1,2,2 | 4,2,1"), (() => Set(() => No, 5), "1 2 | 2 | 1"), (() => Set(() => Yes, 5), "5 5 | 2 | 1"),
        (() => Set(() => Yes, F(7, 8)), "7 8 | 2 | 1"), (() => Set(() => No, F(7, 8)), "1 2 | 2 | 1"), (() => T(1, 2, 3)[Bytes(1, 0, 1)], "1 3 | 2 | 1"), (() => T(1, 2, 3)[tensor((byte)1, uint8)], "1 2 3 | 1,3 | 3,1"),
        (() => T(1, 2, 3)[Bytes(1, 0)], "IndexError The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [3] at index 0"),
        (() => T(1, 2, 3)[T(1, 0, 1).to(int16)], "IndexError tensors used as indices must be long, int, byte or bool tensors"), (() => T(1, 2, 3)[T(1, 0, 1).to(int32)], "2 1 2 | 3 | 1"),
        (() => T(1, 2, 3)[tensor(1L, int16)], "2 |  | "), (() => T(1, 2, 3)[F(1)], "IndexError tensors used as indices must be long, int, byte or bool tensors"),
        (() => Set(() => T(0), tensor((double[])[1])), "RuntimeError Index put requires the source and destination dtypes match, got Float for the destination and Double for the source."),
        (() => Set(() => T(0), T(1)), "RuntimeError Index put requires the source and destination dtypes match, got Float for the destination and Long for the source."),
        (() => Set(() => tensor(new[] { true, false }), T(7)), "7 2 | 2 | 1"), (() => Set(() => 0, tensor((double[])[7])), "7 2 | 2 | 1"), (() => ones(2, 3)[Ellipsis, Ellipsis, 0], "IndexError index 0 is out of bounds for dimension 2 with size 0"),
        (() => ones(2, 2)[Ellipsis, Ellipsis, 0..1], "IndexError Dimension out of range (expected to be in range of [-2, 1], but got 2)"), (() => ones(2, 2)[Ellipsis, Ellipsis, 0..2], "IndexError Dimension out of range (expected to be in range of [-2, 1], but got 2)"),
        (() => ones(2, 2)[Ellipsis, Ellipsis, null], "IndexError Dimension out of range (expected to be in range of [-3, 2], but got 4)"), (() => ones(2, 2)[Ellipsis, 0, Ellipsis, 0], "1 |  | "),
        (() => F(1, 2)[tensor(new System.Numerics.Complex(1, 0))], "IndexError tensors used as indices must be long, int, byte or bool tensors"), (() => Set(() => tensor(new System.Numerics.Complex(1, 0)), 5), "IndexError tensors used as indices must be long, int, byte or bool tensors"),
        (() => ones(2, 3)[Ellipsis, Ellipsis], "1 1 1 1 1 1 | 2,3 | 3,1"), (() => ones(2, 3).gather(1, T(0)), "RuntimeError Index tensor must have the same number of dimensions as input tensor"),
        (() => ones(2, 3).gather(1, zeros([3, 1], int64)), "RuntimeError Size does not match at dimension 0 expected index [3, 1] to be no larger than self [2, 3] apart from dimension 1"),
        (() => ones(2, 3).scatter(1, zeros([1, 2], int64), ones(1, 1)), "RuntimeError Expected index [1, 2] to be no larger than self [2, 3] apart from dimension 1 and to be no larger size than src [1, 1]"),
        (() => ones(2, 3).scatter(1, zeros([1, 1], int64), ones([1, 1], float64)), "RuntimeError scatter(): Expected self.dtype to be equal to src.dtype"),
        (() => ones(2, 3).scatter_add(1, zeros([1, 1], int64), ones([1, 1], float64)), "RuntimeError scatter(): Expected self.dtype to be equal to src.dtype"),
        (() => ones(2, 3).index_select(1, F(0)), "RuntimeError index_select(): Expected dtype int32 or int64 for index"), (() => ones(2, 3).masked_fill(F(1, 0, 1), 2), "RuntimeError masked_fill_ only supports boolean masks, but got mask with dtype float"),
        (() => ones(2, 3).masked_fill(T(1, 0, 1), 2), "RuntimeError masked_fill_ only supports boolean masks, but got mask with dtype long int"),
        (() => ones(2, 3).masked_fill(tensor(new[] { true, false }), 2), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"),
        (() => tensor(1.0).gather(0, tensor(0L)), "1 |  | "), (() => tensor(1.0).gather(0, T(0, 0)), "1 1 | 2 | 1"), (() => F(4, 5).gather(0, tensor(1L)), "5 |  | "), (() => tensor(1.0).gather(0, tensor(1L)), "RuntimeError index 1 is out of bounds for dimension 0 with size 1"),
        (() => tensor(1.0).gather(1, tensor(0L)), "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 1)"), (() => tensor(1.0).index_select(0, T(0)), "1 |  | "), (() => tensor(1.0).index_select(0, tensor(0L)), "1 |  | "),
        (() => tensor(1.0).index_select(0, T(0, 0)), "RuntimeError index_select(): Index to scalar can have only 1 value, got 2 value(s)"), (() => tensor(1.0).index_select(0, tensor(1L)), "IndexError index out of range in self"),
        (() => tensor(1.0).scatter(0, tensor(0L), tensor(2.0)), "2 |  | "), (() => tensor(1.0).scatter_add(0, tensor(0L), tensor(2.0)), "3 |  | "), (() => tensor(1.0).scatter(0, T(0), F(2)), "2 |  | "),
        (() => arange(24).reshape(2, 3, 4)[Ellipsis, null].stride().Last(), "1"), (() => string.Join(',', arange(24).reshape(2, 3, 4).unsqueeze(1).stride()), "12,12,4,1"), (() => string.Join(',', ones(2, 3).t().unsqueeze(0).stride()), "3,1,3"),
        (() => string.Join(',', ones(2, 3).t().unsqueeze(2).stride()), "1,3,1"), (() => string.Join(',', zeros(2, 0).unsqueeze(0).stride()), "2,1,1"), (() => string.Join(',', ones(3).expand(2, 3).unsqueeze(1).stride()), "0,3,1"),
        (() => arange(24).reshape(2, 3, 4).split(0, 1), "RuntimeError split_size can only be 0 if dimension size is 0, but got dimension size of 3"), (() => arange(24).reshape(2, 3, 4).split(-1, 1), "RuntimeError split expects split_size be non-negative, but got split_size=-1"),
        (() => ones(2, 3, 4).matmul(ones(3, 4, 5)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"), (() => ones(2).tril(), "RuntimeError tril: input tensor must have at least 2 dimensions"),
        (() => ones(2, 2).tril(long.MaxValue), "1 1 1 1 | 2,2 | 2,1"), (() => ones(2, 2).triu(long.MinValue), "1 1 1 1 | 2,2 | 2,1"), (() => ones(2, 2).triu(long.MaxValue), "0 0 0 0 | 2,2 | 2,1"), (() => ones(2, 2).tril(long.MinValue), "0 0 0 0 | 2,2 | 2,1"),
    ];

    public static readonly (Func<object> Call, string Expected)[] Factories =
    [
        (() => arange(1e20, double.PositiveInfinity), "RuntimeError unsupported range: 1e+20 -> inf"), (() => arange(-1e-7, double.NaN), "RuntimeError unsupported range: -1e-07 -> nan"),
        (() => rand([1L << 59], complex128), "RuntimeError Storage size calculation overflowed with sizes=[576460752303423488]"), (() => zeros([1L << 59], complex128), "RuntimeError Storage size calculation overflowed with sizes=[576460752303423488]"),
        (() => linspace(0.5, 10.7, 5, int64), "0 2 5 7 10 | 5 | 1"), (() => linspace(2.5, 9, 1, int32), "2 | 1 | 1"),
        (() => ones(2).allclose(ones(3)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"), (() => Yes.allclose(Yes), "True"), (() => Yes.allclose(No), "False"),
        (() => ones(2).allclose(ones([2], float64)), "RuntimeError Float did not match Double"), (() => T(1, 2).allclose(T(1, 2)), "True"), (() => tensor(double.NaN).allclose(tensor(double.NaN)), "False"), (() => ones(2, 2).allclose(ones(2)), "True"),
        (() => eye(-1), "RuntimeError n must be greater or equal to 0, got -1"), (() => eye(2, -1), "RuntimeError m must be greater or equal to 0, got -1"), (() => arange(0, 5, 1.5, int64), "0 1 2 3 4 | 5 | 1"), (() => arange(0, 5, 0.5, int64), "RuntimeError step must be nonzero"),
        (() => arange(0, 1, double.NaN), "RuntimeError step must be nonzero"), (() => arange(0.7, 3.9, 1, int64), "0 1 2 | 3 | 1"), (() => arange(0, 3, 1, torch.@bool), "RuntimeError \"arange_cpu\" not implemented for 'Bool'"), (() => arange(0, 1.9, 1, int32), "0 1 | 2 | 1"),
        (() => arange(-0.5, 3, 1, int64), "0 1 2 | 3 | 1"), (() => arange(5, 0, -1.5, int64), "5 4 3 2 1 | 5 | 1"), (() => arange(0, 5, 1.5, int32), "0 1 2 3 | 4 | 1"), (() => zeros_like(ones(2, 3).t()), "0 0 0 0 0 0 | 3,2 | 1,3"),
        (() => string.Join(',', zeros_like(ones(2, 3, 4).permute(2, 0, 1)).stride()), "1,12,4"), (() => ones_like(ones(1, 3).expand(2, 3)), "1 1 1 1 1 1 | 2,3 | 3,1"), (() => full_like(ones(2, 3).t(), 2), "2 2 2 2 2 2 | 3,2 | 1,3"),
        (() => string.Join(',', zeros_like(ones(4, 6)[slice(step: 2), slice(step: 2)].t()).stride()), "1,3"), (() => tensor(new long[] { 300 }, uint8), "RuntimeError value cannot be converted to type uint8 without overflow"),
        (() => tensor(new long[] { -1 }, uint8), "255 | 1 | 1"), (() => tensor((double[])[1.5], int64), "1 | 1 | 1"), (() => tensor((double[])[double.NaN], int64), "RuntimeError value cannot be converted to type int64 without overflow"),
        (() => tensor((double[])[1e300], float32), "Infinity | 1 | 1"), (() => tensor((double[])[1e300], int64), "RuntimeError value cannot be converted to type int64 without overflow"), (() => tensor(new long[] { 2 }, torch.@bool), "1 | 1 | 1"),
        (() => tensor(new long[] { -200 }, int8), "RuntimeError value cannot be converted to type int8 without overflow"),
        (() => randn(1L << 38), "RuntimeError [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1099511627776 bytes. Error code 12 (Cannot allocate memory)"),
        (() => randint(0, 5, [1L << 38]), "RuntimeError [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 2199023255552 bytes. Error code 12 (Cannot allocate memory)"),
        (() => randperm(1L << 40), "RuntimeError [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8796093022208 bytes. Error code 12 (Cannot allocate memory)"),
        (() => multinomial(ones(2), 1L << 40, true), "RuntimeError [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8796093022208 bytes. Error code 12 (Cannot allocate memory)"),
    ];

    public static readonly (Func<object> Call, string Expected)[] Others =
    [
        (() => cat([zeros([0], float64), ones(2)]).dtype, "torch.float64"), (() => cat([zeros([0], requires_grad: true), ones(2)]).requires_grad, "True"), (() => cat([zeros(0), ones(2, 2), ones(3, 3)]), "RuntimeError Sizes of tensors must match except in dimension 0. Expected size 2 but got size 3 for tensor number 2 in the list."),
        (() => cat([zeros(0), ones(2, 2), tensor(1.0)]), "RuntimeError zero-dimensional tensor (at position 2) cannot be concatenated"), (() => cat([zeros(0), zeros(0)]), " | 0 | 1"), (() => cat([zeros(0), ones(2, 2)], 1), "1 1 1 1 | 2,2 | 2,1"),
        (() => cat([zeros(0), ones(2, 2)], 2), "IndexError Dimension out of range (expected to be in range of [-2, 1], but got 2)"), (() => cat([zeros(0), ones(2, 2), ones(2)]), "RuntimeError Tensors must have same number of dimensions: got 2 and 1"),
        (() => ones(2, 2).outer(ones(2)), "RuntimeError outer: Expected 1-D argument self, but got 2-D"), (() => ones(2).outer(ones(2, 2)), "RuntimeError outer: Expected 1-D argument vec2, but got 2-D"),
        (() => einsum("i.,i->i", ones(2, 2), ones(2, 2)), "RuntimeError einsum(): found '.' for operand 0 that is not part of any ellipsis"), (() => einsum("...i...->i", ones(2, 2)), "RuntimeError einsum(): found '.' for operand 0 for which an ellipsis was already found"),
        (() => einsum("ij-ik", ones(2, 2)), "RuntimeError einsum(): invalid subscript given at index 2 in the equation string, subscripts must be in [a-zA-Z]"), (() => einsum("é->é", ones(2)), "RuntimeError einsum(): invalid subscript given at index 0 in the equation string, subscripts must be in [a-zA-Z]"),
        (() => einsum("ij->ij", ones([2, 2], requires_grad: true)).grad_fn!.name(), "PermuteBackward0"), (() => tensor(1.0).squeeze(5), "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 5)"),
        (() => tensor(1.0).flatten(5), "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 5)"), (() => tensor(3L).softmax(0), "RuntimeError \"softmax_lastdim_kernel_impl\" not implemented for 'Long'"),
        (() => tensor(3L).log_softmax(0), "RuntimeError \"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'"), (() => tensor(7L, int8).cumsum(0).dtype, "torch.int64"), (() => Yes.cumsum(0).dtype, "torch.int64"), (() => ones(2).shape[3], "IndexError tuple index out of range"),
        (() => T(1, 2, 3).mT, "RuntimeError tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor."), (() => tensor(1L).mT, "1 |  | "), (() => ones(3).narrow(0, 1, long.MaxValue), "RuntimeError start (1) + length (9223372036854775807) exceeds dimension size (3)."),
        (() => ones(3).expand(-1, 3), "RuntimeError The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0"), (() => ones(3)[slice(step: 0)], "ValueError slice step cannot be zero"), (() => zeros(2, 0).amax(1), "IndexError amax(): Expected reduction dim 1 to have non-zero size."),
        (() => zeros(2, 0).amax(), "RuntimeError amax(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."), (() => zeros(0, 2).amax(1), " | 0 | 1"),
        (() => zeros(2, 0).norm(double.PositiveInfinity), "RuntimeError linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an identity"),
        (() => zeros(2, 0).norm(double.PositiveInfinity, [1]), "RuntimeError linalg.vector_norm cannot compute the inf norm on the dimension 1because this dimension is empty and the operation does not have an identity"),
        (() => where(tensor(new[] { true, false, true }), ones(2), ones(1)), "RuntimeError The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0"), (() => where(tensor(new[] { true, false }), ones(2), ones(3)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"),
        (() => tensor(2.0).mv(tensor(2.0)), "IndexError Dimension specified as 0 but tensor has no dimensions"), (() => nn.functional.mse_loss(ones([2], requires_grad: true), ones([2], float64)).item<double>(), "0"), (() => Backward(nn.functional.mse_loss(ones([2], requires_grad: true), ones([2], float64))), "RuntimeError Found dtype Double but expected Float"),
        (() => Backward(nn.functional.mse_loss(ones([2], float64, requires_grad: true), ones(2))), "RuntimeError Found dtype Float but expected Double"), (() => nn.functional.nll_loss(ones(2, 2), T(0, 1), ones([2], requires_grad: true)), "RuntimeError The function 'nll_loss_forward' is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True."),
        (() => nn.functional.avg_pool2d(ones([1, 2, 2], int32), [2]), "RuntimeError \"avg_pool2d\" not implemented for 'Int'"), (() => { var y = zeros(2, 2); y[0] = ones(2, 1); return y; }, "RuntimeError expand(torch.FloatTensor{[2, 1]}, size=[2]): the number of sizes provided (1) must be greater or equal to the number of dimensions in the tensor (2)"),
        (() => { var y = zeros(3); y[0] = F(1, 2); return y; }, "RuntimeError expand(torch.FloatTensor{[2]}, size=[]): the number of sizes provided (0) must be greater or equal to the number of dimensions in the tensor (1)"), (() => { var y = zeros(3); y[T(0, 1)] = ones(3); return y; }, "RuntimeError shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [2]"),
        (() => { var y = zeros(2, 2); y[0] = ones(3); return y; }, "RuntimeError The expanded size of the tensor (2) must match the existing size (3) at non-singleton dimension 0.  Target sizes: [2].  Tensor sizes: [3]"), (() => { var y = zeros(2, 2); y[0] = ones(1, 1, 2); return y; }, "1 1 0 0 | 2,2 | 2,1"),
        (() => ones(3).addmm(ones([2, 3], float64), ones(3, 3)), "RuntimeError mat1 and mat2 must have the same dtype, but got Double and Float"), (() => nn.functional.linear(ones(2, 3), ones(2, 3), ones([2], float64)), "RuntimeError self and mat2 must have the same dtype, but got Double and Float"),
        (() => ones([2, 3, 3], requires_grad: true).matmul(ones([1, 3], requires_grad: true)), "RuntimeError mat1 and mat2 shapes cannot be multiplied (6x3 and 1x3)"), (() => ones(2, 3, 3).matmul(ones(2)), "RuntimeError size mismatch, got input (6), mat (6x3), vec (2)"),
        (() => zeros(1).expand(0).fill_(3), " | 0 | 0"), (() => zeros(1, 2).expand(0, 2).add_(1), " | 0,2 | 0,1"), (() => nn.functional.mse_loss(ones(2, 3).t(), ones(2, 3).t(), "none"), "0 0 0 0 0 0 | 3,2 | 1,3"), (() => T(0, 1, 2)[^0..], " | 0 | 1"), (() => T(0, 1, 2)[^2..], "1 2 | 2 | 1"),
        (() => T(0, 1, 2)[^0], "IndexError index 9223372036854775807 is out of bounds for dimension 0 with size 3"), (() => F(1, 2, 1).max(0), "torch.return_types.max(\nvalues=tensor(2.),\nindices=tensor(1))"), (() => tensor(new[] { true, false }) ^ tensor(new[] { true, true }), "0 1 | 2 | 1"),
        (() => ones(3).repeat(-2), "RuntimeError Trying to create tensor with negative dimension -6: [-6]"), (() => ones(0).repeat(-2), " | 0 | 1"), (() => ones(3).repeat(long.MinValue) is null, "RuntimeError Trying to create tensor with negative dimension -9223372036854775808: [-9223372036854775808]"),
        (() => ones(3).split([long.MaxValue, 2]), "RuntimeError split_with_sizes expects split_sizes to sum exactly to 3 (input tensor's size at dimension 0), but got split_sizes=[9223372036854775807, 2]"),
        (() => nn.functional.one_hot(T(1), long.MaxValue), "RuntimeError Storage size calculation overflowed with sizes=[1, 9223372036854775807]"), (() => linspace(0, 1, long.MaxValue), "RuntimeError Storage size calculation overflowed with sizes=[9223372036854775807]"),
        (() => multinomial(ones(0), 1, true), "RuntimeError min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."), (() => multinomial(ones(2, 0), 1), "RuntimeError cannot sample n_sample > prob_dist.size(-1) samples without replacement"),
        (() => new utils.data.TensorDataset().Count, "IndexError tuple index out of range"),
        (() => { var x = ones(2); var p = new nn.Parameter(x); x.add_(1); return p._version; }, "1"),
        (() => F(1e30f).lerp_(F(0.1f), 1), "0.10000000149011612 | 1 | 1"), (() => F(1).lerp_(tensor((double[])[1], float64), 0.5), "RuntimeError expected dtype float for `end` but got dtype double"), (() => ones(2, 3).lerp_(ones(2), 0.5), "RuntimeError The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1"),
        (() => F(1, 2)[F(1, 2) > 1 & F(1, 2) < 3], "2 | 1 | 1"), (() => ones(1) & ones(1), "RuntimeError \"bitwise_and_cpu\" not implemented for 'Float'"), (() => ~ones(1), "TypeError ~ (operator.invert) is only implemented on integer and Boolean-type tensors"), (() => ~tensor(new[] { true, false }) | tensor(new[] { false, false }), "0 1 | 2 | 1"),
    ];

    private static Tensor Cube => arange(12).reshape(2, 2, 3);

    private static Tensor Tall => arange(6).reshape(3, 2);

    private static Tensor Wide => arange(6).reshape(2, 3);

    private static readonly Tensor Three = tensor(3.0, float64);

    private static Func<object> Gradients(Func<Tensor, Tensor, Tensor> f, Tensor a, Tensor b) => () =>
    {
        var (x, y) = (a.@double().requires_grad_(), b.@double().requires_grad_());
        f(x, y).sum().backward();
        return new[] { x.grad!.flatten(), y.grad!.flatten() };
    };

    public static readonly (Func<object> Call, string Expected)[] Selections =
    [
        (() => Wide.masked_select(tensor(new[] { true, false, true })), "0 2 3 5 | 4 | 1"), (() => Wide.masked_select(Yes), "0 1 2 3 4 5 | 6 | 1"), (() => T(1, 0, 1).masked_select(Wide > 2), "1 0 1 | 3 | 1"),
        (() => Wide.masked_select(tensor(new[] { true, false })), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"), (() => Wide.masked_select(T(1, 0, 1)), "RuntimeError masked_select: expected BoolTensor for mask"),
        (Gradients((x, y) => x.masked_select(tensor(new[] { true, false, true })).sum() + y.masked_select(Wide > 2).sum(), Wide, T(1, 2, 3)), "1 0 1 1 0 1 | 6 | 1; 1 1 1 | 3 | 1"),
        (() => arange(3).narrow(0, -2, 2), "1 2 | 2 | 1"), (() => arange(3).narrow(0, -3, 3), "0 1 2 | 3 | 1"), (() => arange(3).narrow(0, -3, 0), " | 0 | 1"), (() => arange(3).narrow(0, 3, 0), " | 0 | 1"),
        (() => arange(3).narrow(0, -4, 1), "IndexError start out of range (expected to be in range of [-3, 3], but got -4)"), (() => arange(3).narrow(0, 4, 0), "IndexError start out of range (expected to be in range of [-3, 3], but got 4)"),
        (() => arange(3).narrow(0, -1, 2), "RuntimeError start (2) + length (2) exceeds dimension size (3)."), (() => arange(3).narrow(0, 0, -1), "RuntimeError narrow(): length must be non-negative."),
        (() => arange(3).narrow(1, 0, 1), "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 1)"),
    ];

    public static readonly (Func<object> Call, string Expected)[] Einsums =
    [
        (() => einsum("...ij,jk->...ik", Cube, Tall), "10 13 28 40 46 67 64 94 | 2,2,2 | 4,2,1"), (() => einsum("...->...", Tall), "0 1 2 3 4 5 | 3,2 | 2,1"), (() => einsum("i...->...i", Tall), "0 2 4 1 3 5 | 2,3 | 1,2"),
        (() => einsum("...i,...i->...", Cube, Cube), "5 50 149 302 | 2,2 | 2,1"), (() => einsum("...i,...i", Cube, arange(3)), "5 14 23 32 | 2,2 | 2,1"), (() => einsum("ij,...j->i...", Tall, arange(8).reshape(2, 2, 2)), "1 3 5 7 3 13 23 33 5 23 41 59 | 3,2,2 | 4,2,1"),
        (() => einsum("...ij->...ji", Cube), "0 3 1 4 2 5 6 9 7 10 8 11 | 2,3,2 | 6,1,3"), (() => einsum("...,...->...", tensor(2L), arange(3)), "0 2 4 | 3 | 1"), (() => einsum("ij->...", Tall), "15 |  | "),
        (() => einsum("ij,ij->ij", arange(3).reshape(1, 3), Wide), "0 1 4 0 4 10 | 2,3 | 3,1"), (() => einsum("i,i->", ones(1), ones(4)), "4 |  | "), (() => einsum("bij,bjk->bik", arange(4).reshape(1, 2, 2), arange(8).reshape(2, 2, 2)), "2 3 6 11 6 7 26 31 | 2,2,2 | 2,4,1"),
        (() => einsum("...->", Wide), "15 |  | "), (() => einsum("i...->i...", ones(2)), "1 1 | 2 | 1"), (() => einsum("...i,j...->ij", ones(2, 3), ones(4, 2)).shape, "torch.Size([3, 4])"), (() => einsum("ii...->i...", ones(2, 2, 3)), "1 1 1 1 1 1 | 2,3 | 9,1"),
        (() => einsum("i,...->", ones(3), ones(2, 2)), "12 |  | "), (() => einsum("ii->", ones(2, 3)), "RuntimeError einsum(): subscript i is repeated for operand 0 but the sizes don't match, 3 != 2"), (() => einsum("ij,kk->", ones(2, 3), ones(1, 3)), "RuntimeError einsum(): subscript k is repeated for operand 1 but the sizes don't match, 3 != 1"),
        (() => einsum("i,ii->", ones(2), ones(3, 4)), "RuntimeError einsum(): subscript i has size 3 for operand 1 which does not broadcast with previously seen size 2"), (() => einsum("i...,...->i...", ones(2, 3, 4), ones(5, 4)), "RuntimeError einsum(): dimension 0 covered by ellipsis in operand 1has size 5 which does not broadcast with previously seen ellipsis with size 3 for the respective dimension"),
        (() => einsum("...,...->...", ones(3), ones(2, 2)), "RuntimeError einsum(): dimension 1 covered by ellipsis in operand 1has size 2 which does not broadcast with previously seen ellipsis with size 3 for the respective dimension"), (() => einsum("i...->j", ones(2, 3)), "RuntimeError einsum(): output subscript j does not appear in the equation for any input operand"),
        (() => einsum("i,i->i", ones(2), ones(3)), "RuntimeError einsum(): subscript i has size 3 for operand 1 which does not broadcast with previously seen size 2"),
        (() => einsum("i...,i...->...", Tall, Cube.reshape(3, 4)), "RuntimeError einsum(): dimension 1 covered by ellipsis in operand 1has size 4 which does not broadcast with previously seen ellipsis with size 2 for the respective dimension"),
        (Gradients((x, y) => einsum("ij,ij->i", x, y), arange(3).reshape(1, 3), Wide), "3 5 7 | 3 | 1; 0 1 2 0 1 2 | 6 | 1"),
    ];

    public static readonly (Func<object> Call, string Expected)[] Refusals =
    [
        (Gradients((x, y) => x.floor_divide(y), T(5, -5, 7), T(2, 2, -3)), "RuntimeError derivative for aten::floor_divide is not implemented"), (Gradients((x, y) => x.floor_divide(2), T(5), T(2)), "RuntimeError derivative for aten::floor_divide is not implemented"),
        (Gradients((x, y) => x.floor_divide(y) * x, T(5), T(2)), "RuntimeError derivative for aten::floor_divide is not implemented"), (Gradients((x, y) => (x * 1).floor_divide_(y), T(5), T(2)), "RuntimeError derivative for aten::floor_divide_ is not implemented"),
        (() => ones([2], requires_grad: true).floor_divide(2).requires_grad, "True"), (() => ones([2], requires_grad: true).floor_divide(2).grad_fn!.name(), "NotImplemented"),
        (Gradients((x, y) => { var z = x * y; z[..2].floor_divide_(y[..2]); return z; }, T(5, -5, 7), T(2, 2, -3)), "RuntimeError derivative for aten::floor_divide_ is not implemented"),
        (Gradients((x, y) => x + y.detach().floor_divide_(2) + y, T(5), T(2)), "1 | 1 | 1; 1 | 1 | 1"), (() => ones(3).dot(ones([3], float64)), "RuntimeError dot : expected both vectors to have same dtype, but found Float and Double"), (() => ones(3).dot(T(1, 1, 1)), "RuntimeError dot : expected both vectors to have same dtype, but found Float and Long"),
        (() => ones(2, 3).dot(ones(3)), "RuntimeError 1D tensors expected, but got 2D and 1D tensors"), (() => ones(3).dot(ones(4)), "RuntimeError inconsistent tensor size, expected tensor [3] and src [4] to have the same number of elements, but got 3 and 4 elements respectively"),
        (() => ones(2, 3).mv(ones([3], float64)), "RuntimeError expected scalar type Float but found Double"), (() => ones(2, 3).mv(ones(4)), "RuntimeError size mismatch, got input (2), mat (2x3), vec (4)"), (() => ones(3).mv(ones(3)), "RuntimeError vector + matrix @ vector expected, got 1, 1, 1"),
        (() => ones(2, 2, 2).trace(), "RuntimeError trace: expected a matrix, but got tensor with dim 3"), (() => ones(3).trace(), "RuntimeError trace: expected a matrix, but got tensor with dim 1"), (() => Three.trace(), "RuntimeError trace: expected a matrix, but got tensor with dim 0"),
        (() => zeros(0, 3).trace(), "0 |  | "), (() => Wide.trace(), "4 |  | "), (() => tensor(new[,] { { true, false }, { false, true } }).trace(), "RuntimeError \"trace\" not implemented for 'Bool'"),
        (() => zeros(2, 3).copy_(ones(4)), "RuntimeError The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1"), (() => zeros(3).copy_(ones(2, 3)), "RuntimeError output with shape [3] doesn't match the broadcast shape [2, 3]"),
        (() => zeros(2, 3).copy_(ones(3, 1)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"), (() => tensor(1.0).copy_(ones(2)), "RuntimeError output with shape [] doesn't match the broadcast shape [2]"),
        (() => tensor(1.0).copy_(ones(1, 1)), "RuntimeError output with shape [] doesn't match the broadcast shape [1, 1]"), (() => zeros(2).addcmul_(ones(3), ones(3)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"),
        (() => zeros(2).addcmul_(ones(3), ones(4)), "RuntimeError The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"), (() => zeros(2).addcmul_(ones(2, 2), ones(2)), "RuntimeError output with shape [2] doesn't match the broadcast shape [2, 2]"),
        (() => zeros(2).addcmul_(ones(2), ones(2, 2), 2), "RuntimeError output with shape [2] doesn't match the broadcast shape [2, 2]"), (() => zeros(1).addcmul_(ones(2), ones(2)), "RuntimeError output with shape [1] doesn't match the broadcast shape [2]"),
        (() => Told(() => eye(1 << 20).sum())[..101], "RuntimeError [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory"),
        (() => eye(1L << 31), "RuntimeError Storage size calculation overflowed with sizes=[2147483648, 2147483648]"),
    ];

    public static readonly (Func<object> Call, string Expected)[] WithoutDimensions =
    [
        (() => Three.chunk(2), "RuntimeError chunk expects at least a 1-dimensional tensor"), (() => Three.chunk(0), "RuntimeError chunk expects at least a 1-dimensional tensor"), (() => arange(3).chunk(0), "RuntimeError chunk expects `chunks` to be greater than 0, got: 0"),
        (() => arange(3).chunk(-1), "RuntimeError chunk expects `chunks` to be greater than 0, got: -1"), (() => arange(3).chunk(5), "0 | 1 | 1; 1 | 1 | 1; 2 | 1 | 1"), (() => zeros(0).chunk(2), " | 0 | 1;  | 0 | 1"), (() => arange(3).chunk(2, 1), "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 1)"),
        (() => Three.split(1), "RuntimeError split expects at least a 1-dimensional tensor"), (() => Three.split([1]), "RuntimeError split expects at least a 1-dimensional tensor"), (() => Three.narrow(0, 0, 1), "RuntimeError narrow() cannot be applied to a 0-dim tensor."),
        (() => Three.topk(1).values, "3 |  | "), (() => Three.topk(1).indices, "0 |  | "), (() => Three.topk(0).values, "3 |  | "), (() => Three.topk(2).values, "RuntimeError selected index k out of range"), (() => arange(3).topk(-1).values, "RuntimeError selected index k out of range"),
        (() => Three.topk(1, 1).values, "IndexError Dimension out of range (expected to be in range of [-1, 0], but got 1)"), (() => Three.sort().values, "3 |  | "), (() => Three.sort().indices, "0 |  | "), (() => Three.unbind(), "IndexError Dimension specified as 0 but tensor has no dimensions"),
        (() => Three.size(0), "IndexError Dimension specified as 0 but tensor has no dimensions"), (() => Three.size(-1), "IndexError Dimension specified as -1 but tensor has no dimensions"), (() => ones(2, 2).size(2), "IndexError Dimension out of range (expected to be in range of [-2, 1], but got 2)"),
    ];

    private static readonly Dictionary<string, (Func<object> Call, string Expected)[]> Tables = new()
    {
        ["indexing"] = Indexing,
        ["factories"] = Factories,
        ["others"] = Others,
        ["selections"] = Selections,
        ["einsums"] = Einsums,
        ["refusals"] = Refusals,
        ["without dimensions"] = WithoutDimensions,
    };

    public static TheoryData<string> TableNames => [.. Tables.Keys];

    [Theory, MemberData(nameof(TableNames))]
    public void Every_row_is_PyTorchs(string table)
    {
        var wrong = Tables[table].Select((row, i) => (i, Got: Told(row.Call), row.Expected)).Where(r => r.Got != r.Expected);
        Assert.True(!wrong.Any(), string.Join('\n', wrong.Select(r => $"row {r.i}: {r.Got}\n  expected {r.Expected}")));
    }

    // A number that became a tensor is one no longer when it is written to, or wants a gradient.
    [Fact]
    public void A_number_is_one_until_it_is_written_to()
    {
        Tensor t = 0.5;
        t += 1;
        Assert.Equal([1.5f, 1.5f], (zeros(2) + t).to_array<float>());
        Tensor leaf = 2.0;
        leaf.requires_grad_();
        (F(3) * leaf).sum().backward();
        Assert.Equal(3, leaf.grad!.item<double>());
        Tensor seen = 0.5;
        seen.data.add_(1);
        Assert.Equal([1.5f], (zeros(1) + seen).to_array<float>());
        Tensor same = 0.1;
        _ = same.item<double>();
        Assert.Equal([0.1], (zeros([1], float64) + same).to_array<double>());
    }

    // total = 0; total += loss: as in Python, what was made of the number takes its place.
    [Fact]
    public void Losses_add_up_from_a_number()
    {
        foreach (var start in (Tensor[])[0, 0.0])
        {
            var w = tensor((double[])[1, 2], float64, requires_grad: true);
            var total = start;
            for (var i = 1; i <= 3; i++) total += (w * w * (double)i).sum();
            Assert.Equal((float64, 30.0), (total.dtype, total.item<double>()));
            total.backward();
            Assert.Equal([12, 24], w.grad!.to_array<double>());
        }
    }

    // A gradient that is spread out and nothing else saves nothing: its own gradient may be asked for twice.
    [Fact]
    public void A_gradient_that_saved_nothing_is_differentiated_twice()
    {
        var (x, w) = (ones([3], requires_grad: true), tensor(2.0, requires_grad: true));
        var s = autograd.grad([x.sum()], [x], [w], create_graph: true)[0]!.sum();
        s.backward();
        s.backward();
        Assert.Equal(6, w.grad!.item<double>());
    }

    // Recorded from PyTorch 2.6: one element behind a mask is filled in, wherever it comes from; more would be read while they are written.
    [Fact]
    public void One_element_of_a_tensor_can_be_written_behind_a_mask_of_it()
    {
        var x = tensor((float[])[1, 2, 3]);
        x[tensor((bool[])[true, false, true])] = x[1..2];
        Assert.Equal([2, 2, 2], x.to_array<float>());
        Assert.StartsWith("unsupported operation: some elements", Assert.Throws<RuntimeError>(() => x[tensor((bool[])[true, false, true])] = x[..2]).Message);
        var leaf = tensor(new float[,] { { 3 } }, requires_grad: true);
        var y = leaf.mean(0, keepdim: true);
        y[tensor((bool[])[true])] = y;
        Assert.Equal(("IndexPutBackward0", 1), (y.grad_fn!.name(), y._version));
        y.sum().backward();
        Assert.Equal(1, leaf.grad!.item<float>());
    }

    // Recorded from PyTorch 2.6: positions are looked at last, and only where something is read or written.
    [Fact]
    public void Positions_are_checked_where_there_is_something_to_read()
    {
        var x = tensor(new double[,] { { 1, 2 }, { 3, 4 } });
        var far = tensor((long[])[-2, 1, 2]);
        Assert.Equal([3, 0], (long[])x[far, 1..1].shape);
        Assert.Empty(x[far, 1..1].to_array<double>());
        x[far, 1..1] = 7;
        Assert.Equal([1, 2, 3, 4], x.to_array<double>());
        Assert.Equal("index is out of bounds for dimension with size 0", Assert.Throws<IndexError>(() => zeros(0, 3)[tensor((long[])[5, 6]), 1..1]).Message);
        Assert.Equal("index 2 is out of bounds for dimension 0 with size 2", Assert.Throws<IndexError>(() => x[far]).Message);
        Assert.Equal("shape mismatch: indexing tensors could not be broadcast together with shapes [3], [2]", Assert.Throws<IndexError>(() => x[far, tensor((long[])[0, 1])]).Message);
        Assert.StartsWith("shape mismatch: value tensor", Assert.Throws<RuntimeError>(() => x[far] = ones([5], float64)).Message);
        var leaf = ones([2, 2], requires_grad: true);
        Assert.StartsWith("a view of a leaf Variable", Assert.Throws<RuntimeError>(() => leaf.view(4)[tensor((long[])[9])] = 1).Message);
        Assert.StartsWith("unsupported operation: more than one element", Assert.Throws<RuntimeError>(() => zeros(1).expand(2)[..] = tensor(3f)).Message);
    }

    // Recorded from PyTorch 2.6.
    [Fact]
    public void The_loss_of_a_certainty_is_zero_from_above()
    {
        var x = tensor((float[])[1.5f]);
        foreach (var reduction in (string[])["mean", "sum"]) Assert.Equal(float.PositiveInfinity, (1 / nn.functional.cross_entropy(x, tensor(0L), reduction: reduction)).item<float>());
        Assert.Equal(float.NegativeInfinity, (1 / nn.functional.nll_loss(zeros(1, 1), tensor((long[])[0]), reduction: "none")).item<float>());
    }

    [Fact]
    public void Both_ends_of_a_weighted_mean_have_its_gradient_where_one_is_spread()
    {
        var (x, end) = (ones([4, 3], requires_grad: true), tensor((float[])[1, -3, 3], requires_grad: true));
        var y = x.clone().lerp_(end, 0.25);
        y.sum().backward();
        Assert.Equal([1, 1, 1], end.grad!.to_array<float>());
        Assert.All(x.grad!.to_array<float>(), g => Assert.Equal(0.75f, g));
        Assert.StartsWith("output with shape [3]", Assert.Throws<RuntimeError>(() => end.detach().lerp_(x.detach(), 0.25)).Message);
    }
}
