using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using KubeSentiment.CommandLine.Evaluation;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.Configuration;

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
            var parsed = Create().Parse(arguments);
            RefuseUnknownOptions(parsed);
            return await parsed.InvokeAsync(configuration, stop);
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

    /// <summary>Commands that take any number of texts or files would take a mistyped option for one of them.</summary>
    private static void RefuseUnknownOptions(ParseResult parsed)
    {
        foreach (var token in parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            if (token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                var options = parsed.CommandResult.Command.Options.Select(option => option.Name);
                var advice = parsed.CommandResult.Command is RootCommand or DescribedCommand { Name: ServeCommand.Name } ? "The service is set up by variables, such as MLOPS_PORT=8000."
                    : NearestName.Of(token.Value, options) is { } near ? $"Did you mean {near}?"
                    : "What follows -- is taken as it is.";
                throw CommandException.Usage($"There is no option {token.Value}. {advice}");
            }
        }
    }

    private static int Report(int exitCode, string message)
    {
        Console.Error.WriteLine($"kubesentiment: {message}");
        return exitCode;
    }
}
