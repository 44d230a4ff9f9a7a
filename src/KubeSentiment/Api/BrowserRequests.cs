namespace KubeSentiment.Api;

/// <summary>Requests that a page sends: its browser lets it read an answer only with the headers of CORS.</summary>
internal static class BrowserRequests
{
    public static bool Includes(HttpRequest request) => request.Headers.Origin.Count > 0;
}
