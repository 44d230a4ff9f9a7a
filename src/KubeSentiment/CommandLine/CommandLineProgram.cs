using System.CommandLine;
using System.CommandLine.Help;
using KubeSentiment.CommandLine.Evaluation;
using KubeSentiment.CommandLine.Scoring;

namespace KubeSentiment.CommandLine;

/// <summary>The commands beside the service.</summary>
internal static class CommandLineProgram
{
    private const string Description = """
        Reads the sentiment of texts: as a service, in whole files, or one at a time. Without a command it serves.
        """;

    private const string Examples = """
        kubesentiment predict "I love this product!"
        kubesentiment score reviews.csv
        kubesentiment evaluate labelled.tsv --map 0=NEGATIVE,1=POSITIVE
        """;

    public static RootCommand Create()
    {
        var root = new RootCommand(Description)
        {
            ServeCommand.Create(),
            ScoreCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return root;
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">The program's.</param>
    /// <param name="stop">Asks to stop, by Ctrl-C or SIGTERM.</param>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await Create().Parse(arguments).InvokeAsync(configuration, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (OutputClosedException)
        {
            return ExitCode.OutputClosed;
        }
        catch (CommandException e)
        {
            return Report(e.ExitCode, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Report(ExitCode.Files, e.Message);
        }
    }

    private static int Report(int exitCode, string message)
    {
        Console.Error.WriteLine($"kubesentiment: {message}");
        return exitCode;
    }
}
