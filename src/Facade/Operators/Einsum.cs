namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Forms = Forms.Function)]
    private static class Einsum
    {
        /// <summary>Sums of products by Einstein's convention, <c>"bij,bjk-&gt;bik"</c>; dots stand for dimensions that broadcast, a letter that stands twice in one operand takes its diagonal.</summary>
        /// <exception cref="RuntimeError">The equation does not fit the operands.</exception>
        [Torch]
        public static Tensor einsum(string equation, params Tensor[] operands)
        {
            if (operands.Length == 0) throw new ValueError("einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list");
            var arrow = equation.IndexOf("->", StringComparison.Ordinal);
            CheckSubscripts(arrow < 0 ? equation : equation[..arrow], 0, false);
            var sides = equation.Replace(" ", "", StringComparison.Ordinal).Replace("...", ".", StringComparison.Ordinal).Split("->", 2);
            var inputs = sides[0].Split(',');
            if (inputs.Length != operands.Length) throw new RuntimeError($"einsum(): {(inputs.Length > operands.Length ? "fewer" : "more")} operands were provided than specified in the equation");
            var covered = 0;
            for (var i = 0; i < inputs.Length; i++) covered = Math.Max(covered, Covered(inputs[i], operands[i], i));

            if (arrow >= 0) CheckSubscripts(equation[(arrow + 2)..], arrow + 2, true);

            // Every operand gets all dimensions, those of the result first: '.' stands for as many as the dots cover.
            var output = sides.Length > 1 ? sides[1] : (sides[0].Contains('.') ? "." : "") + string.Concat(sides[0].Where(char.IsLetter).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order());
            CheckOutput(output, sides[0]);
            var letters = output + (output.Contains('.') || !sides[0].Contains('.') ? "" : ".") + string.Concat(sides[0].Where(l => char.IsLetter(l) && !output.Contains(l)).Distinct());
            var kept = output.Sum(l => l == '.' ? covered : 1);
            var parts = new Tensor[operands.Length];
            CheckSizes(operands, inputs, covered);
            for (var i = 0; i < parts.Length; i++) parts[i] = Aligned(operands[i], i, inputs[i], letters, covered);

            var result = parts[0];
            for (var i = 1; i < parts.Length; i++)
            {
                var later = parts[(i + 1)..];
                result = Contracted(result, parts[i], kept, d => Array.TrueForAll(later, p => p.Dims[d] == 1), i == parts.Length - 1);
            }
            if (result.ndim > kept && parts.Length == 1) return result.sum([.. Enumerable.Range(kept, result.ndim - kept).Select(d => (long)d)]);
            return result.ndim > kept ? result.view([.. result.Dims[..kept]]) : result;
        }

        // Letters, commas and at most one ellipsis an operand.
        private static void CheckSubscripts(string letters, int from, bool output)
        {
            var (dots, operand) = (false, 0);
            for (var i = 0; i < letters.Length; i++)
            {
                var owner = output ? "output" : $"operand {operand}";
                switch (letters[i])
                {
                    case ' ': break;
                    case ',' when !output: (dots, operand) = (false, operand + 1); break;
                    case '.' when dots: throw new RuntimeError($"einsum(): found '.' for {owner} for which an ellipsis was already found");
                    case '.' when letters.AsSpan(i).StartsWith("..."): (dots, i) = (true, i + 2); break;
                    case '.': throw new RuntimeError($"einsum(): found '.' for {owner} that is not part of any ellipsis");
                    case var l when char.IsAsciiLetter(l): break;
                    default: throw new RuntimeError($"einsum(): invalid subscript given at index {from + i} in the equation string, subscripts must be in [a-zA-Z]");
                }
            }
        }

        private static int Covered(string letters, Tensor x, int operand)
        {
            var named = letters.Count(char.IsLetter);
            if (letters.Contains('.') ? named > x.ndim : named != x.ndim)
                throw new RuntimeError($"einsum(): the number of subscripts in the equation ({named}) {(letters.Contains('.') ? "is more than" : "does not match")} the number of dimensions ({x.ndim}) for operand {operand}{(letters.Contains('.') ? "" : " and no ellipsis was given")}");
            return letters.Contains('.') ? x.ndim - named : 0;
        }

        private static void CheckOutput(string output, string given)
        {
            foreach (var l in output)
            {
                if (output.Count(k => k == l) > 1) throw new RuntimeError($"einsum(): output subscript {l} appears more than once in the output");
                if (l != '.' && !given.Contains(l)) throw new RuntimeError($"einsum(): output subscript {l} does not appear in the equation for any input operand");
            }
        }

        // Sizes of a letter, and of each dimension that dots cover, agree where they are not 1. Of a letter that stands twice in an operand the first counts.
        private static void CheckSizes(Tensor[] operands, string[] inputs, int covered)
        {
            var letters = new Dictionary<char, long>();
            var dots = Dims.Repeat(1, covered).Span.ToArray();
            for (var i = 0; i < operands.Length; i++)
            {
                var dim = 0;
                for (var k = 0; k < inputs[i].Length; k++)
                {
                    var l = inputs[i][k];
                    if (l != '.')
                    {
                        var size = letters.GetValueOrDefault(l, 1);
                        var n = operands[i].Dims[dim++];
                        if (inputs[i].IndexOf(l, StringComparison.Ordinal) < k || n == 1) continue;
                        if (size != 1 && n != size) throw new RuntimeError($"einsum(): subscript {l} has size {n} for operand {i} which does not broadcast with previously seen size {size}");
                        letters[l] = n;
                        continue;
                    }
                    for (var d = covered - (operands[i].ndim - inputs[i].Length + 1); d < covered; d++)
                    {
                        var n = operands[i].Dims[dim];
                        if (n != 1 && dots[d] != 1 && n != dots[d]) throw new RuntimeError($"einsum(): dimension {dim} covered by ellipsis in operand {i}has size {n} which does not broadcast with previously seen ellipsis with size {dots[d]} for the respective dimension");
                        if (n != 1) dots[d] = n;
                        dim++;
                    }
                }
            }
        }

        private static Tensor Aligned(Tensor x, int operand, string letters, string all, int covered)
        {
            var own = letters.Contains('.') ? x.ndim - letters.Count(char.IsLetter) : 0;
            var names = letters.Replace(".", new string('.', own), StringComparison.Ordinal);
            for (var k = 0; k < names.Length; k++)
            {
                var again = names[k] == '.' ? -1 : names.IndexOf(names[k], k + 1);
                if (again < 0) continue;
                if (x.Dims[k] != x.Dims[again]) throw new RuntimeError($"einsum(): subscript {names[k]} is repeated for operand {operand} but the sizes don't match, {x.Dims[again]} != {x.Dims[k]}");
                var order = Dims.Range(x.ndim - 2).ToList();
                order.Insert(k, x.ndim - 2);
                (x, names) = (x.diagonal(0, k, again).permute([.. order]), names.Remove(again, 1));
                k = -1;
            }
            // What is missing stands behind, until all is put in order.
            List<long> places = [];
            foreach (var l in all)
                for (var c = 0; c < (l == '.' ? covered : 1); c++)
                    // The dots of an operand cover the last of all that dots cover.
                    places.Add(l != '.' ? names.IndexOf(l, StringComparison.Ordinal) : c < covered - own ? -1 : names.IndexOf('.', StringComparison.Ordinal) + c - (covered - own));
            for (var i = 0; i < places.Count; i++)
            {
                if (places[i] >= 0) continue;
                places[i] = x.ndim;
                x = x.unsqueeze(x.ndim);
            }
            return x.permute([.. places]);
        }

        // Sums over the dimensions from kept on that no later operand has: as a batched product of matrices where both have them.
        private static Tensor Contracted(Tensor a, Tensor b, int kept, Func<int, bool> isDone, bool last)
        {
            List<long> both = [], left = [], right = [];
            for (var d = kept; d < a.ndim; d++)
            {
                if (!isDone(d)) continue;
                if (a.Dims[d] != 1 && b.Dims[d] != 1) both.Add(d);
                else if (a.Dims[d] != 1) left.Add(d);
                else if (b.Dims[d] != 1) right.Add(d);
            }
            if (left.Count > 0) a = a.sum([.. left], true);
            if (right.Count > 0) b = b.sum([.. right], true);
            if (both.Count == 0) return a.mul(b);

            List<long> shared = [], onlyA = [], onlyB = [];
            for (var d = 0; d < a.ndim; d++)
                if (!both.Contains(d)) (a.Dims[d] == b.Dims[d] ? shared : a.Dims[d] != 1 ? onlyA : onlyB).Add(d);
            if (a.Node.DType != b.Node.DType) throw new RuntimeError($"expected scalar type {a.dtype.TensorType} but found {b.dtype.TensorType}");
            long Size(Tensor x, List<long> dims) => dims.Aggregate(1L, (n, d) => n * x.Dims[(int)d]);
            var (batch, rows, inner, columns) = (Size(a, shared), Size(a, onlyA), Size(a, both), Size(b, onlyB));
            var x = a.permute([.. shared, .. onlyA, .. both, .. onlyB]).reshape(batch, rows, inner);
            var y = b.permute([.. shared, .. both, .. onlyB, .. onlyA]).reshape(batch, inner, columns);
            List<long> order = [.. shared, .. onlyA, .. both, .. onlyB];
            var product = x.bmm(y).view([.. order.Select(d => both.Contains(d) ? 1 : a.Dims[(int)d] == 1 ? b.Dims[(int)d] : a.Dims[(int)d])]);
            product = product.permute([.. Enumerable.Range(0, order.Count).Select(d => (long)order.IndexOf(d))]);
            return last ? product.view([.. product.Dims[..kept], .. Enumerable.Range(kept, a.ndim - kept).Where(d => !both.Contains(d) && product.Dims[d] != 1).Select(d => product.Dims[d])]) : product;
        }
    }
}
