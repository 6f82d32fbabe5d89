using Model.Scripts;
using Properties;

namespace Model;

public class ScriptTests
{
    [Fact]
    public void The_facade_does_what_the_model_does() => Property.ForAll("facade scripts | as the model", Generator.Script, script => script.Hold(), cases: 5000, choices: 160);
}
