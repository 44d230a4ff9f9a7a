namespace KubeSentiment.CommandLine;

/// <summary>Which of a folder's models answer.</summary>
internal enum ModelChoice
{
    /// <summary>As the settings say: the fast one first, the full one for the doubtful.</summary>
    AsSet,

    /// <summary>The fast one, sure or not. Nothing is remembered, so that its speed can be measured.</summary>
    FastAlone,

    /// <summary>The full one. Nothing is remembered.</summary>
    FullAlone,
}
