using System.Text;
using System.Text.Json;

namespace KubeSentiment.Tests.Api;

/// <summary>Jobs over HTTP, as a caller submits and follows them.</summary>
internal static class JobRequests
{
    public const string Submit = "/api/v1/batch/predict";

    public static Task<Answer> SubmitAsync(this TestService service, params string?[] texts) =>
        service.PostAsync(Submit, JsonSerializer.Serialize(new { texts }));

    public static Task<Answer> SubmitLinesAsync(this TestService service, string lines, string query = "") =>
        service.SendAsync(new HttpRequestMessage(HttpMethod.Post, Submit + query)
        {
            Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson"),
        });

    /// <summary>The id of a job that was taken on.</summary>
    public static string ShouldBeAccepted(this Answer answer)
    {
        answer.Status.ShouldBe(202, answer.Text);
        var id = answer.Json.GetProperty("job_id").GetString().ShouldNotBeNull();
        answer["Location"].ShouldBe($"/api/v1/batch/status/{id}");
        return id;
    }

    public static Task<Answer> StatusAsync(this TestService service, string id) => service.GetAsync($"/api/v1/batch/status/{id}");

    public static Task<Answer> ResultsAsync(this TestService service, string id, string query = "") => service.GetAsync($"/api/v1/batch/results/{id}{query}");

    public static Task<Answer> CancelAsync(this TestService service, string id) => service.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/batch/jobs/{id}"));

    /// <summary>Asks again and again until the job is in that state.</summary>
    public static Task<JsonElement> UntilAsync(this TestService service, string id, string state) =>
        AskingAgain.UntilAsync(async () => (await service.StatusAsync(id)).ShouldBeOk(), status => status.GetProperty("status").GetString() == state);
}
