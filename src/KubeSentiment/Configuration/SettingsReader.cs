using System.ComponentModel.DataAnnotations;

namespace KubeSentiment.Configuration;

/// <summary>Fills every options type from its sources and gathers everything that is wrong, so that one start shows it all.</summary>
internal sealed class SettingsReader(SettingsCatalog catalog, SettingsSources sources)
{
    private readonly List<string> _errors = [];

    public SettingsReading Read()
    {
        var options = catalog.Sections.ToDictionary(section => section.Type, Bind);
        return new(options, _errors, [.. UnknownVariables(), .. UnknownSections(), .. UnknownKeys()]);
    }

    private object Bind(SettingsSection section)
    {
        // 1. Each value, converted and checked alone.
        var options = Activator.CreateInstance(section.Type)!;
        var found = section.Settings.ToDictionary(setting => setting, sources.Find);
        var wrong = section.Settings.Where(setting => !Fill(options, setting, found[setting])).Select(setting => setting.Property.Name).ToHashSet();

        // 2. Values against each other, unless one of them already has its line.
        var conflicts = options is IValidatableObject checkable ? checkable.Validate(new ValidationContext(options)) : [];
        foreach (var conflict in conflicts.Where(conflict => !conflict.MemberNames.Any(wrong.Contains)))
        {
            var setting = section.Settings.Single(setting => setting.Property.Name == conflict.MemberNames.First());
            _errors.Add(setting.Line(found[setting], conflict.ErrorMessage!));
            wrong.Add(setting.Property.Name);
        }

        return options;
    }

    private bool Fill(object options, Setting setting, FoundValue? found)
    {
        var parsed = found switch
        {
            not null => setting.Read(found),
            null when setting.IsRequired && setting.DefaultValue is null => Parsed.Wrong("is required"),
            null => default,
        };
        if (parsed.Problem is not null)
        {
            _errors.Add(setting.Line(found, parsed.Problem));
        }
        else if (parsed.Value is not null)
        {
            setting.Property.SetValue(options, parsed.Value);
        }

        return parsed.Problem is null;
    }

    private IEnumerable<string> UnknownVariables()
    {
        var known = catalog.Settings.Select(setting => setting.Variable).ToHashSet();
        return sources.PrefixedVariables()
            .Where(name => !known.Contains(name) && !catalog.Settings.Any(setting => setting.HasMember(name)))
            .Select(name => Unknown(name, known));
    }

    /// <summary>Only slips: the files may hold what is read by others, such as the host's own sections.</summary>
    private IEnumerable<string> UnknownSections()
    {
        var known = catalog.Sections.Select(section => section.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
            from name in sources.Sections()
            where !known.Contains(name)
            let nearest = NearestName.Of(name, known)
            where nearest is not null
            select $"{name} is not a section of settings; did you mean {nearest}?";
    }

    private IEnumerable<string> UnknownKeys() =>
        from section in catalog.Sections
        let known = section.Settings.Select(setting => setting.Key).ToHashSet(StringComparer.OrdinalIgnoreCase)
        from key in sources.KeysOf(section.Name)
        where !known.Contains(key)
        select Unknown(key, known);

    private static string Unknown(string name, IEnumerable<string> known) =>
        NearestName.Of(name, known) is { } nearest ? $"{name} is not a setting; did you mean {nearest}?" : $"{name} is not a setting; it is ignored";
}
