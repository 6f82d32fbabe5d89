using System.Runtime.InteropServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>The elements of tensors as bytes, in row-major order and the little end first, as files hold them.</summary>
    internal static class Elements
    {
        /// <summary>Writes all elements.</summary>
        public static void Write(Tensor x, Stream to) => Of(x.Node.DType).Write(x, to);

        /// <summary>A tensor of a shape from the bytes of its elements.</summary>
        public static Tensor Read(DType type, Dims shape, byte[] bytes) => Of(type).Read(bytes, shape);

        /// <summary>How many bytes there are; null when more than can be counted.</summary>
        public static long? Size(DType type, IEnumerable<long> shape)
        {
            var size = shape.Aggregate((Int128)type.Size, (a, n) => n < 0 || a > long.MaxValue ? Int128.MaxValue : a * n);
            return size <= long.MaxValue ? (long)size : null;
        }

        private static Kind Of(DType type) => type switch
        {
            DType.Bool => new Truths(),
            DType.UInt8 => new Kind<byte>(),
            DType.Int8 => new Kind<sbyte>(),
            DType.Int16 => new Kind<short>(),
            DType.Int32 => new Kind<int>(),
            DType.Int64 => new Kind<long>(),
            DType.Float16 => new Kind<Half>(),
            DType.BFloat16 => new Kind<BFloat16>(),
            DType.Float32 => new Kind<float>(),
            DType.Float64 => new Kind<double>(),
            DType.Complex64 => new Kind<ComplexSingle>(),
            _ => new Kind<System.Numerics.Complex>(),
        };

        private abstract class Kind
        {
            public abstract void Write(Tensor x, Stream to);

            public abstract Tensor Read(byte[] bytes, Dims shape);
        }

        private class Kind<T> : Kind where T : unmanaged
        {
            private const int Piece = 1 << 26;

            public override void Write(Tensor x, Stream to)
            {
                var elements = x.Elements<T>();
                // A span of bytes holds less than two gibibytes.
                for (var from = 0; from < elements.Length; from += Piece) to.Write(MemoryMarshal.AsBytes(elements.AsSpan(from, Math.Min(Piece, elements.Length - from))));
            }

            public override Tensor Read(byte[] bytes, Dims shape) => new(Ops.Tensor<T>(MemoryMarshal.Cast<byte, T>(bytes), shape));
        }

        // Any byte but 0 is true, and to .NET only 1 is.
        private sealed class Truths : Kind<bool>
        {
            public override Tensor Read(byte[] bytes, Dims shape)
            {
                for (var i = 0; i < bytes.Length; i++) bytes[i] = bytes[i] == 0 ? (byte)0 : (byte)1;
                return base.Read(bytes, shape);
            }
        }
    }
}
