using Model.Scripts;
using Properties;

namespace Model;

public class ScriptTests
{
    [Fact]
    public void The_facade_does_what_the_model_does() => Property.ForAll("facade scripts | as the model", Generator.Script, script => script.Hold(), cases: 10000, choices: 160);

    [Fact]
    public void Scripts_draw_from_the_facades_rows()
    {
        string[] names = [.. Drawn.Unary().Select(r => r.Text), .. Drawn.Binary().Select(r => r.Text), .. Drawn.Writes().Select(r => r.Text), .. Drawn.WritesOfTwo().Select(r => r.Text)];
        Assert.True(names.Length > 130, $"{names.Length} of the rows: {string.Join(", ", names)}");
    }
}
