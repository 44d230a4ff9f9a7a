using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KubeSentiment.Bench.Bare;

/// <summary>bench bare: what Kestrel and JSON alone cost. No routing, no middleware, no checks, no model.</summary>
internal static class BareCommand
{
    private static readonly Dictionary<string, double> Scores = new(StringComparer.Ordinal)
    {
        ["NEGATIVE"] = 0.012345678901234567,
        ["NEUTRAL"] = 0.023456789012345678,
        ["POSITIVE"] = 0.964197532086419755,
    };

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1.", DefaultValueFactory = _ => 8001 };
        var command = new Command("bare", "Serve the same JSON from a bare Kestrel endpoint, until SIGTERM.") { port };
        command.SetAction((parsed, cancellation) => ServeAsync(parsed.GetValue(port), cancellation));
        return command;
    }

    private static async Task ServeAsync(int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(cancellation);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = await context.Request.ReadFromJsonAsync(BareJson.Default.BareRequest, context.RequestAborted);
        var text = request?.Text ?? "";
        var answer = new BareAnswer(
            "POSITIVE", Scores["POSITIVE"], Scores, Guid.NewGuid().ToString("N"), InferenceTimeMs: 0.123, QueueTimeMs: 0.045,
            "sentiment", "0123456789abcdef", "onnx", "full", text.Length, Tokens: text.Length / 4, Truncated: false, "l1", []);
        await context.Response.WriteAsJsonAsync(answer, BareJson.Default.BareAnswer, cancellationToken: context.RequestAborted);
    }
}
