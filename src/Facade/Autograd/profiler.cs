using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Where time goes: named ranges, derivatives, and the kernels that compute. Operations themselves only record; what they cost is in the kernels.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#profiler</remarks>
        public static class profiler
        {
            private static volatile profile? current;

            internal static profile? Current => current;

            /// <summary>Something that took time.</summary>
            /// <param name="name">What it was.</param>
            /// <param name="start">When it began, in microseconds from the profile's beginning.</param>
            /// <param name="cpu_time_total">How long it took, in microseconds.</param>
            /// <param name="thread">The thread it ran on.</param>
            public sealed record FunctionEvent(string name, double start, double cpu_time_total, int thread);

            /// <summary>What happened under one name.</summary>
            /// <param name="key">The name.</param>
            /// <param name="count">How often.</param>
            /// <param name="self_cpu_time_total">The time that it took in all, without what ran inside, in microseconds.</param>
            /// <param name="cpu_time_total">The time that it took in all, in microseconds.</param>
            public sealed record FunctionEventAvg(string key, int count, double self_cpu_time_total, double cpu_time_total)
            {
                /// <summary>The time of one, in microseconds.</summary>
                public double cpu_time => cpu_time_total / count;
            }

            /// <summary>Averages by name.</summary>
            public sealed class EventList : IReadOnlyList<FunctionEventAvg>
            {
                private readonly FunctionEventAvg[] averages;

                internal EventList(IEnumerable<FunctionEventAvg> averages) => this.averages = [.. averages];

                /// <summary>How many names there are.</summary>
                public int Count => averages.Length;

                /// <summary>The averages of a name, in the order of the first event.</summary>
                public FunctionEventAvg this[int index] => averages[index];

                /// <summary>The time in all, without counting twice what ran inside something else; in microseconds.</summary>
                public double self_cpu_time_total => averages.Sum(a => a.self_cpu_time_total);

                /// <inheritdoc/>
                public IEnumerator<FunctionEventAvg> GetEnumerator() => averages.AsEnumerable().GetEnumerator();

                IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

                /// <summary>PyTorch's table of them.</summary>
                /// <param name="sort_by">cpu_time, cpu_time_total, self_cpu_time_total or count; in the order of the first event, when left out.</param>
                /// <param name="row_limit">How many rows at most.</param>
                /// <exception cref="AttributeError">There is no such column.</exception>
                public string table(string? sort_by = null, int row_limit = 100)
                {
                    Func<FunctionEventAvg, double>? order = sort_by switch
                    {
                        null => null,
                        "cpu_time" => a => a.cpu_time,
                        "cpu_time_total" => a => a.cpu_time_total,
                        "self_cpu_time_total" => a => a.self_cpu_time_total,
                        "count" => a => a.count,
                        _ => throw new AttributeError($"'FunctionEventAvg' object has no attribute '{sort_by}'"),
                    };
                    var (rows, all) = ((order is null ? averages : [.. averages.OrderByDescending(order)]).Take(row_limit).ToArray(), Math.Max(self_cpu_time_total, 1e-9));
                    var width = Math.Min(55, rows.Select(r => r.key.Length).Append(4).Max()) + 4;
                    string Line(params string[] cells) => string.Concat(cells.Select((c, i) => (i == 0 && c.Length > width - 4 ? c[..(width - 7)] + "..." : c).PadLeft(i == 0 ? width : 12) + "  ")) + "\n";
                    var rule = Line([new('-', width), .. Enumerable.Repeat(new string('-', 12), 6)]);
                    var text = new StringBuilder(rule).Append(Line("Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls")).Append(rule);
                    foreach (var r in rows) text.Append(Line(r.key, Share(r.self_cpu_time_total / all), Time(r.self_cpu_time_total), Share(r.cpu_time_total / all), Time(r.cpu_time_total), Time(r.cpu_time), $"{r.count}"));
                    return text.Append(rule).Append($"Self CPU time total: {Time(all)}\n").ToString();
                }

                private static string Share(double x) => $"{(100 * x).ToString("F2", CultureInfo.InvariantCulture)}%";

                private static string Time(double us) => us >= 1e6 ? $"{(us / 1e6).ToString("F3", CultureInfo.InvariantCulture)}s" : us >= 1e3 ? $"{(us / 1e3).ToString("F3", CultureInfo.InvariantCulture)}ms" : $"{us.ToString("F3", CultureInfo.InvariantCulture)}us";
            }

            /// <summary>Measures what happens until it is disposed: <c>using (var prof = new profiler.profile()) { … }</c>.</summary>
            public sealed class profile : IDisposable
            {
                private readonly ConcurrentQueue<FunctionEvent> events = [];
                private readonly long start = Stopwatch.GetTimestamp();
                private readonly bool enabled;

                /// <summary>Begins to measure.</summary>
                /// <exception cref="RuntimeError">Another profile is under way.</exception>
                public profile(bool enabled = true)
                {
                    this.enabled = enabled;
                    if (!enabled) return;
                    if (Interlocked.CompareExchange(ref current, this, null) is not null) throw new RuntimeError("Profiler is already enabled on this thread");
                    Backend.Watch = (kernel, began) => Add(Name(kernel), began);
                }

                /// <summary>Ends the measurement.</summary>
                public void Dispose()
                {
                    if (!enabled || Interlocked.CompareExchange(ref current, null, this) != this) return;
                    Backend.Watch = null;
                }

                internal void Add(string name, long began) =>
                    events.Enqueue(new(name, Stopwatch.GetElapsedTime(start, began).TotalMicroseconds, Stopwatch.GetElapsedTime(began).TotalMicroseconds, Environment.CurrentManagedThreadId));

                private static string Name(Kernel kernel) => kernel switch
                {
                    Kernel.Map map => $"kernel: {string.Join(", ", map.Steps.Select(s => s.Op.ToString()!.Split(['(', ' ', '{'])[0]).Concat(map.Sinks.Where(s => s.How is not null).Select(s => $"{s.How}")).Distinct().Take(4).DefaultIfEmpty("copy"))}",
                    Kernel.Product product => $"kernel: product {product.Batch}x{product.M}x{product.K}x{product.N}",
                    Kernel.Call call => $"kernel: {call.Op.GetType().Name}",
                    Kernel.Control control => $"kernel: {control.Op.GetType().Name}",
                    _ => "kernel",
                };

                /// <summary>Everything that was measured, in the order in which it began.</summary>
                public IReadOnlyList<FunctionEvent> function_events => [.. events.OrderBy(e => e.start)];

                /// <summary>The averages by name.</summary>
                public EventList key_averages()
                {
                    var inside = new Dictionary<FunctionEvent, double>(ReferenceEqualityComparer.Instance);
                    foreach (var thread in function_events.GroupBy(e => e.thread))
                    {
                        var open = new Stack<FunctionEvent>();
                        foreach (var e in thread)
                        {
                            while (open.TryPeek(out var outer) && outer.start + outer.cpu_time_total <= e.start) open.Pop();
                            if (open.TryPeek(out var around)) inside[around] = inside.GetValueOrDefault(around) + e.cpu_time_total;
                            open.Push(e);
                        }
                    }
                    return new(function_events.GroupBy(e => e.name).Select(g => new FunctionEventAvg(g.Key, g.Count(), g.Sum(e => Math.Max(0, e.cpu_time_total - inside.GetValueOrDefault(e))), g.Sum(e => e.cpu_time_total))));
                }

                /// <inheritdoc cref="EventList.table"/>
                public string table(string? sort_by = null, int row_limit = 100) => key_averages().table(sort_by, row_limit);

                /// <summary>Writes the events as Chrome reads them (chrome://tracing, Perfetto).</summary>
                /// <param name="path">The file.</param>
                public void export_chrome_trace(string path)
                {
                    using var file = File.Create(path);
                    using var json = new Utf8JsonWriter(file);
                    json.WriteStartObject();
                    json.WriteNumber("schemaVersion", 1);
                    json.WriteString("displayTimeUnit", "ms");
                    json.WriteStartArray("traceEvents");
                    foreach (var e in function_events)
                    {
                        json.WriteStartObject();
                        json.WriteString("ph", "X");
                        json.WriteString("cat", e.name.StartsWith("kernel", StringComparison.Ordinal) ? "kernel" : "cpu_op");
                        json.WriteString("name", e.name);
                        json.WriteNumber("pid", Environment.ProcessId);
                        json.WriteNumber("tid", e.thread);
                        json.WriteNumber("ts", e.start);
                        json.WriteNumber("dur", e.cpu_time_total);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
            }

            /// <summary>Gives what happens until it is disposed a name in the profile.</summary>
            /// <param name="name">The name.</param>
            public sealed class record_function(string name) : IDisposable
            {
                private readonly long began = Stopwatch.GetTimestamp();

                /// <summary>Ends the range.</summary>
                public void Dispose() => current?.Add(name, began);
            }
        }
    }
}
