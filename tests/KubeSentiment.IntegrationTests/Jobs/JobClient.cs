using System.Globalization;
using System.Text.Json;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Jobs;

/// <summary>Jobs over HTTP, with numbered texts whose length tells which they are.</summary>
internal static class JobClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its number of characters is the text's number, from 10 on; its words are new to any cache.</summary>
    public static string TextOf(int number) => $"{number:00000} good ".PadRight(number % 200 + 20, 'x');

    public static async Task<string> SubmitAsync(ServiceProcess service, int texts, string priority = "medium", int timeoutSeconds = 600)
    {
        var (status, body) = await service.PostAsync(
            "/api/v1/batch/predict",
            JsonSerializer.Serialize(new { texts = Enumerable.Range(0, texts).Select(TextOf), priority, timeout_seconds = timeoutSeconds }));
        status.ShouldBe(202, body);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("job_id").GetString()!;
    }

    public static async Task<(int Code, string Status, int Processed, string Body)> StatusAsync(ServiceProcess service, string id)
    {
        using var response = await service.Client.GetAsync($"/api/v1/batch/status/{id}", Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        using var json = JsonDocument.Parse(body);
        return response.IsSuccessStatusCode
            ? ((int)response.StatusCode, json.RootElement.GetProperty("status").GetString()!, json.RootElement.GetProperty("processed_texts").GetInt32(), body)
            : ((int)response.StatusCode, json.RootElement.GetProperty("error_code").GetString()!, 0, body);
    }

    public static Task UntilAsync(ServiceProcess service, string id, Func<(int Code, string Status, int Processed, string Body), bool> isSo, int seconds = 120) =>
        Poll.UntilAsync(async () => isSo(await StatusAsync(service, id)), TimeSpan.FromSeconds(seconds));

    /// <summary>Reads all pages, and holds each result to its text: right length at its place, and an answer of its own.</summary>
    public static async Task ShouldBeCompleteAsync(ServiceProcess service, string id, int texts)
    {
        HashSet<string> ids = [];
        List<int> lengths = [];
        for (var page = 1; lengths.Count < texts; page++)
        {
            using var json = JsonDocument.Parse(await service.Client.GetStringAsync($"/api/v1/batch/results/{id}?page={page}&page_size=1000", Cancellation));
            var results = json.RootElement.GetProperty("results").EnumerateArray().ToList();
            results.ShouldNotBeEmpty();
            lengths.AddRange(results.Select(result => result.GetProperty("text_length").GetInt32()));
            ids.UnionWith(results.Select(result => result.GetProperty("prediction_id").GetString()!));
        }

        lengths.ShouldBe(Enumerable.Range(0, texts).Select(number => TextOf(number).Length));
        ids.Count.ShouldBe(texts);
    }

    /// <summary>A counter or gauge of the replica, all of its series together.</summary>
    public static async Task<double> MetricAsync(ServiceProcess service, string name, string labels = "")
    {
        var metrics = await service.Client.GetStringAsync("/metrics", Cancellation);
        return metrics.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' ' && line.Contains(labels))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
