using System.Reflection;
using System.Text;

namespace Functional.Autograd;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A leaf that a module learns; it requires grad. https://pytorch.org/docs/2.6/generated/torch.nn.parameter.Parameter.html</summary>
        public sealed class Parameter : Tensor
        {
            /// <summary>Makes a parameter of a tensor's elements.</summary>
            /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
            public Parameter(Tensor data, bool requires_grad = true) : base(data.Node, data.storage, null, data.window)
            {
                if (requires_grad && !data.is_floating_point()) throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
                SetLeafRequiresGrad(requires_grad);
                Force([this]);
            }

            private protected override string Prefix => "Parameter containing:\n";
        }

        /// <summary>A part of a network: parameters, buffers and further modules. https://pytorch.org/docs/2.6/generated/torch.nn.Module.html</summary>
        public abstract class Module
        {
            private readonly List<(string Name, Tensor Value)> parts = [];
            private readonly List<(string Name, Tensor Value)> buffers = [];
            private readonly List<(string Name, Module Value)> children = [];

            /// <summary>Whether the module is in training mode.</summary>
            public bool training { get; private set; } = true;

            /// <summary>Adds a parameter.</summary>
            public Parameter register_parameter(string name, Parameter value)
            {
                parts.Add((name, value));
                return value;
            }

            /// <summary>Adds a tensor that is saved but not learned.</summary>
            public Tensor register_buffer(string name, Tensor value)
            {
                buffers.Add((name, value));
                return value;
            }

            /// <summary>Adds a module.</summary>
            public T register_module<T>(string name, T value) where T : Module
            {
                children.Add((name, value));
                return value;
            }

            /// <summary>The modules and parameters in this object's fields, added in the order of their declaration.</summary>
            [System.Diagnostics.CodeAnalysis.RequiresUnreferencedCode("Reads the fields of the module by reflection; register_module works without.")]
            protected void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (field.GetValue(this) is Module module) register_module(field.Name.TrimStart('_'), module);
                    else if (field.GetValue(this) is Parameter parameter) register_parameter(field.Name.TrimStart('_'), parameter);
                }
            }

            /// <summary>Names and parameters, of this module and those inside.</summary>
            public IEnumerable<(string name, Tensor parameter)> named_parameters(string prefix = "") => Walk(prefix, m => m.parts);

            /// <summary>Names and buffers, of this module and those inside.</summary>
            public IEnumerable<(string name, Tensor buffer)> named_buffers(string prefix = "") => Walk(prefix, m => m.buffers);

            private IEnumerable<(string, Tensor)> Walk(string prefix, Func<Module, List<(string Name, Tensor Value)>> own) =>
                own(this).Select(p => (prefix + p.Name, p.Value)).Concat(children.SelectMany(c => c.Value.Walk($"{prefix}{c.Name}.", own)));

            /// <summary>The parameters, of this module and those inside.</summary>
            public IReadOnlyList<Tensor> parameters() => [.. named_parameters().Select(p => p.parameter).Distinct()];

            /// <summary>The modules directly inside.</summary>
            public IEnumerable<(string name, Module module)> named_children() => children.Select(c => (c.Name, c.Value));

            /// <summary>This module and all inside.</summary>
            public IEnumerable<Module> modules() => children.SelectMany(c => c.Value.modules()).Prepend(this);

            /// <summary>Parameters and buffers by name.</summary>
            public IReadOnlyDictionary<string, Tensor> state_dict() => named_parameters().Concat(named_buffers()).ToDictionary(p => p.Item1, p => p.Item2.detach());

            /// <summary>Takes over parameters and buffers by name.</summary>
            /// <exception cref="RuntimeError">A name is missing or a shape differs.</exception>
            public void load_state_dict(IReadOnlyDictionary<string, Tensor> state_dict)
            {
                var own = named_parameters().Concat(named_buffers()).ToList();
                var missing = own.Where(p => !state_dict.ContainsKey(p.name)).Select(p => $"\"{p.name}\"").ToList();
                if (missing.Count > 0) throw new RuntimeError($"Error(s) in loading state_dict for {GetType().Name}:\n\tMissing key(s) in state_dict: {string.Join(", ", missing)}. ");
                foreach (var (name, value) in own)
                    if (state_dict[name].Dims != value.Dims) throw new RuntimeError($"Error(s) in loading state_dict for {GetType().Name}:\n\tsize mismatch for {name}: copying a param with shape {state_dict[name].shape} from checkpoint, the shape in current model is {value.shape}.");
                using var _ = no_grad();
                foreach (var (name, value) in own) value.copy_(state_dict[name]);
            }

            /// <summary>Sets training mode, here and inside.</summary>
            public Module train(bool mode = true)
            {
                foreach (var module in modules()) module.training = mode;
                return this;
            }

            /// <summary>Sets evaluation mode, here and inside.</summary>
            public Module eval() => train(false);

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad(bool set_to_none = true)
            {
                foreach (var p in parameters()) ClearGrad(p, set_to_none);
            }

            /// <summary>Sets whether gradients of the parameters are wanted.</summary>
            public Module requires_grad_(bool requires_grad = true)
            {
                foreach (var p in parameters()) p.requires_grad_(requires_grad);
                return this;
            }

            /// <summary>Converts parameters and buffers to another floating-point type.</summary>
            public Module to(dtype dtype)
            {
                foreach (var (_, value) in named_parameters().Concat(named_buffers()))
                    if (value.is_floating_point()) value.data = new Tensor(Ops.Cast(value.Node, dtype.Type));
                return this;
            }

            /// <summary>Moves to a device.</summary>
            public Module to(device device)
            {
                Demand(device);
                return this;
            }

            /// <summary>float64 parameters.</summary>
            public Module @double() => to(float64);

            /// <summary>What stands in the parentheses of the module's text.</summary>
            protected virtual string extra_repr() => "";

            /// <summary>PyTorch's text of the module.</summary>
            public override string ToString()
            {
                if (children.Count == 0) return $"{GetType().Name}({extra_repr()})";
                var text = new StringBuilder(GetType().Name).Append('(').Append(extra_repr()).Append('\n');
                foreach (var (name, child) in children) text.Append($"  ({name}): {child.ToString().Replace("\n", "\n  ")}\n");
                return text.Append(')').ToString();
            }
        }

        internal static void ClearGrad(Tensor p, bool none)
        {
            if (none) p.gradient = null;
            else if (p.gradient is not null) p.gradient = zeros_like(p.gradient);
        }

        /// <summary>A module from T to TResult.</summary>
        public abstract class Module<T, TResult> : Module
        {
            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T input);

            /// <summary>As <see cref="forward"/>; Python's <c>module(x)</c>.</summary>
            public TResult call(T input) => forward(input);
        }
    }
}
