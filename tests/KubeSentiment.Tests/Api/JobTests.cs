using System.Text.Json;
using KubeSentiment.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KubeSentiment.Tests.Api;

/// <summary>Background jobs over HTTP, in one process.</summary>
public sealed class JobTests(TestService service)
{
    private static readonly string[] Fields =
        ["job_id", "status", "priority", "total_texts", "processed_texts", "failed_texts", "progress_percentage", "created_at", "expires_at"];

    [Fact]
    public async Task Submit_Texts_AreScoredAsAloneAndInOrder()
    {
        string[] texts = [.. Enumerable.Range(0, 250).Select(i => i % 3 == 0 ? $"I love it {i}" : $"awful, broken and slow {i}")];

        var answer = await service.SubmitAsync(texts);

        var id = answer.ShouldBeAccepted();
        answer.Json.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
        (answer.Json.GetProperty("status").GetString(), answer.Json.GetProperty("priority").GetString(), answer.Json.GetProperty("total_texts").GetInt32())
            .ShouldBe(("pending", "medium", 250));
        var status = await service.UntilAsync(id, "completed");
        (status.GetProperty("processed_texts").GetInt32(), status.GetProperty("failed_texts").GetInt32(), status.GetProperty("progress_percentage").GetDouble())
            .ShouldBe((250, 0, 100));
        status.GetProperty("finished_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(status.GetProperty("started_at").GetDateTimeOffset());

        List<JsonElement> results = [];
        for (var page = 1; page <= 3; page++)
        {
            var one = (await service.ResultsAsync(id, $"?page={page}&page_size=90")).ShouldBeOk();
            (one.GetProperty("page").GetInt32(), one.GetProperty("total_pages").GetInt32(), one.GetProperty("first_index").GetInt32()).ShouldBe((page, 3, (page - 1) * 90));
            one.GetProperty("model_versions").GetArrayLength().ShouldBe(1);
            results.AddRange(one.GetProperty("results").EnumerateArray());
        }

        results.Select(result => result.GetProperty("text_length").GetInt32()).ShouldBe(texts.Select(text => text.Length));
        results.Select(result => result.GetProperty("label").GetString()).ShouldBe(texts.Select(text => text.StartsWith('I') ? "POSITIVE" : "NEGATIVE"));
        var alone = (await service.PostAsync("/api/v1/predict", JsonSerializer.Serialize(new { text = texts[137] }))).ShouldBeOk();
        results[137].GetProperty("scores").GetRawText().ShouldBe(alone.GetProperty("scores").GetRawText());
    }

    [Fact]
    public async Task Submit_BadTextsAmongGood_KeepTheirPlaceAndReason()
    {
        var id = (await service.SubmitAsync("good", "", null, "bad", new string('x', 10_001), "  ")).ShouldBeAccepted();

        var status = await service.UntilAsync(id, "completed");

        status.GetProperty("failed_texts").GetInt32().ShouldBe(4);
        var results = (await service.ResultsAsync(id)).ShouldBeOk().GetProperty("results").EnumerateArray().ToList();
        results.Select(result => result.TryGetProperty("error", out var error) ? error.GetProperty("error_code").GetString() : "").ShouldBe(
            ["", "E1003", "E1003", "", "E1002", "E1003"]);
        results[3].GetProperty("label").GetString().ShouldBe("NEGATIVE");
    }

    [Fact]
    public async Task Submit_ATextThatBreaksTheModel_FailsAlone()
    {
        using var model = new BreakableModel();
        await using var broken = TestService.With(("Inference:OnnxModelPath", model.Folder), ("Resilience:FailureThreshold", "100"));
        var id = (await broken.SubmitAsync("good", BreakableModel.Word, "bad")).ShouldBeAccepted();

        (await broken.UntilAsync(id, "completed")).GetProperty("failed_texts").GetInt32().ShouldBe(1);

        var results = (await broken.ResultsAsync(id)).ShouldBeOk().GetProperty("results").EnumerateArray().ToList();
        results[1].GetProperty("error").GetProperty("error_code").GetString().ShouldBe("E2002");
        results[2].TryGetProperty("label", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Results_BeyondTheLastPage_AreNone()
    {
        var id = (await service.SubmitAsync("good", "bad")).ShouldBeAccepted();
        await service.UntilAsync(id, "completed");

        (await service.ResultsAsync(id, "?page=2")).ShouldBeOk().GetProperty("results").GetArrayLength().ShouldBe(0);
        (await service.ResultsAsync(id, "?page=2147483647&page_size=1000")).ShouldBeOk().GetProperty("results").GetArrayLength().ShouldBe(0);
        (await service.ResultsAsync(id, "?page=2&page_size=1")).ShouldBeOk().GetProperty("results").GetArrayLength().ShouldBe(1);
        (await service.ResultsAsync(id, "?page=0")).ShouldBeProblem(422, "E1001").ShouldBlame("query/page", "The page must be 1 or more.", "page_invalid");
        (await service.ResultsAsync(id, "?page_size=1001")).ShouldBeProblem(422, "E1001").ShouldBlame("query/page_size", "The page size must be 1 to 1000.", "page_size_invalid");
        (await service.ResultsAsync(id, "?page=x")).ShouldBeProblem(422, "E1001");
    }

    [Theory]
    [InlineData("01a20c72-dce2-7228-a8ef-40d5c7faefed")]
    [InlineData("nonsense")]
    [InlineData("{01a20c72-dce2-7228-a8ef-40d5c7faefed}")]
    public async Task Routes_OfAnUnknownJob_AreE7001(string id)
    {
        (await service.StatusAsync(id)).ShouldBeProblem(404, "E7001");
        (await service.ResultsAsync(id)).ShouldBeProblem(404, "E7001");
        (await service.CancelAsync(id)).ShouldBeProblem(404, "E7001");
    }

    [Fact]
    public async Task Cancel_AJobThatWaits_EndsItAndItsTextsHaveAReason()
    {
        await using var idle = Idle();
        var id = (await idle.SubmitAsync("good", "bad")).ShouldBeAccepted();
        (await idle.ResultsAsync(id)).ShouldBeProblem(409, "E7004")["Retry-After"].ShouldBe("1");

        (await idle.CancelAsync(id)).ShouldBeOk().GetProperty("status").GetString().ShouldBe("cancelled");

        var results = (await idle.ResultsAsync(id)).ShouldBeOk();
        results.GetProperty("status").GetString().ShouldBe("cancelled");
        results.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("error").GetProperty("error_code").GetString()).ShouldBe(["E7005", "E7005"]);
        (await idle.CancelAsync(id)).ShouldBeOk().GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact]
    public async Task Submit_MoreTextsThanMayWaitAtAll_IsNotAskedToComeAgain()
    {
        await using var idle = Idle(("Jobs:MaxTexts", "3"));

        (await idle.SubmitAsync("a", "b", "c", "d")).ShouldBeProblem(422, "E1001").Json.GetProperty("validation_errors")[0].GetProperty("msg").GetString()
            .ShouldBe("Send 1 to 3 texts; these are more.");
        (await idle.SubmitAsync("a", "b", "c")).ShouldBeAccepted();
    }

    /// <summary>Of texts that fit by themselves, but not with room for their results, as of those that do not.</summary>
    [Theory]
    [InlineData(9_000, 120)]
    [InlineData(10, 10_000)]
    public async Task Submit_MoreBytesThanAllJobsMayHave_Is413AndNotAskedToComeAgain(int length, int count)
    {
        await using var idle = Idle(("Jobs:MaxBytes", "1048576"));
        string[] texts = [.. Enumerable.Repeat(new string('x', length), count)];

        var refused = (await idle.SubmitAsync(texts)).ShouldBeProblem(413, "E1005");

        refused.Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("at most 1048576 bytes (MLOPS_ASYNC_BATCH_MAX_BYTES)");
        refused["Retry-After"].ShouldBeNull();
        (await idle.SubmitAsync([.. texts.Take(count * 8 / 10)])).ShouldBeAccepted();
    }

    [Theory]
    [InlineData("Jobs:MaxJobs", "1", "MLOPS_ASYNC_BATCH_MAX_JOBS")]
    [InlineData("Jobs:MaxTexts", "3", "MLOPS_ASYNC_BATCH_MAX_TEXTS")]
    [InlineData("Jobs:MaxBytes", "1048576", "MLOPS_ASYNC_BATCH_MAX_BYTES")]
    public async Task Submit_BeyondABound_IsE7003ThatNamesIt(string setting, string value, string named)
    {
        await using var idle = Idle((setting, value));
        string[] texts = setting == "Jobs:MaxBytes" ? [.. Enumerable.Repeat(new string('x', 9_000), 70)] : ["good", "bad"];
        var id = (await idle.SubmitAsync(texts)).ShouldBeAccepted();

        var refused = (await idle.SubmitAsync(texts)).ShouldBeProblem(503, "E7003");

        refused["Retry-After"].ShouldBe("10");
        refused.Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(named);
        await idle.CancelAsync(id);
        (await idle.SubmitAsync(texts)).ShouldBeAccepted();
    }

    [Fact]
    public async Task Queue_WithJobsWaiting_SaysWhatWaitsAndHowMuchMay()
    {
        await using var idle = Idle();
        (await idle.PostAsync(JobRequests.Submit, """{"texts":["a","b"],"priority":"high"}""")).ShouldBeAccepted();
        await idle.CancelAsync((await idle.SubmitAsync("c")).ShouldBeAccepted());

        var queue = (await idle.GetAsync("/api/v1/batch/queue/status")).ShouldBeOk();

        (queue.GetProperty("store").GetString(), queue.GetProperty("unfinished_jobs").GetInt32(), queue.GetProperty("kept_jobs").GetInt32()).ShouldBe(("memory", 1, 1));
        (queue.GetProperty("waiting_texts").GetInt32(), queue.GetProperty("max_texts").GetInt32()).ShouldBe((2, 1_000_000));
        queue.GetProperty("waiting_by_priority").GetRawText().ShouldBe("""{"high":2,"medium":0,"low":0}""");
        var metrics = (await idle.GetAsync("/api/v1/batch/metrics")).ShouldBeOk();
        (metrics.GetProperty("jobs_submitted").GetInt64(), metrics.GetProperty("texts_submitted").GetInt64()).ShouldBe((2, 3));
        metrics.GetProperty("jobs_ended").GetProperty("cancelled").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Routes_WithJobsOff_AreE7006()
    {
        await using var off = TestService.With(("Jobs:Enabled", "false"));

        (await off.SubmitAsync("good")).ShouldBeProblem(503, "E7006");
        (await off.StatusAsync(Guid.NewGuid().ToString())).ShouldBeProblem(503, "E7006");
        (await off.GetAsync("/api/v1/batch/queue/status")).ShouldBeProblem(503, "E7006");
        (await off.GetAsync("/api/v1/health/details")).ShouldBeOk().GetProperty("components").TryGetProperty("jobs", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Details_OfAServiceWithJobs_TellOfThem() =>
        (await service.GetAsync("/api/v1/health/details")).ShouldBeOk().GetProperty("components").GetProperty("jobs").GetProperty("status").GetString().ShouldBe("healthy");

    [Fact]
    public async Task Log_OfAJob_HoldsNoText()
    {
        using var logs = new CapturedLogs();
        await using var logged = new TestService { Replace = services => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs) };
        logged.Set(("Service:LogLevel", "TRACE"));
        var id = (await logged.SubmitAsync("secretword is good", "secretword is bad")).ShouldBeAccepted();
        await logged.UntilAsync(id, "completed");
        (await logged.ResultsAsync(id)).ShouldBeOk();

        logs.Lines.ShouldContain(line => line.Contains($"Job {id} is taken on"));
        logs.Lines.ShouldContain(line => line.Contains($"Job {id} has ended: completed"));
        logs.Lines.ShouldNotContain(line => line.Contains("secretword"));
    }

    /// <summary>A service in which nobody works.</summary>
    internal static TestService Idle(params ReadOnlySpan<(string Name, string Value)> settings) => new TestService
    {
        Replace = services => services.Remove(services.Last(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationFactory?.Method.ReturnType == typeof(JobWorkers))),
    }.Set(settings);
}
