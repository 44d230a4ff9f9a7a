using System.Net;
using KubeSentiment.Configuration;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Allows what can be connected to: a host name or an IP address, with or without a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RedisEndpointAttribute : TextRuleAttribute
{
    public override string Noun => "a host with or without a port";

    public override string Allowed => "host or host:port, several for Sentinel or a Cluster";

    public override bool Holds(string text) => Parse(text, defaultPort: 1) is not null;

    /// <summary>The endpoint that a text names; null when it names none.</summary>
    public static EndPoint? Parse(string text, int defaultPort)
    {
        if (text.AsSpan().ContainsAny(" ,/@\t") || text.Length is 0 or > 300)
        {
            return null;
        }

        // Two colons or more without brackets are an IPv6 address, which the parser would take for a host and a port.
        var address = text.Count(c => c == ':') > 1 && !text.StartsWith('[') ? $"[{text}]" : text;
        return EndPointCollection.TryParse(address) switch
        {
            DnsEndPoint dns when Uri.CheckHostName(dns.Host) != UriHostNameType.Unknown => new DnsEndPoint(dns.Host, dns.Port == 0 ? defaultPort : dns.Port),
            IPEndPoint ip => new IPEndPoint(ip.Address, ip.Port == 0 ? defaultPort : ip.Port),
            _ => null,
        };
    }

    /// <summary>The endpoint that a text names, host and port, for people.</summary>
    public static string Words(string text, int defaultPort) => Parse(text, defaultPort) switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        IPEndPoint ip => ip.ToString(),
        _ => text,
    };
}
