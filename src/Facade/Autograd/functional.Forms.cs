namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        // A function takes a tensor, several, or two by name; what comes back has the structure of what was given.
        public static partial class functional
        {
            /// <summary>The outputs, and the product of a vector v with the Jacobian. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.vjp.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="v">The vector, of the outputs' shape; may be left out for a single element.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static (Tensor outputs, Tensor vjp) vjp(Func<Tensor, Tensor> func, Tensor inputs, Tensor? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Vjp(x => [func(x[0])], [inputs], v is null ? null : [v], true, create_graph, strict);
                return (outputs[0], product[0]);
            }

            /// <inheritdoc cref="vjp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] vjp) vjp(Func<Tensor[], Tensor> func, Tensor[] inputs, Tensor? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Vjp(x => [func(x)], inputs, v is null ? null : [v], true, create_graph, strict);
                return (outputs[0], product);
            }

            /// <inheritdoc cref="vjp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] vjp) vjp(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, Tensor? v = null, bool create_graph = false, bool strict = false) =>
                vjp(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], v, create_graph, strict);

            /// <inheritdoc cref="vjp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor[] outputs, Tensor[] vjp) vjp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v = null, bool create_graph = false, bool strict = false) => Vjp(func, inputs, v, false, create_graph, strict);

            /// <summary>The outputs, and the product of the Jacobian with a vector v. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.jvp.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="v">The vector, of the inputs' shape; may be left out for a single element.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static (Tensor outputs, Tensor jvp) jvp(Func<Tensor, Tensor> func, Tensor inputs, Tensor? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Jvp(x => [func(x[0])], [inputs], v is null ? null : [v], true, create_graph, strict);
                return (outputs[0], product[0]);
            }

            /// <inheritdoc cref="jvp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor jvp) jvp(Func<Tensor[], Tensor> func, Tensor[] inputs, Tensor[]? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Jvp(x => [func(x)], inputs, v, false, create_graph, strict);
                return (outputs[0], product[0]);
            }

            /// <inheritdoc cref="jvp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor jvp) jvp(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, (Tensor, Tensor)? v = null, bool create_graph = false, bool strict = false) =>
                jvp(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], v is { } given ? [given.Item1, given.Item2] : null, create_graph, strict);

            /// <inheritdoc cref="jvp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor[] outputs, Tensor[] jvp) jvp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v = null, bool create_graph = false, bool strict = false) => Jvp(func, inputs, v, false, create_graph, strict);

            /// <summary>The output, and the product of a vector v with the Hessian. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.vhp.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="v">The vector, of the inputs' shape; may be left out for a single element.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static (Tensor outputs, Tensor vhp) vhp(Func<Tensor, Tensor> func, Tensor inputs, Tensor? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Vhp(x => [func(x[0])], [inputs], v is null ? null : [v], true, create_graph, strict);
                return (outputs[0], product[0]);
            }

            /// <inheritdoc cref="vhp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] vhp) vhp(Func<Tensor[], Tensor> func, Tensor[] inputs, Tensor[]? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Vhp(x => [func(x)], inputs, v, false, create_graph, strict);
                return (outputs[0], product);
            }

            /// <inheritdoc cref="vhp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] vhp) vhp(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, (Tensor, Tensor)? v = null, bool create_graph = false, bool strict = false) =>
                vhp(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], v is { } given ? [given.Item1, given.Item2] : null, create_graph, strict);

            /// <summary>The output, and the product of the Hessian with a vector v; <c>vhp</c> is faster. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.hvp.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="v">The vector, of the inputs' shape; may be left out for a single element.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static (Tensor outputs, Tensor hvp) hvp(Func<Tensor, Tensor> func, Tensor inputs, Tensor? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Hvp(x => [func(x[0])], [inputs], v is null ? null : [v], true, create_graph, strict);
                return (outputs[0], product[0]);
            }

            /// <inheritdoc cref="hvp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] hvp) hvp(Func<Tensor[], Tensor> func, Tensor[] inputs, Tensor[]? v = null, bool create_graph = false, bool strict = false)
            {
                var (outputs, product) = Hvp(x => [func(x)], inputs, v, false, create_graph, strict);
                return (outputs[0], product);
            }

            /// <inheritdoc cref="hvp(Func{Tensor, Tensor}, Tensor, Tensor?, bool, bool)"/>
            public static (Tensor outputs, Tensor[] hvp) hvp(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, (Tensor, Tensor)? v = null, bool create_graph = false, bool strict = false) =>
                hvp(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], v is { } given ? [given.Item1, given.Item2] : null, create_graph, strict);

            /// <summary>The Jacobian: of each output by each input, [output's shape…, input's shape…]. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.jacobian.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <param name="vectorize">All rows at once, by <c>vmap</c>: faster, and takes room for all of them; not with strict.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static Tensor jacobian(Func<Tensor, Tensor> func, Tensor inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                Jacobian(x => [func(x[0])], [inputs], create_graph, strict, vectorize)[0][0];

            /// <inheritdoc cref="jacobian(Func{Tensor, Tensor}, Tensor, bool, bool, bool)"/>
            public static Tensor[] jacobian(Func<Tensor[], Tensor> func, Tensor[] inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                Jacobian(x => [func(x)], inputs, create_graph, strict, vectorize)[0];

            /// <inheritdoc cref="jacobian(Func{Tensor, Tensor}, Tensor, bool, bool, bool)"/>
            public static Tensor[] jacobian(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                jacobian(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], create_graph, strict, vectorize);

            /// <inheritdoc cref="jacobian(Func{Tensor, Tensor}, Tensor, bool, bool, bool)"/>
            public static Tensor[][] jacobian(Func<Tensor[], Tensor[]> func, Tensor[] inputs, bool create_graph = false, bool strict = false, bool vectorize = false) => Jacobian(func, inputs, create_graph, strict, vectorize);

            /// <summary>The Hessian of a function with a single element: by each pair of inputs. https://pytorch.org/docs/2.6/generated/torch.autograd.functional.hessian.html</summary>
            /// <param name="func">The function.</param>
            /// <param name="inputs">Where it is taken.</param>
            /// <param name="create_graph">Make the results differentiable.</param>
            /// <param name="strict">Refuse what does not depend on the inputs, where zeros would stand.</param>
            /// <param name="vectorize">All rows at once, by <c>vmap</c>: faster, and takes room for all of them; not with strict.</param>
            /// <exception cref="RuntimeError">Shapes do not fit, or strict is not met.</exception>
            public static Tensor hessian(Func<Tensor, Tensor> func, Tensor inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                Hessian(x => [func(x[0])], [inputs], create_graph, strict, vectorize)[0][0];

            /// <inheritdoc cref="hessian(Func{Tensor, Tensor}, Tensor, bool, bool, bool)"/>
            public static Tensor[][] hessian(Func<Tensor[], Tensor> func, Tensor[] inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                Hessian(x => [func(x)], inputs, create_graph, strict, vectorize);

            /// <inheritdoc cref="hessian(Func{Tensor, Tensor}, Tensor, bool, bool, bool)"/>
            public static Tensor[][] hessian(Func<Tensor, Tensor, Tensor> func, (Tensor, Tensor) inputs, bool create_graph = false, bool strict = false, bool vectorize = false) =>
                hessian(x => func(x[0], x[1]), [inputs.Item1, inputs.Item2], create_graph, strict, vectorize);
        }
    }
}
