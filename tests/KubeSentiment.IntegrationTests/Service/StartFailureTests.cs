using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeSentiment.Tests.Inference.Graphs;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A start that cannot succeed: one clear line a cause on standard error, no stack trace, and an exit code that is not 0.</summary>
public sealed class StartFailureTests
{
    private static readonly TimeSpan Quickly = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Start_PortInUse_NamesTheSetting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString();

        var line = (await FailAsync(("MLOPS_PORT", port))).ShouldHaveSingleItem();

        line.ShouldContain(port);
        line.ShouldContain("MLOPS_PORT");
    }

    [Fact]
    public async Task Start_AddressOfAnotherMachine_NamesTheSetting() =>
        (await FailAsync(("MLOPS_HOST", "192.0.2.1"), ("MLOPS_PORT", "8000"))).ShouldHaveSingleItem().ShouldContain("MLOPS_HOST");

    [Fact]
    public async Task Start_NoSuchModelFolder_NamesItAndTheSetting()
    {
        var line = (await FailAsync(("MLOPS_ONNX_MODEL_PATH", "/no/such/model"))).ShouldHaveSingleItem();

        line.ShouldContain("'/no/such/model'");
        line.ShouldContain("MLOPS_ONNX_MODEL_PATH");
    }

    [Fact]
    public async Task Start_DamagedGraph_NamesTheFile()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        File.WriteAllBytes(model["model.onnx"], File.ReadAllBytes(model["model.onnx"])[..100_000]);

        (await FailAsync(("MLOPS_ONNX_MODEL_PATH", model.Folder))).ShouldHaveSingleItem().ShouldContain(model["model.onnx"]);
    }

    [Fact]
    public async Task Start_MissingGraph_NamesTheFolder()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        File.Delete(model["model.onnx"]);

        (await FailAsync(("MLOPS_ONNX_MODEL_PATH", model.Folder))).ShouldHaveSingleItem().ShouldContain(model.Folder);
    }

    /// <summary>The graph is a pipe that nobody writes to: ONNX Runtime is still opening it when the missing file ends the start. Ending under it was a segmentation fault.</summary>
    [Fact]
    public async Task Start_FailsWhileTheGraphIsBeingOpened_EndsOnlyAfterIt()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        File.Delete(model["vocab.txt"]);
        File.Delete(model["tokenizer.json"]);
        File.Delete(model["model.onnx"]);
        using (var pipe = Process.Start("mkfifo", model["model.onnx"]))
        {
            await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using var service = ServiceProcess.Launch(("MLOPS_ONNX_MODEL_PATH", model.Folder));
        await Poll.UntilAsync(() => Task.FromResult(service.Errors.Count > 0), Quickly);
        await Should.ThrowAsync<TimeoutException>(service.ExitAsync(TimeSpan.FromSeconds(1)));

        await File.Open(model["model.onnx"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite).DisposeAsync();

        (await service.ExitAsync(Quickly)).ShouldBe(1);
        service.Errors.ShouldHaveSingleItem().ShouldContain("vocab.txt is missing");
    }

    [Fact]
    public async Task Start_DamagedConfiguration_NamesTheFile()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        File.WriteAllText(model["config.json"], """{"model_type":""");

        (await FailAsync(("MLOPS_ONNX_MODEL_PATH", model.Folder))).ShouldHaveSingleItem().ShouldContain(model["config.json"]);
    }

    [Fact]
    public async Task Start_DamagedSettings_NamesTheFile()
    {
        using var settings = new EnvironmentSettings("""{"Service": {"Port": """);

        var line = (await FailAsync(("DOTNET_ENVIRONMENT", settings.Environment))).ShouldHaveSingleItem();

        line.ShouldContain(settings.File);
        line.ShouldContain("LineNumber: 0");
    }

    /// <summary>Such a graph does not say how many logits it answers with; its first run does, before the service is ready.</summary>
    [Fact]
    public async Task Start_FreeNumberOfLogitsOfAnotherModel_NamesTheFile()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        File.WriteAllBytes(model["model.onnx"], GraphFile.WithEmbedding(words: 30_000).Classify("hidden", labels: 3).WithFreeLogits().Bytes());

        (await FailAsync(("MLOPS_ONNX_MODEL_PATH", model.Folder))).ShouldHaveSingleItem().ShouldContain(
            $"'{model["model.onnx"]}' answers 3 logits but id2label in config.json names 2 labels");
    }

    [Fact]
    public async Task Start_SeveralWrongSettings_HasALineForEach()
    {
        var lines = await FailAsync(("MLOPS_PORT", "eighty"), ("MLOPS_LOG_LEVEL", "LOUD"), ("MLOPS_MAX_TEXT_LENGTH", "0"), ("MLOPS_ENABLE_TRACING", "true"));

        lines.Count.ShouldBe(4);
        lines.ShouldContain(line => line.Contains("""MLOPS_PORT="eighty" is not a whole number"""));
        lines.ShouldContain(line => line.Contains("""MLOPS_LOG_LEVEL="LOUD" """));
        lines.ShouldContain(line => line.Contains("""MLOPS_MAX_TEXT_LENGTH="0" is out of range"""));
        lines.ShouldContain(line => line.Contains("MLOPS_OTLP_ENDPOINT is needed"));
    }

    private static async Task<IReadOnlyCollection<string>> FailAsync(params (string Name, string Value)[] variables)
    {
        await using var service = ServiceProcess.Launch(variables);

        (await service.ExitAsync(Quickly)).ShouldBe(1);

        service.Errors.ShouldAllBe(line => line.StartsWith("kubesentiment: ", StringComparison.Ordinal));
        service.Output.Concat(service.Errors).ShouldNotContain(line => line.Contains("   at "), "A stack trace helps nobody here.");
        return service.Errors;
    }
}
