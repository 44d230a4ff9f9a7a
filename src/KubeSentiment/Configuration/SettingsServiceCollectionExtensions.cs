using System.Collections;
using Microsoft.Extensions.Options;

namespace KubeSentiment.Configuration;

/// <summary>Registers every options type of the program, filled and checked.</summary>
internal static class SettingsServiceCollectionExtensions
{
    /// <summary>Reads all settings now, and registers each options type as itself and as <see cref="IOptions{TOptions}"/>.</summary>
    /// <returns>The options, for what is set up before there is a container, and the warnings for the log.</returns>
    /// <exception cref="SettingsException">Values are wrong; it holds a line for each.</exception>
    public static SettingsReading AddSettings(this IServiceCollection services, IConfigurationRoot configuration) =>
        services.AddSettings(new SettingsReader(SettingsCatalog.OfProgram(), new SettingsSources(configuration, EnvironmentVariables())));

    internal static SettingsReading AddSettings(this IServiceCollection services, SettingsReader reader)
    {
        var reading = reader.Read();
        if (reading.Errors.Count > 0)
        {
            // There is no log yet, and what is ignored is often why another setting is wrong.
            throw new SettingsException([.. reading.Errors, .. reading.Warnings]);
        }

        foreach (var (type, options) in reading.Options)
        {
            services.AddSingleton(type, options);
            services.AddSingleton(typeof(IOptions<>).MakeGenericType(type), Activator.CreateInstance(typeof(OptionsWrapper<>).MakeGenericType(type), options)!);
        }

        return reading;
    }

    private static Dictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
}
