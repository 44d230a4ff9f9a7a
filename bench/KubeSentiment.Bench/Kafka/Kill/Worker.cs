using System.Collections.Concurrent;
using System.Diagnostics;

namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>The service as a process, with a name that lasts through its restarts.</summary>
internal sealed class Worker(string program, string name, IReadOnlyDictionary<string, string> settings)
{
    private const int LinesKept = 200;

    private readonly ConcurrentQueue<string> _log = new();
    private TaskCompletionSource _ready = new();
    private Process? _process;

    public string Name => name;

    public bool Runs => _process is { HasExited: false };

    /// <summary>The last lines that it wrote.</summary>
    public IEnumerable<string> Log => _log;

    /// <summary>Its process, once it has been started.</summary>
    public int Id => _process!.Id;

    /// <summary>Completes when it says that it is ready.</summary>
    public Task Ready => _ready.Task;

    public void Start()
    {
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in settings)
        {
            start.Environment[variable] = value;
        }

        start.Environment["MLOPS_KAFKA_INSTANCE_ID"] = name;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it where it stands (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (Runs)
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Asks it to end (SIGTERM), and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        await SignalAsync("-TERM");
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Stops it in its tracks (SIGSTOP).</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            if (line.Contains("Ready: model", StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }

            _log.Enqueue(line);
            while (_log.Count > LinesKept)
            {
                _log.TryDequeue(out _);
            }
        }
    }
}
