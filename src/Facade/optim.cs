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
                if (this.parameters.Exists(p => !p.is_leaf)) throw new ValueError("can't optimize a non-leaf Tensor");
            }

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad(bool set_to_none = true)
            {
                foreach (var p in parameters) nn.ClearGrad(p, set_to_none);
            }

            /// <summary>Changes every parameter that has a gradient; all are computed together.</summary>
            public void step()
            {
                using var _ = no_grad();
                var changed = new List<Tensor>();
                for (var i = 0; i < parameters.Count; i++)
                {
                    var p = parameters[i];
                    if (p.gradient is not { } grad) continue;
                    Update(i, p, grad.Node, changed);
                    changed.Add(p);
                }
                Force(changed);
            }

            private protected abstract void Update(int i, Tensor p, Node grad, List<Tensor> changed);

            private protected static Tensor Zeros(Tensor p) => new(p.Node.DType == DType.Float64
                ? Ops.Tensor<double>(new double[p.Type.Count], p.Dims) : Ops.Cast(Ops.Tensor<float>(new float[p.Type.Count], p.Dims), p.Node.DType));

            // A parameter's state is a tensor that is rebound like the parameter itself.
            private protected static Node Rebind(Tensor?[] state, int i, Node value, List<Tensor> changed)
            {
                if (state[i] is null) state[i] = new Tensor(value);
                else state[i]!.Assign(new Tensor(value));
                changed.Add(state[i]!);
                return value;
            }
        }

        /// <summary>Stochastic gradient descent. https://pytorch.org/docs/2.6/generated/torch.optim.SGD.html</summary>
        public sealed class SGD : Optimizer
        {
            private readonly double momentum, dampening, decay;
            private readonly bool nesterov, maximize;
            private readonly Tensor?[] velocity;

            /// <summary>lr: the step size; momentum, dampening, weight_decay, nesterov and maximize as PyTorch.</summary>
            /// <exception cref="ValueError">An argument is out of range.</exception>
            public SGD(IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) : base(parameters)
            {
                if (lr < 0) throw new ValueError($"Invalid learning rate: {lr}");
                if (momentum < 0) throw new ValueError($"Invalid momentum value: {momentum}");
                if (weight_decay < 0) throw new ValueError($"Invalid weight_decay value: {weight_decay}");
                if (nesterov && (momentum <= 0 || dampening != 0)) throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
                (this.lr, this.momentum, this.dampening, decay, this.nesterov, this.maximize) = (lr, momentum, dampening, weight_decay, nesterov, maximize);
                velocity = new Tensor?[this.parameters.Count];
            }

            /// <summary>The step size.</summary>
            public double lr { get; set; }

            private protected override void Update(int i, Tensor p, Node grad, List<Tensor> changed)
            {
                if (maximize) grad = -grad;
                if (decay != 0) grad += p.Node * decay;
                if (momentum != 0)
                {
                    var v = Rebind(velocity, i, velocity[i] is { } old ? old.Node * momentum + grad * (1 - dampening) : grad, changed);
                    grad = nesterov ? grad + v * momentum : v;
                }
                InPlace(p, "", Saves.None, x => x + grad * -lr);
            }
        }

        /// <summary>Adam (Kingma and Ba, 2015). https://pytorch.org/docs/2.6/generated/torch.optim.Adam.html</summary>
        public class Adam : Optimizer
        {
            // Moments of dead units would decay into denormal numbers, which are a hundred times slower.
            private const double Smallest = 1e-30;

            private readonly double beta1, beta2, eps, decay;
            private readonly bool amsgrad, decoupled;
            private readonly Tensor?[] first, second, largest;
            private readonly int[] steps;

            /// <summary>lr: the step size; betas, eps, weight_decay and amsgrad as PyTorch.</summary>
            /// <exception cref="ValueError">An argument is out of range.</exception>
            public Adam(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false)
                : this(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, false)
            {
            }

            private protected Adam(IEnumerable<Tensor> parameters, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool decoupled) : base(parameters)
            {
                if (lr < 0) throw new ValueError($"Invalid learning rate: {lr}");
                if (eps < 0) throw new ValueError($"Invalid epsilon value: {eps}");
                if (beta1 is not (>= 0 and < 1)) throw new ValueError($"Invalid beta parameter at index 0: {beta1}");
                if (beta2 is not (>= 0 and < 1)) throw new ValueError($"Invalid beta parameter at index 1: {beta2}");
                (this.lr, this.beta1, this.beta2, this.eps, decay, this.amsgrad, this.decoupled) = (lr, beta1, beta2, eps, weight_decay, amsgrad, decoupled);
                var n = this.parameters.Count;
                (first, second, largest, steps) = (new Tensor?[n], new Tensor?[n], new Tensor?[n], new int[n]);
            }

            /// <summary>The step size.</summary>
            public double lr { get; set; }

            private protected override void Update(int i, Tensor p, Node grad, List<Tensor> changed)
            {
                var t = ++steps[i];
                var x = p.Node;
                if (decoupled) x *= 1 - lr * decay;
                else if (decay != 0) grad += x * decay;
                var (a, b) = ((first[i] ??= Zeros(p)).Node, (second[i] ??= Zeros(p)).Node);
                var m = Rebind(first, i, Flushed(a + (grad - a) * (1 - beta1)), changed);
                var v = Rebind(second, i, Flushed(b * beta2 + grad * grad * (1 - beta2)), changed);
                if (amsgrad) v = Rebind(largest, i, Ops.Max((largest[i] ??= Zeros(p)).Node, v), changed);
                var (c1, c2) = (1 - Math.Pow(beta1, t), 1 - Math.Pow(beta2, t));
                var moved = x - m / (Ops.Sqrt(v) / Math.Sqrt(c2) + eps) * (lr / c1);
                InPlace(p, "", Saves.None, _ => moved);
            }

            private static Node Flushed(Node x) => x.DType == DType.Float32 ? Ops.Where(Ops.Abs(x) < Smallest, 0, x) : x;
        }

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019). https://pytorch.org/docs/2.6/generated/torch.optim.AdamW.html</summary>
        public sealed class AdamW(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0.01, bool amsgrad = false)
            : Adam(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, true);
    }
}
