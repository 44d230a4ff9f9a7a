using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.Tests.Kubernetes;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>The real programs with what the manifests give their containers: environment, configuration, command, probes.</summary>
public sealed class ContainerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_WithThePodsEnvironment_AnswersTheProbes()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "from the secret");
        var container = Manifests.Container(Manifests.One("Deployment"));
        var metricsPort = FreePort.Next();

        // The environment is the pod's, but for what this machine has in the place of the pod's network.
        await using var service = await ServiceProcess.StartAsync(
        [
            .. Environment(container),
            ("MLOPS_HOST", "127.0.0.1"),
            ("MLOPS_PORT", "0"),
            ("MLOPS_METRICS_PORT", metricsPort.ToString(CultureInfo.InvariantCulture)),
            ("MLOPS_REDIS_HOST", "127.0.0.1"),
            ("MLOPS_REDIS_PORT", redis.Port.ToString(CultureInfo.InvariantCulture)),
        ]);

        foreach (var probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            ((int)await service.StatusAsync((string)container[probe]!["httpGet"]!["path"]!)).ShouldBe(200);
        }

        // Settings it does not know would be warned of; what it was given is in force.
        service.Output.ShouldNotContain(line => line.Contains("is not a setting", StringComparison.Ordinal));
        (await service.Client.GetStringAsync("/api/v1/cache/health", Cancellation)).ShouldContain("\"status\":\"healthy\"");
        ((int)await service.StatusAsync("/metrics")).ShouldBe(404);
        (await service.Client.GetStringAsync($"http://127.0.0.1:{metricsPort}/metrics", Cancellation)).ShouldContain("sentiment_ready 1");

        await service.TerminateAsync();
        await Poll.UntilAsync(async () => (int)await service.StatusAsync("/ready") == 503, TimeSpan.FromSeconds(2));
        var grace = TimeSpan.FromSeconds((int)Manifests.One("Deployment")["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"]!);
        (await service.ExitAsync(grace)).ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p\"a\\s $w`d")]
    public async Task Redis_WithItsCommandAndProbes_AsksForThePasswordAndStopsWhenAsked(string password)
    {
        RealServer.Require("redis-server", "redis-server");
        var port = FreePort.Next();
        var folder = Directory.CreateTempSubdirectory("redis-pod-");
        try
        {
            // What the ConfigMap mounts, moved to where a test may write, and to a free port.
            foreach (var (name, text) in Manifests.Data(Manifests.One("ConfigMap", "redis")))
            {
                await File.WriteAllTextAsync(
                    Path.Combine(folder.FullName, name),
                    text.Replace("/etc/redis", folder.FullName, StringComparison.Ordinal).Replace("dir /data", $"dir {folder.FullName}\nport {port}", StringComparison.Ordinal),
                    Cancellation);
            }

            var container = Manifests.Container(Manifests.One("Deployment", "redis"), "redis");
            using var redis = Start(Command(container["command"]!, folder.FullName), ("REDIS_PASSWORD", password));
            try
            {
                var probe = Command(container["readinessProbe"]!["exec"]!["command"]!, folder.FullName, port);
                await Poll.UntilAsync(async () => await ExitCodeAsync(Start(probe, ("REDISCLI_AUTH", password))) == 0, TimeSpan.FromSeconds(10));

                (await ExitCodeAsync(Start(probe, ("REDISCLI_AUTH", password + "x")))).ShouldBe(password.Length == 0 ? 0 : 1);
                (await OutputAsync(Start(["redis-cli", "-p", $"{port}", "config", "get", "maxmemory-policy"], ("REDISCLI_AUTH", password)))).ShouldContain("allkeys-lru");
                (await File.ReadAllTextAsync($"/proc/{redis.Id}/cmdline", Cancellation)).ShouldStartWith("redis-server");
            }
            finally
            {
                // To process 1 of the container, which is Redis itself: it writes its file and ends well.
                using var kill = Process.Start("kill", ["-TERM", redis.Id.ToString(CultureInfo.InvariantCulture)]);
                await redis.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancellation);
            }

            redis.ExitCode.ShouldBe(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The variables of a container, as the kubelet would work them out without any Secret.</summary>
    private static IEnumerable<(string Name, string Value)> Environment(JsonNode container)
    {
        var values = Manifests.Data(Manifests.One("ConfigMap"));
        foreach (var variable in container["env"]!.AsArray())
        {
            var name = (string)variable!["name"]!;
            var value = (string?)variable["value"] ?? (string?)variable["valueFrom"]!["fieldRef"]?["fieldPath"] switch
            {
                "metadata.name" => "kubesentiment-0",
                "metadata.namespace" => "kubesentiment",
                "spec.nodeName" => "node-1",
                "metadata.labels['topology.kubernetes.io/zone']" => "zone-1",
                null when (string?)variable["valueFrom"]!["secretKeyRef"]?["key"] == "password" => "from the secret",
                var field => throw new InvalidOperationException($"{name}: what is {field}?"),
            };
            values[name] = values.Aggregate(value, (text, known) => text.Replace($"$({known.Key})", known.Value, StringComparison.Ordinal));
        }

        return values.Select(variable => (variable.Key, variable.Value));
    }

    private static string[] Command(JsonNode command, string folder, int? port = null) =>
        [.. command.AsArray().Select(word => ((string)word!).Replace("/etc/redis", folder, StringComparison.Ordinal)
            .Replace("redis-cli", port is null ? "redis-cli" : $"redis-cli -p {port}", StringComparison.Ordinal))];

    private static Process Start(string[] command, (string Name, string Value) variable)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (variable.Value.Length > 0)
        {
            start.Environment[variable.Name] = variable.Value;
        }

        return Process.Start(start)!;
    }

    private static async Task<int> ExitCodeAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync(Cancellation);
            return process.ExitCode;
        }
    }

    private static async Task<string> OutputAsync(Process process)
    {
        using (process)
        {
            return await process.StandardOutput.ReadToEndAsync(Cancellation);
        }
    }
}
