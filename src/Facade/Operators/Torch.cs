namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// A row: one operator of PyTorch. The generator writes its public forms from it: method, function, in-place form, overloads with numbers,
    /// links; all of them through the recorder. A row that takes and gives nodes is recorded; one that takes tensors is made of other operators.
    /// </summary>
    /// <param name="gradient">PyTorch's name of the derivative; empty where there is none.</param>
    /// <param name="saves">What the derivative reads.</param>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class TorchAttribute(string gradient = "", Saves saves = Saves.None) : Attribute
    {
        public string Gradient { get; } = gradient;

        public Saves Saves { get; } = saves;

        /// <summary>Which forms there are.</summary>
        public Forms Forms { get; init; } = Forms.Method | Forms.Function;

        /// <summary>What type it is computed in.</summary>
        public Types Types { get; init; }

        /// <summary>PyTorch's kernel, where it takes no truth values; it is named when one is given.</summary>
        public string? Kernel { get; init; }

        /// <summary>Whether that kernel takes no integers either.</summary>
        public bool Floats { get; init; }

        /// <summary>Whether that kernel takes complex numbers.</summary>
        public bool Complex { get; init; }

        /// <summary>What the derivative reads when a number stands for the second operand; there is such a form where this is given.</summary>
        public Saves ScalarSaves { get; init; }

        /// <summary>The derivative's name when a number stands for the second operand, if another.</summary>
        public string? ScalarGradient { get; init; }

        /// <summary>The derivative's name when no dimensions are given, if another.</summary>
        public string? WholeGradient { get; init; }

        /// <summary>The derivative's name in place, where it reads the result instead, if another.</summary>
        public string? WrittenGradient { get; init; }

        /// <summary>Whether a form puts the result into a tensor that is given; elementwise operators of torch have one unless this says otherwise.</summary>
        public bool Out { get; init; }

        /// <summary>Its other names, parted by spaces.</summary>
        public string? Aliases { get; init; }

        /// <summary>Whether another overload goes first where a number fits both.</summary>
        public bool Later { get; init; }

        /// <summary>A method of the family that refuses operands before anything is done.</summary>
        public string? Check { get; init; }
    }

    /// <summary>A class of rows.</summary>
    /// <param name="home">The class that functions go to; torch unless given.</param>
    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class OperatorsAttribute(Type? home = null) : Attribute
    {
        public Type Home { get; } = home ?? typeof(torch);

        /// <summary>The property of torch that holds the home, where functions are methods of that object.</summary>
        public string? Instance { get; init; }

        /// <summary>Element by element: operands are promoted and spread over each other, the result lies in memory as they do.</summary>
        public bool Elementwise { get; init; }

        /// <summary>The page of PyTorch's manual that all of them stand on, if they have none of their own.</summary>
        public string? Page { get; init; }

        /// <summary>The forms of every row that does not say otherwise.</summary>
        public Forms Forms { get; init; } = Forms.Method | Forms.Function;

        /// <summary>The type of every row that does not say otherwise.</summary>
        public Types Types { get; init; }
    }

    /// <summary>A number that takes part in promotion as an operand does.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    internal sealed class OperandAttribute : Attribute;

    /// <summary>How an operator is spelled.</summary>
    [Flags]
    internal enum Forms
    {
        Method = 1,
        Function = 2,
        InPlace = 4,
        /// <summary>A function with PyTorch's flag <c>inplace</c>.</summary>
        Flagged = 8,
        All = Method | Function | InPlace,
    }

    /// <summary>What type an operator is computed in.</summary>
    internal enum Types
    {
        /// <summary>The operand's, or what the operands are promoted to.</summary>
        Own,
        /// <summary>The same, and the default type where that is an integer.</summary>
        Real,
    }

    /// <summary>The tensor, which must be given.</summary>
    internal static Tensor Given(Tensor? tensor, string operation, string argument, int position) =>
        tensor ?? throw new TypeError($"{operation}(): argument '{argument}' (position {position}) must be Tensor, not NoneType");
}
