using System.Globalization;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What a call came to in one line: values, shape and strides of tensors, an error's kind and text, or the text of anything else.</summary>
internal static class Telling
{
    public static string Told(Func<object> f)
    {
        try
        {
            return Told(f());
        }
        catch (PythonError e)
        {
            return $"{e.GetType().Name} {e.Message.Split('\n')[0]}";
        }
    }

    private static string Told(object result) => result switch
    {
        Tensor t => $"{string.Join(' ', t.@double().contiguous().view(-1).to_array<double>().Select(v => v.ToString(CultureInfo.InvariantCulture)))} | {string.Join(',', (long[])t.shape)} | {string.Join(',', t.stride())}",
        IEnumerable<Tensor> several => string.Join("; ", several.Select(Told)),
        var other => other.ToString()!,
    };
}
