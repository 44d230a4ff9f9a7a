using System.ComponentModel.DataAnnotations;

namespace KubeSentiment.Configuration;

/// <summary>A rule for a text, or for every entry of a list of texts, that can say in words what it allows.</summary>
internal abstract class TextRuleAttribute : ValidationAttribute
{
    /// <summary>What one text is when it is right, with its article: "an origin".</summary>
    public abstract string Noun { get; }

    /// <summary>What to write, for error lines and the documentation.</summary>
    public abstract string Allowed { get; }

    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string text => Holds(text),
        IEnumerable<string> texts => texts.All(Holds),
        _ => false,
    };

    public abstract bool Holds(string text);
}
