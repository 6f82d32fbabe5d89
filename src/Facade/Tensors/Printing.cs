using System.Globalization;
using System.Text;

namespace Functional.Autograd;

public static partial class torch
{
    private static int printPrecision = 4, printEdge = 3, printWidth = 80;
    private static long printThreshold = 1000;
    private static bool? printScientific;

    /// <summary>How tensors are printed. https://pytorch.org/docs/2.6/generated/torch.set_printoptions.html</summary>
    public static void set_printoptions(int? precision = null, double? threshold = null, int? edgeitems = null, int? linewidth = null, string? profile = null, bool? sci_mode = null)
    {
        (printPrecision, printThreshold, printEdge, printWidth) = profile switch
        {
            "default" => (4, 1000, 3, 80),
            "short" => (2, 1000, 2, 80),
            "full" => (4, long.MaxValue, 3, 80),
            _ => (printPrecision, printThreshold, printEdge, printWidth),
        };
        printPrecision = precision ?? printPrecision;
        if (threshold is { } t) printThreshold = double.IsInfinity(t) ? long.MaxValue : (long)t;
        printEdge = edgeitems ?? printEdge;
        printWidth = linewidth ?? printWidth;
        printScientific = sci_mode;
    }

    public partial class Tensor
    {
        /// <summary>PyTorch's text of the tensor.</summary>
        public override string ToString()
        {
            if (IsRow) return $"BatchedTensor(shape={shape}, dtype={dtype})";
            var suffixes = new List<string>();
            if (Type.Count == 0 && ndim != 1) suffixes.Add("size=" + Written.Tuple(Dims.Span));
            var usual = Type.Count == 0 ? dtype == get_default_dtype() : dtype == get_default_dtype() || dtype == get_default_dtype().to_complex() || dtype == int64 || dtype == torch.@bool;
            if (!usual) suffixes.Add($"dtype={dtype}");
            string name;
            try
            {
                name = grad_fn?.Name ?? "";
            }
            catch (RuntimeError)
            {
                name = "Invalid";
            }
            if (name.Length > 0) suffixes.Add($"grad_fn=<{name}>");
            else if (requires_grad) suffixes.Add("requires_grad=True");
            if (Duals.Any && autograd.forward_ad.Shown(this) is { } tangent) suffixes.Add($"tangent={tangent}");
            var text = "tensor(" + (Type.Count == 0 ? "[]" : new Printer(this).Text(7));
            var line = text.Length - text.LastIndexOf('\n') + 1;
            var result = new StringBuilder(text);
            foreach (var suffix in suffixes)
            {
                if (line + suffix.Length + 2 > printWidth)
                {
                    result.Append(",\n       ").Append(suffix);
                    line = 7 + suffix.Length;
                }
                else
                {
                    result.Append(", ").Append(suffix);
                    line += suffix.Length + 2;
                }
            }
            return Prefix + result.Append(')');
        }

        private protected virtual string Prefix => "";
    }

    private sealed class Printer
    {
        private readonly Dims shape;
        private readonly Func<long, string> element;
        private readonly int width;
        private readonly bool summarise;

        // A complex number's parts are padded each.
        private readonly bool padded = true;

        public Printer(Tensor x)
        {
            shape = x.Dims;
            summarise = shape.Product > printThreshold;
            if (x.is_floating_point())
            {
                (element, width) = Floats(x.Doubles());
                return;
            }
            if (x.is_complex())
            {
                var ((real, left), (imaginary, right)) = (Floats(x.Parts(Ops.Real)), Floats(x.Parts(Ops.Imag)));
                element = i => real(i).PadLeft(shape.Count == 0 ? 0 : left) + (imaginary(i)[0] == '-' ? "" : "+") + imaginary(i) + "j";
                (width, padded) = (left + right + 1, false);
                return;
            }
            var longs = x.Longs();
            string Whole(long i) => x.Node.DType == DType.Bool ? (longs[i] != 0 ? "True" : "False") : longs[i].ToString(CultureInfo.InvariantCulture);
            width = Shown().Select(i => Whole(i).Length).DefaultIfEmpty(1).Max();
            element = Whole;
        }

        private (Func<long, string> Element, int Width) Floats(double[] values)
        {
            var shown = Shown().Select(i => values[i]).Where(v => v != 0 && double.IsFinite(v)).ToList();
            if (shown.Count == 0) return (i => Integer(values[i]), 1);
            var integers = shown.TrueForAll(v => v == Math.Ceiling(v));
            var (max, min) = (shown.Max(Math.Abs), shown.Min(Math.Abs));
            var scientific = max / min > 1000 || max > 1e8 || (!integers && min < 1e-4);
            var width = integers && !scientific ? shown.Max(v => v.ToString("F0", CultureInfo.InvariantCulture).Length) + 1
                : shown.Max(v => (scientific ? Exponent(v) : Fixed(v)).Length);
            scientific = printScientific ?? scientific;
            return (i => scientific ? Exponent(values[i]) : integers ? Integer(values[i]) : Fixed(values[i]), width);
        }

        private static string Special(double v) => double.IsNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";

        private static string Integer(double v) => double.IsFinite(v) ? v.ToString("F0", CultureInfo.InvariantCulture) + "." : Special(v);

        private static string Fixed(double v) => double.IsFinite(v) ? v.ToString("F" + printPrecision, CultureInfo.InvariantCulture) : Special(v);

        private static string Exponent(double v)
        {
            if (!double.IsFinite(v)) return Special(v);
            var text = v.ToString("E" + printPrecision, CultureInfo.InvariantCulture);
            var e = text.IndexOf('E');
            return $"{text[..e]}e{text[e + 1]}{int.Parse(text[(e + 2)..], CultureInfo.InvariantCulture):00}";
        }

        // The elements that are looked at: all, or the first and last few along each dimension.
        private IEnumerable<long> Shown()
        {
            IEnumerable<long> places = [0L];
            var strides = shape.Strides();
            for (var k = 0; k < shape.Count; k++)
            {
                var (positions, stride) = (Along(k).Places, strides[k]);
                places = places.SelectMany(p => positions.Select(i => p + i * stride));
            }
            return places;
        }

        private (IEnumerable<long> Places, bool IsCut) Along(int dim)
        {
            var n = shape[dim];
            return summarise && n > 2 * printEdge ? (Range(0, printEdge).Concat(Range(n - printEdge, printEdge)), true) : (Range(0, n), false);
        }

        private static IEnumerable<long> Range(long start, long count)
        {
            for (var i = 0L; i < count; i++) yield return start + i;
        }

        public string Text(int indent) => Part(0, 0, indent);

        private string Part(int dim, long at, int indent)
        {
            if (dim == shape.Count) return element(at);
            var (shown, cut) = Along(dim);
            var stride = shape[(dim + 1)..].Product;
            if (dim < shape.Count - 1)
            {
                var parts = shown.Select(i => Part(dim + 1, at + i * stride, indent + 1)).ToList();
                if (cut) parts.Insert(printEdge, "...");
                return "[" + string.Join("," + new string('\n', shape.Count - 1 - dim) + new string(' ', indent + 1), parts) + "]";
            }
            var items = shown.Select(i => element(at + i).PadLeft(padded ? width : 0)).ToList();
            if (cut) items.Insert(printEdge, " ...");
            var perLine = (int)Math.Max(1, Math.Floor((printWidth - indent) / (double)(width + 2)));
            var lines = items.Chunk(perLine).Select(line => string.Join(", ", line));
            return "[" + string.Join(",\n" + new string(' ', indent + 1), lines) + "]";
        }
    }
}
