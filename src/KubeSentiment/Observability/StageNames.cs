namespace KubeSentiment.Observability;

/// <summary>How metrics and answers call the two graphs of a model.</summary>
internal static class StageNames
{
    public const string Full = "full";
    public const string Fast = "fast";
}
