using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace KubeSentiment.Configuration;

/// <summary>The process: its name, where it listens, how it logs and how it stops.</summary>
[Settings("Service")]
internal sealed class ServiceOptions
{
    /// <summary>Name the service answers with at <c>/</c>. Change it to tell several installations apart.</summary>
    [Setting("APP_NAME"), StringLength(100)]
    public string AppName { get; set; } = "KubeSentiment";

    /// <summary>Version the service answers with. Set it when an image's tag should be shown in its place.</summary>
    [Setting("APP_VERSION", DefaultText = "the program's version"), StringLength(100)]
    public string AppVersion { get; set; } = ProgramVersion();

    /// <summary>The same as <c>MLOPS_LOG_LEVEL=DEBUG</c>, unless that is TRACE. Answers stay as they are.</summary>
    [Setting("DEBUG")]
    public bool Debug { get; set; }

    /// <summary>Where the service runs, as shown in answers and telemetry; it switches nothing. Set it to staging, test and the like.</summary>
    [Setting("ENVIRONMENT"), StringLength(100)]
    public string Environment { get; set; } = "production";

    /// <summary>Address to listen on: by default all of IPv4; <c>::</c> is all of IPv6 and IPv4, <c>localhost</c> this machine only.</summary>
    [Setting("HOST"), ListenAddress]
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>TCP port to listen on. 0 takes any free one, for tests.</summary>
    [Setting("PORT"), Range(0, 65535)]
    public int Port { get; set; } = 8000;

    /// <summary>
    /// Least severe log lines written. DEBUG has a line for each request, without its text, and costs throughput; the .NET names are read too. For lines of JSON set .NET's own variable
    /// <c>Logging__Console__FormatterName</c> to <c>json</c>.
    /// </summary>
    [Setting("LOG_LEVEL")]
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>
    /// How long after SIGTERM new requests are still served while load balancers notice that readiness fails. Leave it at 0 where a preStop
    /// sleep does the waiting; with <c>MLOPS_SHUTDOWN_TIMEOUT</c> it must fit in the pod's grace period.
    /// </summary>
    [Setting("SHUTDOWN_DRAIN_SECONDS"), Duration(0, 300)]
    public TimeSpan ShutdownDrain { get; set; } = TimeSpan.Zero;

    /// <summary>How long work in hand may take to finish once the service stops; what is left is then cut off. Raise it for long requests.</summary>
    [Setting("SHUTDOWN_TIMEOUT"), Duration(0, 3600)]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    // The build appends "+commit" to the version; users know it without.
    internal static string ProgramVersion() =>
        typeof(ServiceOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
