using System.Globalization;
using System.IO.Compression;
using Functional.Autograd;

namespace Digits;

/// <summary>Images of 8×8 pixels in [0, 1], and the digits that they show.</summary>
public sealed record Images(torch.Tensor Pixels, torch.Tensor Labels)
{
    /// <summary>All images that come with the program.</summary>
    public static Images Load(torch.dtype type)
    {
        using var packed = typeof(Images).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var (pixels, labels) = (new List<double>(), new List<long>());
        while (reader.ReadLine() is { } line)
        {
            var numbers = line.Split(',');
            pixels.AddRange(numbers[..64].Select(n => double.Parse(n, CultureInfo.InvariantCulture) / 16));
            labels.Add(long.Parse(numbers[64], CultureInfo.InvariantCulture));
        }
        return new(torch.tensor<double>(pixels.ToArray(), [labels.Count, 64]).to(type), torch.tensor(labels.ToArray()));
    }

    /// <summary>Four fifths to train on and the rest to test with, shuffled by the default generator.</summary>
    public (Images Train, Images Test) Split()
    {
        var order = torch.randperm(Labels.shape[0]);
        var cut = Labels.shape[0] * 4 / 5;
        return (Pick(order[torch.slice(0, cut)]), Pick(order[torch.slice(cut)]));
    }

    private Images Pick(torch.Tensor rows) => new(Pixels.index_select(0, rows), Labels.index_select(0, rows));

    /// <summary>An image drawn in text.</summary>
    public static IEnumerable<string> Drawn(double[] pixels)
    {
        const string shades = " .:-=+*#%@";
        return pixels.Chunk(8).Select(row => string.Concat(row.Select(p => new string(shades[(int)Math.Min(9, p * 10)], 2))));
    }
}
