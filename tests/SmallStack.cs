namespace Tests;

/// <summary>Runs code on a thread with a stack of 256 KiB, where recursion over a deep graph would not survive.</summary>
internal static class SmallStack
{
    public static void Run(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
