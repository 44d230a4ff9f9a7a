using KubeSentiment.Streaming;

namespace KubeSentiment.IntegrationTests.Streaming;

/// <summary>The example of docs/streaming.md, compiled and run against a broker.</summary>
internal static class StreamingExample
{
    #region loop
    public static int Process(SentimentConsumers consumers, TextWriter output, CancellationToken stop)
    {
        // start: a member of the group, on this thread.
        using var consumer = consumers.Open(stop);
        var processed = 0;
        StreamBatch? last = null;
        while (!stop.IsCancellationRequested)
        {
            // poll: the next batch, whose prediction begins at once, and then
            var next = consumer.Poll(TimeSpan.FromMilliseconds(100));

            // commit: the last one, results and offsets in one transaction. False: nothing of it is visible, and its messages come again.
            if (last is not null && consumer.Commit(last))
            {
                processed += last.Count;
                output.WriteLine($"{last.Count} messages committed");
            }

            last = next;
        }

        // get_instance_info.
        ConsumerThreadInfo info = consumer.GetInfo();
        output.WriteLine($"{info.State}, {info.Partitions.Count} partitions");

        // stop: the end of the block finishes what is in hand and leaves the group.
        return processed;
    }
    #endregion
}
