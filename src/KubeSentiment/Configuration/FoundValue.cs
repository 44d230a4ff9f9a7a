namespace KubeSentiment.Configuration;

/// <summary>A value as it was set: one text or an array of them, and the name under which it was found (a variable or a key).</summary>
internal sealed record FoundValue(string Name, string? Text, IReadOnlyList<string?>? Entries = null);
