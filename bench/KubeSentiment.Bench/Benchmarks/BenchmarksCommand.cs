using System.CommandLine;
using BenchmarkDotNet.Running;

namespace KubeSentiment.Bench.Benchmarks;

/// <summary>bench benchmarks: the BenchmarkDotNet suites; arguments go to its switcher (--list flat, --filter '*Tokenizer*').</summary>
internal static class BenchmarksCommand
{
    public static Command Create()
    {
        var command = new Command("benchmarks", "Run BenchmarkDotNet; what follows is passed on, such as --filter '*'.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(BenchmarksCommand).Assembly).Run([.. parsed.UnmatchedTokens]);
        });
        return command;
    }
}
