using System.Text;
using Notebooks;

Console.OutputEncoding = new UTF8Encoding(false);
var all = new Dictionary<string, Func<TextWriter, Notebook>>
{
    ["000"] = o => new N000(o),
    ["001"] = o => new N001(o),
    ["002"] = o => new N002(o),
    ["003"] = o => new N003(o),
    ["004"] = o => new N004(o),
};
if (args.Contains("--help"))
{
    Console.WriteLine($"usage: Notebooks [NAME ...]\nRuns tutorial notebooks about autograd; all of them when no name is given. Names: {string.Join(", ", all.Keys)}");
    return 0;
}
if (Array.Find(args, a => !all.ContainsKey(a)) is { } unknown)
{
    Console.Error.WriteLine($"unknown notebook '{unknown}'; known: {string.Join(", ", all.Keys)}");
    return 2;
}
foreach (var name in args.Length > 0 ? args : [.. all.Keys]) all[name](Console.Out).Execute();
return 0;
