using System.Globalization;
using Functional.Autograd;

namespace Digits;

/// <summary>What the command line asks for.</summary>
public sealed record Options(int Epochs, int Seed, string Optimizer, torch.dtype Type)
{
    /// <summary>What --help prints.</summary>
    public const string Usage = """
        usage: Digits [--epochs N] [--seed N] [--optimizer adam|sgd] [--dtype float32|float64]

        Trains a classifier of handwritten digits twice, through the PyTorch-like API and through pure functions, compares the
        weights, and checks a directional derivative of the trained loss against central differences.

          --epochs N      passes over the training images, 1 to 1000 (default 40)
          --seed N        for the split, the weights and the order of the batches (default 0)
          --optimizer O   adam (default) or sgd
          --dtype T       float32 (default) or float64
          --help          this text
        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">An argument is unknown, or its value is missing or out of range.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options(40, 0, "adam", torch.float32);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--epochs" or "--seed" or "--optimizer" or "--dtype")) throw new ArgumentException($"unknown argument '{args[i]}'");
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} needs a value");
            options = (args[i], args[i + 1]) switch
            {
                ("--epochs", var v) => options with { Epochs = Number(args[i], v, 1, 1000) },
                ("--seed", var v) => options with { Seed = Number(args[i], v, 0, int.MaxValue) },
                ("--optimizer", "adam" or "sgd") => options with { Optimizer = args[i + 1] },
                ("--dtype", "float32") => options with { Type = torch.float32 },
                ("--dtype", "float64") => options with { Type = torch.float64 },
                (var name, var v) => throw new ArgumentException($"{name} cannot be '{v}'"),
            };
        }
        return options;
    }

    private static int Number(string name, string text, int low, int high) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= low && n <= high ? n
            : throw new ArgumentException($"{name} needs a whole number from {low} to {high}, not '{text}'");
}
