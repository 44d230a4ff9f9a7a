using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>A real process of the service for each simulated pod: started when the pod comes, stopped by SIGTERM when it goes, and scraped by Prometheus meanwhile.</summary>
internal sealed class ReplicaFleet : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(2);

    private readonly ControlPlane _cluster;
    private readonly PrometheusServer _prometheus;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentDictionary<string, ServiceProcess> _replicas = new();
    private readonly Dictionary<string, Task> _starting = [];
    private readonly List<Task> _stopping = [];
    private Task _running = Task.CompletedTask;

    // Swapped whole by the loop.
    private volatile ImmutableList<(DateTimeOffset At, int Pods)> _history = [];

    private ReplicaFleet(ControlPlane cluster, PrometheusServer prometheus)
    {
        _cluster = cluster;
        _prometheus = prometheus;
    }

    /// <summary>The pods that have a process.</summary>
    public IReadOnlyList<string> Pods => [.. _replicas.Keys];

    /// <summary>How many pods there were, whenever that changed.</summary>
    public ImmutableList<(DateTimeOffset At, int Pods)> History => _history;

    public static ReplicaFleet Start(ControlPlane cluster, PrometheusServer prometheus)
    {
        var fleet = new ReplicaFleet(cluster, prometheus);
        fleet._running = fleet.RunAsync();
        return fleet;
    }

    /// <summary>A caller: sends one text after the other, each to the next replica, whatever it is answered, until the end.</summary>
    /// <param name="number">The caller's own, so that no two send the same text.</param>
    /// <param name="text">Follows the number in each text.</param>
    /// <param name="end">When to stop.</param>
    public async Task CallAsync(int number, string text, CancellationToken end)
    {
        for (var turn = number; !end.IsCancellationRequested; turn++)
        {
            var replicas = _replicas.Values.ToList();
            try
            {
                using var body = new StringContent($$"""{"text":"{{number}} {{turn}} {{text}}"}""", Encoding.UTF8, "application/json");
                using var answer = await replicas[turn % replicas.Count].Client.PostAsync("/api/v1/predict", body, end);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    await Task.Delay(PauseAfterRefusal, TimeProvider.System, end);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                // The replica went: the next one takes over.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // As it was told.
        }
        finally
        {
            await Task.WhenAll([.. _stopping, .. _starting.Values]);
            foreach (var replica in _replicas.Values)
            {
                await replica.DisposeAsync();
            }

            _stop.Dispose();
        }
    }

    private static async Task StopAsync(ServiceProcess replica)
    {
        await replica.TerminateAsync();
        await replica.ExitAsync(TimeSpan.FromSeconds(60));
        await replica.DisposeAsync();
    }

    /// <summary>As with a real pod, all others go on meanwhile; one that does not come up in time is tried again.</summary>
    private async Task StartAsync(string pod)
    {
        try
        {
            _replicas[pod] = await ServiceProcess.StartAsync(("MLOPS_INFERENCE_WORKERS", "1"), ("MLOPS_PREDICTION_CACHE_ENABLED", "false"));
        }
        catch (Exception e) when (e.InnerException is TimeoutException or OperationCanceledException)
        {
            // The loop comes round again.
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            var pods = (await _cluster.PodsAsync()).Select(pod => (string)pod["metadata"]!["name"]!).ToHashSet();
            if (_history is [] || _history[^1].Pods != pods.Count)
            {
                _history = _history.Add((TimeProvider.System.GetUtcNow(), pods.Count));
            }

            foreach (var gone in _replicas.Keys.Except(pods).ToList())
            {
                _replicas.TryRemove(gone, out var replica);
                _stopping.Add(StopAsync(replica!));
            }

            foreach (var come in pods.Where(pod => !_replicas.ContainsKey(pod) && !(_starting.TryGetValue(pod, out var start) && !start.IsCompleted)))
            {
                _starting[come] = StartAsync(come);
            }

            _prometheus.SetTargets(_replicas.Select(replica => new ScrapeTarget(replica.Value.Client.BaseAddress!, replica.Key)));
        }
    }
}
