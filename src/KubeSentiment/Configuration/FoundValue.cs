namespace KubeSentiment.Configuration;

/// <summary>A value as it was set: one text, an array of them or named ones, and the name under which it was found (a variable or a key).</summary>
internal sealed record FoundValue(
    string Name, string? Text, IReadOnlyList<string?>? Entries = null, IReadOnlyDictionary<string, string>? Members = null);
