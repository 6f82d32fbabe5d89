using System.Globalization;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Numbers in texts: as Python writes a float, and as a C++ stream does.</summary>
    internal static class Written
    {
        public static string Python(double x)
        {
            if (double.IsNaN(x)) return "nan";
            if (double.IsInfinity(x)) return x > 0 ? "inf" : "-inf";
            var text = x.ToString("R", CultureInfo.InvariantCulture);
            // Python turns to exponents from 1e16 on, .NET from 1e17 on.
            if (Math.Abs(x) is >= 1e16 and < 1e17)
            {
                var digits = text.TrimStart('-').TrimEnd('0');
                text = (x < 0 ? "-" : "") + digits[0] + (digits.Length > 1 ? "." + digits[1..] : "") + "E+16";
            }
            text = Exponent(text);
            return text.Contains('.') || text.Contains('e') ? text : text + ".0";
        }

        public static string Stream(double x) => double.IsNaN(x) ? "nan" : double.IsInfinity(x) ? x > 0 ? "inf" : "-inf"
            : Exponent(x.ToString("G6", CultureInfo.InvariantCulture));

        /// <summary>The name of an object's type, as Python calls it.</summary>
        public static string Type(object? x) => x switch { null => "NoneType", int or long => "int", double or float => "float", bool => "bool", string => "str", _ => x.GetType().Name };

        public static string Python(bool x) => x ? "True" : "False";

        /// <summary>As Python writes a tuple: (2, 3), and (2,) for one.</summary>
        public static string Tuple(ReadOnlySpan<long> sizes) => sizes.Length == 1 ? $"({sizes[0]},)" : $"({string.Join(", ", sizes.ToArray())})";

        // 1E+20 is 1e+20 there, and an exponent has two digits at least.
        private static string Exponent(string text)
        {
            var at = text.IndexOf('E');
            if (at < 0) return text;
            var digits = text[(at + 2)..].TrimStart('0').PadLeft(2, '0');
            return $"{text[..at]}e{text[at + 1]}{digits}";
        }
    }
}
