using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using Microsoft.AspNetCore.Connections;

namespace KubeSentiment;

/// <summary>Says why the service did not start, or ended by itself: one clear line a cause, no stack trace.</summary>
internal static class StartFailure
{
    public const int ExitCode = 1;

    /// <summary>What a user can do about it.</summary>
    /// <returns>The lines; null when the cause is none that a user could mend, so that the exception itself should be shown.</returns>
    public static IReadOnlyList<string>? Explain(Exception exception) => exception switch
    {
        SettingsException settings => settings.Lines,
        ModelFolderException model => [model.Message],
        IOException { InnerException: AddressInUseException } => [$"{exception.Message.TrimEnd('.')}. Stop what listens there, or set MLOPS_PORT or MLOPS_METRICS_PORT, whichever it is, to a free port."],
        IOException { InnerException: System.Net.Sockets.SocketException } => [$"{exception.Message.TrimEnd('.')}. Check MLOPS_HOST and MLOPS_PORT."],
        System.Net.Sockets.SocketException => [$"The service cannot listen: {exception.Message}. Check MLOPS_HOST and MLOPS_PORT."],
        InvalidDataException when exception.GetBaseException() is var cause && cause != exception => [$"{exception.Message.TrimEnd('.')}: {cause.Message}"],
        IOException or UnauthorizedAccessException => [exception.Message],
        _ => null,
    };

    public static int Report(Exception exception)
    {
        foreach (var line in Explain(exception) ?? [exception.ToString()])
        {
            Console.Error.WriteLine($"kubesentiment: {line}");
        }

        return ExitCode;
    }

    /// <summary>A background service that failed; the log has the exception with all that belongs to it.</summary>
    public static int ReportEnd(BackgroundService failed)
    {
        var cause = failed.ExecuteTask!.Exception!.GetBaseException();
        Console.Error.WriteLine($"kubesentiment: {failed.GetType().Name} has failed, and the service with it ({cause.GetType().Name}: {cause.Message})");
        return ExitCode;
    }
}
