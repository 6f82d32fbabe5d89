using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Writes values as Python's pickle of protocol 2, the way PyTorch writes state.</summary>
    /// <param name="key">The name under which a tensor's elements are kept.</param>
    internal sealed class Pickler(Func<Tensor, string> key)
    {
        private const int Deepest = 500;

        private readonly MemoryStream to = new();
        private int depth;

        /// <summary>The pickle of a value.</summary>
        /// <exception cref="TypeError">It holds something that is no state.</exception>
        /// <exception cref="RuntimeError">It is nested too deeply, or holds itself.</exception>
        public byte[] Dump(object? value)
        {
            Code((char)0x80, 2);
            Put(value);
            Code('.');
            return to.ToArray();
        }

        private void Put(object? value)
        {
            if (++depth > Deepest) throw new RuntimeError("save: values are nested too deeply, or hold themselves");
            switch (value)
            {
                case null:
                    Code('N');
                    break;
                case bool truth:
                    Code((char)(truth ? 0x88 : 0x89));
                    break;
                case int or long or short or byte or sbyte:
                    Whole(Convert.ToInt64(value, null));
                    break;
                case BigInteger number:
                    Whole(number);
                    break;
                case double or float:
                    Code('G');
                    Span<byte> real = stackalloc byte[8];
                    BinaryPrimitives.WriteDoubleBigEndian(real, Convert.ToDouble(value, null));
                    to.Write(real);
                    break;
                case string text:
                    var utf8 = Encoding.UTF8.GetBytes(text);
                    Code('X');
                    Number(utf8.Length);
                    to.Write(utf8);
                    break;
                case nn.Parameter parameter:
                    Call("torch._utils", "_rebuild_parameter", () =>
                    {
                        Rebuilt(parameter, wants: false);
                        Put(parameter.requires_grad);
                        Call("collections", "OrderedDict", () => { });
                    });
                    break;
                case Tensor x:
                    Rebuilt(x, x.requires_grad);
                    break;
                case dtype type:
                    Global("torch", type.Name);
                    break;
                case Size size:
                    Call("torch", "Size", () => Tuple(size.Dims));
                    break;
                case device device:
                    Call("torch", "device", () => Put(device.type));
                    break;
                case object?[] parts:
                    Tuple(parts);
                    break;
                case ITuple tuple:
                    Tuple(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]));
                    break;
                case IDictionary pairs:
                    if (value is OrderedDictionary<string, Tensor>) Call("collections", "OrderedDict", () => { });
                    else Code('}');
                    Code('(');
                    foreach (DictionaryEntry pair in pairs)
                    {
                        Put(pair.Key);
                        Put(pair.Value);
                    }
                    Code('u');
                    break;
                case IEnumerable items:
                    Code(']');
                    Code('(');
                    foreach (var item in items) Put(item);
                    Code('e');
                    break;
                default:
                    throw new TypeError($"cannot pickle '{value.GetType().Name}' object");
            }
            depth--;
        }

        private void Rebuilt(Tensor x, bool wants) => Call("torch._utils", "_rebuild_tensor_v2", () =>
        {
            Code('(');
            Put("storage");
            Global("torch", Unpickler.Storages.First(s => s.Value == x.dtype).Key.Split(' ')[1]);
            Put(key(x));
            Put("cpu");
            Put(x.numel());
            Code('t');
            Code('Q');
            Put(0L);
            Tuple(x.Dims);
            Tuple(x.Dims.Strides());
            Put(wants);
            Call("collections", "OrderedDict", () => { });
        });

        private void Tuple<T>(IEnumerable<T> parts)
        {
            Code('(');
            foreach (var part in parts) Put(part);
            Code('t');
        }

        private void Call(string module, string name, Action arguments)
        {
            Global(module, name);
            Code('(');
            arguments();
            Code('t');
            Code('R');
        }

        private void Global(string module, string name)
        {
            Code('c');
            to.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
        }

        private void Whole(BigInteger number)
        {
            if (number >= int.MinValue && number <= int.MaxValue)
            {
                Code('J');
                Number((int)number);
                return;
            }
            var bytes = number.ToByteArray();
            if (bytes.Length > 255) throw new RuntimeError($"save: an integer of {bytes.Length} bytes");
            Code((char)0x8a, (byte)bytes.Length);
            to.Write(bytes);
        }

        private void Number(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            to.Write(bytes);
        }

        private void Code(char code, params ReadOnlySpan<byte> further)
        {
            to.WriteByte((byte)code);
            to.Write(further);
        }
    }
}
