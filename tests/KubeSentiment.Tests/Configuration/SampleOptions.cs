using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Configuration;

/// <summary>One option of each type and rule, so that tests do not depend on what the rooms happen to need.</summary>
[Settings("Sample")]
internal sealed class SampleOptions : IValidatableObject
{
    [Setting("TEXT"), StringLength(5)]
    public string Text { get; set; } = "abc";

    [Setting("OPTIONAL"), RegularExpression("[a-z]+")]
    public string? Optional { get; set; }

    [Setting("ONE_OF"), AllowedValues("red", "green")]
    public string OneOf { get; set; } = "red";

    [Setting("SECRET", Secret = true), StringLength(6, MinimumLength = 4)]
    public string? Secret { get; set; }

    [Setting("SWITCH")]
    public bool Switch { get; set; }

    [Setting("COUNT"), Range(0, 65535)]
    public int Count { get; set; } = 8000;

    [Setting("BIG"), Range(1, 1000)]
    public long Big { get; set; } = 10;

    [Setting("SHARE"), Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Share { get; set; } = 0.5;

    [Setting("MODE")]
    public SampleMode Mode { get; set; } = SampleMode.ExactlyOnce;

    [Setting("LEVEL")]
    public LogLevel Level { get; set; } = LogLevel.Information;

    [Setting("WAIT"), Duration(1, 3600)]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(30);

    [Setting("LINGER", AlsoUnprefixed = true), Duration(0, 1000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    [Setting("URLS"), HttpUrl]
    public IReadOnlyList<string> Urls { get; set; } = [];

    [Setting("ADDRESS"), ListenAddress]
    public string Address { get; set; } = "0.0.0.0";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Switch && Optional is null)
        {
            yield return new ValidationResult("is needed when MLOPS_SWITCH is true", [nameof(Optional), nameof(Switch)]);
        }
    }
}

/// <summary>An option that has no default.</summary>
[Settings("Needed")]
internal sealed class NeededOptions
{
    [Setting("NEEDED"), Required]
    public string? Needed { get; set; }
}

/// <summary>Names of two words, which other tools write with a separator.</summary>
internal enum SampleMode
{
    ExactlyOnce,
    AtLeastOnce,
}
