using System.Text;

namespace KubeSentiment.Bench.Fuzz;

/// <summary>Builds raw requests, right or wrong.</summary>
internal static class FuzzRequest
{
    public const string Json = "application/json";

    private static readonly string[] PostRoutes = ["/api/v1/predict", "/api/v1/predict/batch", "/api/v1/features"];

    public static string Route(Random random) => random.Pick(PostRoutes);

    /// <summary>A whole request whose Content-Length is right unless <paramref name="headers"/> says otherwise.</summary>
    public static byte[] Post(string route, byte[] body, string? contentType = Json, string headers = "", string method = "POST")
    {
        var type = contentType is null ? "" : $"Content-Type: {contentType}\r\n";
        return Raw($"{method} {route} HTTP/1.1\r\nHost: localhost\r\n{type}Content-Length: {body.Length}\r\n{headers}\r\n", body);
    }

    /// <summary>Head and body as they are; the head is written as Latin-1, so that any byte can be sent.</summary>
    public static byte[] Raw(string head, byte[] body) => [.. Encoding.Latin1.GetBytes(head), .. body];

    /// <summary>A right body for the route.</summary>
    public static byte[] Body(string route, Random random) => Encoding.UTF8.GetBytes(Wrap(route, $"\"{Text(random)}\""));

    /// <summary>Puts a JSON value where the route expects its text.</summary>
    public static string Wrap(string route, string value) =>
        route.EndsWith("batch", StringComparison.Ordinal) ? $"{{\"texts\":[\"fine\",{value}]}}" : $"{{\"text\":{value}}}";

    public static string Text(Random random) => random.Pick(
        ["good", "not bad at all", "déjà vu 🙂", "日本語", "e\u0301\u200d\ufe0f", "\u202eright to left", "a\\u0301\\t\\n\\\\", "I ❤ it"]) + random.Next(1000);

    public static T Pick<T>(this Random random, T[] from) => from[random.Next(from.Length)];
}
