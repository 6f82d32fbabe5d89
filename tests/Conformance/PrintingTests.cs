using System.Text.Json;
using Functional.Autograd;

namespace Conformance;

public class PrintingTests
{
    [Fact]
    public void Every_recorded_tensor_prints_to_the_letter()
    {
        var cases = Golden.Lines("printing.jsonl").ToList();
        Assert.Equal(191, cases.Count);
        foreach (var line in cases)
        {
            var x = Golden.Tensor(line.GetProperty("tensor")).detach();
            if (line.GetProperty("requires_grad").GetBoolean()) x.requires_grad_();
            var through = line.GetProperty("through");
            if (through.ValueKind != JsonValueKind.Null)
                x = through.GetString() switch
                {
                    "mul" => x * 1,
                    "add" => x + 0,
                    "pow" => x.pow(2),
                    "exp" => x.exp(),
                    "clone" => x.clone(),
                    "mean" => x.mean(),
                    "sum" => x.sum(),
                    "t" => x.t(),
                    var op => throw new ArgumentException(op),
                };
            Assert.Equal(line.GetProperty("text").GetString(), x.ToString());
        }
    }
}
