using System.Collections;
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
        /// <exception cref="RuntimeError">Strict, and names are missing or unexpected; or what is named stands where it can't be replaced: in no field of a module, nor in an array or a list in one.</exception>
        /// <remarks>https://pytorch.org/docs/2.6/generated/torch.func.functional_call.html</remarks>
        [RequiresUnreferencedCode("Sets the fields of modules by reflection.")]
        public static TResult functional_call<T, TResult>(nn.Module<T, TResult> module, IReadOnlyDictionary<string, Tensor> parameter_and_buffer_dicts, T args, bool strict = false)
        {
            var own = module.named_parameters().Concat(module.named_buffers()).ToDictionary(p => p.Item1, p => p.Item2);
            string[] unexpected = [.. parameter_and_buffer_dicts.Keys.Where(k => !own.ContainsKey(k))], missing = [.. own.Keys.Where(k => !parameter_and_buffer_dicts.ContainsKey(k))];
            if (strict && unexpected.Length + missing.Length > 0)
                throw new RuntimeError($"Error(s) in reparametrizing for {module.GetType().Name}:{Listed("Unexpected", unexpected)}{Listed("Missing", missing)}");
            var stands = parameter_and_buffer_dicts.Where(p => own.ContainsKey(p.Key)).ToDictionary(p => own[p.Key], p => own[p.Key] is nn.Parameter ? nn.Parameter.For(p.Value) : p.Value, ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>);
            HashSet<Tensor> placed = new(ReferenceEqualityComparer.Instance);
            List<Action> back = [];
            try
            {
                foreach (var inside in module.modules()) Stand(inside, stands, placed, back);
                if (own.FirstOrDefault(p => stands.ContainsKey(p.Value) && !placed.Contains(p.Value)).Key is { } lost)
                    throw new RuntimeError($"functional_call: '{lost}' of {module.GetType().Name} can't be replaced, as it stands in no field of a module, nor in an array or a list that does");
                return module.forward(args);
            }
            finally
            {
                for (var i = back.Count - 1; i >= 0; i--) back[i]();
            }
        }

        private static string Listed(string what, string[] names) => names.Length == 0 ? "" : $"\n\t{what} key(s): {string.Join(", ", names.Order(StringComparer.Ordinal).Select(n => $"'{n}'"))}.";

        // In the module's lists of parameters and buffers, in its fields, and in arrays and lists that these hold.
        [RequiresUnreferencedCode("Sets the fields of modules by reflection.")]
        private static void Stand(nn.Module module, Dictionary<Tensor, Tensor> stands, HashSet<Tensor> placed, List<Action> back)
        {
            back.Add(module.Exchange(stands));
            for (var type = module.GetType(); type is not null; type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    var value = field.GetValue(module);
                    if (value is Tensor own && stands.TryGetValue(own, out var stand)) Put(own, () => field.SetValue(module, own), () => field.SetValue(module, stand));
                    if (value is not IList { IsReadOnly: false } list) continue;
                    for (var i = 0; i < list.Count; i++)
                        if (list[i] is Tensor item && stands.TryGetValue(item, out var other)) Put(item, Setting(list, i, item), Setting(list, i, other));
                }

            void Put(Tensor own, Action restore, Action set)
            {
                placed.Add(own);
                back.Add(restore);
                set();
            }
        }

        private static Action Setting(IList list, int i, Tensor value) => () => list[i] = value;

        /// <summary>The parameters and buffers of like modules, stacked: what vmap takes to run an ensemble at once.</summary>
        /// <param name="models">Modules of one kind.</param>
        /// <returns>By name, the models along a new first dimension; parameters are leaves that require grad if the modules' do.</returns>
        /// <exception cref="RuntimeError">There are none, or their modes, their classes or the names of their state differ.</exception>
        /// <remarks>https://pytorch.org/docs/2.6/generated/torch.func.stack_module_state.html</remarks>
        public static (Dictionary<string, Tensor> Params, Dictionary<string, Tensor> Buffers) stack_module_state(IReadOnlyList<nn.Module> models)
        {
            if (models.Count == 0) throw new RuntimeError("stack_module_state: Expected at least one model, got 0.");
            if (models.Any(m => m.training != models[0].training)) throw new RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.");
            if (models.Any(m => m.GetType() != models[0].GetType())) throw new RuntimeError("stack_module_state: Expected all models to be of the same class.");
            return (Stacked(models, m => m.named_parameters()), Stacked(models, m => m.named_buffers()));
        }

        private static Dictionary<string, Tensor> Stacked(IReadOnlyList<nn.Module> models, Func<nn.Module, IEnumerable<(string Name, Tensor Value)>> named)
        {
            var each = models.Select(m => named(m).ToDictionary(p => p.Name, p => p.Value)).ToArray();
            using (no_grad())
                return each[0].ToDictionary(p => p.Key, p => stack([.. each.Select(m => m.GetValueOrDefault(p.Key) ?? throw new RuntimeError($"stack_module_state: a model has no '{p.Key}'"))]).requires_grad_(p.Value.requires_grad));
        }
    }
}
