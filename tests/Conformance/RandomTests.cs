using System.Text.Json;
using Functional.Autograd;

namespace Conformance;

public class RandomTests
{
    [Fact]
    public void Every_recorded_stream_repeats()
    {
        var streams = Golden.Lines("random.jsonl").ToList();
        Assert.Equal(25, streams.Count);
        foreach (var stream in streams)
        {
            torch.manual_seed(stream.GetProperty("seed").GetInt64());
            foreach (var call in stream.GetProperty("calls").EnumerateArray())
            {
                var name = call.GetProperty("fn").GetString()!;
                var drawn = Draw(name, [.. call.GetProperty("args").EnumerateArray()], call.GetProperty("kwargs"));
                var wanted = call.GetProperty("out");
                Assert.Equal(Golden.Longs(wanted.GetProperty("shape")), (long[])drawn.shape);
                Assert.Equal(wanted.GetProperty("dtype").GetString(), drawn.dtype.ToString()["torch.".Length..]);
                var exact = name is not ("randn" or "normal" or "exponential_");
                var values = drawn.to(torch.float64).data<double>();
                var recorded = Golden.Data(wanted);
                for (var i = 0; i < values.Length; i++)
                    Assert.True(exact ? values[i] == recorded[i] : Math.Abs(values[i] - recorded[i]) <= 1e-6, $"{call.GetRawText()[..80]} element {i}: {values[i]:R}, recorded {recorded[i]:R}");
            }
        }
    }

    private static torch.Tensor Draw(string name, JsonElement[] args, JsonElement kwargs)
    {
        var dtype = kwargs.TryGetProperty("dtype", out var d) ? Golden.Type(d.GetString()!) : null;
        long[] Size(int at) => args[at].ValueKind == JsonValueKind.Array ? Golden.Longs(args[at]) : [.. args[at..].Select(a => a.GetInt64())];
        return name switch
        {
            "rand" => torch.rand(Size(0), dtype),
            "randn" => torch.randn(Size(0), dtype),
            "randint" when args.Length == 2 => torch.randint(args[0].GetInt64(), Size(1), dtype),
            "randint" => torch.randint(args[0].GetInt64(), args[1].GetInt64(), Size(2), dtype),
            "randperm" => torch.randperm(args[0].GetInt64(), dtype),
            "normal" => torch.normal(Golden.Number(args[0]), Golden.Number(args[1]), kwargs.TryGetProperty("size", out var s) ? Golden.Longs(s) : Size(2), dtype),
            "bernoulli" => torch.bernoulli(torch.full(Golden.Longs(args[1]), Golden.Number(args[0]))),
            "uniform_" => torch.empty(Size(0)).uniform_(Golden.Number(args[1]), Golden.Number(args[2])),
            "exponential_" => torch.empty(Size(0)).exponential_(Golden.Number(args[1])),
            "dropout" => torch.nn.functional.dropout(torch.ones(Golden.Longs(args[1])), Golden.Number(args[0])),
            "multinomial" => torch.multinomial(torch.tensor(args[0].EnumerateArray().Select(Golden.Number).ToArray()), args[1].GetInt64(), args[2].GetBoolean()),
            _ => throw new ArgumentException(name),
        };
    }
}
