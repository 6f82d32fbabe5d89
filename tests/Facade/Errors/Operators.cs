using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of operators: shapes, places and element types that do not fit.</summary>
internal static class Operators
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["mm shape"] = (say => mm(ones(2, 3), ones(2, 3)), "!! RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
        ["matmul vec"] = (say => matmul(ones(3), ones(2)), "!! RuntimeError: inconsistent tensor size, expected tensor [3] and src [2] to have the same number of elements, but got 3 and 2 elements respectively"),
        ["add broadcast"] = (say => _ = ones(2) + ones(3), "!! RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"),
        ["view shape"] = (say => ones(6).view(4, 2), "!! RuntimeError: shape '[4, 2]' is invalid for input of size 6"),
        ["view non-contiguous"] = (say => ones(2, 3).t().view(6), "!! RuntimeError: view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead."),
        ["index out of range"] = (say => _ = ones(3)[5], "!! IndexError: index 5 is out of bounds for dimension 0 with size 3"),
        ["dim out of range"] = (say => ones(3).sum(2), "!! IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 2)"),
        ["mean of int"] = (say => tensor((long[])[1, 2]).mean(), "!! RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long"),
        ["tensor on requires_grad with dtype cast under backward: mm dtype"] = (say => mm(ones(2, 2), ones([2, 2], @double)), "!! RuntimeError: expected m1 and m2 to have the same dtype, but got: float != double"),
    };
}
