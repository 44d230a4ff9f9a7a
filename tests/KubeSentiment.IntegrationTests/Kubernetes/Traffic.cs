using System.Text;
using System.Text.Json;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>Callers of some replicas: they send texts of which a share was sent before, until they are disposed of.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly IReadOnlyList<ServiceProcess> _replicas;
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<Task> _callers;
    private int _number;

    private Traffic(IReadOnlyList<ServiceProcess> replicas, int callers, double repeated)
    {
        _replicas = replicas;
        _callers = [.. Enumerable.Range(0, callers).Select(caller => CallAsync(new Random(caller), repeated))];
    }

    /// <summary>Begins to call.</summary>
    /// <param name="replicas">Whom to call, in turn.</param>
    /// <param name="callers">How many call at once.</param>
    /// <param name="repeated">The share of texts that were sent before, by somebody, to some replica.</param>
    public static Traffic Start(IReadOnlyList<ServiceProcess> replicas, int callers, double repeated) => new(replicas, callers, repeated);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_callers);
        _end.Dispose();
    }

    private async Task CallAsync(Random random, double repeated)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var replica = _replicas[random.Next(_replicas.Count)];
                await (random.Next(20) switch
                {
                    0 => SendAsync(replica, Batches.Path, new { texts = Enumerable.Range(0, 8).Select(_ => Text(random, repeated)) }),
                    1 => SendAsync(replica, "/api/v1/features", new { text = Text(random, repeated) }),
                    _ => SendAsync(replica, "/api/v1/predict", new { text = Text(random, repeated) }),
                });
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                // The end.
            }
        }
    }

    private string Text(Random random, double repeated) =>
        random.NextDouble() < repeated ? $"text {random.Next(200)} of those that come again" : $"text {Interlocked.Increment(ref _number)} that nobody sent before";

    private async Task SendAsync<T>(ServiceProcess replica, string path, T body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await replica.Client.PostAsync(path, content, _end.Token);
    }
}
