using System.Diagnostics;
using System.Text.Json;
using KubeSentiment.Bench.Kafka.Kill;
using KubeSentiment.Bench.Load;
using KubeSentiment.Bench.Report;

namespace KubeSentiment.Bench.Kafka.Throughput;

/// <summary>How the service did.</summary>
/// <param name="PerSecond">Messages a second, by its own count of committed ones.</param>
/// <param name="Megabytes">Its resident memory at the end.</param>
/// <param name="Cores">The cores that it used.</param>
/// <param name="OtherCores">The cores that all else on the machine used meanwhile: the broker, mostly.</param>
internal sealed record ServiceFigures(double PerSecond, double Megabytes, double Cores, double OtherCores);

/// <summary>The service as it is shipped, moving a topic of texts.</summary>
internal sealed class ServiceRun(string program, int port, IReadOnlyDictionary<string, string> settings)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Moves all messages of its topic.</summary>
    /// <param name="messages">How many there are.</param>
    /// <param name="warmup">Rate and cores are taken of those after the first so many.</param>
    public async Task<ServiceFigures> MeasureAsync(int messages, int warmup)
    {
        var worker = new Worker(program, settings["MLOPS_KAFKA_CONSUMER_GROUP"], new Dictionary<string, string>(settings)
        {
            ["MLOPS_HOST"] = "127.0.0.1",
            ["MLOPS_PORT"] = port.ToString(),
            ["MLOPS_LOG_LEVEL"] = "WARNING",
        });
        worker.Start();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        try
        {
            var process = new WatchedProcess(ProcessUse.Server, worker.Id);
            var (began, counted, done, all) = (0L, 0L, 0L, 0.0);
            var started = Stopwatch.GetTimestamp();
            while (done < messages)
            {
                if (!worker.Runs || Stopwatch.GetElapsedTime(started) > Limit)
                {
                    throw new IOException($"The service stopped at {done} of {messages} messages.\n{string.Join('\n', worker.Log)}");
                }

                await Task.Delay(Period, TimeProvider.System);
                done = await ProcessedAsync(http);
                if (began == 0 && done >= warmup)
                {
                    (began, counted, all) = (Stopwatch.GetTimestamp(), done, Machine.CpuSeconds());
                    process.Begin();
                }
            }

            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var use = process.Use(messages - counted);
            return new ServiceFigures(
                (messages - counted) / seconds, use.RssAfterKb / 1024.0, use.CpuSeconds / seconds, (Machine.CpuSeconds() - all - use.CpuSeconds) / seconds);
        }
        finally
        {
            await worker.KillAsync();
        }
    }

    private static async Task<long> ProcessedAsync(HttpClient http)
    {
        try
        {
            using var figures = JsonDocument.Parse(await http.GetStringAsync("/api/v1/kafka-metrics"));
            return figures.RootElement.GetProperty("messages_processed").GetInt64();
        }
        catch (HttpRequestException)
        {
            // It still starts.
            return 0;
        }
    }
}
