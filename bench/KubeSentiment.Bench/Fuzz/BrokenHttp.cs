using System.Text;
using static KubeSentiment.Bench.Fuzz.FuzzRequest;

namespace KubeSentiment.Bench.Fuzz;

/// <summary>Requests that are odd or malformed as HTTP: methods, paths, headers and framing.</summary>
internal static class BrokenHttp
{
    private static readonly string[] OddNames =
    [
        "X-Correlation-ID", "X-API-Key", "Accept", "traceparent", "tracestate", "Origin", "Cookie", "X-Forwarded-For", "Authorization", "If-None-Match",
        "Range", "Accept-Encoding", "X-Odd",
    ];

    private static readonly string[] OddValues =
    [
        "", " ", "a b", "';DROP TABLE x;--", "<script>", "%00", "{}", "../../etc/passwd", "${jndi:ldap://x}", "\t", "a;b;c", "\"",
        new string('x', 129), new string('x', 5_000), "00-zz-zz-00", "null", "-1",
    ];

    public static IReadOnlyList<(string Class, Func<Random, FuzzCase> Make)> All { get; } =
    [
        ("odd headers", OddHeaders),
        ("malformed headers", MalformedHeaders),
        ("wrong methods", WrongMethods),
        ("unknown paths", UnknownPaths),
        ("odd paths", OddPaths),
        ("truncated bodies", Truncated),
        ("wrong Content-Length", WrongLength),
        ("chunked", Chunked),
        ("broken chunks", BrokenChunks),
        ("Expect", Expect),
        ("not HTTP", NotHttp),
    ];

    private static FuzzCase OddHeaders(Random random)
    {
        var route = Route(random);
        var headers = new StringBuilder();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            headers.Append(random.Pick(OddNames)).Append(": ").Append(random.Pick(OddValues)).Append("\r\n");
        }

        return new FuzzCase("odd headers", Post(route, Body(route, random), headers: headers.ToString()));
    }

    private static FuzzCase MalformedHeaders(Random random)
    {
        var route = Route(random);
        var header = random.Pick(
        [
            "X-Correlation-ID: a\u0001b\r\n", "X-Correlation-ID: caf\u00e9\r\n", "X-Correlation-ID: \u00ff\u00fe\r\n", "X-Correlation-ID: a\0b\r\n",
            "X-API-Key: \u00c3\u00a9\r\n", "X-API-Key: a\r\n folded\r\n", "NoColon\r\n", ": empty\r\n",
            "Na me: x\r\n", "X-Big: " + new string('b', 40_000) + "\r\n", string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {i}\r\n")),
            "Host: second\r\n", "Host: \u0001\r\n", "X-A: b\n", "X-Correlation-ID: a\rb\r\n",
        ]);
        return new FuzzCase("malformed headers", Post(route, Body(route, random), headers: header), Framing: true);
    }

    private static FuzzCase WrongMethods(Random random)
    {
        var route = random.Pick([Route(random), "/live", "/ready", "/health", "/metrics", "/", "/api/v1/model-info"]);
        var isPost = route.StartsWith("/api/v1/", StringComparison.Ordinal) && route != "/api/v1/model-info";
        var method = random.Pick<string>(isPost
            ? ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FOO", "post"]
            : ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO", "get"]);
        return new FuzzCase("wrong methods", Post(route, method is "HEAD" or "GET" ? [] : Body(route, random), method: method), Head: method == "HEAD");
    }

    private static FuzzCase UnknownPaths(Random random)
    {
        var route = random.Pick(
        [
            "/nothing", "/api", "/api/v1", "/api/v1/predict/x", "/api/v2/predict", "/api/v1/predictx", "/api/v1/batch/status/" + random.Next(),
            "/favicon.ico", "/admin", "/api/v1/..%2fpredict",
        ]);
        return random.Next(2) == 0
            ? new FuzzCase("unknown paths", Post(route, Body(route, random)))
            : new FuzzCase("unknown paths", Post(route, [], contentType: null, method: "GET"));
    }

    private static FuzzCase OddPaths(Random random)
    {
        var route = random.Pick(
        [
            "/api/v1/predict%00", "/api/v1/predict%zz", "/api/v1//predict", "/api/v1/./predict", "/api/v1/../v1/predict", "//", "/\u00e9\u00ff",
            "/%c0%af", "/%ed%a0%80", "*", "http://other/api/v1/predict", "predict",
            "/api/v1/predict?" + new string('q', 5_000), "/" + new string('p', 12_000), "/api/v1/predict?a=%00&b=%ff&=&&", "/api/v1/predict#x",
            "/api/v1/predict\\x", "/API/V1/PREDICT", "/api/v1/predict/",
        ]);
        return new FuzzCase("odd paths", Post(route, Body("", random)), Framing: true);
    }

    private static FuzzCase Truncated(Random random)
    {
        var route = Route(random);
        var whole = Post(route, Body(route, random));
        return new FuzzCase("truncated bodies", whole[..random.Next(1, whole.Length)], Framing: true, HalfClose: true);
    }

    private static FuzzCase WrongLength(Random random)
    {
        var route = Route(random);
        var body = Body(route, random);
        var length = random.Pick(
        [
            "-1", "abc", "", "+5", "99999999999999999999", "0x10", $"{body.Length - 3}", $"{body.Length + 50}", "0", "5\r\nContent-Length: 7", "4, 4",
            "2147483648",
        ]);
        var head = $"POST {route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Json}\r\nContent-Length: {length}\r\n\r\n";
        return new FuzzCase("wrong Content-Length", Raw(head, body), Framing: true, HalfClose: true);
    }

    private static FuzzCase Chunked(Random random)
    {
        var route = Route(random);
        var body = random.Next(3) == 0 ? "{\"text\":5,\"texts\":5}"u8.ToArray() : Body(route, random);
        var chunks = new List<byte>();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(random.Next(1, 12), body.Length - at);
            chunks.AddRange(Encoding.ASCII.GetBytes($"{size:x}{random.Pick(["", "", ";a=b", ";"])}\r\n"));
            chunks.AddRange(body.AsSpan(at, size));
            chunks.AddRange("\r\n"u8);
            at += size;
        }

        chunks.AddRange(random.Next(4) == 0 ? "0\r\nX-Trailer: 1\r\n\r\n"u8 : "0\r\n\r\n"u8);
        return new FuzzCase("chunked", ChunkedPost(route, "chunked", [.. chunks]));
    }

    private static FuzzCase BrokenChunks(Random random)
    {
        var route = Route(random);
        var coding = random.Pick(
            ["chunked", "chunked", "chunked", "gzip", "gzip, chunked", "chunked, gzip", "identity", "chunked\r\nContent-Length: 4", "\u000bchunked"]);
        var chunks = random.Pick(
        [
            "zz\r\nab\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\nab", "5\r\nab", "2\r\nabXX0\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n",
            "5;" + new string('e', 20_000) + "\r\nabcde\r\n0\r\n\r\n", "2\nab\n0\n\n", "7fffffff\r\n{\"text\":\"a\"}", "0\r\n\r\n",
        ]);
        return new FuzzCase("broken chunks", ChunkedPost(route, coding, Encoding.ASCII.GetBytes(chunks)), Framing: true, HalfClose: true);
    }

    private static byte[] ChunkedPost(string route, string coding, byte[] body) =>
        Raw($"POST {route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Json}\r\nTransfer-Encoding: {coding}\r\n\r\n", body);

    private static FuzzCase Expect(Random random)
    {
        var route = Route(random);
        var body = random.Next(2) == 0 ? Body(route, random) : "nonsense"u8.ToArray();
        return new FuzzCase("Expect", Post(route, body, headers: $"Expect: {random.Pick(["100-continue", "100-Continue", "nonsense", ""])}\r\n"));
    }

    private static FuzzCase NotHttp(Random random)
    {
        byte[] noise = new byte[random.Next(1, 300)];
        random.NextBytes(noise);
        byte[] bytes = random.Next(7) switch
        {
            0 => noise,
            1 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(),
            2 => [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, .. noise],
            3 => "GET /\r\n\r\n"u8.ToArray(),
            4 => "GET / HTTP/9.9\r\nHost: x\r\n\r\n"u8.ToArray(),
            5 => "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
            _ => "\r\n\r\n\r\n"u8.ToArray(),
        };
        return new FuzzCase("not HTTP", bytes, Framing: true, HalfClose: true);
    }
}
