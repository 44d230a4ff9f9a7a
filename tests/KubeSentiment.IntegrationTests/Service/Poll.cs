namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Waits for another process to come so far.</summary>
internal static class Poll
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was, within the limit.</exception>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan limit, TimeSpan? period = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(period ?? Period, TimeProvider.System);
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"Not so after {limit.TotalSeconds} s.");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
