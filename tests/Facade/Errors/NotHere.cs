namespace Facade;

/// <summary>PyTorch's conditions that a program in C# cannot meet, each with why.</summary>
internal static class NotHere
{
    private const string Typed = "the compiler refuses the argument's type", ReadOnly = "the property has no setter", Python = "a protocol of Python's";

    public static readonly Dictionary<string, string> Reasons = new()
    {
        ["leaf as out="] = "no function takes out=: a result is a new tensor",
        ["out= with an input requiring grad"] = "no function takes out=: a result is a new tensor",
        ["gradient argument is a Python number"] = "a number is a tensor where one is asked for",
        ["requires_grad = non-bool"] = Typed,
        ["register_hook returning wrong type"] = Typed,
        [".grad = not a tensor"] = Typed,
        [".data = wrong type"] = Typed,
        [".data = incompatible (sparse)"] = "no tensor is sparse",
        ["set grad_fn"] = ReadOnly,
        ["set is_leaf"] = ReadOnly,
        ["index: __index__ of float"] = Python,
        ["np.array(requires_grad)"] = Python,
        ["resize_ on requires_grad"] = "no tensor is resized: sizes belong to its type",
        ["Function: backward returns non-tensor"] = Typed,
        ["Function: legacy non-static forward"] = "forward is a method of the function's object, as C# overrides it",
        ["Function: not static, apply"] = "forward is a method of the function's object, as C# overrides it",
        ["Function: save_for_backward non-tensor"] = Typed,
        ["Function: both backward and vjp"] = "the method has one name",
        ["checkpoint without use_reentrant (warning)"] = "use_reentrant is false unless it is asked for, as PyTorch advises",
        ["functional.jacobian: output not tensor"] = Typed,
        ["functional.jacobian: inputs not tensors"] = Typed,
        ["func.grad: out not tensor"] = Typed,
    };
}
