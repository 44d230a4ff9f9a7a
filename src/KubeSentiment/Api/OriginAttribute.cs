using KubeSentiment.Configuration;

namespace KubeSentiment.Api;

/// <summary>Allows origins as browsers send them, <c>scheme://host[:port]</c>, and <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginAttribute : TextRuleAttribute
{
    public override string Noun => "an origin";

    public override string Allowed => "origins (scheme://host[:port], without a path), or *";

    // A path, even a lone slash, would never equal the header a browser sends.
    public override bool Holds(string text) =>
        text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
            && text.Equals($"{url.Scheme}://{url.Authority}", StringComparison.OrdinalIgnoreCase));
}
