using System.Text;
using KubeSentiment.Configuration;
using Microsoft.Extensions.Configuration;

namespace KubeSentiment.Tests.Configuration;

/// <summary>Reads settings from given variables, files and arguments, without the real environment.</summary>
internal static class Read
{
    public static SettingsReading Sample(params (string Name, string Value)[] variables) => From<SampleOptions>(variables);

    public static SettingsReading From<T>(IEnumerable<(string Name, string Value)> variables, string[]? files = null, string[]? arguments = null) =>
        From(new SettingsCatalog([typeof(T)]), variables, files, arguments);

    public static SettingsReading From(
        SettingsCatalog catalog, IEnumerable<(string Name, string Value)> variables, string[]? files = null, string[]? arguments = null)
    {
        var builder = new ConfigurationBuilder();
        foreach (var file in files ?? [])
        {
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(file)));
        }

        var configuration = builder.AddCommandLine(arguments ?? []).Build();
        return new SettingsReader(catalog, new SettingsSources(configuration, variables.ToDictionary(v => v.Name, v => v.Value))).Read();
    }
}
