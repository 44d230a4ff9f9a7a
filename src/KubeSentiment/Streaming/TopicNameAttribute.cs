using KubeSentiment.Configuration;

namespace KubeSentiment.Streaming;

/// <summary>Allows what Kafka takes for a topic's name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TopicNameAttribute : TextRuleAttribute
{
    private const int Longest = 249;

    public override string Noun => "a topic's name";

    public override string Allowed => "1 to 249 letters, digits, dots, underscores and hyphens";

    public override bool Holds(string text) =>
        text.Length is > 0 and <= Longest && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
