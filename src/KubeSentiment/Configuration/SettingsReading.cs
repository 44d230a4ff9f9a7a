namespace KubeSentiment.Configuration;

/// <summary>What reading the settings came to: an options object of each type, lines that stop the start, lines worth a warning.</summary>
internal sealed record SettingsReading(IReadOnlyDictionary<Type, object> Options, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    public T Get<T>()
        where T : class => (T)Options[typeof(T)];
}
