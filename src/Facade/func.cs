using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// Functions of functions, which compose: gradients of gradients, of all rows at once, forward over reverse. Arguments and results are tensors, or
    /// tuples, arrays, lists and dictionaries of them, nested.
    /// </summary>
    /// <remarks>https://pytorch.org/docs/2.6/func.api.html</remarks>
    public static partial class func
    {
        /// <summary>The gradient of a function with respect to its argument.</summary>
        /// <typeparam name="T">A tensor or a structure of tensors.</typeparam>
        /// <param name="func">A function whose value has one element.</param>
        /// <exception cref="RuntimeError">When called: the value has more elements.</exception>
        public static Func<T, T> grad<T>(Func<T, Tensor> func) => x => Graded(func, x).Gradient;

        /// <summary>The gradient with respect to the first argument.</summary>
        public static Func<T1, T2, T1> grad<T1, T2>(Func<T1, T2, Tensor> func) => (a, b) => Graded(x => func(x, b), a).Gradient;

        /// <summary>The gradient with respect to the first argument.</summary>
        public static Func<T1, T2, T3, T1> grad<T1, T2, T3>(Func<T1, T2, T3, Tensor> func) => (a, b, c) => Graded(x => func(x, b, c), a).Gradient;

        /// <summary>The gradient with respect to the first argument.</summary>
        public static Func<T1, T2, T3, T4, T1> grad<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Tensor> func) => (a, b, c, d) => Graded(x => func(x, b, c, d), a).Gradient;

        /// <summary>The gradient with respect to one of two arguments.</summary>
        /// <param name="func">A function whose value has one element.</param>
        /// <param name="argnums">Which argument.</param>
        /// <exception cref="RuntimeError">When called: there is no such argument.</exception>
        public static Func<Tensor, Tensor, Tensor> grad(Func<Tensor, Tensor, Tensor> func, int argnums) => (a, b) => Chosen(argnums, 2) == 0 ? grad((Tensor x) => func(x, b))(a) : grad((Tensor y) => func(a, y))(b);

        /// <summary>The gradients with respect to both arguments, in the given order.</summary>
        public static Func<Tensor, Tensor, (Tensor, Tensor)> grad(Func<Tensor, Tensor, Tensor> func, (int, int) argnums) => (a, b) =>
        {
            var both = Graded(((Tensor A, Tensor B) x) => func(x.A, x.B), (a, b)).Gradient;
            return (Chosen(argnums.Item1, 2) == 0 ? both.Item1 : both.Item2, Chosen(argnums.Item2, 2) == 0 ? both.Item1 : both.Item2);
        };

        /// <summary>The gradient, and what the function returns besides its value: a tensor or a structure of tensors.</summary>
        /// <exception cref="RuntimeError">When called: it is neither.</exception>
        public static Func<T, (T, TAux)> grad<T, TAux>(Func<T, (Tensor, TAux)> func, bool has_aux = true) => x =>
        {
            TAux aux = default!;
            var (gradient, _, leave) = Graded(v =>
            {
                (var value, aux) = func(v);
                return value;
            }, x);
            return (gradient, Tree.WithLeaves(aux, Guard(() => Tree.LeavesOf<Tensor>(aux)).Select(leave)));
        };

        /// <summary>The gradient and the value.</summary>
        public static Func<T, (T, Tensor)> grad_and_value<T>(Func<T, Tensor> func) => x =>
        {
            var (gradient, value, leave) = Graded(func, x);
            return (gradient, leave(value));
        };

        /// <summary>The gradient with respect to the first argument, and the value.</summary>
        public static Func<T1, T2, (T1, Tensor)> grad_and_value<T1, T2>(Func<T1, T2, Tensor> func) => (a, b) => grad_and_value((T1 x) => func(x, b))(a);

        /// <summary>The gradient with respect to the first argument, and the value.</summary>
        public static Func<T1, T2, T3, (T1, Tensor)> grad_and_value<T1, T2, T3>(Func<T1, T2, T3, Tensor> func) => (a, b, c) => grad_and_value((T1 x) => func(x, b, c))(a);

        private static readonly Ambient Inside = new();

        /// <summary>Whether a function runs that is being transformed: leaves are not added to there.</summary>
        internal static bool IsActive => Inside.On || Mapping.Current is not null;

        private static int Chosen(int argnum, int count) => argnum >= -count && argnum < count ? (argnum + count) % count : throw new RuntimeError($"Got argnum={argnum}, but only {count} positional inputs");

        private static (T Gradient, Tensor Value, Func<Tensor, Tensor> Leave) Graded<T>(Func<T, Tensor> func, T x)
        {
            var (value, inputs, leave) = Entered(func, x);
            if (value is null) throw new RuntimeError("grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got <class 'NoneType'>");
            if (value.ndim != 0) throw new RuntimeError($"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {value.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?");
            return (Tree.WithLeaves(x, Pulled([value], inputs, [ones_like(value)], leave)), value, leave);
        }

        // Calls a function with arguments of its own, on which its history ends, unless they have one. What leaves loses that end.
        private static (TResult Result, Tensor[] Inputs, Func<Tensor, Tensor> Leave) Entered<T, TResult>(Func<T, TResult> func, T x)
        {
            if (x is null) throw new ValueError("Thing passed to transform API must be Tensor, got <class 'NoneType'>");
            var (segment, recorded) = (new Segment(), GradMode);
            Tensor[] inputs = [.. Tree.LeavesOf<Tensor>(x).Select(t => Entered(t, recorded))];
            TResult result;
            using (enable_grad()) using (Inside.Set(true)) result = func(Tree.WithLeaves(x, inputs));
            Segment.Spend(inputs);
            return (result, inputs, t => t.requires_grad && (!recorded || segment.Outside([t.Edge]).Count == 0) ? Alias(t) : t);
        }

        private static Tensor Entered(Tensor x, bool recorded)
        {
            if (!x.Node.DType.IsSmooth) throw new RuntimeError("only Tensors of floating point dtype can require gradients");
            if (x.requires_grad && recorded)
                using (enable_grad()) return Record("AliasBackward0", Saves.None, Copied, x);
            return Alias(x).requires_grad_();
        }

        // The same value and tangents without a history.
        private static Tensor Alias(Tensor x)
        {
            using (no_grad()) return Record("AliasBackward0", Saves.None, Copied, x);
        }

        private static Tensor[] Pulled(Tensor[] outputs, Tensor[] inputs, Tensor[] seeds, Func<Tensor, Tensor> leave)
        {
            int[] live = [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i].requires_grad)];
            // A gradient that nothing outside asks for needs no history.
            var create = live.Any(i => seeds[i].requires_grad || ReferenceEquals(leave(outputs[i]), outputs[i]));
            var gradients = live.Length == 0 ? new Tensor?[inputs.Length]
                : autograd.grad([.. live.Select(i => outputs[i])], inputs, [.. live.Select(i => seeds[i])], retain_graph: true, create_graph: create, allow_unused: true);
            return [.. gradients.Select((g, i) => g is null ? zeros_like(inputs[i]) : leave(g))];
        }

        /// <summary>The value of a function, and the function from a cotangent of it to one of its argument.</summary>
        /// <typeparam name="T">A tensor or a structure of tensors.</typeparam>
        /// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
        /// <param name="func">The function.</param>
        /// <param name="primals">Where.</param>
        /// <exception cref="RuntimeError">When the second is called: the cotangent has another structure or another shape.</exception>
        public static (TResult, Func<TResult, T>) vjp<T, TResult>(Func<T, TResult> func, T primals)
        {
            var (result, inputs, leave) = Entered(func, primals);
            var outputs = Tree.LeavesOf<Tensor>(result).ToArray();
            return (Tree.WithLeaves(result, outputs.Select(leave)), cotangents => Tree.WithLeaves(primals, Pulled(outputs, inputs, Cotangents(result, outputs, cotangents), leave)));
        }

        private static Tensor[] Cotangents<TResult>(TResult result, Tensor[] outputs, TResult cotangents)
        {
            if (cotangents is null) return outputs is [{ Type.Count: 1 } only] ? [ones_like(only)] : throw new RuntimeError("grad can be implicitly created only for scalar outputs");
            var (given, expected) = Guard(() => (Tree.StructureOf<Tensor>(cotangents), Tree.StructureOf<Tensor>(result)));
            return given == expected ? [.. Tree.LeavesOf<Tensor>(cotangents)]
                : throw new RuntimeError($"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: {given}, primal output: {expected}");
        }

        /// <summary>The value of a function of two arguments, and the function from a cotangent of it to those of the arguments.</summary>
        public static (TResult, Func<TResult, (T1, T2)>) vjp<T1, T2, TResult>(Func<T1, T2, TResult> func, T1 primal1, T2 primal2) => vjp(((T1 A, T2 B) x) => func(x.A, x.B), (primal1, primal2));

        /// <summary>The value of a function and its derivative along a tangent, by forward mode.</summary>
        /// <typeparam name="T">A tensor or a structure of tensors.</typeparam>
        /// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
        /// <param name="func">The function.</param>
        /// <param name="primals">Where.</param>
        /// <param name="tangents">Along which direction: of the same structure.</param>
        /// <exception cref="RuntimeError">The structures or sizes differ.</exception>
        /// <exception cref="ValueError">One is not of a floating-point or complex type.</exception>
        public static (TResult, TResult) jvp<T, TResult>(Func<T, TResult> func, T primals, T tangents)
        {
            var (x, v) = (Tree.LeavesOf<Tensor>(primals), Tree.LeavesOf<Tensor>(tangents));
            if (x.Count != v.Count) throw new RuntimeError($"jvp(f, primals, tangents): Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got {x.Count} and {v.Count} tensors");
            for (var i = 0; i < x.Count; i++)
            {
                if (!x[i].Node.DType.IsSmooth) throw new ValueError($"Expected primal to be floating point or complex, but got: {x[i].dtype}");
                if (!v[i].Node.DType.IsSmooth) throw new ValueError($"Expected tangent to be floating point or complex, but got: {v[i].dtype}");
                if (v[i].is_complex() && !x[i].is_complex()) throw new RuntimeError($"jvp(f, primals, tangents): the tangent of a {x[i].dtype} is no {v[i].dtype}");
                if (x[i].Dims != v[i].Dims) throw new RuntimeError($"Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {x[i].Dims} while the given forward gradient is of size {v[i].Dims}.");
                v[i] = v[i].to(x[i].dtype);
            }
            using var level = Duals.Begin();
            TResult result;
            using (Inside.Set(true)) result = func(Tree.WithLeaves(primals, x.Zip(v, (a, b) => Duals.Moving(a, b, level))));
            var outputs = Tree.LeavesOf<Tensor>(result);
            return (Tree.WithLeaves(result, outputs.Select(y => Duals.Still(y, level))), Tree.WithLeaves(result, outputs.Select(y => Duals.At(y, level) ?? zeros_like(y))));
        }

        /// <summary>The value of a function of two arguments and its derivative along tangents.</summary>
        public static (TResult, TResult) jvp<T1, T2, TResult>(Func<T1, T2, TResult> func, (T1, T2) primals, (T1, T2) tangents) => jvp(((T1 A, T2 B) x) => func(x.A, x.B), primals, tangents);

        /// <summary>The value of a function, and its derivative at that point as a function of the tangent: the function itself is called once.</summary>
        public static (TResult, Func<T, TResult>) linearize<T, TResult>(Func<T, TResult> func, T primals)
        {
            var (result, pullback) = vjp(func, primals);
            // The pullback is linear, and what it is transposed once more is the derivative.
            var (_, transposed) = vjp(pullback, Tree.WithLeaves(result, Tree.LeavesOf<Tensor>(result).Select(zeros_like)));
            return (result, transposed);
        }

        private static Tensor zeros_like(Tensor x) => torch.zeros_like(x);

        /// <summary>The Jacobian by reverse mode: one pass for each element of the result, all at once.</summary>
        /// <param name="func">A function of a tensor.</param>
        /// <param name="chunk_size">How many rows at a time; all, when left out.</param>
        /// <returns>Of shape [.. of the result, .. of the argument].</returns>
        public static Func<Tensor, Tensor> jacrev(Func<Tensor, Tensor> func, long? chunk_size = null) => x =>
        {
            var (y, pullback) = vjp(func, x);
            return vmap(pullback, chunk_size: chunk_size)(Basis(y)).reshape([.. y.shape, .. x.shape]);
        };

        /// <summary>The Jacobian with respect to one of two arguments, by reverse mode.</summary>
        public static Func<Tensor, Tensor, Tensor> jacrev(Func<Tensor, Tensor, Tensor> func, int argnums = 0, long? chunk_size = null) =>
            (a, b) => Chosen(argnums, 2) == 0 ? jacrev(x => func(x, b), chunk_size)(a) : jacrev(y => func(a, y), chunk_size)(b);

        /// <summary>The Jacobian by forward mode: one pass for each element of the argument, all at once.</summary>
        /// <inheritdoc cref="jacrev(Func{Tensor, Tensor}, long?)"/>
        public static Func<Tensor, Tensor> jacfwd(Func<Tensor, Tensor> func, long? chunk_size = null) => x =>
        {
            var columns = vmap((Tensor v) => jvp(func, x, v).Item2, out_dims: -1, chunk_size: chunk_size)(Basis(x));
            return columns.reshape([.. columns.shape.Dims[..^1], .. x.shape]);
        };

        /// <summary>The Jacobian with respect to one of two arguments, by forward mode.</summary>
        public static Func<Tensor, Tensor, Tensor> jacfwd(Func<Tensor, Tensor, Tensor> func, int argnums = 0, long? chunk_size = null) =>
            (a, b) => Chosen(argnums, 2) == 0 ? jacfwd(x => func(x, b), chunk_size)(a) : jacfwd(y => func(a, y), chunk_size)(b);

        /// <summary>The Hessian: forward over reverse.</summary>
        /// <param name="func">A function of a tensor.</param>
        public static Func<Tensor, Tensor> hessian(Func<Tensor, Tensor> func) => jacfwd(jacrev(func));

        private static Tensor Basis(Tensor x) => eye(x.numel(), dtype: x.dtype).reshape([x.numel(), .. x.shape]);
    }
}
