using System.Net.Http.Json;
using System.Text.Json;
using KubeSentiment.Bench.Accuracy;

namespace KubeSentiment.Bench.Anomalies;

/// <summary>Sends texts to the batch route and reads what was odd about them.</summary>
internal sealed class InspectionClient : IDisposable
{
    private readonly HttpClient _http;

    public InspectionClient(Uri server, string? apiKey)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(2) };
        if (apiKey is not null)
        {
            _http.DefaultRequestHeaders.Add("X-API-Key", apiKey);
        }
    }

    /// <summary>The answers, in order.</summary>
    /// <exception cref="InvalidDataException">A text has no answer.</exception>
    public async Task<List<InspectedText>> InspectAsync(string[] texts, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/predict/batch", new BatchRequest(texts), ResultJson.Default.BatchRequest, cancellation);
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        return answer.IsSuccessStatusCode && body.RootElement.GetProperty("failed").GetInt32() == 0
            ? [.. body.RootElement.GetProperty("results").EnumerateArray().Select(Read)]
            : throw new InvalidDataException($"{(int)answer.StatusCode} from the batch route, or a text without an answer.");
    }

    public async Task<JsonElement> StatisticsAsync(CancellationToken cancellation)
    {
        using var body = JsonDocument.Parse(await _http.GetStringAsync("/api/v1/anomalies/stats", cancellation));
        return body.RootElement.Clone();
    }

    public void Dispose() => _http.Dispose();

    private static InspectedText Read(JsonElement result) => new(
        result.GetProperty("label").GetString()!,
        [.. result.GetProperty("scores").EnumerateObject().Select(score => score.Value.GetDouble()).OrderDescending()],
        result.GetProperty("truncated").GetBoolean(),
        [.. result.GetProperty("anomalies").EnumerateArray().Select(anomaly => anomaly.GetProperty("type").GetString()!)]);
}
