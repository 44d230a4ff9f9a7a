using System.CommandLine;
using System.Net;
using System.Text;

namespace KubeSentiment.Bench.Http;

/// <summary>Where requests go: an http:// address resolved once, so that no name is looked up while measuring.</summary>
internal sealed class Target
{
    private Target(Uri url, IPEndPoint endPoint)
    {
        Url = url;
        EndPoint = endPoint;
    }

    public Uri Url { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>The --url option: one address or more.</summary>
    public static Option<Uri[]> Option(string description) => new("--url")
    {
        Description = description,
        Required = true,
        CustomParser = result =>
        {
            var urls = new List<Uri>();
            foreach (var token in result.Tokens)
            {
                if (Uri.TryCreate(token.Value, UriKind.Absolute, out var url) && url.Scheme == "http")
                {
                    urls.Add(url);
                }
                else
                {
                    result.AddError($"'{token.Value}' is not an http:// address (TLS is not spoken here).");
                }
            }

            return [.. urls];
        },
    };

    public static Target Resolve(Uri url)
    {
        var address = IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal) ? literal : Dns.GetHostAddresses(url.Host)[0];
        return new Target(url, new IPEndPoint(address, url.Port));
    }

    /// <summary>The head of a JSON POST up to and with "Content-Length: ", ready for the number and the empty line.</summary>
    public byte[] PostHead(string path, string? apiKey)
    {
        var key = apiKey is null ? "" : $"X-API-Key: {apiKey}\r\n";
        return Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {Url.Authority}\r\nContent-Type: application/json\r\n{key}Content-Length: ");
    }
}
