namespace KubeSentiment.Configuration;

/// <summary>Settings with which the service must not start; each line names one of them and what it allows. Names that are no setting follow.</summary>
internal sealed class SettingsException(IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines { get; } = lines;
}
