namespace KubeSentiment.CommandLine.Scoring;

/// <summary>What decides the bytes of an output: only where all of it is the same may a run go on where another stopped.</summary>
/// <param name="Input">The input's full path.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Modified">When it was last written.</param>
/// <param name="Model">The model's fingerprint.</param>
/// <param name="Options">The options and settings that show in the output.</param>
/// <param name="Program">The program's version.</param>
internal sealed record JobIdentity(string Input, long Size, DateTimeOffset Modified, string Model, string Options, string Program)
{
    /// <summary>What has changed since another run, in words; null when nothing has.</summary>
    public string? DifferenceFrom(JobIdentity earlier) =>
        Input != earlier.Input ? $"another input was read ({earlier.Input})"
        : Size != earlier.Size || Modified != earlier.Modified ? "the input was changed since"
        : Model != earlier.Model ? $"another model scored it ({earlier.Model}, now {Model})"
        : Options != earlier.Options ? $"it was begun with other options ({earlier.Options}; now {Options})"
        : Program != earlier.Program ? $"another version of the program began it ({earlier.Program}, now {Program})"
        : null;
}
