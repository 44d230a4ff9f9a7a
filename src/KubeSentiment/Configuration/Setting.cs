using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;

namespace KubeSentiment.Configuration;

/// <summary>One setting: where it is read from, what it allows and which option it fills.</summary>
internal sealed class Setting
{
    private const int LongestShown = 100;
    private readonly SettingAttribute _mark;
    private readonly ValueSyntax _syntax;
    private readonly ValidationAttribute[] _rules;

    /// <summary>Reads the marks of one option; <paramref name="defaults"/> are its options as their type initializes them.</summary>
    public Setting(string section, PropertyInfo property, object defaults)
    {
        _mark = property.GetCustomAttribute<SettingAttribute>()!;
        _syntax = ValueSyntax.Of(property);
        _rules = [.. property.GetCustomAttributes<ValidationAttribute>()];
        Property = property;
        Variable = SettingAttribute.Prefix + _mark.Name;
        Variables = _mark.AlsoUnprefixed ? [Variable, _mark.Name] : [Variable];
        Key = $"{section}:{property.Name}";
        DefaultValue = property.GetValue(defaults);
        Default = _mark.DefaultText ?? (DefaultValue is null or IReadOnlyList<string> { Count: 0 } or IReadOnlyDictionary<string, string> { Count: 0 } ? "none" : _syntax.Write(DefaultValue));
        var limits = string.Join(", ", _rules.Select(Constraint.Allowed).OfType<string>());
        Allowed = limits.Length > 0 ? limits : _syntax.Allowed;
    }

    public PropertyInfo Property { get; }

    /// <summary>The environment variable, with its prefix.</summary>
    public string Variable { get; }

    /// <summary>Every variable the setting is read from, the first one set wins.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>The place in appsettings.json, its parts joined by colons.</summary>
    public string Key { get; }

    public object? DefaultValue { get; }

    /// <summary>The default in words.</summary>
    public string Default { get; }

    /// <summary>What is allowed, in words.</summary>
    public string Allowed { get; }

    public bool IsList => Property.PropertyType == typeof(IReadOnlyList<string>);

    /// <summary>Whether there is a variable an entry, whose name begins with <see cref="Variable"/>; in a file the entries stand below <see cref="Key"/>.</summary>
    public bool IsFamily => Property.PropertyType == typeof(IReadOnlyDictionary<string, string>);

    public bool IsSecret => _mark.Secret;

    public bool IsRequired => _rules.OfType<RequiredAttribute>().Any();

    /// <summary>The value that was found, converted and checked, or what is wrong with it.</summary>
    public Parsed Read(FoundValue found)
    {
        var parsed = (found.Text, found.Entries) switch
        {
            _ when found.Members is { } members => Parsed.As(members),
            ({ } text, _) => _syntax.Read(text.Trim()),
            (_, { } entries) when IsList => entries.Contains(null) ? Parsed.Wrong("is not an array of texts") : Parsed.As(entries.OfType<string>().ToArray()),
            _ => Parsed.Wrong("is an array or an object"),
        };
        return parsed.Value is not null && Problem(parsed.Value) is { } problem ? Parsed.Wrong(problem) : parsed;
    }

    /// <summary>The first rule that the value breaks, as the end of a sentence, or null.</summary>
    public string? Problem(object value) => _rules.Select(rule => Constraint.Problem(rule, value)).FirstOrDefault(problem => problem is not null);

    /// <summary>Whether a variable sets an entry of this family.</summary>
    public bool HasMember(string variable) =>
        IsFamily && variable.Length > Variable.Length && variable.StartsWith(Variable, StringComparison.Ordinal);

    /// <summary>One line for the person who set the value: name, value, what is wrong, what is allowed.</summary>
    public string Line(FoundValue? found, string problem) => $"{found?.Name ?? Variable}{Shown(found)} {problem}; allowed: {Allowed} (default {Default})";

    private string Shown(FoundValue? found)
    {
        if (found is null || IsSecret)
        {
            return found is null ? "" : " (value hidden)";
        }

        var text = found.Text ?? string.Join(',', found.Entries ?? found.Members?.Keys ?? Enumerable.Empty<string?>());
        var cut = text.Length > LongestShown ? text[..LongestShown] + "..." : text;

        // Escaped, a value with line breaks or control characters still makes one line.
        return $"=\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(cut)}\"";
    }
}
