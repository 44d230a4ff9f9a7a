using System.Reflection;

namespace KubeSentiment.Configuration;

/// <summary>An options type with its settings, in the order in which they are written.</summary>
internal sealed record SettingsSection(string Name, Type Type, IReadOnlyList<Setting> Settings);

/// <summary>Every setting there is. The rooms own their options types; the catalog finds them by their marks.</summary>
internal sealed class SettingsCatalog
{
    public SettingsCatalog(IEnumerable<Type> types) => Sections = [.. types.Select(SectionOf).OrderBy(section => section.Name, StringComparer.Ordinal)];

    /// <summary>The settings of this program.</summary>
    public static SettingsCatalog OfProgram() =>
        new(typeof(SettingsCatalog).Assembly.GetTypes().Where(type => type.IsDefined(typeof(SettingsAttribute), inherit: false)));

    public IReadOnlyList<SettingsSection> Sections { get; }

    public IEnumerable<Setting> Settings => Sections.SelectMany(section => section.Settings);

    private static SettingsSection SectionOf(Type type)
    {
        var name = type.GetCustomAttribute<SettingsAttribute>()!.Section;
        var defaults = Activator.CreateInstance(type)!;
        var properties = type.GetProperties().Where(property => property.IsDefined(typeof(SettingAttribute))).OrderBy(property => property.MetadataToken);
        return new(name, type, [.. properties.Select(property => new Setting(name, property, defaults))]);
    }
}
