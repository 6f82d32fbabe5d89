using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Functional.Autograd;

public static partial class torch
{
    public static partial class func
    {
        /// <summary>Calls a module with other parameters and buffers in the place of its own, through which derivatives flow; the module is unchanged afterwards.</summary>
        /// <typeparam name="T">What the module takes.</typeparam>
        /// <typeparam name="TResult">What it gives.</typeparam>
        /// <param name="module">The module.</param>
        /// <param name="parameter_and_buffer_dicts">Parameters and buffers by name; those that are not named are the module's own.</param>
        /// <param name="args">The argument.</param>
        /// <param name="strict">Whether all of them must be named, and no others.</param>
        /// <exception cref="RuntimeError">Strict, and names are missing or unexpected.</exception>
        /// <remarks>https://pytorch.org/docs/2.6/generated/torch.func.functional_call.html</remarks>
        [RequiresUnreferencedCode("Sets the fields of modules by reflection.")]
        public static TResult functional_call<T, TResult>(nn.Module<T, TResult> module, IReadOnlyDictionary<string, Tensor> parameter_and_buffer_dicts, T args, bool strict = false)
        {
            var own = module.named_parameters().Concat(module.named_buffers()).ToDictionary(p => p.Item1, p => p.Item2);
            string[] unexpected = [.. parameter_and_buffer_dicts.Keys.Where(k => !own.ContainsKey(k))], missing = [.. own.Keys.Where(k => !parameter_and_buffer_dicts.ContainsKey(k))];
            if (strict && unexpected.Length + missing.Length > 0)
                throw new RuntimeError($"Error(s) in reparametrizing for {module.GetType().Name}:{Listed("Unexpected", unexpected)}{Listed("Missing", missing)}");
            var stands = parameter_and_buffer_dicts.Where(p => own.ContainsKey(p.Key)).ToDictionary(p => own[p.Key], p => own[p.Key] is nn.Parameter ? nn.Parameter.For(p.Value) : p.Value, ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>);
            List<(object Owner, FieldInfo Field, Tensor Own)> set = [];
            try
            {
                foreach (var inside in module.modules()) Stand(inside, stands, set);
                return module.forward(args);
            }
            finally
            {
                foreach (var (owner, field, before) in set) field.SetValue(owner, before);
            }
        }

        private static string Listed(string what, string[] names) => names.Length == 0 ? "" : $"\n\t{what} key(s): {string.Join(", ", names.Order(StringComparer.Ordinal).Select(n => $"'{n}'"))}.";

        [RequiresUnreferencedCode("Sets the fields of modules by reflection.")]
        private static void Stand(nn.Module module, Dictionary<Tensor, Tensor> stands, List<(object Owner, FieldInfo Field, Tensor Own)> set)
        {
            for (var type = module.GetType(); type is not null; type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (field.GetValue(module) is not Tensor own || !stands.TryGetValue(own, out var stand)) continue;
                    set.Add((module, field, own));
                    field.SetValue(module, stand);
                }
        }

        /// <summary>The parameters and buffers of like modules, stacked: what vmap takes to run an ensemble at once.</summary>
        /// <param name="models">Modules of one kind.</param>
        /// <returns>By name, the models along a new first dimension; parameters are leaves that require grad if the modules' do.</returns>
        /// <exception cref="RuntimeError">There are none, or their modes differ.</exception>
        /// <remarks>https://pytorch.org/docs/2.6/generated/torch.func.stack_module_state.html</remarks>
        public static (Dictionary<string, Tensor> Params, Dictionary<string, Tensor> Buffers) stack_module_state(IReadOnlyList<nn.Module> models)
        {
            if (models.Count == 0) throw new RuntimeError("stack_module_state: Expected at least one model, got 0.");
            if (models.Any(m => m.training != models[0].training)) throw new RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.");
            var parameters = models[0].named_parameters().ToDictionary(p => p.name, p => Stacked(models.Select(m => m.named_parameters().First(q => q.name == p.name).parameter)).requires_grad_(p.parameter.requires_grad));
            return (parameters, models[0].named_buffers().ToDictionary(b => b.name, b => Stacked(models.Select(m => m.named_buffers().First(q => q.name == b.name).buffer))));
        }

        private static Tensor Stacked(IEnumerable<Tensor> tensors)
        {
            using (no_grad()) return stack([.. tensors]);
        }
    }
}
