using System.CommandLine;

namespace KubeSentiment.CommandLine;

/// <summary>A command that shows how it is used.</summary>
internal sealed class DescribedCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Command lines, one a line.</summary>
    public string Examples { get; } = examples;
}
