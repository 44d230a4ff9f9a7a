using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>Samples of what kube-state-metrics, cAdvisor and redis_exporter publish, as they publish them, for Prometheus to scrape.</summary>
internal sealed partial class Exporter : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Exporter(string samples)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        var started = TimeProvider.System.GetTimestamp();
        _app.MapGet("/metrics", () => Results.Text(Grown(samples, TimeProvider.System.GetElapsedTime(started))));
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<Exporter> StartAsync()
    {
        var samples = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "foreign-metrics.txt"), TestContext.Current.CancellationToken);
        var exporter = new Exporter(samples.ReplaceLineEndings("\n"));
        await exporter._app.StartAsync(TestContext.Current.CancellationToken);
        return exporter;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Counters grow by one in ten seconds.</summary>
    private static string Grown(string samples, TimeSpan since) =>
        Counter().Replace(samples, match => (double.Parse(match.Value, CultureInfo.InvariantCulture) + (since.TotalSeconds / 10)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(?<=^\w+_total\{.*\} )\S+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counter();
}
