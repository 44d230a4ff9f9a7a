using System.Text;
using System.Text.Json;

namespace KubeSentiment.Tests.Api;

/// <summary>Bodies of jobs, read while they come.</summary>
public sealed class JobBodyTests(IdleJobService idle) : IClassFixture<IdleJobService>
{
    private const string Unicode = "The value is not valid Unicode: it has half a surrogate pair, or bytes that are not UTF-8.";

    private readonly TestService _service = idle.Service;

    [Theory]
    [InlineData("""{"texts":["a","b"]}""", 2, "medium", 300)]
    [InlineData("""{"priority":"low","texts":["a"],"timeout_seconds":10}""", 1, "low", 10)]
    [InlineData("""{"other":{"texts":["x",{}],"deep":[[[1]]]},"texts":["a",null,""],"more":[1,"two"],"priority":null,"timeout_seconds":3600}""", 3, "medium", 3600)]
    [InlineData("""{"texts":["\u00e9\ud83d\ude00","a\nb"],"timeout_seconds":null}""", 2, "medium", 300)]
    public async Task Json_OfAJob_IsRead(string body, int texts, string priority, int seconds)
    {
        var answer = await _service.PostAsync(JobRequests.Submit, body);

        answer.ShouldBeAccepted();
        (answer.Json.GetProperty("total_texts").GetInt32(), answer.Json.GetProperty("priority").GetString()).ShouldBe((texts, priority));
        (answer.Json.GetProperty("expires_at").GetDateTimeOffset() - answer.Json.GetProperty("created_at").GetDateTimeOffset()).TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("\"a\"\n{\"text\":\"b\"}\n", "", 2, "medium", 300)]
    [InlineData("\"a\"", "?priority=high&timeout_seconds=60", 1, "high", 60)]
    [InlineData("\n\"a\"\r\n  \n{\"id\":[1,{\"text\":2}],\"text\":\"b\",\"x\":null}\n\n\"\"", "?priority=low", 3, "low", 300)]
    public async Task Lines_OfAJob_AreRead(string body, string query, int texts, string priority, int seconds)
    {
        var answer = await _service.SubmitLinesAsync(body, query);

        answer.ShouldBeAccepted();
        (answer.Json.GetProperty("total_texts").GetInt32(), answer.Json.GetProperty("priority").GetString()).ShouldBe((texts, priority));
        (answer.Json.GetProperty("expires_at").GetDateTimeOffset() - answer.Json.GetProperty("created_at").GetDateTimeOffset()).TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"texts":["a" """)]
    [InlineData("""{"texts":["a"]} x""")]
    [InlineData("""{"texts":["a"],}""")]
    [InlineData("""{"texts":["a","never closed]}""")]
    [InlineData("""{"texts":["a"],"x":[[[}""")]
    public async Task Json_Broken_Is400(string body) => (await _service.PostAsync(JobRequests.Submit, body)).ShouldBeProblem(400, "E1001")
        .Json.GetProperty("validation_errors")[0].GetProperty("type").GetString().ShouldBe("json_invalid");

    [Theory]
    [InlineData("[]", "body", "The body must be a JSON object.", "type_error")]
    [InlineData("null", "body", "The body must be a JSON object, not null.", "type_error")]
    [InlineData("{}", "body/texts", "The field texts is required.", "missing")]
    [InlineData("""{"texts":null}""", "body/texts", "The field texts is required.", "missing")]
    [InlineData("""{"texts":"a"}""", "body/texts", "The value must be a JSON array.", "type_error")]
    [InlineData("""{"texts":["a",2]}""", "body/texts/1", "The value must be a string.", "type_error")]
    [InlineData("""{"texts":[["a"]]}""", "body/texts/0", "The value must be a string.", "type_error")]
    [InlineData("""{"texts":[]}""", "body/texts", "Send 1 to 5 texts; there is none.", "length")]
    [InlineData("""{"texts":["a","b","c","d","e","f"]}""", "body/texts", "Send 1 to 5 texts; these are more.", "length")]
    [InlineData("""{"texts":["a"],"texts":["b"]}""", "body/texts", "The field texts is there twice.", "duplicate")]
    [InlineData("""{"texts":["a"],"priority":1}""", "body/priority", "The value must be a string.", "type_error")]
    [InlineData("""{"texts":["a"],"priority":"urgent"}""", "body/priority", "The priority must be low, medium or high.", "priority_invalid")]
    [InlineData("""{"texts":["a"],"timeout_seconds":"10"}""", "body/timeout_seconds", "The value must be a whole number.", "type_error")]
    [InlineData("""{"texts":["a"],"timeout_seconds":10.5}""", "body/timeout_seconds", "The value must be a whole number.", "type_error")]
    [InlineData("""{"texts":["a"],"timeout_seconds":9}""", "body/timeout_seconds", "The timeout must be 10 to 3600 seconds.", "timeout_seconds_invalid")]
    [InlineData("""{"texts":["a"],"timeout_seconds":3601}""", "body/timeout_seconds", "The timeout must be 10 to 3600 seconds.", "timeout_seconds_invalid")]
    [InlineData("""{"texts":["a","\ud83d"]}""", "body/texts/1", Unicode, "unicode_invalid")]
    public async Task Json_Wrong_Is422ThatSaysWhere(string body, string location, string message, string type) =>
        (await _service.PostAsync(JobRequests.Submit, body)).ShouldBeProblem(422, "E1001").ShouldBlame(location, message, type);

    [Theory]
    [InlineData("", "", "body/texts", "Send 1 to 5 texts; there is none.", "length")]
    [InlineData("\"a\"\n1", "", "body/line 2", "The value must be a string or a JSON object.", "type_error")]
    [InlineData("{\"text\":1}", "", "body/line 1/text", "The value must be a string.", "type_error")]
    [InlineData("\"a\"\n\n{\"texts\":\"b\"}", "", "body/line 3/text", "The field text is required.", "missing")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\",\"text\":\"c\"}", "", "body/line 2/text", "The field text is there twice.", "duplicate")]
    [InlineData("\"a\"\n\"\\udc00\"", "", "body/line 2", Unicode, "unicode_invalid")]
    [InlineData("\"a\"", "?priority=urgent", "query/priority", "The priority must be low, medium or high.", "priority_invalid")]
    [InlineData("\"a\"", "?timeout_seconds=1", "query/timeout_seconds", "The timeout must be 10 to 3600 seconds.", "timeout_seconds_invalid")]
    public async Task Lines_Wrong_Is422ThatSaysWhere(string body, string query, string location, string message, string type) =>
        (await _service.SubmitLinesAsync(body, query)).ShouldBeProblem(422, "E1001").ShouldBlame(location, message, type);

    [Theory]
    [InlineData("\"a\"\nplain text", 2)]
    [InlineData("\"a\" \"b\"", 1)]
    [InlineData("{\"text\":\"a\"", 1)]
    public async Task Lines_Broken_Is400ThatNamesTheLine(string body, int line) =>
        (await _service.SubmitLinesAsync(body)).ShouldBeProblem(400, "E1001").Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain($"line {line},");

    [Fact]
    public async Task Lines_NestedTooDeeply_Is400ThatSaysSo() =>
        (await _service.SubmitLinesAsync($$"""{"x":{{new string('[', 64)}}{{new string(']', 64)}},"text":"a"}""")).ShouldBeProblem(400, "E1001")
            .ShouldBlame("body", "The body is nested too deeply: objects and arrays may be 64 deep.", "json_too_deep");

    [Fact]
    public async Task Body_WithAByteOrderMark_IsRead()
    {
        (await SendAsync([.. Encoding.UTF8.Preamble, .. "{\"texts\":[\"a\"]}"u8], "application/json")).ShouldBeAccepted();
        (await SendAsync([.. Encoding.UTF8.Preamble, .. "\"a\"\n\"b\""u8], "application/x-ndjson")).ShouldBeAccepted();
    }

    [Fact]
    public async Task Body_OfSomethingElse_Is415() => (await SendAsync("a"u8.ToArray(), "text/csv")).ShouldBeProblem(415, "E1006");

    [Fact]
    public async Task Body_InSmallPieces_IsReadLikeInOne()
    {
        await using var kestrel = JobTests.Idle();
        kestrel.UseKestrel(0);
        kestrel.StartServer();
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"{i} é😀\\\"\n" + new string('x', i * 7 % 400))];
        var json = Encoding.UTF8.GetBytes($$"""{"a":[{}],"texts":{{JsonSerializer.Serialize(texts)}},"priority":"low"}""");
        var lines = Encoding.UTF8.GetBytes(string.Join('\n', texts.Select(text => JsonSerializer.Serialize(text))));

        foreach (var (body, contentType) in new[] { (json, "application/json"), (lines, "application/x-ndjson") })
        {
            var content = new StreamContent(new DrippingStream(body, new Random(1)));
            content.Headers.ContentType = new(contentType);
            var answer = await kestrel.SendAsync(new HttpRequestMessage(HttpMethod.Post, JobRequests.Submit) { Content = content });
            answer.ShouldBeAccepted();
            answer.Json.GetProperty("total_texts").GetInt32().ShouldBe(300);
        }
    }

    [Fact]
    public async Task Body_TooLarge_Is413ThatNamesTheRoutesLimit()
    {
        // Kestrel counts the bytes, so this one test goes through a socket.
        await using var small = JobTests.Idle(("Jobs:MaxBodyBytes", "2048"), ("Api:MaxRequestBodyBytes", "1024"));
        small.UseKestrel(0);
        small.StartServer();

        (await small.SubmitAsync(new string('x', 1_500))).ShouldBeAccepted();
        (await small.SubmitAsync(new string('x', 3_000))).ShouldBeProblem(413, "E1005").Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("2048");
    }

    [Fact]
    public async Task Body_WithAValueThatNoTextCanBe_IsE1002()
    {
        await using var small = JobTests.Idle(("Pipeline:MaxTextLength", "10"));
        var content = new StreamContent(new DrippingStream(Encoding.UTF8.GetBytes($$"""{"texts":["{{new string('x', 200_000)}}"]}"""), new Random(1)));
        content.Headers.ContentType = new("application/json");

        (await small.SendAsync(new HttpRequestMessage(HttpMethod.Post, JobRequests.Submit) { Content = content })).ShouldBeProblem(422, "E1002");
    }

    private Task<Answer> SendAsync(byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(contentType);
        return _service.SendAsync(new HttpRequestMessage(HttpMethod.Post, JobRequests.Submit) { Content = content });
    }
}
