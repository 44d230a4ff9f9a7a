using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>The real program as a process of its own, on a free port of this machine.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => ReadOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => ReadError(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Lines of the log so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Lines of standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Runs the program; it may well end by itself.</summary>
    public static ServiceProcess Launch(params ReadOnlySpan<(string Name, string Value)> variables)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "kubesentiment"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("MLOPS_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["MLOPS_HOST"] = "127.0.0.1";
        start.Environment["MLOPS_PORT"] = "0";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(start);
    }

    /// <summary>Runs the program until it is ready.</summary>
    public static async Task<ServiceProcess> StartAsync(params (string Name, string Value)[] variables)
    {
        var service = Launch(variables);
        try
        {
            service.Client.BaseAddress = await service._address.Task.WaitAsync(StartLimit, TimeProvider.System, TestContext.Current.CancellationToken);
            await Poll.UntilAsync(async () => (int)await service.StatusAsync("/ready") == 200, StartLimit);
            return service;
        }
        catch (Exception e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"The service does not start:\n{string.Join('\n', [.. service.Output, .. service.Errors])}", e);
        }
    }

    public async Task<System.Net.HttpStatusCode> StatusAsync(string path)
    {
        using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public async Task<(int Status, string Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks the process to stop, as a kubelet does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Kills the process where it stands.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end of the process, and of what it wrote.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit, TimeProvider.System);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.EndAsync();
    }

    private void ReadOutput(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException("The process ended."));
            return;
        }

        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    private void ReadError(string? line)
    {
        if (line is not null)
        {
            _errors.Enqueue(line);
        }
    }

    [GeneratedRegex(@"Now listening on: (?<url>[^\s""]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
