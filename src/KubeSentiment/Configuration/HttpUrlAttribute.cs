namespace KubeSentiment.Configuration;

/// <summary>Allows absolute http and https URLs.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpUrlAttribute : TextRuleAttribute
{
    public override string Noun => "an http or https URL";

    public override string Allowed => "an absolute http or https URL";

    public override bool Holds(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
