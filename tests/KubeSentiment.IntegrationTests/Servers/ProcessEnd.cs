using System.Diagnostics;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>How tests leave a process behind: not at all.</summary>
internal static class ProcessEnd
{
    /// <summary>Kills the process if it still runs, waits for its end and lets go of it.</summary>
    public static async ValueTask EndAsync(this Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
