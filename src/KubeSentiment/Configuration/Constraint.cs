using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace KubeSentiment.Configuration;

/// <summary>Says in words what a validation attribute allows, and what is wrong with a value.</summary>
/// <remarks>The attributes' own messages name properties, which the person who sets a variable does not know.</remarks>
internal static class Constraint
{
    /// <summary>What the rule allows, or null where it limits presence only.</summary>
    public static string? Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range =>
            $"{(range.MinimumIsExclusive ? "above " : "")}{Text(range.Minimum)} to {(range.MaximumIsExclusive ? "below " : "")}{Text(range.Maximum)}",
        DurationAttribute duration => duration.Allowed,
        StringLengthAttribute { MinimumLength: 0 } length => $"at most {length.MaximumLength} characters",
        StringLengthAttribute length => $"{length.MinimumLength} to {length.MaximumLength} characters",
        AllowedValuesAttribute values => string.Join(", ", values.Values.Select(Text)),
        RegularExpressionAttribute pattern => pattern.ErrorMessage ?? $"text that matches {pattern.Pattern}",
        TextRuleAttribute text => text.Allowed,
        RequiredAttribute => null,
        _ => throw new InvalidOperationException($"{rule.GetType().Name} has no words for what it allows."),
    };

    /// <summary>What is wrong with the value, as the end of a sentence, or null.</summary>
    public static string? Problem(ValidationAttribute rule, object value) => rule switch
    {
        RangeAttribute range => IsWithin(range, value) ? null : ValueSyntax.OutOfRange,
        TextRuleAttribute text when value is IReadOnlyList<string> entries => Problem(text, entries),
        TextRuleAttribute text when value is IReadOnlyDictionary<string, string> members =>
            members.Keys.FirstOrDefault(name => !text.Holds(name)) is { } wrong ? $"has an entry ({wrong}) that is not {text.Noun}" : null,
        _ when rule.IsValid(value) => null,
        DurationAttribute => ValueSyntax.OutOfRange,
        StringLengthAttribute length => value is string { Length: var n } && n > length.MaximumLength ? "is too long" : "is too short",
        AllowedValuesAttribute => "is not one of the allowed values",
        TextRuleAttribute text => $"is not {text.Noun}",
        _ => "does not have the right form",
    };

    // The entry is counted, not quoted: it may be a secret.
    private static string? Problem(TextRuleAttribute rule, IReadOnlyList<string> entries)
    {
        var number = entries.Index().Where(entry => !rule.Holds(entry.Item)).Select(entry => entry.Index + 1).FirstOrDefault();
        return number == 0 ? null : $"has an entry (number {number}) that is not {rule.Noun}";
    }

    // RangeAttribute converts the value to its own type, which overflows for a long under int bounds; here the bounds are converted.
    private static bool IsWithin(RangeAttribute range, object value)
    {
        var above = Compare(range.Minimum);
        var below = -Compare(range.Maximum);
        return (range.MinimumIsExclusive ? above > 0 : above >= 0) && (range.MaximumIsExclusive ? below > 0 : below >= 0);

        int Compare(object bound) => ((IComparable)value).CompareTo(Convert.ChangeType(bound, value.GetType(), CultureInfo.InvariantCulture));
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
