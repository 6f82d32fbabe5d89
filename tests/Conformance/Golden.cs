using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Functional.Autograd;

namespace Conformance;

/// <summary>Recorded values: one JSON object a line.</summary>
internal static class Golden
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "golden", name);

    public static IEnumerable<JsonElement> Lines(string name) => Texts(name).Where(l => l.Length > 0).Select(l => JsonDocument.Parse(l).RootElement);

    private static IEnumerable<string> Texts(string name)
    {
        using var reader = new StreamReader(name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(Path(name)), CompressionMode.Decompress) : File.OpenRead(Path(name)));
        while (reader.ReadLine() is { } line) yield return line;
    }

    public static double Number(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.String => double.Parse(e.GetString()!, CultureInfo.InvariantCulture),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => e.GetDouble(),
    };

    public static long[] Longs(JsonElement e) => [.. e.EnumerateArray().Select(n => n.GetInt64())];

    /// <summary>The elements; of complex numbers the real and the imaginary parts by turns.</summary>
    public static double[] Data(JsonElement tensor) => [.. tensor.GetProperty("data").EnumerateArray().SelectMany(e => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().Select(Number) : [Number(e)])];

    public static torch.dtype Type(string name) => name switch
    {
        "float16" => torch.float16,
        "bfloat16" => torch.bfloat16,
        "complex64" => torch.complex64,
        "complex128" => torch.complex128,
        "float32" => torch.float32,
        "float64" => torch.float64,
        "int64" => torch.int64,
        "int32" => torch.int32,
        "int16" => torch.int16,
        "int8" => torch.int8,
        "uint8" => torch.uint8,
        "bool" => torch.@bool,
        _ => throw new ArgumentException(name),
    };

    public static torch.Tensor Tensor(JsonElement e)
    {
        var type = Type(e.GetProperty("dtype").GetString()!);
        var shape = Longs(e.GetProperty("shape"));
        if (type.is_complex) return torch.view_as_complex(torch.tensor<double>(Data(e), [.. shape, 2])).to(type);
        var data = type.is_floating_point
            ? torch.tensor<double>(Data(e), shape)
            : torch.tensor<long>([.. e.GetProperty("data").EnumerateArray().Select(n => n.ValueKind == JsonValueKind.Number ? n.GetInt64() : (long)Number(n))], shape);
        return data.to(type);
    }
}
