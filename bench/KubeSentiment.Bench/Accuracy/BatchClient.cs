using System.Net.Http.Json;
using System.Text.Json;

namespace KubeSentiment.Bench.Accuracy;

/// <summary>Asks the batch route for the scores of texts.</summary>
internal sealed class BatchClient(Uri server, string? apiKey) : IDisposable
{
    private readonly HttpClient _http = Create(server, apiKey);

    /// <summary>The scores of each text, in order; null where the service answered this text with an error.</summary>
    public async Task<List<Dictionary<string, double>?>> ScoresAsync(string[] texts, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/predict/batch", new BatchRequest(texts), ResultJson.Default.BatchRequest, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidDataException($"{(int)answer.StatusCode} from the batch route: {await answer.Content.ReadAsStringAsync(cancellation)}");
        }

        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        var results = body.RootElement.GetProperty("results");
        return results.GetArrayLength() == texts.Length
            ? [.. results.EnumerateArray().Select(Scores)]
            : throw new InvalidDataException($"{results.GetArrayLength()} results for {texts.Length} texts.");
    }

    /// <summary>Whether a fast model answers a part of the texts.</summary>
    public async Task<bool> HasTwoSpeedsAsync(CancellationToken cancellation)
    {
        using var info = await JsonDocument.ParseAsync(await _http.GetStreamAsync("/api/v1/model-info", cancellation), cancellationToken: cancellation);
        return info.RootElement.TryGetProperty("cascade", out _);
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, double>? Scores(JsonElement result) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty("scores", out var scores) && scores.ValueKind == JsonValueKind.Object
            ? scores.EnumerateObject().ToDictionary(score => score.Name, score => score.Value.GetDouble())
            : null;

    private static HttpClient Create(Uri server, string? apiKey)
    {
        var http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(2) };
        if (apiKey is not null)
        {
            http.DefaultRequestHeaders.Add("X-API-Key", apiKey);
        }

        return http;
    }
}

/// <summary>The body of a batch request.</summary>
internal sealed record BatchRequest(string[] Texts);
