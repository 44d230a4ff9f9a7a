using KubeSentiment.Anomalies;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>What docs/anomalies.md shows: the buffer used by an application.</summary>
internal static class AnomaliesExample
{
    public static void Run(AnomalyBuffer buffer, TextWriter output)
    {
        #region application
        // add: gives the id of the entry. The text is kept once, and cut to the setting's length.
        Guid id = buffer.Add(new OddPrediction(
            Guid.CreateVersion7(), "Best. Worst. Film. Ever.", "NEUTRAL", Score: 0.36f, [new Anomaly(AnomalyType.LowConfidence, Score: 0.8f)])
        {
            Source = "reviews/3/4711",
        });
        Guid again = buffer.Add(new OddPrediction(
            Guid.CreateVersion7(), "Best. Worst. Film. Ever.", "NEUTRAL", Score: 0.36f, [new Anomaly(AnomalyType.LowConfidence, Score: 0.8f)]),
            ttl: TimeSpan.FromMinutes(5));
        output.WriteLine($"a replay has the same entry: {again == id}");

        // get and get_recent: the newest first, filtered by type and by how odd they are.
        AnomalyEntry? entry = buffer.Get(id);
        output.WriteLine($"{entry?.Label} of {entry?.Source}, {entry?.TextLength} characters");
        foreach (var recent in buffer.GetRecent(limit: 10, minScore: 0.5, type: AnomalyType.LowConfidence))
        {
            output.WriteLine($"\"{recent.Text}\" is kept for {(recent.ExpiresAt - recent.DetectedAt).TotalMinutes} minutes");
        }

        // get_stats and clear.
        AnomalyBufferStatistics statistics = buffer.GetStatistics();
        output.WriteLine($"{statistics.Size} of {statistics.Capacity}, {statistics.Repeated} repeated, {statistics.Types[AnomalyType.LowConfidence]} close calls");
        int removed = buffer.Clear();
        output.WriteLine($"{removed} forgotten");
        #endregion
    }
}
