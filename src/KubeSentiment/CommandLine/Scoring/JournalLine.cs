using System.Text.Json.Serialization;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>A line of a journal: the job, a safe point, or the end.</summary>
internal sealed record JournalLine(JobIdentity? Job = null, SafePoint? Safe = null, bool Finished = false);

/// <summary>How journals are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
