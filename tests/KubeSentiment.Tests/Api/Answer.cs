using System.Text.Json;

namespace KubeSentiment.Tests.Api;

/// <summary>An answer of the service, read to its end.</summary>
internal sealed record Answer(int Status, string? ContentType, string Text, ILookup<string, string> Headers)
{
    private JsonElement? _json;

    public JsonElement Json => _json ??= JsonDocument.Parse(Text).RootElement;

    public string? this[string header] => Headers[header].SingleOrDefault();

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var headers = response.Headers.Concat(response.Content.Headers)
                .SelectMany(header => header.Value.Select(value => (header.Key, value)))
                .ToLookup(header => header.Key, header => header.value, StringComparer.OrdinalIgnoreCase);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text, headers);
        }
    }

    /// <summary>Checks that this is the success it should be, and gives its JSON.</summary>
    public JsonElement ShouldBeOk()
    {
        Status.ShouldBe(200, Text);
        ContentType.ShouldBe("application/json");
        return Json;
    }

    /// <summary>Checks everything that all problems have in common.</summary>
    public Answer ShouldBeProblem(int status, string code)
    {
        Status.ShouldBe(status, Text);
        ContentType.ShouldBe("application/problem+json");
        Json.GetProperty("status").GetInt32().ShouldBe(status);
        Json.GetProperty("error_code").GetString().ShouldBe(code);
        Json.GetProperty("type").GetString().ShouldBe($"/docs#description/{code.ToLowerInvariant()}");
        Json.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        Json.GetProperty("correlation_id").GetString().ShouldBe(this["X-Correlation-ID"]);
        (TimeProvider.System.GetUtcNow() - Json.GetProperty("timestamp").GetDateTimeOffset()).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
        return this;
    }

    /// <summary>Checks the one field that is wrong.</summary>
    /// <param name="location">Its names and indexes, joined by slashes.</param>
    /// <param name="message">What is said of it.</param>
    /// <param name="type">The kind of mistake.</param>
    public void ShouldBlame(string location, string message, string type)
    {
        var error = Json.GetProperty("validation_errors").EnumerateArray().ShouldHaveSingleItem();
        string.Join('/', error.GetProperty("loc").EnumerateArray().Select(step => step.GetString())).ShouldBe(location);
        error.GetProperty("msg").GetString().ShouldBe(message);
        error.GetProperty("type").GetString().ShouldBe(type);
        Json.GetProperty("detail").GetString().ShouldBe(message);
    }
}
