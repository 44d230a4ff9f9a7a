using System.Net;
using System.Net.Sockets;

namespace KubeSentiment.Configuration;

/// <summary>Allows what a socket can be bound to: an IP address or localhost.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAddressAttribute : TextRuleAttribute
{
    public override string Noun => "an IP address";

    public override string Allowed => "an IP address, or localhost";

    // The parser also reads "8000" as 0.0.31.64; a mistaken port must not become an address.
    public override bool Holds(string text) =>
        text.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3));
}
