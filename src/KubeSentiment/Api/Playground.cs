using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>The page at <c>/</c> where a person tries the service.</summary>
internal static class Playground
{
    private static readonly string Html = Load();

    /// <summary>The page loads nothing from elsewhere and sends nothing there, and no other page may frame it.</summary>
    public static ContentHttpResult Page(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return TypedResults.Text(Html, "text/html; charset=utf-8");
    }

    private static string Load()
    {
        using var stream = typeof(Playground).Assembly.GetManifestResourceStream("KubeSentiment.Api.Playground.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
