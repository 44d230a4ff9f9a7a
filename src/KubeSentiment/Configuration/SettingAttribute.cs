namespace KubeSentiment.Configuration;

/// <summary>Names the environment variable of an option, without its prefix: <c>PORT</c> is read from <c>MLOPS_PORT</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string name) : Attribute
{
    public const string Prefix = "MLOPS_";

    public string Name { get; } = name;

    /// <summary>Reads the bare name too, for manifests that set it so; the prefixed one wins.</summary>
    public bool AlsoUnprefixed { get; init; }

    /// <summary>Keeps the value out of every message and document.</summary>
    public bool Secret { get; init; }

    /// <summary>The default in words, where the value depends on the build or on other settings.</summary>
    public string? DefaultText { get; init; }
}
