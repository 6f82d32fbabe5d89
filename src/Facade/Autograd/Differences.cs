namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Compares the Jacobians that a function's gradients make with those of differences, as PyTorch's gradcheck.py does and in its words.</summary>
        private sealed class Differences(Func<Tensor[], Tensor[]> func, Tensor[] inputs, double eps, double atol, double rtol, double tolerance, bool fast)
        {
            private readonly int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].requires_grad)];

            public void Check()
            {
                for (var i = 0; i < inputs.Length; i++)
                {
                    if (!inputs[i].requires_grad) continue;
                    if (inputs[i].dtype != float64 && inputs[i].dtype != complex128)
                        warnings.warn($"Input #{i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. ");
                    if (inputs[i].stride().Where((step, k) => step <= 0 && inputs[i].Dims[k] > 1).Any())
                        throw new RuntimeError($"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.");
                }
                if (wanted.Length == 0) throw new ValueError("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.");
                var outputs = func(inputs);
                if (outputs.Any(o => o.is_complex()))
                {
                    Compare(outputs, x => x.is_complex() ? x.imag : x, "imaginary");
                    Compare(outputs, x => x.is_complex() ? x.real : x, "real");
                }
                else Compare(outputs, x => x, "");
                Scaled([.. outputs.Where(o => o.requires_grad)]);
            }

            private void Compare(Tensor[] outputs, Func<Tensor, Tensor> part, string told)
            {
                var vectors = fast ? Vectors(outputs, part) : ([], []);
                // PyTorch counts the outputs that require grad.
                var nr = 0;
                for (var o = 0; o < outputs.Length; o++)
                {
                    var (output, at) = (part(outputs[o]), o);
                    if (!output.requires_grad)
                    {
                        if (!output.is_floating_point() || outputs.Any(x => x.requires_grad)) continue;
                        if (wanted.Any(i => (bool)Numerical(i, at, part).ne(0).any())) throw new GradcheckError("Numerical gradient for function expected to be zero");
                        continue;
                    }
                    var head = outputs[o].is_complex() ? $"While considering the {told} part of complex outputs only, " : "";
                    var rows = fast ? Passes(output, [vectors.Out[nr]]) : Passes(output, Basis(output));
                    for (var j = 0; j < wanted.Length; j++)
                    {
                        if (fast) Product(head, o, nr, j, rows[j].view(-1), vectors, output, part);
                        else
                        {
                            var (numerical, analytical) = (Numerical(wanted[j], o, part), rows[j]);
                            if (!Close(analytical, numerical, atol)) throw new GradcheckError($"{head}Jacobian mismatch for output {nr} with respect to input {j},\nnumerical:{numerical}\nanalytical:{analytical}\n");
                        }
                    }
                    nr++;
                }
            }

            private void Product(string head, int o, int nr, int j, Tensor row, (Tensor[][] In, Tensor[] Out) vectors, Tensor output, Func<Tensor, Tensor> part)
            {
                var (u, v) = (vectors.In[j], vectors.Out[nr]);
                var steps = u.Select(x => x.view([.. inputs[wanted[j]].Dims]) * eps).ToArray();
                var numerical = v.to(output.dtype).dot(Slope(wanted[j], o, steps[0], part));
                var analytical = row.is_complex() ? torch.real(row).dot(u[0]) + torch.imag(row).dot(u[1]) * System.Numerics.Complex.ImaginaryOne : row.dot(u[0]);
                if (row.is_complex()) numerical = numerical + v.dot(Slope(wanted[j], o, steps[1] * System.Numerics.Complex.ImaginaryOne, part)) * System.Numerics.Complex.ImaginaryOne;
                if (Close(analytical, numerical, atol * (double)u[0].sum() * (double)v.sum())) return;
                var (slow, fine) = (Numerical(wanted[j], o, part), Passes(output, Basis(output), double.PositiveInfinity)[j]);
                var text = $"{head}Jacobian mismatch for output {nr} with respect to input {j},\nnumerical:{numerical}\nanalytical:{analytical}\n"
                    + "\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
                    + $"Numerical:\n {slow}\nAnalytical:\n{fine}\n\nThe max per-element difference (slow mode) is: {Written.Python((slow - fine).abs().max().item<double>())}.\n";
                throw new GradcheckError(Close(fine, slow, atol) ? text + Fine : text);
            }

            private const string Fine = "Fast gradcheck failed but element-wise differences are small. This means that the\ntest might've passed in slow_mode!\n\nIf you are adding a new operator, please file an issue and then use one of the\nworkarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck:\n\nIf the test\n- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n  with `fast_mode=False` as a keyword argument.\n- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test\n  to have `gradcheck_fast_mode=False`\n- is a Module test (e.g., in common_nn.py), then modify the corresponding\n  module_test entry to have `gradcheck_fast_mode=False`";

            // From a generator of their own: the same in every check.
            private (Tensor[][] In, Tensor[] Out) Vectors(Tensor[] outputs, Func<Tensor, Tensor> part)
            {
                var generator = new Generator();
                Tensor Drawn(long count, dtype type)
                {
                    var v = rand([count], generator: generator).to(type);
                    return v.div_(v.norm());
                }
                Tensor[][] all = [.. wanted.Select(i => inputs[i]).Select(x => Enumerable.Range(0, x.is_complex() ? 2 : 1).Select(_ => Drawn(x.numel(), x.dtype.to_real())).ToArray())];
                return (all, [.. outputs.Where(o => o.requires_grad).Select(o => Drawn(o.numel(), part(o).dtype))]);
            }

            // For each wanted input the gradients of a few seeds, as columns; twice, as a pass may not depend on what was before it.
            private Tensor[] Passes(Tensor output, IReadOnlyList<Tensor> seeds, double? within = null)
            {
                Tensor[] by = [.. wanted.Select(i => inputs[i])];
                Tensor[] Once()
                {
                    var columns = seeds.Select(seed => grad([output], by, [seed.reshape([.. output.Dims])], retain_graph: true, allow_unused: true)).ToArray();
                    return [.. by.Select((x, j) => columns.Length == 0 ? zeros([x.numel(), 0], x.dtype) : stack([.. columns.Select(c => c[j]?.detach().reshape(-1).clone() ?? zeros([x.numel()], x.dtype))], 1))];
                }
                var (first, second) = (Once(), Once());
                for (var j = 0; j < first.Length; j++)
                    if (first[j].numel() > 0 && (first[j] - second[j]).abs().max().item<double>() > (within ?? tolerance)) throw new GradcheckError(Restless + Written.Python(tolerance) + Advice);
                return first;
            }

            private const string Restless = "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was ";

            private const string Advice = ".\n\nNOTE: If your op relies on non-deterministic operations i.e., it is listed here:\nhttps://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\nthis failure might be expected.\n\nIf you are adding a new operator, please file an issue and then use one of the\nworkarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.\nIf the test\n- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n  with `nondet_tol=<tol>` as a keyword argument.\n- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test\n  to have `gradcheck_nondet_tol=<tol>`.\n- is a Module test (e.g., in common_nn.py), then modify the corresponding\n  module_test entry to have `gradcheck_nondet_tol=<tol>`\n";

            private static Tensor[] Basis(Tensor output) => [.. eye(output.numel(), dtype: output.dtype).unbind()];

            // [inputs, outputs], as PyTorch shows it.
            private Tensor Numerical(int input, int output, Func<Tensor, Tensor> part)
            {
                var x = inputs[input];
                var rows = new List<Tensor>();
                for (var k = 0L; k < x.numel(); k++)
                {
                    Tensor Along(Scalar step)
                    {
                        var steps = zeros([x.numel()], x.dtype);
                        steps[k] = step;
                        return Slope(input, output, steps.view([.. x.Dims]), part);
                    }
                    rows.Add(x.is_complex() ? Along(eps) + Along(new System.Numerics.Complex(0, eps)) * System.Numerics.Complex.ImaginaryOne : Along(eps));
                }
                return rows.Count == 0 ? zeros([0, func(inputs)[output].numel()], float64) : stack(rows.ToArray(), 0);
            }

            private Tensor Slope(int input, int output, Tensor step, Func<Tensor, Tensor> part)
            {
                Tensor At(Tensor moved)
                {
                    Tensor[] all = [.. inputs.Select((x, j) => (j == input ? moved : x.detach()).requires_grad_(x.requires_grad))];
                    return part(func(all)[output]).detach().reshape(-1);
                }
                var (x, before) = (inputs[input].detach(), At(inputs[input].detach() - step));
                return (At(x + step) - before) / (2 * eps);
            }

            private bool Close(Tensor a, Tensor b, double atol)
            {
                var type = DTypes.Promote(a.Node.DType, b.Node.DType);
                return allclose(a.to(Named(type)), b.to(Named(type)), rtol, atol);
            }

            // A gradient is linear: of nothing it is nothing.
            private void Scaled(Tensor[] outputs)
            {
                if (outputs.Length == 0) return;
                foreach (var g in grad(outputs, [.. wanted.Select(i => inputs[i])], [.. outputs.Select(o => zeros_like(o))], retain_graph: true, allow_unused: true))
                    if (g is not null && !(bool)g.eq(0).all()) throw new GradcheckError("backward not multiplied by grad_output");
            }
        }
    }
}
