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
            public Parameter(Tensor data, bool requires_grad = true) : base(data.Node, data.storage, data.version, data.window)
            {
                if (requires_grad && !data.Node.DType.IsSmooth) throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
                SetLeafRequiresGrad(requires_grad);
                Force([this]);
            }

            /// <inheritdoc/>
            /// <remarks>The gradient is not copied.</remarks>
            public override Tensor __deepcopy__() => new Parameter(detach().clone(), requires_grad);

            // Another tensor in a parameter's place: what is done with it is done with that one.
            private Parameter(Tensor of) : base(of.Node, of.storage, of.version, of.window, of.storage.Epoch) => Become(of);

            internal static Parameter For(Tensor of) => of as Parameter ?? new(of);

            private protected override string Prefix => "Parameter containing:\n";
        }

        /// <summary>A part of a network: parameters, buffers and further modules. https://pytorch.org/docs/2.6/generated/torch.nn.Module.html</summary>
        public abstract class Module
        {
            private readonly OrderedDictionary<string, Tensor?> ownParameters = [];
            private readonly OrderedDictionary<string, Tensor?> ownBuffers = [];
            private readonly OrderedDictionary<string, Module?> ownModules = [];
            private readonly HashSet<string> transient = [];

            /// <summary>Whether the module is in training mode.</summary>
            public bool training { get; private set; } = true;

            /// <summary>Adds a parameter, or replaces the one of that name; none is a name without a value.</summary>
            public Parameter? register_parameter(string name, Parameter? value)
            {
                ownParameters[name] = value;
                return value;
            }

            private protected Parameter Learned(string name, Tensor data) => register_parameter(name, new Parameter(data))!;

            /// <summary>Adds a tensor that is not learned.</summary>
            /// <param name="name">Its name.</param>
            /// <param name="value">The tensor, or none.</param>
            /// <param name="persistent">Whether it belongs to the state that is saved.</param>
            public Tensor? register_buffer(string name, Tensor? value, bool persistent = true)
            {
                ownBuffers[name] = value;
                if (persistent) transient.Remove(name);
                else transient.Add(name);
                return value;
            }

            /// <summary>Puts other tensors in the place of parameters and buffers; what comes back puts these back.</summary>
            internal Action Exchange(Dictionary<Tensor, Tensor> stands)
            {
                var own = new[] { ownParameters, ownBuffers }.SelectMany(list => list.Select(p => (List: list, Name: p.Key, p.Value))).Where(p => p.Value is not null && stands.ContainsKey(p.Value)).ToArray();
                foreach (var (list, name, value) in own) list[name] = stands[value!];
                return () =>
                {
                    foreach (var (list, name, value) in own) list[name] = value;
                };
            }

            /// <summary>Adds a module.</summary>
            public T register_module<T>(string name, T value) where T : Module?
            {
                ownModules[name] = value;
                return value;
            }

            /// <summary>Adds a module.</summary>
            public void add_module(string name, Module? module) => ownModules[name] = module;

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

            /// <summary>Names and parameters, of this module and those inside; a shared one counts once.</summary>
            public IEnumerable<(string name, Tensor parameter)> named_parameters(string prefix = "") => Named(prefix, m => m.ownParameters);

            /// <summary>Names and buffers, of this module and those inside; a shared one counts once.</summary>
            public IEnumerable<(string name, Tensor buffer)> named_buffers(string prefix = "") => Named(prefix, m => m.ownBuffers);

            private IEnumerable<(string, Tensor)> Named(string prefix, Func<Module, OrderedDictionary<string, Tensor?>> own)
            {
                var met = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (path, module) in named_modules(prefix))
                    foreach (var (name, value) in own(module))
                        if (value is not null && met.Add(value)) yield return (path.Length == 0 ? name : $"{path}.{name}", value);
            }

            /// <summary>The parameters, of this module and those inside.</summary>
            public IReadOnlyList<Tensor> parameters() => [.. named_parameters().Select(p => p.parameter)];

            /// <summary>The buffers, of this module and those inside.</summary>
            public IReadOnlyList<Tensor> buffers() => [.. named_buffers().Select(b => b.buffer)];

            /// <summary>Names and modules directly inside; a shared one counts once.</summary>
            public IEnumerable<(string name, Module module)> named_children() => ownModules.Where(c => c.Value is not null).DistinctBy(c => c.Value).Select(c => (c.Key, c.Value!));

            /// <summary>The modules directly inside.</summary>
            public IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>Names and modules: this one and all inside; a shared one counts once.</summary>
            public IEnumerable<(string name, Module module)> named_modules(string prefix = "")
            {
                var met = new HashSet<Module>();
                IEnumerable<(string, Module)> Walk(string path, Module module)
                {
                    if (!met.Add(module)) yield break;
                    yield return (path, module);
                    foreach (var (name, child) in module.ownModules)
                        if (child is not null)
                            foreach (var inner in Walk(path.Length == 0 ? name : $"{path}.{name}", child)) yield return inner;
                }
                return Walk(prefix, this);
            }

            /// <summary>This module and all inside.</summary>
            public IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>Calls a function with every module inside, and with this one last.</summary>
            public Module apply(Action<Module> fn)
            {
                foreach (var child in children()) child.apply(fn);
                fn(this);
                return this;
            }

            // In PyTorch's order: a module's parameters, its buffers, then its modules. What is shared has every one of its names.
            private IEnumerable<(string Name, Tensor Value, Module Owner)> State(string prefix)
            {
                foreach (var (name, value) in ownParameters)
                    if (value is not null) yield return (prefix + name, value, this);
                foreach (var (name, value) in ownBuffers)
                    if (value is not null && !transient.Contains(name)) yield return (prefix + name, value, this);
                foreach (var (name, child) in ownModules)
                    if (child is not null)
                        foreach (var inner in child.State($"{prefix}{name}.")) yield return inner;
            }

            /// <summary>Parameters and buffers by name, in PyTorch's order; they share their elements with the module's.</summary>
            public OrderedDictionary<string, Tensor> state_dict(string prefix = "")
            {
                var state = new OrderedDictionary<string, Tensor>();
                foreach (var (name, value, _) in State(prefix)) state[name] = value.detach();
                return state;
            }

            // State that older checkpoints do not have.
            private protected virtual bool MayLack(string name) => false;

            /// <summary>Takes over what a file holds by name: <c>model.load_state_dict(torch.load("model.pt"))</c>.</summary>
            /// <inheritdoc cref="load_state_dict(IReadOnlyDictionary{string, Tensor}, bool)"/>
            public IncompatibleKeys load_state_dict(Loaded state_dict, bool strict = true) => load_state_dict((OrderedDictionary<string, Tensor>)state_dict, strict);

            /// <summary>Takes over parameters and buffers by name.</summary>
            /// <param name="state_dict">What <see cref="state_dict"/> of a like module gave.</param>
            /// <param name="strict">Whether the names must be the same.</param>
            /// <returns>The names that one side lacks.</returns>
            /// <exception cref="RuntimeError">A name is missing or unexpected, or a shape differs. Nothing has changed then.</exception>
            public IncompatibleKeys load_state_dict(IReadOnlyDictionary<string, Tensor> state_dict, bool strict = true)
            {
                var own = State("").ToList();
                var names = own.Select(p => p.Name).ToHashSet();
                List<string> missing = [], unexpected = [.. state_dict.Keys.Where(k => !names.Contains(k))], errors = [];
                var copies = new List<(Tensor Into, Tensor From)>();
                foreach (var (name, value, owner) in own)
                {
                    if (!state_dict.TryGetValue(name, out var given))
                    {
                        if (!owner.MayLack(name[(name.LastIndexOf('.') + 1)..])) missing.Add(name);
                        continue;
                    }
                    if (given is null)
                    {
                        errors.Add($"While copying the parameter named \"{name}\", expected torch.Tensor or Tensor-like object from checkpoint but received <class 'NoneType'>");
                        continue;
                    }
                    // A number that an old checkpoint holds as a vector of one element.
                    if (value.ndim == 0 && given.ndim == 1) given = given[0];
                    if (given.Dims == value.Dims) copies.Add((value, given));
                    else errors.Add($"size mismatch for {name}: copying a param with shape {given.shape} from checkpoint, the shape in current model is {value.shape}.");
                }
                static string Listed(List<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));
                if (strict && unexpected.Count > 0) errors.Insert(0, $"Unexpected key(s) in state_dict: {Listed(unexpected)}. ");
                if (strict && missing.Count > 0) errors.Insert(0, $"Missing key(s) in state_dict: {Listed(missing)}. ");
                if (errors.Count > 0) throw new RuntimeError($"Error(s) in loading state_dict for {GetType().Name}:\n\t{string.Join("\n\t", errors)}");
                using var _ = no_grad();
                foreach (var (into, from) in copies) into.copy_(from);
                return new(missing, unexpected);
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

            /// <summary>Converts parameters, their gradients and buffers to another floating-point or complex type; integers stay.</summary>
            /// <exception cref="TypeError">The type is neither a floating-point nor a complex type.</exception>
            public Module to(dtype dtype)
            {
                if (!dtype.Type.IsSmooth) throw new TypeError($"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}");
                if (dtype.is_complex) warnings.warn("Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when using complex tensors as parameters or buffers. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.");
                foreach (var value in parameters().Concat(buffers()))
                {
                    if (!value.Node.DType.IsSmooth) continue;
                    value.data = value.data.to(dtype);
                    if (value.gradient is { } grad) grad.data = grad.data.to(dtype);
                }
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

            /// <summary>float32 parameters.</summary>
            public Module @float() => to(float32);

            /// <summary>What stands in the parentheses of the module's text.</summary>
            protected virtual string extra_repr() => "";

            /// <summary>PyTorch's text of the module.</summary>
            public override string ToString()
            {
                var (name, extra) = (GetType().Name, extra_repr());
                if (ownModules.Count == 0) return $"{name}({extra})";
                var text = new StringBuilder(name).Append("(\n");
                if (extra.Length > 0) text.Append($"  {extra}\n");
                foreach (var (child, module) in ownModules) text.Append($"  ({child}): {(module?.ToString() ?? "None").Replace("\n", "\n  ")}\n");
                return text.Append(')').ToString();
            }
        }

        /// <summary>The names that a state and a module do not share.</summary>
        /// <param name="missing_keys">Those that the state lacks.</param>
        /// <param name="unexpected_keys">Those that the module lacks.</param>
        public sealed record IncompatibleKeys(IReadOnlyList<string> missing_keys, IReadOnlyList<string> unexpected_keys)
        {
            /// <summary>As PyTorch prints it.</summary>
            public override string ToString()
            {
                static string Listed(IReadOnlyList<string> names) => $"[{string.Join(", ", names.Select(n => $"'{n}'"))}]";
                return missing_keys.Count + unexpected_keys.Count == 0 ? "<All keys matched successfully>"
                    : $"_IncompatibleKeys(missing_keys={Listed(missing_keys)}, unexpected_keys={Listed(unexpected_keys)})";
            }
        }

        internal static void ClearGrad(Tensor p, bool none)
        {
            if (none) p.gradient = null;
            if (p.gradient is not { } grad) return;
            if (grad.is_leaf) grad.requires_grad_(false);
            else grad.detach_();
            grad.zero_();
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
