using System.IO.Compression;
using System.Text;

namespace KubeSentiment.Tests.Api;

/// <summary>Bodies that cannot be read, and content types that are not JSON.</summary>
public sealed class BodyTests(TestService service)
{
    private const string Predict = "/api/v1/predict";
    private const string Batch = "/api/v1/predict/batch";
    private const string Unicode = "The value is not valid Unicode: it has half a surrogate pair, or bytes that are not UTF-8.";

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"text\":")]
    [InlineData("{\"text\":\"never closed")]
    [InlineData("{\"text\":tru}")]
    [InlineData("{\"text\":NaN}")]
    [InlineData("{'text':'good'}")]
    [InlineData("{\"text\":\"good\",}")]
    [InlineData("{\"text\":\"good\"}{}")]
    [InlineData("{\"text\":\"good\"} x")]
    [InlineData("{\"text\":\"tab\tinside\"}")]
    [InlineData("{\"text\":\"\\x41\"}")]
    [InlineData("/* comment */{\"text\":\"good\"}")]
    [InlineData("text=good")]
    public async Task Body_NotJson_Is400(string body)
    {
        var answer = (await service.PostAsync(Predict, body)).ShouldBeProblem(400, "E1001");

        var error = answer.Json.GetProperty("validation_errors")[0];
        error.GetProperty("loc").EnumerateArray().Select(step => step.GetString()).ShouldBe(["body"]);
        error.GetProperty("type").GetString().ShouldBe("json_invalid");
    }

    [Fact]
    public async Task Body_NestedTooDeeply_Is400()
    {
        var body = $$"""{"text":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";

        (await service.PostAsync(Predict, body)).Status.ShouldBeInRange(400, 422);
    }

    [Theory]
    [InlineData(Predict, "\"text\":\"good\"")]
    [InlineData(Batch, "\"texts\":[\"good\"]")]
    [InlineData("/api/v1/batch/predict", "\"texts\":[\"good\"]")]
    public async Task Body_UnknownFieldNestedTooDeeply_Is400ThatSaysSo(string path, string field)
    {
        // The object around it is one of 64.
        (await service.PostAsync(path, $$"""{"x":{{Nested(63)}},{{field}}}""")).Status.ShouldBeOneOf(200, 202);

        (await service.PostAsync(path, $$"""{"x":{{Nested(64)}},{{field}}}""")).ShouldBeProblem(400, "E1001")
            .ShouldBlame("body", "The body is nested too deeply: objects and arrays may be 64 deep.", "json_too_deep");
        var broken = await service.PostAsync(path, $$"""{"y":tru,"x":{{Nested(64)}},{{field}}}""");
        broken.ShouldBeProblem(400, "E1001").Json.GetProperty("validation_errors")[0].GetProperty("type").GetString().ShouldBe("json_invalid");
    }

    [Theory]
    [InlineData(Predict, """{"text":"good","text":"bad"}""", "text")]
    [InlineData(Predict, """{"text":"good","te\u0078t":"good"}""", "text")]
    [InlineData("/api/v1/features", """{"text":"good","x":1,"text":"bad"}""", "text")]
    [InlineData(Batch, """{"texts":["good"],"texts":["bad"]}""", "texts")]
    [InlineData("/api/v1/feedback", """{"prediction_id":"a","score":0.5,"score":0.6}""", "score")]
    [InlineData("/api/v1/batch/predict", """{"texts":["good"],"texts":["bad"]}""", "texts")]
    [InlineData("/api/v1/batch/predict", """{"priority":"low","texts":["good"],"priority":"high"}""", "priority")]
    [InlineData("/api/v1/batch/predict", """{"timeout_seconds":60,"timeout_seconds":60,"texts":["good"]}""", "timeout_seconds")]
    public async Task Body_FieldTwice_Is422(string path, string body, string field) =>
        (await service.PostAsync(path, body)).ShouldBeProblem(422, "E1001").ShouldBlame($"body/{field}", $"The field {field} is there twice.", "duplicate");

    [Fact]
    public async Task Body_UnknownFieldTwice_IsIgnored() => (await service.PostAsync(Predict, """{"x":1,"text":"good","x":2}""")).ShouldBeOk();

    [Theory]
    [InlineData(Predict)]
    [InlineData(Batch)]
    [InlineData("/api/v1/batch/predict")]
    public async Task Body_Compressed_Is415ThatSaysSo(string path)
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"text\":\"good\",\"texts\":[\"good\"]}"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        var answer = (await service.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content })).ShouldBeProblem(415, "E1006");

        answer.Json.GetProperty("detail").GetString().ShouldBe("Content-Encoding is not supported. Send the body as it is, without that header.");
        answer["Accept-Encoding"].ShouldBe("identity");
    }

    [Fact]
    public async Task Body_BrokenAndNotEncoded_Is400()
    {
        var content = new ByteArrayContent("{"u8.ToArray());
        content.Headers.ContentEncoding.Add("identity");

        (await service.SendAsync(new HttpRequestMessage(HttpMethod.Post, Predict) { Content = content })).ShouldBeProblem(400, "E1001");
    }

    [Theory]
    [InlineData(Predict, "[]", "body", "The body must be a JSON object.")]
    [InlineData(Predict, "\"good\"", "body", "The body must be a JSON object.")]
    [InlineData(Predict, "1", "body", "The body must be a JSON object.")]
    [InlineData(Predict, "true", "body", "The body must be a JSON object.")]
    [InlineData(Predict, "null", "body", "The body must be a JSON object, not null.")]
    [InlineData(Predict, """{"text":1}""", "body/text", "The value must be a string.")]
    [InlineData(Predict, """{"text":false}""", "body/text", "The value must be a string.")]
    [InlineData(Predict, """{"text":["good"]}""", "body/text", "The value must be a string.")]
    [InlineData(Predict, """{"text":{"en":"good"}}""", "body/text", "The value must be a string.")]
    [InlineData(Batch, """{"texts":"good"}""", "body/texts", "The value must be a JSON array.")]
    [InlineData(Batch, """{"texts":{}}""", "body/texts", "The value must be a JSON array.")]
    [InlineData(Batch, """{"texts":["good",2]}""", "body/texts/1", "The value must be a string.")]
    [InlineData(Batch, """{"texts":[["good"]]}""", "body/texts/0", "The value must be a string.")]
    [InlineData("/api/v1/features", """{"text":1e999}""", "body/text", "The value must be a string.")]
    public async Task Body_WrongType_Is422ThatSaysTheRightOne(string path, string body, string location, string message) =>
        (await service.PostAsync(path, body)).ShouldBeProblem(422, "E1001").ShouldBlame(location, message, "type_error");

    [Theory]
    [InlineData(Predict, "{}", "text")]
    [InlineData(Predict, """{"text":null}""", "text")]
    [InlineData(Predict, """{"TEXT":"good"}""", "text")]
    [InlineData(Batch, """{"text":"good"}""", "texts")]
    [InlineData("/api/v1/features", "{}", "text")]
    public async Task Body_MissingField_Is422(string path, string body, string field) =>
        (await service.PostAsync(path, body)).ShouldBeProblem(422, "E1001").ShouldBlame($"body/{field}", $"The field {field} is required.", "missing");

    [Theory]
    [InlineData(Predict, """{"text":"\ud83d"}""", "body/text")]
    [InlineData(Predict, """{"text":"good \ude00\ud83d"}""", "body/text")]
    [InlineData(Predict, """{"\ud83d":"good"}""", "body")]
    [InlineData(Batch, """{"texts":["good","\udc00"]}""", "body/texts/1")]
    public async Task Body_HalfASurrogatePair_Is422(string path, string body, string location) =>
        (await service.PostAsync(path, body)).ShouldBeProblem(422, "E1001").ShouldBlame(location, Unicode, "unicode_invalid");

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public async Task Body_InvalidUtf8_Is422(byte[] bytes)
    {
        byte[] body = [.. "{\"text\":\"good "u8, .. bytes, .. "\"}"u8];

        (await SendAsync(body, "application/json")).ShouldBeProblem(422, "E1001").ShouldBlame("body/text", Unicode, "unicode_invalid");
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\uffff \\u202e")]
    public async Task Body_OddButValidCharacters_AreAnswered(string text) => (await service.PostAsync(Predict, $$"""{"text":"good {{text}}"}""")).ShouldBeOk();

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON; charset=\"UTF-8\"")]
    [InlineData("application/vnd.sentiment+json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task ContentType_OfJson_IsRead(string? contentType) => (await SendAsync("{\"text\":\"good\"}"u8.ToArray(), contentType)).ShouldBeOk();

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("json")]
    [InlineData("application/json, text/plain")]
    public async Task ContentType_OfSomethingElse_Is415(string contentType) =>
        (await SendAsync("{\"text\":\"good\"}"u8.ToArray(), contentType)).ShouldBeProblem(415, "E1006");

    [Fact]
    public async Task Body_WithAByteOrderMark_IsRead() =>
        (await SendAsync([.. Encoding.UTF8.Preamble, .. "{\"text\":\"good\"}"u8], "application/json")).ShouldBeOk();

    [Fact]
    public async Task Body_TooLarge_Is413()
    {
        // Kestrel counts the bytes, so this one test goes through a socket.
        await using var small = TestService.With(("Api:MaxRequestBodyBytes", "1024"));
        small.UseKestrel(0);
        small.StartServer();
        var large = $$"""{"text":"{{new string('x', 2_000)}}"}""";

        (await small.PostAsync(Predict, large)).ShouldBeProblem(413, "E1005").Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("1024");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, Predict) { Content = new StringContent(large) };
        chunked.Content.Headers.ContentType = new("application/json");
        chunked.Headers.TransferEncodingChunked = true;
        (await small.SendAsync(chunked)).ShouldBeProblem(413, "E1005");
        (await small.PostAsync(Predict, """{"text":"good"}""")).ShouldBeOk();
    }

    private static string Nested(int arrays) => new string('[', arrays) + new string(']', arrays);

    private Task<Answer> SendAsync(byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return service.SendAsync(new HttpRequestMessage(HttpMethod.Post, Predict) { Content = content });
    }
}
