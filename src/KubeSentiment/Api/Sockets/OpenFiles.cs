using System.Globalization;

namespace KubeSentiment.Api.Sockets;

/// <summary>How many files, sockets among them, the process may have open. A .NET process that may open no more ends itself, so connections must leave it some.</summary>
internal static class OpenFiles
{
    private const string LimitsOfThisProcess = "/proc/self/limits";
    private const string LimitOfFiles = "Max open files";

    /// <summary>Some 250 are libraries; the rest is for Redis, Kafka, and files that are read.</summary>
    private const int Others = 512;

    /// <summary>For probes and a few callers, where there are hardly more files than others need.</summary>
    private const int FewestConnections = 16;

    /// <summary>How many connections leave enough for others.</summary>
    /// <returns>More than there will be where the system tells no limit.</returns>
    public static long ForConnections() => File.Exists(LimitsOfThisProcess) ? ForConnections(File.ReadLines(LimitsOfThisProcess)) : long.MaxValue;

    internal static long ForConnections(IEnumerable<string> limits)
    {
        // Max open files            1024                 524288               files
        var line = limits.FirstOrDefault(line => line.StartsWith(LimitOfFiles, StringComparison.Ordinal));
        var now = line?[LimitOfFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(now, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? Math.Max(most - Others, FewestConnections) : long.MaxValue;
    }
}
