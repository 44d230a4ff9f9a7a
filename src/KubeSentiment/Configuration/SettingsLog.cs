namespace KubeSentiment.Configuration;

/// <summary>Says in the log what was odd about the settings.</summary>
internal static partial class SettingsLog
{
    public static void LogWarnings(this SettingsReading settings, ILogger logger)
    {
        foreach (var warning in settings.Warnings)
        {
            Warn(logger, warning);
        }
    }

    [LoggerMessage(EventId = 400, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void Warn(ILogger logger, string warning);
}
