namespace KubeSentiment.Streaming.Messages;

/// <summary>The reasons' names in headers, metrics and documents.</summary>
internal static class PoisonReasons
{
    public static readonly IReadOnlyList<PoisonReason> All = Enum.GetValues<PoisonReason>();

    public static string Name(this PoisonReason reason) => reason switch
    {
        PoisonReason.Tombstone => "tombstone",
        PoisonReason.Empty => "empty",
        PoisonReason.InvalidUtf8 => "invalid_utf8",
        PoisonReason.BrokenJson => "broken_json",
        PoisonReason.NoText => "no_text",
        PoisonReason.FieldTwice => "field_twice",
        PoisonReason.TooLong => "too_long",
        PoisonReason.ModelFailed => "model_failed",
        PoisonReason.ResultTooLarge => "result_too_large",
        PoisonReason.Refused => "refused",
        _ => "unforeseen",
    };
}
