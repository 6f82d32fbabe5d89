namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Optimisers: https://pytorch.org/docs/2.6/optim.html</summary>
    public static class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer
        {
            private protected readonly List<Tensor> parameters;

            private protected Optimizer(IEnumerable<Tensor> parameters)
            {
                this.parameters = [.. parameters];
                if (this.parameters.Count == 0) throw new ValueError("optimizer got an empty parameter list");
                if (this.parameters.Exists(p => !p.is_leaf && !p.retains_grad)) throw new ValueError("can't optimize a non-leaf Tensor");
                if (this.parameters.Distinct(ReferenceEqualityComparer.Instance).Count() < this.parameters.Count)
                    warnings.warn("optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information");
            }

            /// <summary>Forgets the gradients, or sets them to zero in place.</summary>
            public void zero_grad(bool set_to_none = true)
            {
                foreach (var p in parameters) nn.ClearGrad(p, set_to_none);
            }

            /// <summary>Changes every parameter that has a gradient; all are computed together.</summary>
            /// <param name="closure">Computes the loss and its gradients first.</param>
            /// <returns>What the closure returned.</returns>
            public Tensor? step(Func<Tensor>? closure = null)
            {
                Tensor? loss = null;
                if (closure is not null)
                    using (enable_grad()) loss = closure();
                using var _ = no_grad();
                var changed = new List<Tensor>();
                Begin();
                foreach (var p in parameters)
                {
                    if (p.gradient is not { } grad) continue;
                    var value = Guard(() => Updated(p, Parts(p.Node), Parts(grad.Node), changed));
                    p.Set(p.is_complex() ? Ops.ViewAsComplex(value) : value);
                    changed.Add(p);
                }
                Force(changed);
                return loss;
            }

            // A complex parameter is one of twice as many real numbers, as PyTorch has it.
            private static Node Parts(Node x) => x.DType.IsComplex ? Ops.ViewAsReal(x) : x;

            // Before the first parameter of a step.
            private protected virtual void Begin() { }

            // The parameter's next value from this one, in real numbers; what is kept for it besides is put into the list.
            private protected abstract Node Updated(Tensor p, Node x, Node grad, List<Tensor> changed);

            private protected static void Demand(bool right, string what, double value)
            {
                if (!right) throw new ValueError($"Invalid {what}: {Written.Python(value)}");
            }
        }

        /// <summary>What an optimiser keeps for each parameter: a tensor that is rebound like the parameter itself.</summary>
        private sealed class State
        {
            private readonly Dictionary<Tensor, Tensor> kept = new(ReferenceEqualityComparer.Instance);

            public Node? this[Tensor p] => kept.TryGetValue(p, out var tensor) ? tensor.Node : null;

            // Zeros are elements, not a constant that would be folded: the first step has the plan of all others.
            public Node Begin(Tensor p, Node x) => this[p] ?? (x.DType == DType.Float64
                ? Ops.Tensor<double>(new double[x.Type.Count], x.Shape) : Ops.Cast(Ops.Tensor<float>(new float[x.Type.Count], x.Shape), x.DType));

            public Node Keep(Tensor p, Node value, List<Tensor> changed)
            {
                if (kept.TryGetValue(p, out var tensor)) tensor.Set(value);
                else kept[p] = tensor = new Tensor(value);
                changed.Add(tensor);
                return tensor.Node;
            }
        }

        /// <summary>Stochastic gradient descent. https://pytorch.org/docs/2.6/generated/torch.optim.SGD.html</summary>
        public sealed class SGD : Optimizer
        {
            private readonly double momentum, dampening, decay;
            private readonly bool nesterov, maximize;
            private readonly State velocity = new();
            private HashSet<Tensor> moving = [];

            /// <summary>lr: the step size; momentum, dampening, weight_decay, nesterov and maximize as PyTorch.</summary>
            /// <exception cref="ValueError">An argument is out of range.</exception>
            public SGD(IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) : base(parameters)
            {
                Demand(!(lr < 0), "learning rate", lr);
                Demand(!(momentum < 0), "momentum value", momentum);
                Demand(!(weight_decay < 0), "weight_decay value", weight_decay);
                if (nesterov && (momentum <= 0 || dampening != 0)) throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
                (this.lr, this.momentum, this.dampening, decay, this.nesterov, this.maximize) = (lr, momentum, dampening, weight_decay, nesterov, maximize);
            }

            /// <summary>The step size.</summary>
            public double lr { get; set; }

            // A parameter that is listed twice begins twice.
            private protected override void Begin() => moving = [.. parameters.Where(p => momentum != 0 && velocity[p] is not null)];

            private protected override Node Updated(Tensor p, Node x, Node grad, List<Tensor> changed)
            {
                if (maximize) grad = -grad;
                if (decay != 0) grad += x * decay;
                if (momentum != 0)
                {
                    var v = velocity.Keep(p, moving.Contains(p) && velocity[p] is { } old ? old * momentum + grad * (1 - dampening) : grad, changed);
                    grad = nesterov ? grad + v * momentum : v;
                }
                return x + grad * -lr;
            }
        }

        /// <summary>Adam (Kingma and Ba, 2015). https://pytorch.org/docs/2.6/generated/torch.optim.Adam.html</summary>
        public class Adam : Optimizer
        {
            private const double Smallest = 1.17549435e-38;

            private readonly double beta1, beta2, eps, decay;
            private readonly bool amsgrad, maximize, decoupled;
            private readonly State first = new(), second = new(), largest = new();
            private readonly Dictionary<Tensor, int> steps = new(ReferenceEqualityComparer.Instance);

            /// <summary>lr: the step size; betas (or beta1 and beta2), eps, weight_decay, amsgrad and maximize as PyTorch.</summary>
            /// <exception cref="ValueError">An argument is out of range.</exception>
            public Adam(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false, (double, double)? betas = null)
                : this(parameters, lr, betas ?? (beta1, beta2), eps, weight_decay, amsgrad, maximize, false)
            {
            }

            private protected Adam(IEnumerable<Tensor> parameters, double lr, (double First, double Second) betas, double eps, double weight_decay, bool amsgrad, bool maximize, bool decoupled) : base(parameters)
            {
                Demand(lr >= 0, "learning rate", lr);
                Demand(eps >= 0, "epsilon value", eps);
                Demand(betas.First is >= 0 and < 1, "beta parameter at index 0", betas.First);
                Demand(betas.Second is >= 0 and < 1, "beta parameter at index 1", betas.Second);
                Demand(weight_decay >= 0, "weight_decay value", weight_decay);
                (this.lr, (beta1, beta2), this.eps, decay, this.amsgrad, this.maximize, this.decoupled) = (lr, betas, eps, weight_decay, amsgrad, maximize, decoupled);
            }

            /// <summary>The step size.</summary>
            public double lr { get; set; }

            private protected override Node Updated(Tensor p, Node x, Node grad, List<Tensor> changed)
            {
                var t = steps.GetValueOrDefault(p) + 1;
                if (maximize) grad = -grad;
                if (decoupled) x *= 1 - lr * decay;
                else if (decay != 0) grad += x * decay;
                var a = first.Begin(p, x);
                if (a.DType != grad.DType) throw new RuntimeError($"expected dtype {Named(a.DType).InC} for `end` but got dtype {Named(grad.DType).InC}");
                var m = first.Keep(p, Normal(Lerp(a, grad, 1 - beta1), x), changed);
                steps[p] = t;
                var v = second.Keep(p, Normal(second.Begin(p, x) * beta2 + grad * grad * (1 - beta2)), changed);
                if (amsgrad) v = largest.Keep(p, Ops.Max(largest.Begin(p, x), v), changed);
                var (c1, c2) = (1 - Math.Pow(beta1, t), 1 - Math.Pow(beta2, t));
                // PyTorch writes the decay by itself.
                if (decoupled) p.version.Bump();
                return x + m * -(lr / c1) / (Ops.Sqrt(v) / Math.Sqrt(c2) + eps);
            }

            // The moments of a unit that is dead decay into denormal numbers, where some processors are a hundred times slower. They become
            // zero where all that is lost, over all steps to come, is less than a rounding error: of eps, and of the parameter.
            private Node Normal(Node v) =>
                v.DType == DType.Float32 && Math.Pow(eps / (1 << 26) * (1 - beta2), 2) >= Smallest ? Ops.Where(v < Smallest, 0, v) : v;

            private Node Normal(Node m, Node x)
            {
                var bound = Smallest * Math.Max(1, lr) / (Math.Pow(1 - beta1, 2) * eps) * (1 << 30);
                return m.DType == DType.Float32 && bound < 1 ? Ops.Where(Ops.And(Ops.Abs(m) < Smallest, Ops.Abs(x) > bound), 0, m) : m;
            }
        }

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019). https://pytorch.org/docs/2.6/generated/torch.optim.AdamW.html</summary>
        public sealed class AdamW(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0.01, bool amsgrad = false, bool maximize = false, (double, double)? betas = null)
            : Adam(parameters, lr, betas ?? (beta1, beta2), eps, weight_decay, amsgrad, maximize, true);
    }
}
