using KubeSentiment.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace KubeSentiment.Observability;

/// <summary>Log lines: one a line, UTC, from the level that was asked for; text, or JSON where .NET's own setting asks for that.</summary>
internal static class ServiceLogging
{
    private const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static ILoggingBuilder AddServiceLogging(this ILoggingBuilder logging, ServiceOptions options)
    {
        var level = options.Debug && options.LogLevel > LogLevel.Debug ? LogLevel.Debug : options.LogLevel;
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        // The framework's own words only matter when something is wrong, or a developer asks.
        logging.AddFilter("Microsoft", level <= LogLevel.Debug ? LogLevel.Information : level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", level);
        // It tells of requests in the callers' words, paths and queries; RequestTelemetry does in the service's own. Unless it is silent altogether, each request
        // is an activity with random ids and a scope, a twentieth of what a hit takes. Traces bring a listener of their own.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // It repeats what is degraded whenever somebody asks for /health, a line a check; what is lost and found is told once, where it is noticed.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", level > LogLevel.Error ? level : LogLevel.Error);

        // A failed start ends in StartFailure's one line; the host would put the same, with a stack trace, before it. A background service that stops the
        // host is critical and still told.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.Services.Configure<SimpleConsoleFormatterOptions>(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = TimestampFormat + ' ';
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = TimestampFormat;
        });

        // The host's builder has chosen text by now, against what .NET's own setting says.
        logging.Services.AddOptions<ConsoleLoggerOptions>().PostConfigure<IConfiguration>(static (console, configuration) =>
            console.FormatterName = configuration["Logging:Console:FormatterName"] ?? ConsoleFormatterNames.Simple);
        return logging.AddConsole();
    }
}
