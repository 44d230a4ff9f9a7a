using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Api;

/// <summary>What the HTTP door accepts, and from whom.</summary>
[Settings("Api")]
internal sealed class ApiOptions
{
    /// <summary>
    /// Key that callers send as <c>X-API-Key</c>. Set it wherever others can reach the service, be it by a proxy on the same machine: without one, predictions
    /// are open to all, and only callers on the same machine may change or empty state.
    /// </summary>
    [Setting("API_KEY", Secret = true), RegularExpression("[!-~]{1,1024}", ErrorMessage = "1 to 1024 visible ASCII characters")]
    public string? ApiKey { get; set; }

    /// <summary>Origins whose pages may call the service from a browser (CORS): by default none; <c>*</c> allows every page.</summary>
    [Setting("ALLOWED_ORIGINS"), Origin]
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Longest time one request may take before it is cancelled. Raise it for big batches on few cores.</summary>
    [Setting("MAX_REQUEST_TIMEOUT"), Duration(1, 3600)]
    public TimeSpan MaxRequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most texts in one batch request. Larger batches hold a request longer; background jobs take more.</summary>
    [Setting("MAX_BATCH_TEXTS"), Range(1, 100_000)]
    public int MaxBatchTexts { get; set; } = 1_000;

    /// <summary>
    /// Largest request body in bytes; by default 16 MiB, from 1 KiB to 1 GiB. Raise it with <c>MLOPS_MAX_BATCH_TEXTS</c>, and mind the pod's memory: all bodies together take an eighth of what
    /// the runtime may use, by default three quarters of the pod's limit, and never less than one of this size; those beyond it are refused with 503.
    /// </summary>
    [Setting("MAX_REQUEST_BODY_BYTES"), Range(1_024, 1_073_741_824)]
    public long MaxRequestBodyBytes { get; set; } = 16_777_216;

    /// <summary>
    /// Most connections at once; fewer where the process may not open as many files. One more is closed as it comes, a probe's, too, so this is no means against load: lower it only where memory is
    /// short, at some 10 KiB a connection.
    /// </summary>
    [Setting("MAX_CONNECTIONS"), Range(16, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Largest request headers in bytes, all of them together. Raise it when a gateway adds long tokens or cookies.</summary>
    [Setting("MAX_REQUEST_HEADERS_BYTES"), Range(1_024, 1_048_576)]
    public int MaxRequestHeadersBytes { get; set; } = 32_768;
}
