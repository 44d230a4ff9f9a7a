using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace KubeSentiment.Configuration;

/// <summary>A value read from text, or what is wrong with the text, as the end of a sentence: "is not a whole number".</summary>
internal readonly record struct Parsed(object? Value, string? Problem)
{
    public static Parsed As(object value) => new(value, null);

    public static Parsed Wrong(string problem) => new(null, problem);
}

/// <summary>How the values of one type are written as text.</summary>
internal sealed record ValueSyntax(string Allowed, Func<string, Parsed> Read, Func<object, string> Write)
{
    public const string OutOfRange = "is out of range";

    private static readonly Dictionary<string, bool> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true,
        ["yes"] = true,
        ["on"] = true,
        ["1"] = true,
        ["false"] = false,
        ["no"] = false,
        ["off"] = false,
        ["0"] = false,
    };

    private static readonly Dictionary<string, object> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        // The first name of a level is the one it is written with.
        ["TRACE"] = LogLevel.Trace,
        ["DEBUG"] = LogLevel.Debug,
        ["INFO"] = LogLevel.Information,
        ["WARNING"] = LogLevel.Warning,
        ["ERROR"] = LogLevel.Error,
        ["CRITICAL"] = LogLevel.Critical,
        ["NONE"] = LogLevel.None,
        ["INFORMATION"] = LogLevel.Information,
        ["WARN"] = LogLevel.Warning,
    };

    public static ValueSyntax Of(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type switch
        {
            _ when type == typeof(string) => new("text", text => Parsed.As(text), value => (string)value),
            _ when type == typeof(bool) => new("true or false", ReadSwitch, value => (bool)value ? "true" : "false"),
            _ when type == typeof(int) => new("a whole number", text => ReadWhole<int>(text), WriteNumber),
            _ when type == typeof(long) => new("a whole number", text => ReadWhole<long>(text), WriteNumber),
            _ when type == typeof(double) => new("a number", ReadNumber, WriteNumber),
            _ when type == typeof(TimeSpan) => OfDuration(property),
            _ when type == typeof(LogLevel) => OfNames(LogLevels),
            _ when type.IsEnum => OfNames(Enum.GetNames(type).ToDictionary(name => name, name => Enum.Parse(type, name))),
            _ when type == typeof(IReadOnlyList<string>) => new("a list", ReadList, value => string.Join(',', (IReadOnlyList<string>)value)),
            _ when type == typeof(IReadOnlyDictionary<string, string>) => new(
                "names with values", _ => Parsed.Wrong("is one value, not names with values"), value => string.Join(',', ((IReadOnlyDictionary<string, string>)value).Keys)),
            _ => throw new InvalidOperationException($"{property.DeclaringType?.Name}.{property.Name}: a setting cannot be of type {type.Name}."),
        };
    }

    private static Parsed ReadSwitch(string text) => Switches.TryGetValue(text, out var on) ? Parsed.As(on) : Parsed.Wrong("is neither true nor false");

    private static Parsed ReadWhole<T>(string text)
        where T : struct, IBinaryInteger<T>
    {
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Parsed.As(number);
        }

        // "is not a whole number" would be untrue of a number that is only too large.
        var digits = text.AsSpan(text is ['-' or '+', _, ..] ? 1 : 0);
        return Parsed.Wrong(digits.ContainsAnyExceptInRange('0', '9') ? "is not a whole number" : OutOfRange);
    }

    private static Parsed ReadNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? Parsed.As(number)
            : Parsed.Wrong("is not a number");

    private static string WriteNumber(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static ValueSyntax OfDuration(PropertyInfo property)
    {
        var duration = property.GetCustomAttribute<DurationAttribute>()
            ?? throw new InvalidOperationException($"{property.DeclaringType?.Name}.{property.Name}: a duration needs [Duration], which names its unit.");
        return new("a duration", Read, value => WriteNumber(duration.ToNumber((TimeSpan)value)));

        Parsed Read(string text)
        {
            if (ReadNumber(text).Value is double number)
            {
                return duration.FromNumber(number) is { } span ? Parsed.As(span) : Parsed.Wrong(OutOfRange);
            }

            // "1:30" is left out: some would mean minutes by it, .NET reads hours.
            return text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var clock)
                ? Parsed.As(clock)
                : Parsed.Wrong("is not a duration");
        }
    }

    private static ValueSyntax OfNames(IReadOnlyDictionary<string, object> values)
    {
        var names = values.DistinctBy(pair => pair.Value).ToDictionary(pair => pair.Value, pair => pair.Key);
        var lookup = values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        return new(
            string.Join(", ", names.Values),
            text => lookup.TryGetValue(Plain(text), out var value) ? Parsed.As(value) : Parsed.Wrong("is not one of the allowed values"),
            value => names[value]);

        // Other tools write at_least_once or at-least-once for what is AtLeastOnce here.
        static string Plain(string text) => text.Replace("_", "").Replace("-", "");
    }

    private static Parsed ReadList(string text)
    {
        if (!text.StartsWith('['))
        {
            return Parsed.As(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        try
        {
            var entries = JsonSerializer.Deserialize<string?[]>(text);
            return entries is null || entries.Contains(null) ? NotTexts() : Parsed.As(entries);
        }
        catch (JsonException)
        {
            return NotTexts();
        }

        static Parsed NotTexts() => Parsed.Wrong("is not a JSON array of texts");
    }
}
