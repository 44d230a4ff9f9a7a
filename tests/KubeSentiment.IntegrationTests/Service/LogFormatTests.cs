using System.Text.Json;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Log lines as those read them who collect them.</summary>
public sealed class LogFormatTests
{
    [Fact]
    public async Task Log_AsJson_HasAnObjectALine()
    {
        await using var service = await ServiceProcess.StartAsync(("Logging__Console__FormatterName", "json"));
        await service.TerminateAsync();
        (await service.ExitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);

        var lines = service.Output.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.ShouldAllBe(line => line.GetProperty("Timestamp").GetDateTimeOffset().Offset == TimeSpan.Zero);
        lines.ShouldContain(line => line.GetProperty("EventId").GetInt32() == 200);
    }
}
