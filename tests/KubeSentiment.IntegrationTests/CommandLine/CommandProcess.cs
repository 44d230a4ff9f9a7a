using System.Diagnostics;

namespace KubeSentiment.IntegrationTests.CommandLine;

/// <summary>The real program, running a command with the small model.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private CommandProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "kubesentiment");

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the program.</summary>
    public static CommandProcess Start(string folder, params string[] arguments) => Launch(Program, folder, arguments);

    /// <summary>Starts the program such that Ctrl-C reaches it. A shell lets what it starts in the background ignore SIGINT, and whatever that starts inherits it, the program too.</summary>
    public static CommandProcess StartInForeground(string folder, params string[] arguments) =>
        Launch("env", folder, InForeground(arguments));

    /// <summary>As <see cref="StartInForeground"/>, with a standard input that is open: so far it holds these lines, and more may come.</summary>
    public static CommandProcess StartWaiting(string folder, string input, params string[] arguments)
    {
        var waiting = new CommandProcess(StartOf("env", folder, InForeground(arguments)));
        waiting._process.StandardInput.Write(input);
        waiting._process.StandardInput.Flush();
        return waiting;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Launch(program, folder, arguments);
        return await process.EndAsync();
    }

    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TimeProvider.System);
        return (_process.ExitCode, await _output, await _errors);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Ctrl-C.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString()]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string[] InForeground(string[] arguments) => ["--default-signal=INT", Program, .. arguments];

    private static CommandProcess Launch(string program, string folder, string[] arguments)
    {
        var launched = new CommandProcess(StartOf(program, folder, arguments));
        launched._process.StandardInput.Close();
        return launched;
    }

    private static ProcessStartInfo StartOf(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("MLOPS_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["MLOPS_ONNX_MODEL_PATH"] = Path.Combine(AppContext.BaseDirectory, "Assets", "models", "tiny-distilbert-cased");
        start.Environment["MLOPS_INFERENCE_WORKERS"] = "1";
        return start;
    }
}
