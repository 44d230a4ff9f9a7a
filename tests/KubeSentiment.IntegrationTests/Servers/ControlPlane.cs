using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.Tests;

[assembly: AssemblyFixture(typeof(ControlPlane))]

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>What a command printed.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test if the command failed, or warned of anything.</summary>
    public string ShouldBeQuiet()
    {
        (ExitCode, Errors).ShouldBe((0, ""), Output);
        return Output;
    }
}

/// <summary>
/// A real Kubernetes control plane with simulated nodes that the tests share, with the repository's manifests applied; started by the first test that wants it. Pods are
/// scheduled and reported ready, but nothing runs in them.
/// </summary>
/// <remarks>
/// Tests that use it run one after the other. The script is looked for in <c>KUBERNETES_SCRIPT</c> and beside the repository; where there is none, tests are skipped, and fail
/// with <c>REQUIRE_SERVERS=1</c>.
/// </remarks>
public sealed class ControlPlane : IAsyncDisposable
{
    /// <summary>The collection of the tests that use it.</summary>
    public const string Collection = "Kubernetes";

    internal const string Namespace = "kubesentiment";
    private const int Ports = 6;
    private const int Nodes = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("kubernetes-").FullName;
    private string? _script;
    private HttpClient? _api;
    private CommandResult? _applied;

    /// <summary>What starts it; beside it lie the definitions of the operators' kinds.</summary>
    internal string Script => _script!;

    private static string Root => CommittedFile.RequireRoot();

    /// <summary>Starts it, if nobody has, and applies the manifests as a user would.</summary>
    /// <returns>What <c>kubectl apply -f k8s/</c> said.</returns>
    internal async Task<CommandResult> StartAsync()
    {
        if (_applied is null)
        {
            _script = RealServer.RequireScript("KUBERNETES_SCRIPT", "kubernetes", "Needs a Kubernetes control plane: set KUBERNETES_SCRIPT to a script that starts one.");
            RealServer.Require("openssl", "openssl");
            var port = FreePorts();
            var started = await RunAsync("bash", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", _script, "start", _folder, port.ToString(), Nodes.ToString()], StartLimit);
            started.ExitCode.ShouldBe(0, $"See {_folder}/*.log.");
            _api = new HttpClient(Trusting(Path.Combine(_folder, "certs", "apiserver.crt"))) { BaseAddress = new Uri($"https://127.0.0.1:{port}") };
            _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(_folder, "token"))).Trim());
            _applied = await KubectlAsync("apply", "-f", "k8s/");

            // There is no storage to give out volumes: one is made by hand.
            await ApplyAsync(
                $"""
                apiVersion: v1
                kind: PersistentVolume
                metadata:
                  name: redis
                spec:
                  capacity:
                    storage: 10Gi
                  accessModes: [ReadWriteOnce]
                  hostPath:
                    path: /nowhere
                  claimRef:
                    namespace: {Namespace}
                    name: redis
                """);
        }

        return _applied;
    }

    /// <summary>Runs kubectl in the repository's folder.</summary>
    internal Task<CommandResult> KubectlAsync(params string[] arguments) =>
        RunAsync("bash", [_script!, "kubectl", "--kubeconfig", Path.Combine(_folder, "kubeconfig"), .. arguments], CommandLimit);

    /// <summary>Applies a manifest of the test's own.</summary>
    internal async Task ApplyAsync(string manifest)
    {
        var file = Path.Combine(_folder, "manifest.yaml");
        await File.WriteAllTextAsync(file, manifest);
        (await KubectlAsync("apply", "--server-side", "-f", file)).ShouldBeQuiet();
    }

    /// <summary>Asks the API server.</summary>
    internal async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _api!.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    /// <summary>The service's pods that are not on their way out.</summary>
    internal async Task<IReadOnlyList<JsonNode>> PodsAsync() =>
        [.. (await GetAsync($"/api/v1/namespaces/{Namespace}/pods?labelSelector=app.kubernetes.io/name%3D{Namespace}"))["items"]!.AsArray()
            .Where(pod => pod!["metadata"]!["deletionTimestamp"] is null)!];

    /// <summary>Sends what no kubectl command sends.</summary>
    internal async Task<int> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var response = await _api!.PostAsync(path, content, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_script is not null)
        {
            await RunAsync("bash", [_script, "stop", _folder], StartLimit);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>For a server whose certificate was signed by nobody else than the authority in its own file.</summary>
    private static SocketsHttpHandler Trusting(string certificates)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(certificates);
        return new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
    }

    /// <summary>The first of so many ports in a row that are free.</summary>
    private static int FreePorts()
    {
        while (true)
        {
            var first = 20_000 + (FreePort.Next() % 10_000);
            if (Enumerable.Range(first, Ports).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<CommandResult> RunAsync(string program, string[] arguments, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System);
        return new CommandResult(process.ExitCode, await output, (await errors).Trim());
    }
}
