using Microsoft.Extensions.Configuration.CommandLine;

namespace KubeSentiment.Configuration;

/// <summary>Where settings are looked for: command line, then environment variables, then the files, the more specific one first.</summary>
/// <remarks>
/// The providers are asked one by one, not through their merged view: that view would mix the arrays of two files entry by entry, and would not
/// tell the command line, which beats a variable, from a file, which does not.
/// </remarks>
internal sealed class SettingsSources(IConfigurationRoot configuration, IReadOnlyDictionary<string, string> variables)
{
    private readonly IConfigurationProvider[] _providers = [.. configuration.Providers.Reverse()];

    public FoundValue? Find(Setting setting) => setting.IsFamily ? FindMembers(setting) :
        InProviders(setting, provider => provider is CommandLineConfigurationProvider)
        ?? InVariables(setting)
        ?? InProviders(setting, provider => provider is not CommandLineConfigurationProvider);

    /// <summary>All entries of a family, each from the most specific source that has it.</summary>
    private FoundValue? FindMembers(Setting setting)
    {
        var members = new Dictionary<string, string>();
        foreach (var provider in configuration.Providers.Where(provider => provider is not CommandLineConfigurationProvider))
        {
            Add(provider);
        }

        foreach (var (name, value) in variables.Where(variable => setting.HasMember(variable.Key)))
        {
            // Names of variables cannot have dots, in most shells.
            Set(name[setting.Variable.Length..].Replace('_', '.'), value);
        }

        foreach (var provider in configuration.Providers.Where(provider => provider is CommandLineConfigurationProvider))
        {
            Add(provider);
        }

        return members.Count > 0 ? new(setting.Variable, Text: null, Members: members) : null;

        void Add(IConfigurationProvider provider)
        {
            foreach (var name in provider.GetChildKeys([], setting.Key).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                Set(name, provider.TryGet($"{setting.Key}:{name}", out var value) ? value : null);
            }
        }

        void Set(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                members[name.ToLowerInvariant()] = value.Trim();
            }
        }
    }

    /// <summary>Names of the variables that carry our prefix, in any case.</summary>
    public IEnumerable<string> PrefixedVariables() =>
        variables.Keys.Where(name => name.StartsWith(SettingAttribute.Prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>Names of the sections that anything is set in.</summary>
    public IEnumerable<string> Sections() => configuration.GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key);

    /// <summary>Keys that are set below a section, one level deep.</summary>
    public IEnumerable<string> KeysOf(string section) => configuration.GetSection(section).GetChildren().Select(child => child.Path);

    // Manifests often set empty values for "not set".
    private FoundValue? InVariables(Setting setting) =>
        setting.Variables
            .Where(name => variables.TryGetValue(name, out var text) && !string.IsNullOrWhiteSpace(text))
            .Select(name => new FoundValue(name, variables[name]))
            .FirstOrDefault();

    private FoundValue? InProviders(Setting setting, Func<IConfigurationProvider, bool> where) =>
        _providers.Where(where).Select(provider => InProvider(setting, provider)).FirstOrDefault(found => found is not null);

    private static FoundValue? InProvider(Setting setting, IConfigurationProvider provider)
    {
        provider.TryGet(setting.Key, out var text);
        if (!string.IsNullOrWhiteSpace(text))
        {
            return new(setting.Key, text);
        }

        var children = provider.GetChildKeys([], setting.Key).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (children.Length > 0)
        {
            return new(setting.Key, Text: null, [.. children.Select(child => provider.TryGet($"{setting.Key}:{child}", out var entry) ? entry : null)]);
        }

        // The files' provider gives an empty array as an empty text.
        return setting.IsList && text == "" ? new(setting.Key, Text: null, []) : null;
    }
}
