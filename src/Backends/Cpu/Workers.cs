namespace Functional.Autograd.Cpu;

/// <summary>Spreads chunks of work over the processors. The caller takes chunks as well, so it never waits for a helper that did not come.</summary>
internal static class Workers
{
    /// <summary>How many threads may work at once; results never depend on it.</summary>
    public static int Limit { get; set; } = Environment.ProcessorCount;

    public static void Run(int chunks, Action<int> body)
    {
        var helpers = Math.Min(Limit, chunks) - 1;
        if (helpers <= 0)
        {
            for (var i = 0; i < chunks; i++) body(i);
            return;
        }
        var job = new Job(chunks, body);
        for (var i = 0; i < helpers; i++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Wait();
    }

    private sealed class Job(int chunks, Action<int> body) : IThreadPoolWorkItem
    {
        private int next, done;
        private Exception? failure;

        public void Execute()
        {
            for (int i; (i = Interlocked.Increment(ref next) - 1) < chunks;)
            {
                try
                {
                    body(i);
                }
                catch (Exception e)
                {
                    failure = e;
                }
                Interlocked.Increment(ref done);
            }
        }

        public void Wait()
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref done) < chunks) spin.SpinOnce(sleep1Threshold: -1);
            if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
