using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// The part of Python's pickle that state needs, as a stack machine: numbers, texts, lists, tuples, dictionaries, and the few functions that
    /// make tensors. No other name is known, so that no file can call anything.
    /// https://github.com/python/cpython/blob/3.12/Lib/pickletools.py
    /// </summary>
    /// <param name="bytes">The pickle.</param>
    /// <param name="storage">The elements behind a persistent id.</param>
    internal sealed class Unpickler(byte[] bytes, Func<object?[], Tensor> storage)
    {
        /// <summary>A function or class that the pickle asks for.</summary>
        private sealed record Global(string Name, Func<object?[], object?> Call);

        // A value takes some 64 bytes of memory, and few take less than four in a file.
        private const int Spare = 1 << 17;

        private const int MostSpread = 1 << 18;

        private static readonly object Mark = new();

        internal static readonly Dictionary<string, dtype> Storages = new()
        {
            ["torch BoolStorage"] = @bool,
            ["torch ByteStorage"] = uint8,
            ["torch CharStorage"] = int8,
            ["torch ShortStorage"] = int16,
            ["torch IntStorage"] = int32,
            ["torch LongStorage"] = int64,
            ["torch HalfStorage"] = float16,
            ["torch BFloat16Storage"] = bfloat16,
            ["torch FloatStorage"] = float32,
            ["torch DoubleStorage"] = float64,
            ["torch ComplexFloatStorage"] = complex64,
            ["torch ComplexDoubleStorage"] = complex128,
        };

        private static readonly Dictionary<string, Func<object?[], object?>> Functions = new()
        {
            ["collections OrderedDict"] = a => Pairs(a.Length == 0 ? [] : (List<object?>)a[0]!),
            ["torch._utils _rebuild_tensor_v2"] = a => Shown((Tensor)a[0]!, (long)a[1]!, Numbers(a[2]), Numbers(a[3])).requires_grad_((bool)a[4]!),
            ["torch._utils _rebuild_parameter"] = a => new nn.Parameter((Tensor)a[0]!, (bool)a[1]!),
            ["torch Size"] = a => new Size(Dims.Create(Numbers(a[0]))),
            ["torch device"] = a => new device((string)a[0]!),
        };

        private readonly List<object?> stack = [];
        private readonly Dictionary<long, object?> memo = [];
        private int at;
        private int steps;

        /// <summary>The value.</summary>
        /// <exception cref="FileFormatError">The pickle is damaged, or asks for anything else.</exception>
        public object? Load()
        {
            try
            {
                for (var code = Byte(); code != '.'; code = Byte())
                {
                    if (++steps > bytes.Length / 4 + Spare) throw new FormatException("more values than its length allows");
                    Step((char)code);
                }
                return Pop();
            }
            catch (Exception e) when (e is not FileFormatError and (FormatException or ArgumentException or InvalidCastException or OverflowException or KeyNotFoundException or IndexOutOfRangeException or NullReferenceException or PythonError))
            {
                throw new FileFormatError($"load: the pickle is wrong before byte {at}: {e.Message}");
            }
        }

        private void Step(char code)
        {
            switch (code)
            {
                case '\x80' or '\x95':
                    Take(code == '\x80' ? 1 : 8);
                    break;
                case '0':
                    Pop();
                    break;
                case 'q' or 'r' or '\x94':
                    memo[code switch { 'q' => Byte(), 'r' => Length(4), _ => memo.Count }] = Top;
                    break;
                case 'a' or 'e':
                    object?[] items = code == 'a' ? [Pop()] : Marked();
                    ((List<object?>)Top!).AddRange(items);
                    break;
                case 's' or 'u':
                    object?[] pairs = code == 's' ? Popped(2) : Marked();
                    if (pairs.Length % 2 != 0) throw new FormatException("a key without a value");
                    for (var k = 0; k < pairs.Length; k += 2) Put((OrderedDictionary<object, object?>)Top!, pairs[k], pairs[k + 1]);
                    break;
                case 'b':
                    // What an ordered dictionary carries besides: the versions of a module's parts.
                    if (Pop() is not OrderedDictionary<object, object?> || Top is not OrderedDictionary<object, object?>) throw new FormatException("a state that only classes have");
                    break;
                default:
                    stack.Add(Value(code));
                    break;
            }
        }

        private object? Value(char code) => code switch
        {
            '(' => Mark,
            'N' => null,
            '\x88' => true,
            '\x89' => false,
            'K' => (long)Byte(),
            'M' => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
            'J' => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            '\x8a' => new BigInteger(Take(Byte())) is var n && n >= long.MinValue && n <= long.MaxValue ? (object)(long)n : n,
            'G' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            'X' => Text(Take(Length(4))),
            '\x8c' => Text(Take(Byte())),
            '\x8d' => Text(Take(Length(8))),
            '}' => new OrderedDictionary<object, object?>(),
            ']' => new List<object?>(),
            ')' => Array.Empty<object?>(),
            '\x85' => Popped(1),
            '\x86' => Popped(2),
            '\x87' => Popped(3),
            't' => Marked(),
            'l' => Marked().ToList(),
            'h' => memo[Byte()],
            'j' => memo[Length(4)],
            'c' => Known(Line(), Line()),
            '\x93' => Popped(2) is [string module, string name] ? Known(module, name) : throw new FormatException("a name that is no text"),
            'Q' => storage((object?[])Pop()!),
            'R' => Popped(2) is [Global function, object?[] arguments] ? function.Call(arguments) : throw new FormatException("a call of what is no function"),
            _ => throw new FormatException($"operation 0x{(int)code:x2} is not read"),
        };

        private static object Known(string module, string name)
        {
            var key = $"{module} {name}";
            if (Storages.TryGetValue(key, out var type)) return type;
            if (module == "torch" && Array.Find(AllTypes, t => t.Name == name) is { } named) return named;
            return Functions.TryGetValue(key, out var call) ? new Global(key, call) : throw new FileFormatError($"Weights only load failed. Unsupported global: GLOBAL {module}.{name} was not an allowed global by default.");
        }

        // A tensor that shows elements of a storage; it is nobody's view. Its places take room, so that few elements may not be shown too often.
        private static Tensor Shown(Tensor storage, long offset, long[] size, long[] stride)
        {
            var count = size.Aggregate(1L, (a, b) => checked(a * b));
            if (count > storage.numel() + MostSpread) throw new FormatException($"{count} elements are shown of {storage.numel()}");
            var isWhole = offset == 0 && count == storage.numel() && stride.SequenceEqual(Dims.Create(size).Strides().Span.ToArray());
            return (isWhole ? storage.view(size) : storage.as_strided(size, stride, offset)).data;
        }

        private static OrderedDictionary<object, object?> Pairs(List<object?> pairs)
        {
            var made = new OrderedDictionary<object, object?>();
            foreach (var pair in pairs) Put(made, ((IList<object?>)pair!)[0], ((IList<object?>)pair!)[1]);
            return made;
        }

        private static void Put(OrderedDictionary<object, object?> to, object? key, object? value) =>
            to[key is string or long or double or bool ? key : throw new FormatException("a key that is neither text nor number")] = value;

        private static long[] Numbers(object? tuple) => [.. ((object?[])tuple!).Select(n => (long)n!)];

        private object? Top => stack[^1];

        private object? Pop()
        {
            var top = stack[^1];
            stack.RemoveAt(stack.Count - 1);
            return top;
        }

        private object?[] Popped(int count)
        {
            object?[] values = [.. stack[^count..]];
            stack.RemoveRange(stack.Count - count, count);
            return values.Contains(Mark) ? throw new FormatException("a mark among values") : values;
        }

        private object?[] Marked()
        {
            object?[] values = [.. stack[(stack.LastIndexOf(Mark) + 1)..]];
            if (values.Length == stack.Count) throw new FormatException("no mark");
            stack.RemoveRange(stack.Count - values.Length - 1, values.Length + 1);
            return values;
        }

        private byte Byte() => Take(1)[0];

        private long Length(int bytes) => bytes == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : BinaryPrimitives.ReadInt64LittleEndian(Take(8));

        private ReadOnlySpan<byte> Take(long count)
        {
            if (count < 0 || count > bytes.Length - at) throw new FormatException("it ends too early");
            at += (int)count;
            return bytes.AsSpan(at - (int)count, (int)count);
        }

        private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

        private static string Text(ReadOnlySpan<byte> utf8) => Strict.GetString(utf8);

        private string Line()
        {
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            if (end < 0) throw new FormatException("a name without an end");
            var line = Text(Take(end - at));
            at++;
            return line;
        }
    }
}
