using System.Diagnostics;

namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>A broker of our own, run by its script: started, killed and started again on its data.</summary>
internal sealed class KafkaBroker(string script, string folder, int port)
{
    public string Servers => $"127.0.0.1:{port}";

    public Task StartAsync() => RunAsync("start", folder, port.ToString());

    public Task StopAsync() => RunAsync("stop", folder);

    public Task KillAsync() => RunAsync("kill", folder);

    private async Task RunAsync(params string[] arguments)
    {
        // Its output goes nowhere: the broker inherits it and would keep a pipe open.
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", script, .. arguments]) { UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{script} {string.Join(' ', arguments)} ended with {process.ExitCode}; its log is in {folder}.");
        }
    }
}
