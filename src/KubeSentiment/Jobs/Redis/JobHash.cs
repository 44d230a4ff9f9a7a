using StackExchange.Redis;

namespace KubeSentiment.Jobs.Redis;

/// <summary>A job as its hash in Redis has it.</summary>
internal static class JobHash
{
    public static readonly RedisValue[] Fields =
        ["state", "priority", "total", "chunk_texts", "timeout", "created", "done", "failed", "started", "finished", "until", "reason"];

    public static readonly string FieldNames = string.Join(',', Fields);

    /// <summary>The job.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="values">Those of <see cref="Fields"/>.</param>
    /// <returns>Null when there is none, or none that is complete.</returns>
    public static Job? Read(Guid id, RedisValue[] values)
    {
        if (values[0].IsNull || values[0] == "loading" || Array.Exists(values[1..8], value => value.IsNull) || !JobPriorities.TryParse(values[1], out var priority))
        {
            return null;
        }

        return new Job(id, priority.Value, (int)values[2], (int)values[3], TimeSpan.FromMilliseconds((long)values[4]), Time(values[5])!.Value)
        {
            State = JobStates.Parse(values[0]!),
            DoneTexts = (int)values[6],
            FailedTexts = (int)values[7],
            StartedAt = Time(values[8]),
            FinishedAt = Time(values[9]),
            KeptUntil = Time(values[10]),
            Reason = values[11] is { IsNullOrEmpty: false } reason ? reason.ToString() : null,
        };
    }

    private static DateTimeOffset? Time(RedisValue milliseconds) => milliseconds.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
}
